/* layout-row.h - the comments behind lines that follow each other
 *
 * They begin in one column.  Which one is known when the row is complete: until
 * then each stands close behind its line.
 */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef struct
{
  GArray *comments; /* owned */
  unsigned next;    /* the line that goes on with the row, */
  unsigned depth;   /* if it stands in as many blocks */
} LayoutRow;

void layout_row_init (LayoutRow *row);
void layout_row_clear (LayoutRow *row);

/* A comment is about to be appended to @out, behind a line of so many columns.
 * If another row was in progress it is completed. */
void layout_row_add (LayoutRow *row, GString *out, size_t columns,
                     unsigned line, unsigned depth);

/* Completes the row. */
void layout_row_align (LayoutRow *row, GString *out);
