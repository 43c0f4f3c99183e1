#include "config.h"

#include "report/live.h"

#include "base/visible.h"
#include "report/label.h"

/* Longer texts of operations are cut before they are looked at. */
#define LONGEST_OP 4000

/* "2 passed, 1 failed": what is not as it should be only if there is some. */
static void
append_counts (GString *out, const ReportCounts *counts)
{
  const unsigned n_bad
      = counts->n_verdicts[VERDICT_FAILED] + counts->n_verdicts[VERDICT_ERROR];

  g_string_append_printf (out, "%u passed", counts->n_verdicts[VERDICT_PASSED]);
  if (n_bad > 0)
    g_string_append_printf (out, ", %u failed", n_bad);
}

/* "operation 5 of 20 for 1s: wait echo 0". */
static void
append_op (GString *out, const ReportTest *test, const ReportProgress *progress)
{
  const Plan *const plan = test->plan;
  const uint32_t first_op = test->test->first_op;

  if (progress->op == PLAN_NONE || progress->op < first_op
      || progress->op >= first_op + test->test->n_ops)
    return;

  g_autoptr (GString) text = g_string_new (NULL);

  plan_append_op (plan, test->test, &plan->ops[progress->op], text);
  g_string_append_printf (
      out, "  operation %u of %u for %ds: ", progress->op - first_op + 1,
      test->test->n_ops, (int)(progress->microsecs / G_USEC_PER_SEC));
  visible_append (out, text->str, MIN (text->len, LONGEST_OP));
}

/* Cuts what is on one line to that many columns. */
static void
cut (GString *line, unsigned columns)
{
  size_t end = 0;

  for (unsigned n = 0; end < line->len;)
    {
      const char *const at = line->str + end;
      const size_t n_bytes = (size_t)(g_utf8_next_char (at) - at);

      n += *at == '\t' ? columns : (unsigned)visible_columns (at, n_bytes);
      if (n > columns)
        break;
      end += n_bytes;
    }
  g_string_truncate (line, end);
}

void
live_append (GString *out, const ReportTest *test, unsigned n_tests,
             const ReportProgress *progress, const ReportCounts *counts,
             unsigned columns)
{
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_append_printf (line, "[%u/%u, ", test->number, n_tests);
  append_counts (line, counts);
  g_string_append (line, "] ");
  label_append_test (line, test);
  append_op (line, test, progress);

  /* In the last column some terminals would begin the next line. */
  cut (line, columns > 1 ? columns - 1 : 0);
  g_string_append_printf (out, "%s%s", LIVE_ERASE, line->str);
}
