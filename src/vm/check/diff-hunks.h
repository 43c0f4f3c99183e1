/* diff-hunks.h - a unified diff, from its first "@@" on */
#pragma once

#include "vm/check/diff-lines.h"

/* So many lines are shown that are the same, before and after others. */
#define DIFF_CONTEXT 3

/* Appends them, each line after a newline.  The first lines of the texts have
 * the number @first_line. */
void diff_append_hunks (GString *out, const DiffLines *old,
                        const DiffLines *new, uint64_t first_line);
