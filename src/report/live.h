/* live.h - the lines of a terminal that say what is going on
 *
 *     [12/40, 11 passed, 1 failed] 2 running, 0:03 of about 0:15
 *       deploy.plan:failover  3s, operation 2 of 5: wait web 0
 *     ! deploy.plan:upgrade  2s (usually 0.350s), operation 1 of 9: spawn web
 *
 * They stand below all that was written, and the cursor at their beginning:
 * so they can be taken away, whatever a terminal made of long lines when it
 * was resized.  It is in no other mode than before, and whatever ends us
 * leaves it usable.
 */
#pragma once

#include "report/report.h"

typedef struct Live Live;

typedef struct
{
  unsigned rows;
  unsigned columns;
} LiveSize;

Live *live_new (const ReportStyle *style);
void live_free (Live *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Live, live_free)

/* Appends what puts these lines in place of those before; nothing, if they
 * are the same. */
void live_show (Live *live, unsigned n_tests, const ReportProgress *progress,
                LiveSize size, GString *out);

/* @out, if it is not empty, is to stand above the lines. */
void live_make_way (Live *live, GString *out);

/* Takes them away. */
void live_hide (Live *live, GString *out);
