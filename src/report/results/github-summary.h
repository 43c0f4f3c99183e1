/* github-summary.h - a short table of a run, in Markdown
 *
 *     ### proctor: 1 failed, 1 flaky, 12 passed (1.234s)
 *
 *     | | Test | Why |
 *     | --- | --- | --- |
 *     | failed | plans/x.plan:t | "echo" exited with 3 |
 */
#pragma once

#include "report/report.h"

/* The counts, in the order of what matters. */
void github_summary_append_counts (GString *out, const ReportCounts *counts);

/* The first line of the table, and its rows, which stand after that. */
void github_summary_append_head (GString *out);
void github_summary_append_row (GString *out, Verdict verdict,
                                const char *label, const char *why);
