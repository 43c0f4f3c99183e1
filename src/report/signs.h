/* signs.h - signs of life, where what is written stays
 *
 *     running deploy.plan:failover  1s, operation 2 of 5 ......
 *     slow    deploy.plan:failover  10s, operation 3 of 5: wait web 0
 *
 * While nothing else is written there is one each second, so that nobody takes
 * us for dead.  As comments each is a line of its own.  The clock is that of
 * the progress which is told.
 */
#pragma once

#include "report/report.h"

typedef struct Signs Signs;

typedef enum
{
  SIGNS_AS_DOTS,
  SIGNS_AS_COMMENTS /* of TAP */
} SignsForm;

Signs *signs_new (SignsForm form, int64_t slow_microsecs);
void signs_free (Signs *signs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Signs, signs_free)

/* Appends what is to be said now to @out, which is empty; comments stand
 * behind @margin. */
void signs_add (Signs *signs, const ReportProgress *progress,
                const char *margin, GString *out);

/* @out, if it is not empty, is what is written next: it ends the line. */
void signs_make_way (Signs *signs, GString *out);

/* Ends the line; something else is to be written. */
void signs_hide (Signs *signs, GString *out);

/* The test, or a try of it, has ended. */
void signs_forget (Signs *signs, const ReportTest *test);
