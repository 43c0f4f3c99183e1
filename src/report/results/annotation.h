/* annotation.h - a failure as GitHub shows it beside the plan
 *
 *     ::error file=x.plan,line=2,col=5,title=x.plan%3At%3A wrong status::...
 *
 * It is one only at the beginning of a line.
 */
#pragma once

#include "report/record.h"

/* @order is "error" or "warning".  Paths below @workspace are written as from
 * there; NULL: that is not known. */
void annotation_append (GString *out, const char *order, const char *workspace,
                        const ReportTest *test, const RecordFailure *failure);

/* A text of lines, behind what is there. */
void annotation_append_message (GString *out, const RecordText *text);

/* The path without links; NULL: there is no such file. */
char *annotation_real_path (const char *path);
