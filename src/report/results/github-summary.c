#include "config.h"

#include "report/results/github-summary.h"

#include "base/visible.h"
#include "report/label.h"

#include <string.h>

void
github_summary_append_counts (GString *out, const ReportCounts *counts)
{
  static const Verdict order[] = {
    VERDICT_FAILED,      VERDICT_ERROR,   VERDICT_FLAKY,   VERDICT_PASSED,
    VERDICT_INTERRUPTED, VERDICT_NOT_RUN, VERDICT_SKIPPED,
  };
  const char *separator = "";

  g_string_append (out, "### proctor: ");
  for (unsigned i = 0; i < G_N_ELEMENTS (order); i++)
    {
      const unsigned n = counts->n_verdicts[order[i]];

      if (n == 0)
        continue;
      g_string_append_printf (out, "%s%u %s%s", separator, n,
                              verdict_name (order[i]),
                              order[i] == VERDICT_ERROR && n > 1 ? "s" : "");
      separator = ", ";
    }
  if (counts->n_layers_failed > 0)
    g_string_append_printf (out, "%s%u layer%s failed", separator,
                            counts->n_layers_failed,
                            counts->n_layers_failed == 1 ? "" : "s");
  if (counts->ended_by != NULL)
    g_string_append_printf (out, "%sended by %s", separator, counts->ended_by);
  g_string_append (out, " (");
  label_append_seconds (out, counts->microsecs);
  g_string_append (out, ")\n\n");
}

/* Nothing in it means anything to Markdown, or to HTML in it. */
static void
append_cell (GString *out, const char *text)
{
  g_autoptr (GString) shown = g_string_new (NULL);

  visible_append (shown, text, strlen (text));
  for (const char *at = shown->str; *at != '\0'; at++)
    {
      if (g_ascii_ispunct (*at))
        g_string_append_printf (out, "&#%d;", *at);
      else
        g_string_append_c (out, *at);
    }
}

void
github_summary_append_head (GString *out)
{
  g_string_append (out, "| | Test | Why |\n| --- | --- | --- |\n");
}

void
github_summary_append_row (GString *out, Verdict verdict, const char *label,
                           const char *why)
{
  g_string_append_printf (out, "| %s | ", verdict_name (verdict));
  append_cell (out, label);
  g_string_append (out, " | ");
  append_cell (out, why);
  g_string_append (out, " |\n");
}
