#include "config.h"

#include "front/layout.h"

#include "front/layout-out.h"
#include "front/parse.h"

#include <string.h>

/* More bytes than this are too wide: no character has more than four. */
#define MAX_FLAT ((size_t)4 * LAYOUT_WIDTH)

typedef struct
{
  LayoutOut out;
  const char *text; /* of the source */
  uint32_t base;    /* its first offset */
  const Mark *at;   /* what comes next */
  const Mark *end;
  unsigned depth;
  unsigned n_newlines; /* since what was written last */
  bool is_at_begin;    /* of a block, or of all */
} Layout;

static bool
is_newline (const Layout *layout, const Mark *mark)
{
  return mark->kind == MARK_END
         && layout->text[mark->span.begin - layout->base] != ';';
}

static void
write_token (Layout *layout)
{
  layout_out_token (&layout->out, layout->at);
  layout->at++;
  layout->n_newlines = 0;
}

/* Empty lines stay, but one of several, and none at the begin of a block. */
static void
begin_line (Layout *layout)
{
  layout_out_line (&layout->out, layout->depth,
                   layout->n_newlines > 1 && !layout->is_at_begin);
  layout->is_at_begin = false;
  layout->n_newlines = 0;
}

/* --- Blocks in a line --------------------------------------------------- */

/* Whether something can stand in a block that stands in a line. */
static bool
can_be_flat (const Layout *layout, const Mark *mark)
{
  const char *const text = layout->text + (mark->span.begin - layout->base);
  const size_t n_text = mark->span.end - mark->span.begin;

  switch (mark->kind)
    {
    case MARK_WORD:
      return n_text <= MAX_FLAT && memchr (text, '\n', n_text) == NULL;
    case MARK_END:
      return *text == ';';
    case MARK_HERE:
    case MARK_JOIN:
    case MARK_COMMENT:
      return false;
    default:
      return true;
    }
}

static bool
write_flat_block (Layout *layout, size_t limit)
{
  unsigned depth = 0;
  bool has_end = false; /* of a line */

  do
    {
      const MarkKind kind = layout->at->kind;

      if (!can_be_flat (layout, layout->at) || layout->out.out->len > limit)
        return false;
      if (kind == MARK_END)
        {
          has_end |= layout->out.last != MARK_OPEN;
          layout->at++;
          continue;
        }

      if (has_end && kind != MARK_CLOSE)
        g_string_append_c (layout->out.out, ';');
      has_end = false;
      depth += kind == MARK_OPEN;
      depth -= kind == MARK_CLOSE;
      write_token (layout);
    }
  while (depth > 0);
  return true;
}

static bool
is_end_of_call (const Layout *layout)
{
  if (layout->at == layout->end)
    return true;

  const MarkKind kind = layout->at->kind;

  return kind == MARK_END || kind == MARK_COMMENT || kind == MARK_CLOSE;
}

static void
pass_join (Layout *layout)
{
  layout->out.is_joined = true;
  layout->at++;
}

/* Writes the rest of a call, from its first block on, with all of its blocks
 * in the line.  False, and nothing is written, if that cannot be. */
static bool
write_flat (Layout *layout)
{
  const Layout before = *layout;
  const size_t length = layout->out.out->len;
  size_t limit = length + MAX_FLAT;
  bool is_flat = true;

  while (is_flat && !is_end_of_call (layout))
    {
      switch (layout->at->kind)
        {
        case MARK_OPEN:
          is_flat = write_flat_block (layout, limit);
          break;
        case MARK_JOIN:
          is_flat = layout_out_fits (&layout->out);
          limit = layout->out.out->len + MAX_FLAT;
          pass_join (layout);
          break;
        default:
          is_flat = can_be_flat (layout, layout->at);
          write_token (layout);
          break;
        }
    }
  if (is_flat && layout_out_fits (&layout->out))
    return true;

  *layout = before;
  g_string_truncate (layout->out.out, length);
  return false;
}

/* --- Lines -------------------------------------------------------------- */

static void write_lines (Layout *layout);

static void
write_block (Layout *layout)
{
  write_token (layout);
  layout->depth++;
  layout->is_at_begin = true;
  write_lines (layout);
  layout->depth--;
  layout->is_at_begin = true; /* no empty line before the end either */
  begin_line (layout);
  write_token (layout);
}

/* The blocks of a call stand in its line all, or none does. */
static void
write_call (Layout *layout)
{
  bool may_be_flat = true;

  begin_line (layout);
  while (!is_end_of_call (layout))
    {
      const MarkKind kind = layout->at->kind;

      if (kind == MARK_JOIN)
        pass_join (layout);
      else if (kind != MARK_OPEN)
        write_token (layout);
      else if (!may_be_flat || !write_flat (layout))
        {
          may_be_flat = false;
          write_block (layout);
        }
    }
}

static void
write_comment (Layout *layout)
{
  const bool is_behind = layout->n_newlines == 0 && layout->out.is_line_open;

  if (!is_behind)
    begin_line (layout);
  layout_out_comment (&layout->out, layout->at);
  layout->at++;
  layout->n_newlines = 0;
}

/* Up to the end of the block, or of all. */
static void
write_lines (Layout *layout)
{
  while (layout->at < layout->end && layout->at->kind != MARK_CLOSE)
    {
      switch (layout->at->kind)
        {
        case MARK_END:
          layout->n_newlines += is_newline (layout, layout->at);
          layout->at++;
          break;
        case MARK_JOIN:
          layout->at++;
          break;
        case MARK_COMMENT:
          write_comment (layout);
          break;
        default:
          write_call (layout);
          break;
        }
    }
}

bool
layout_source (const Source *source, Diag *diag, GString *out)
{
  Marks marks;
  bool is_ok;

  marks_init (&marks);
  is_ok = parse_marks (source, &marks, diag);
  if (is_ok)
    {
      const Mark *const first = (const Mark *)(void *)marks.all->data;
      Layout layout = { .text = source->text,
                        .base = source->base,
                        .at = first,
                        .end = first + marks.all->len,
                        .is_at_begin = true };

      layout_out_init (&layout.out, source, &marks, out);
      write_lines (&layout);
      layout_out_finish (&layout.out);
    }
  marks_clear (&marks);
  return is_ok;
}
