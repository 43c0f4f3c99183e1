/* layout-out.h - the lines of a layout, as they are written
 *
 * Knows how a line looks: its indent, the blanks in it, where it is continued,
 * what follows it (the texts of its here-documents), and where the comments
 * behind it stand.  What belongs into a line is said by layout.c.
 */
#pragma once

#include "front/layout-row.h"
#include "front/marks.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct
{
  const Source *source;
  const GArray *heres; /* of MarkHere */
  GString *out;
  size_t begin; /* of what was written, in @out */
  LayoutRow row;
  unsigned n_opened; /* "<<EOF"s that were written */
  unsigned n_heres;  /* texts of those that were */
  unsigned n_lines;  /* a here-document counts as one */
  unsigned depth;    /* of the line: so many blocks it stands in */
  MarkKind last;     /* in the line; MARK_END: nothing yet */
  bool is_joined;    /* the line is to be continued in the next */
  bool is_line_open; /* there is a line, and it has no end yet */
  bool has_returns;  /* there is a CR somewhere in the source */
} LayoutOut;

void layout_out_init (LayoutOut *out, const Source *source, const Marks *marks,
                      GString *string);
/* Ends the last line too. */
void layout_out_finish (LayoutOut *out);

/* Begins a line, after an empty one if @is_apart. */
void layout_out_line (LayoutOut *out, unsigned depth, bool is_apart);
/* A word, or one of "{", "}", "=". */
void layout_out_token (LayoutOut *out, const Mark *mark);
/* A comment that has the line to itself, or stands behind what is there. */
void layout_out_comment (LayoutOut *out, const Mark *mark);

/* Whether the line is not too wide. */
bool layout_out_fits (const LayoutOut *out);
