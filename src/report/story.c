#include "config.h"

#include "report/story.h"

#include "base/signame.h"
#include "base/visible.h"
#include "report/label.h"
#include "report/lines.h"

#include <string.h>

struct Story
{
  GHashTable *prints; /* owned; of Lines, by ReportTest: of running tests */
  unsigned n_running;
  bool is_mixed; /* more than one ran at once */
  bool color;
};

Story *
story_new (bool color)
{
  Story *story = g_new0 (Story, 1);

  story->color = color;
  story->prints
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)lines_free);
  return story;
}

void
story_free (Story *story)
{
  if (story == NULL)
    return;

  g_hash_table_unref (story->prints);
  g_free (story);
}

static Lines *
find_prints (Story *story, const ReportTest *test)
{
  Lines *lines = g_hash_table_lookup (story->prints, test);

  if (lines == NULL)
    {
      lines = lines_new (test, story->color);
      g_hash_table_insert (story->prints, (void *)test, lines);
    }
  return lines;
}

/* "[3/20] wait echo 0". */
static void
append_op (const ReportTest *test, uint32_t op, GString *out)
{
  g_autoptr (GString) dump = g_string_new (NULL);

  plan_append_op (test->plan, test->test, &test->plan->ops[op], dump);
  g_string_append_printf (out, "  [%u/%u] ", op - test->test->first_op + 1,
                          test->test->n_ops);
  visible_append (out, dump->str, dump->len);
  g_string_append_c (out, '\n');
}

/* "  echo: exited with 0". */
static void
append_about (const ReportTest *test, const Event *event, const char *what,
              size_t n_what, GString *out)
{
  g_string_append_printf (out, "  %s: ", label_process (test, event->process));
  visible_append (out, what, n_what);
  g_string_append_printf (out, " (pid %d)\n", event->pid);
}

static void
append_signal (const ReportTest *test, const Event *event, GString *out)
{
  char name[SIGNAL_NAME_SIZE];
  g_autofree char *what
      = g_strdup_printf ("sent %s", signal_name (event->number, name));

  append_about (test, event, what, strlen (what), out);
}

/* The lines of @out from @begin on say which test they are of. */
static void
prefix_lines (const Story *story, const ReportTest *test, GString *out,
              size_t begin)
{
  if (!story->is_mixed || out->len == begin)
    return;

  g_autoptr (GString) lines = g_string_new (out->str + begin);
  g_autoptr (GString) prefix = g_string_new ("[");
  const char *at = lines->str;

  label_append_test (prefix, test);
  g_string_append (prefix, "] ");
  g_string_truncate (out, begin);
  while (*at != '\0')
    {
      const size_t n = strcspn (at, "\n") + 1; /* each line has its end */

      label_append_painted (out, story->color, PAINT_FAINT, prefix->str);
      g_string_append_len (out, at, (gssize)n);
      at += n;
    }
}

static void
begin_test (Story *story, const ReportTest *test, GString *out)
{
  story->n_running++;
  story->is_mixed = story->is_mixed || story->n_running > 1;
  g_string_append (out, "run     ");
  label_append_test (out, test);
  g_string_append_c (out, '\n');
}

static void
end_test (Story *story, const ReportTest *test, GString *out)
{
  lines_end (find_prints (story, test), PLAN_NONE, out);
  (void)g_hash_table_remove (story->prints, test); /* it was there */
  story->n_running -= story->n_running > 0;
}

static void
tell (Story *story, const ReportTest *test, const Event *event, GString *out)
{
  switch (event->kind)
    {
    case EVENT_OP:
      append_op (test, event->op, out);
      break;
    case EVENT_STARTED:
      append_about (test, event, "started", strlen ("started"), out);
      break;
    case EVENT_SIGNALLED:
      append_signal (test, event, out);
      break;
    case EVENT_OUTPUT:
      lines_add (find_prints (story, test), event, out);
      break;
    case EVENT_ENDED:
      lines_end (find_prints (story, test), event->process, out);
      append_about (test, event, event->text, event->n_text, out);
      break;
    case EVENT_AGAIN:
    case EVENT_TEST_END:
      end_test (story, test, out);
      break;
    default: /* told when the test has ended */
      break;
    }
}

void
story_add (Story *story, const ReportTest *test, const Event *event,
           GString *out)
{
  const size_t begin = out->len;

  if (event->kind == EVENT_TEST_BEGIN)
    {
      begin_test (story, test, out);
      return;
    }
  tell (story, test, event, out);
  prefix_lines (story, test, out, begin);
}
