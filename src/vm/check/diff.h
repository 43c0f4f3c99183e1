/* diff.h - where two texts or files differ, shown to people
 *
 *     --- expected.txt
 *     +++ out.txt
 *     @@ -1,3 +1,3 @@
 *      the same
 *     -what the plan wants
 *     +what there is
 *      the same
 *
 * It is bounded in all: what it looks at, how long, and what it shows; so it
 * may be less than all that differs, and says so.  What it appends is made
 * visible, and has no newline at its end.
 */
#pragma once

#include "vm/check/content.h"

typedef struct
{
  const char *label;      /* what it is called */
  const Content *content; /* borrowed */
} DiffSide;

/* Where the two begin to differ. */
typedef struct
{
  uint64_t offset;  /* in bytes */
  uint64_t n_lines; /* that end before it */
} DiffPlace;

/* A unified diff; of binary data, bytes of both.  False and @error if one of
 * them cannot be read any more. */
bool diff_append (GString *out, const DiffSide *old, const DiffSide *new,
                  const DiffPlace *place, GError **error);

/* In double quotes, on one line; of a long text what is around @at, and dots
 * for the rest. */
void diff_append_excerpt (GString *out, const char *bytes, size_t n_bytes,
                          size_t at);
