/* diff-lines.h - the shortest way from one text to another, by lines
 *
 * Myers, "An O(ND) Difference Algorithm"; given up where it has more steps
 * than anybody is shown.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct
{
  const char *bytes;
  size_t n_bytes; /* with its newline */
  uint32_t hash;
} DiffLine;

typedef struct
{
  DiffLine *lines;  /* owned */
  bool *is_changed; /* owned: removed, or added */
  size_t n;
  bool is_cut; /* there are more */
} DiffLines;

/* @bytes are borrowed; if there are more behind them, @is_cut, the last line
 * is left out where it is not whole. */
void diff_lines_init (DiffLines *lines, const char *bytes, size_t n_bytes,
                      bool is_cut);
void diff_lines_clear (DiffLines *lines);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DiffLines, diff_lines_clear)

/* Marks what must be removed from @old and added from @new.  If that is too
 * much, both are cut. */
void diff_lines_compare (DiffLines *old, DiffLines *new);
