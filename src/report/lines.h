/* lines.h - what the children of a test print, line by line
 *
 *     echo| hello world
 *     echo! that was its standard error
 *
 * A line is written when it is complete; what is not completed, when the
 * process has ended.  A line that does not end is cut: "..." stands at the end
 * of its pieces, and goes on as `echo|...`.
 */
#pragma once

#include "report/report.h"

typedef struct Lines Lines;

Lines *lines_new (const ReportTest *test, bool color);
void lines_free (Lines *lines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lines, lines_free)

/* An EVENT_OUTPUT. */
void lines_add (Lines *lines, const Event *event, GString *out);

/* The process has ended: nothing completes its lines; PLAN_NONE: all have. */
void lines_end (Lines *lines, uint32_t process, GString *out);
