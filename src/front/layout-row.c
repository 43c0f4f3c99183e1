#include "config.h"

#include "front/layout-row.h"

#include "front/layout.h"

#include <string.h>

/* Between a line and the comment behind it. */
#define GAP 2

typedef struct
{
  size_t at;      /* where it begins */
  size_t columns; /* of the line before it */
} Comment;

void
layout_row_init (LayoutRow *row)
{
  *row
      = (LayoutRow){ .comments = g_array_new (FALSE, FALSE, sizeof (Comment)) };
}

void
layout_row_clear (LayoutRow *row)
{
  g_array_unref (row->comments);
}

/* A line that is too wide has a row of its own, or it would push the comments
 * of others far away. */
void
layout_row_add (LayoutRow *row, GString *out, size_t columns, unsigned line,
                unsigned depth)
{
  const bool is_wide = columns > LAYOUT_WIDTH;

  if (is_wide || line != row->next || depth != row->depth)
    layout_row_align (row, out);

  const Comment comment = { .at = out->len, .columns = columns };

  g_array_append_val (row->comments, comment);
  row->next = is_wide ? 0 : line + 1;
  row->depth = depth;
}

/* Moves what was written since the first of them, once, to make room for the
 * blanks before them. */
void
layout_row_align (LayoutRow *row, GString *out)
{
  const Comment *const all = (const Comment *)(void *)row->comments->data;
  const unsigned n_all = row->comments->len;
  size_t end = out->len;
  size_t column = 0;
  size_t n_blanks = 0;

  for (unsigned i = 0; i < n_all; i++)
    column = MAX (column, all[i].columns + GAP);
  for (unsigned i = 0; i < n_all; i++)
    n_blanks += column - all[i].columns;
  g_string_set_size (out, end + n_blanks);

  for (unsigned i = n_all; i > 0; i--)
    {
      const Comment *const comment = &all[i - 1];
      const size_t n_gap = column - comment->columns;
      char *const text = out->str + comment->at;

      memmove (text + n_blanks, text, end - comment->at);
      n_blanks -= n_gap;
      memset (text + n_blanks, ' ', n_gap);
      end = comment->at;
    }
  g_array_set_size (row->comments, 0);
}
