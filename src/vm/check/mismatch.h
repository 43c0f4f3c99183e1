/* mismatch.h - what is said of a check that failed: both of its sides
 *
 *     "web" has printed "hello\n"; the plan wants "hullo\n"
 *     "out.txt" differs from "expected.txt" at byte 17, in line 2
 */
#pragma once

#include "vm/check/compare.h"

typedef struct
{
  const PlanCheck *check;
  const char *name;           /* of the left side: process or file; or NULL */
  const char *right_name;     /* of a file; or NULL */
  const Comparing *comparing; /* that came to COMPARE_NO; or an order */
  const Content *right;       /* as text: what is wanted */
} Mismatch;

/* One line; the caller's. */
char *mismatch_message (const Mismatch *mismatch);

/* Lines that say more, with a heading; nothing if there is no more.  False and
 * @error if a file cannot be read any more. */
bool mismatch_append_note (const Mismatch *mismatch, GString *out,
                           GError **error);

/* --- For its parts -------------------------------------------------------- */

/* Not large, and no newline but at its end. */
bool mismatch_is_one_line (const Content *content);

/* Whether something was found that is not to be there: comparing->offset. */
bool mismatch_is_found (const Mismatch *mismatch);

/* Of == : the side that has a newline more at its end, if that is all. */
const Content *mismatch_has_newline (const Mismatch *mismatch);
