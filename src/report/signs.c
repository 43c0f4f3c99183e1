#include "config.h"

#include "report/signs.h"

#include "report/doing.h"
#include "report/label.h"

/* Progress is told ten times a second: so it is never a second without. */
#define SILENCE_MICROSECS (G_USEC_PER_SEC * 9 / 10)
/* Then the line says anew what runs. */
#define LINE_MICROSECS (10 * G_USEC_PER_SEC)

struct Signs
{
  SignsForm form;
  int64_t slow_microsecs;
  GHashTable *limits;     /* owned; when a slow test is named again (int64_t),
                           * by ReportTest */
  int64_t now;            /* as progress was told last */
  int64_t told_microsecs; /* when something was written last */
  bool has_line;
  int64_t line_microsecs; /* when it was begun */
  const ReportTest *line_test;
};

Signs *
signs_new (SignsForm form, int64_t slow_microsecs)
{
  Signs *signs = g_new0 (Signs, 1);

  signs->form = form;
  signs->slow_microsecs = slow_microsecs;
  signs->limits = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return signs;
}

void
signs_free (Signs *signs)
{
  if (signs == NULL)
    return;

  g_hash_table_unref (signs->limits);
  g_free (signs);
}

void
signs_forget (Signs *signs, const ReportTest *test)
{
  (void)g_hash_table_remove (signs->limits, test); /* most were not slow */
}

/* --- Slow tests -------------------------------------------------------- */

/* After 10, 20, 40, ... seconds. */
static bool
is_to_be_named (Signs *signs, const ReportRunning *running)
{
  const int64_t slow
      = doing_slow_microsecs (running->test, signs->slow_microsecs);

  if (running->test_microsecs < slow)
    return false;

  int64_t *limit = g_hash_table_lookup (signs->limits, running->test);

  if (limit == NULL)
    {
      limit = g_new (int64_t, 1);
      *limit = slow;
      g_hash_table_insert (signs->limits, (void *)running->test, limit);
    }
  if (running->test_microsecs < *limit)
    return false;

  while (*limit <= running->test_microsecs)
    *limit *= 2;
  return true;
}

static void
name_slow (Signs *signs, const ReportRunning *running, const char *margin,
           GString *out)
{
  if (signs->form == SIGNS_AS_DOTS)
    g_string_append (out, "slow    ");
  else
    g_string_append_printf (out, "%s# slow: ", margin);
  label_append_test (out, running->test);
  g_string_append (out, "  ");
  doing_append (out, running);
  g_string_append_c (out, '\n');
}

/* --- Signs ------------------------------------------------------------- */

/* "a.plan:t  3s, operation 2 of 5, and 3 more": the one that runs longest. */
static void
append_longest (const ReportProgress *progress, const char *between,
                GString *out)
{
  if (progress->n_running == 0)
    {
      g_string_append (out, "nothing");
      return;
    }

  label_append_test (out, progress->running[0].test);
  g_string_append (out, between);
  doing_append_place (out, &progress->running[0]);
  doing_append_more (out, ", ", progress->n_running - 1);
}

static void
add_dot (Signs *signs, const ReportProgress *progress, GString *out)
{
  const ReportTest *const test
      = progress->n_running > 0 ? progress->running[0].test : NULL;

  if (signs->has_line
      && (test != signs->line_test
          || progress->microsecs - signs->line_microsecs >= LINE_MICROSECS))
    signs_hide (signs, out);
  if (!signs->has_line)
    {
      g_string_append (out, "running ");
      append_longest (progress, "  ", out);
      g_string_append_c (out, ' ');
      signs->has_line = true;
      signs->line_microsecs = progress->microsecs;
      signs->line_test = test;
    }
  g_string_append_c (out, '.');
}

static void
add_comment (const ReportProgress *progress, const char *margin, GString *out)
{
  g_string_append_printf (out, "%s# ", margin);
  doing_append_seconds (out, progress->microsecs);
  g_string_append (out, ": ");
  append_longest (progress, " ", out);
  g_string_append_c (out, '\n');
}

void
signs_add (Signs *signs, const ReportProgress *progress, const char *margin,
           GString *out)
{
  signs->now = progress->microsecs;
  for (unsigned i = 0; i < progress->n_running; i++)
    if (is_to_be_named (signs, &progress->running[i]))
      name_slow (signs, &progress->running[i], margin, out);
  signs_make_way (signs, out);
  if (signs->now - signs->told_microsecs < SILENCE_MICROSECS)
    return;

  if (signs->form == SIGNS_AS_DOTS)
    add_dot (signs, progress, out);
  else
    add_comment (progress, margin, out);
  signs->told_microsecs = signs->now;
}

/* What happens is told without a time: it was after the last progress. */
void
signs_make_way (Signs *signs, GString *out)
{
  if (out->len == 0)
    return;
  if (signs->has_line)
    g_string_prepend_c (out, '\n');
  signs->has_line = false;
  signs->told_microsecs = signs->now;
}

void
signs_hide (Signs *signs, GString *out)
{
  if (signs->has_line)
    g_string_append_c (out, '\n');
  signs->has_line = false;
}
