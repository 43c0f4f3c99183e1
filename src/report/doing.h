/* doing.h - what running tests are doing, in words
 *
 *     3s, operation 2 of 5: wait web 0
 */
#pragma once

#include "report/report.h"

/* "3s". */
void doing_append_seconds (GString *out, int64_t microsecs);

/* "3s, operation 2 of 5"; before the first operation, "3s". */
void doing_append_place (GString *out, const ReportRunning *running);

/* That, and the text of the operation. */
void doing_append (GString *out, const ReportRunning *running);

/* "and 3 more", of tests that run beside those that were told; nothing for
 * none. */
void doing_append_more (GString *out, const char *between, unsigned n_more);

/* "0:03", "1:02:33". */
void doing_append_clock (GString *out, int64_t microsecs);

/* From when on it is slow: as is said of the test, else @slow_microsecs, else
 * 10 seconds. */
int64_t doing_slow_microsecs (const ReportTest *test, int64_t slow_microsecs);

/* It takes longer than a test should, or much longer than it did before. */
bool doing_is_slow (const ReportRunning *running, int64_t slow_microsecs);

/* Who is doing what: for people, in lines that begin with @margin. */
void doing_append_status (GString *out, const char *margin,
                          const ReportProgress *progress);
