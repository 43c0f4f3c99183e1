#include "config.h"

#include "front/layout-out.h"

#include "base/visible.h"
#include "front/layout.h"

#include <string.h>

#define INDENT 4

static const char *
text_at (const LayoutOut *out, uint32_t offset)
{
  return out->source->text + (offset - out->source->base);
}

void
layout_out_init (LayoutOut *out, const Source *source, const Marks *marks,
                 GString *string)
{
  *out = (LayoutOut){
    .source = source,
    .heres = marks->heres,
    .out = string,
    .begin = string->len,
    .last = MARK_END,
    .has_returns = memchr (source->text, '\r', source->n_text) != NULL,
  };
  layout_row_init (&out->row);
}

/* --- Pieces of a line --------------------------------------------------- */

static void
append_blanks (LayoutOut *out, size_t n)
{
  const size_t begin = out->out->len;

  g_string_set_size (out->out, begin + n);
  memset (out->out->str + begin, ' ', n);
}

/* CR LF becomes LF; but the second CR of CR CR LF would be taken for a part of
 * the end of the line, which it is not: those stay. */
static void
append_text (LayoutOut *out, const char *text, size_t n_text)
{
  const char *const end = text + n_text;
  const char *from = text;
  const char *at = text;

  while (out->has_returns
         && (at = memchr (at, '\r', (size_t)(end - at))) != NULL)
    {
      const bool is_second = at > text && at[-1] == '\r';

      if (at + 1 < end && at[1] == '\n' && !is_second)
        {
          g_string_append_len (out->out, from, at - from);
          from = at + 1;
        }
      at++;
    }
  g_string_append_len (out->out, from, end - from);
}

static size_t
count_columns (const char *text, size_t n_text)
{
  for (size_t i = 0; i < n_text; i++)
    {
      if ((unsigned char)text[i] >= 0x80)
        return visible_columns (text, n_text);
    }
  return n_text;
}

/* The line as a terminal would show it: what stands behind the last newline,
 * which may be one in quotes. */
static const char *
open_line (const LayoutOut *out, size_t *n_text)
{
  const char *const begin = out->out->str + out->begin;
  const char *const end = out->out->str + out->out->len;
  const char *const newline = memrchr (begin, '\n', (size_t)(end - begin));
  const char *const line = newline != NULL ? newline + 1 : begin;

  *n_text = (size_t)(end - line);
  return line;
}

bool
layout_out_fits (const LayoutOut *out)
{
  size_t n;
  const char *const line = open_line (out, &n);

  /* No character has more columns than bytes. */
  return n <= LAYOUT_WIDTH || count_columns (line, n) <= LAYOUT_WIDTH;
}

/* --- Here-documents ----------------------------------------------------- */

static void
append_indented (LayoutOut *out, const MarkHere *here, size_t indent)
{
  const char *line = text_at (out, here->lines.begin);
  const char *const end = text_at (out, here->lines.end);

  while (line < end)
    {
      const char *const newline = memchr (line, '\n', (size_t)(end - line));
      const char *const next = newline != NULL ? newline + 1 : end;
      const char *const text = line + MIN (strspn (line, " \t"), here->indent);

      if (*text != '\n' && strncmp (text, "\r\n", 2) != 0)
        append_blanks (out, indent);
      append_text (out, text, (size_t)(next - text));
      line = next;
    }
}

static void
append_here (LayoutOut *out, const MarkHere *here)
{
  const size_t indent = (size_t)INDENT * (out->depth + 1);
  const char *name = text_at (out, here->lines.end);

  if (here->is_movable && here->has_text)
    append_indented (out, here, indent);
  else
    append_text (out, text_at (out, here->lines.begin),
                 here->lines.end - here->lines.begin);

  if (here->is_movable)
    {
      name += strspn (name, " \t");
      append_blanks (out, indent);
    }
  g_string_append_len (out->out, name, (gssize)strcspn (name, "\r\n"));
  g_string_append_c (out->out, '\n');
}

/* --- Lines -------------------------------------------------------------- */

static void
end_line (LayoutOut *out)
{
  g_string_append_c (out->out, '\n');
  out->n_lines++;
  for (; out->n_heres < out->n_opened; out->n_heres++)
    {
      append_here (out, &g_array_index (out->heres, MarkHere, out->n_heres));
      out->n_lines++;
    }
}

void
layout_out_line (LayoutOut *out, unsigned depth, bool is_apart)
{
  if (out->is_line_open)
    end_line (out);
  if (is_apart)
    {
      g_string_append_c (out->out, '\n');
      out->n_lines++;
    }

  out->depth = depth;
  out->last = MARK_END;
  out->is_joined = false;
  out->is_line_open = true;
  append_blanks (out, (size_t)INDENT * depth);
}

/* A block breaks the line where it can be broken anyway. */
static bool
can_be_joined (MarkKind kind)
{
  return kind == MARK_WORD || kind == MARK_HERE || kind == MARK_EQUALS;
}

static void
separate (LayoutOut *out, MarkKind kind)
{
  /* The spelling of a word may end in a backslash and a newline. */
  const bool is_continued
      = out->last == MARK_WORD && out->out->str[out->out->len - 1] == '\n';
  const bool is_joined
      = out->is_joined && can_be_joined (out->last) && can_be_joined (kind);

  out->is_joined = false;
  if (is_joined && !is_continued)
    g_string_append (out->out, " \\\n");
  if (is_joined || is_continued)
    {
      append_blanks (out, (size_t)INDENT * (out->depth + 1));
      out->n_lines++;
    }
  else if (out->last != MARK_END)
    {
      g_string_append_c (out->out, ' ');
    }
}

/* Behind the last word of a text a backslash quotes nothing.  The newline that
 * is to come would make it join two lines: it gets one of its own.  A word that
 * is nothing else is empty. */
static void
mend_backslash (LayoutOut *out, const char *word, size_t n_word)
{
  size_t n = 0;

  while (n < n_word && word[n_word - 1 - n] == '\\')
    n++;
  if (n % 2 == 0)
    return;

  if (n_word > 1)
    {
      g_string_append_c (out->out, '\n');
    }
  else
    {
      g_string_truncate (out->out, out->out->len - 1);
      g_string_append (out->out, "''");
    }
}

void
layout_out_token (LayoutOut *out, const Mark *mark)
{
  const char *const text = text_at (out, mark->span.begin);
  const size_t n_text = mark->span.end - mark->span.begin;

  separate (out, mark->kind);
  append_text (out, text, n_text);
  if (text[n_text - 1] == '\\')
    mend_backslash (out, text, n_text);
  out->n_opened += mark->kind == MARK_HERE;
  out->last = mark->kind;
}

void
layout_out_comment (LayoutOut *out, const Mark *mark)
{
  const char *const text = text_at (out, mark->span.begin);
  size_t n_text = mark->span.end - mark->span.begin;

  while (strchr (" \t\r", text[n_text - 1]) != NULL)
    n_text--;
  if (out->last != MARK_END)
    {
      size_t n_line;
      const char *const line = open_line (out, &n_line);

      layout_row_add (&out->row, out->out, count_columns (line, n_line),
                      out->n_lines, out->depth);
    }
  append_text (out, text, n_text);
  out->last = MARK_COMMENT;
}

void
layout_out_finish (LayoutOut *out)
{
  if (out->is_line_open)
    end_line (out);
  layout_row_align (&out->row, out->out);
  layout_row_clear (&out->row);
}
