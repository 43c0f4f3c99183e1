/* live.h - the line of a terminal that says what is going on
 *
 * It is the last thing on the screen, without an end of line; before anything
 * else is written it is taken away.  The terminal is in no other mode than
 * before, and whatever ends us leaves it usable.
 */
#pragma once

#include "report/report.h"

/* Appends what puts the line in place of the one before, at most @columns
 * long. */
void live_append (GString *out, const ReportTest *test, unsigned n_tests,
                  const ReportProgress *progress, const ReportCounts *counts,
                  unsigned columns);

/* What takes it away. */
#define LIVE_ERASE "\r\33[K"
