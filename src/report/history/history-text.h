/* history-text.h - what a history tells, for people and for scripts
 *
 * A line for each thing, its columns parted by blanks, the test the last of
 * them: proctor(1) says which.
 */
#pragma once

#include "report/history/history-past.h"

/* So many results of each test are looked at, but for a trend. */
#define HISTORY_TEXT_N_RESULTS 20

/* The slowest tests, the flakiest, and those that fail newly, of plans that are
 * still there. */
void history_text_append_overview (GString *out, const GPtrArray *tests);
/* A line for each test. */
void history_text_append_tests (GString *out, const GPtrArray *tests);
/* A line for each result, the oldest first. */
void history_text_append_trend (GString *out, const HistoryTest *test);
