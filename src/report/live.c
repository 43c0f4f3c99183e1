#include "config.h"

#include "report/live.h"

#include "base/visible.h"
#include "report/doing.h"
#include "report/label.h"

#include <string.h>

/* More tests than this say less, not more. */
#define N_TESTS_SHOWN 8
/* In less columns a name says nothing. */
#define LEAST_NAME ((unsigned)16)

/* To the beginning of the line, and all from there on is cleared. */
#define ERASE "\r\33[J"

struct Live
{
  ReportStyle style;
  GString *lines; /* owned: what is shown, or was; as it was written */
  LiveSize size;  /* of the terminal then */
  bool is_shown;
};

Live *
live_new (const ReportStyle *style)
{
  Live *live = g_new0 (Live, 1);

  live->style = *style;
  live->lines = g_string_new (NULL);
  return live;
}

void
live_free (Live *live)
{
  if (live == NULL)
    return;

  g_string_free (live->lines, TRUE);
  g_free (live);
}

/* --- One line ---------------------------------------------------------- */

/* ", 2 failed": only if there are some. */
static void
append_some (GString *line, unsigned n, const char *what)
{
  if (n > 0)
    g_string_append_printf (line, ", %u %s", n, what);
}

static void
append_counts (GString *line, unsigned n_tests, const ReportProgress *progress)
{
  const ReportCounts *const counts = progress->counts;
  const unsigned *const n = counts->n_verdicts;
  unsigned n_ended = 0;

  for (unsigned i = 0; i < N_VERDICTS; i++)
    n_ended += n[i];
  g_string_append_printf (line, "[%u/%u, %u passed", n_ended, n_tests,
                          n[VERDICT_PASSED]);
  append_some (line, n[VERDICT_FLAKY], "flaky");
  append_some (line, n[VERDICT_FAILED] + n[VERDICT_ERROR], "failed");
  append_some (line, counts->n_layers_failed,
               counts->n_layers_failed == 1 ? "layer failed" : "layers failed");
  g_string_append_printf (line, "] %u running, ", progress->n_running);
  doing_append_clock (line, progress->microsecs);
  if (progress->is_interrupted)
    {
      g_string_append (line, ", being ended (^C: at once)");
      return;
    }
  /* When it takes longer than expected nobody knows how long. */
  if (progress->left_microsecs <= 0)
    return;

  g_string_append (line, " of about ");
  doing_append_clock (line, progress->microsecs + progress->left_microsecs);
}

/* Of a name that takes more columns, its end: that says more than its begin. */
static void
append_name (GString *line, const ReportTest *test, unsigned columns)
{
  g_autoptr (GString) name = g_string_new (NULL);

  label_append_test (name, test);

  const char *at = name->str;
  size_t n = visible_columns (at, name->len);

  if (n > columns)
    {
      g_string_append (line, "...");
      n += strlen ("...");
    }
  while (n > columns && *at != '\0')
    {
      const char *const next = g_utf8_next_char (at);

      n -= visible_columns (at, (size_t)(next - at));
      at = next;
    }
  g_string_append (line, at);
}

/* The name leaves room for how far its test is. */
static void
append_running (GString *line, const ReportRunning *running, bool is_slow,
                unsigned columns)
{
  g_autoptr (GString) place = g_string_new (NULL);

  g_string_append (line, is_slow ? "! " : "  ");
  g_string_append (place, "    ");
  doing_append_place (place, running);
  append_name (line, running->test,
               MAX (LEAST_NAME, columns - MIN (columns, place->len)));
  g_string_append (line, "  ");
  doing_append (line, running);
}

/* Cuts a line to that many columns. */
static void
cut (GString *line, unsigned columns)
{
  size_t end = 0;

  for (unsigned n = 0; end < line->len;)
    {
      const char *const at = line->str + end;
      const size_t n_bytes = (size_t)(g_utf8_next_char (at) - at);

      n += *at == '\t' ? columns + 1 : (unsigned)visible_columns (at, n_bytes);
      if (n > columns)
        break;
      end += n_bytes;
    }
  g_string_truncate (line, end);
}

/* --- All of them ------------------------------------------------------- */

typedef struct
{
  GString *text;    /* owned: as it is written */
  unsigned columns; /* that a line may take */
  unsigned n_lines;
  bool color;
} Drawing;

/* In the last column some terminals would begin the next line. */
static Drawing
drawing_begin (const Live *live, LiveSize size)
{
  return (Drawing){ .text = g_string_new ("\r"),
                    .columns = size.columns > 1 ? size.columns - 1 : 0,
                    .color = live->style.color };
}

static void
drawing_add (Drawing *drawing, GString *line, bool is_marked)
{
  if (drawing->n_lines++ > 0)
    g_string_append (drawing->text, "\33[K\n");
  cut (line, drawing->columns);
  label_append_painted (drawing->text, drawing->color && is_marked, PAINT_WARN,
                        line->str);
  g_string_truncate (line, 0);
}

/* What is left of the lines before is cleared, and the cursor goes back. */
static void
drawing_end (Drawing *drawing)
{
  g_string_append (drawing->text, "\33[J\r");
  if (drawing->n_lines > 1)
    g_string_append_printf (drawing->text, "\33[%uA", drawing->n_lines - 1);
}

static void
draw (const Live *live, Drawing *drawing, unsigned n_tests,
      const ReportProgress *progress, unsigned rows)
{
  const unsigned n_running = progress->n_running;
  const unsigned n_fit = MIN (rows / 3, N_TESTS_SHOWN);
  const unsigned n_shown = n_running <= n_fit ? n_running : n_fit - (n_fit > 1);
  g_autoptr (GString) line = g_string_new (NULL);

  append_counts (line, n_tests, progress);
  drawing_add (drawing, line, false);
  for (unsigned i = 0; i < n_shown; i++)
    {
      const ReportRunning *const running = &progress->running[i];
      const bool is_slow = doing_is_slow (running, live->style.slow_microsecs);

      append_running (line, running, is_slow, drawing->columns);
      drawing_add (drawing, line, is_slow);
    }
  if (n_fit <= 1 || n_shown == n_running)
    return;

  doing_append_more (line, "  ", n_running - n_shown);
  drawing_add (drawing, line, false);
}

/* A terminal that became smaller has broken the lines, and would join again
 * what is only written over. */
static void
resize (Live *live, LiveSize size, GString *out)
{
  if (live->size.rows != size.rows || live->size.columns != size.columns)
    live_hide (live, out);
  live->size = size;
}

void
live_show (Live *live, unsigned n_tests, const ReportProgress *progress,
           LiveSize size, GString *out)
{
  Drawing drawing = drawing_begin (live, size);
  g_autoptr (GString) lines = drawing.text;

  resize (live, size, out);
  draw (live, &drawing, n_tests, progress, size.rows);
  drawing_end (&drawing);
  /* What says the same would only flicker. */
  if (live->is_shown && g_string_equal (live->lines, lines))
    return;

  g_string_append (out, lines->str);
  g_string_assign (live->lines, lines->str);
  live->is_shown = true;
}

/* They are shown again in the same write: a moment without would flicker. */
void
live_make_way (Live *live, GString *out)
{
  if (out->len == 0 || !live->is_shown)
    return;

  g_string_prepend (out, ERASE);
  g_string_append (out, live->lines->str);
}

void
live_hide (Live *live, GString *out)
{
  if (live->is_shown)
    g_string_append (out, ERASE);
  live->is_shown = false;
}
