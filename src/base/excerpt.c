#include "config.h"

#include "base/excerpt.h"

#include "base/visible.h"

#include <stdbool.h>
#include <string.h>

/* Columns of a line that are shown, and bytes, should they take no column. */
#define WIDTH      100
#define MOST_BYTES 1000
/* The mark begins at most there; where the line is cut in front of it, that
 * many characters stand before it. */
#define LARGEST_COLUMN 60
#define N_BEFORE       40
#define TAB_STOP       8
#define CUT            "..."
#define CUT_LENGTH     3

typedef struct
{
  const SourceLine *line;
  size_t at; /* in the line's bytes */
  GString *shown;
  size_t column; /* from 0, as shown */
} Writer;

/* Writes one character; false if it does not fit into @width. */
static bool
write_character (Writer *writer, size_t width)
{
  const SourceLine *const line = writer->line;
  const size_t before = writer->shown->len;
  size_t n_columns = TAB_STOP - writer->column % TAB_STOP;
  size_t n_bytes = 1;

  if (line->text[writer->at] == '\t')
    {
      g_string_append_printf (writer->shown, "%*s", (int)n_columns, "");
    }
  else
    {
      n_bytes = visible_append_char (writer->shown, line->text + writer->at,
                                     line->n_text - writer->at);
      n_columns = visible_columns (writer->shown->str + before,
                                   writer->shown->len - before);
    }
  if (writer->column + n_columns > width || writer->shown->len > MOST_BYTES)
    {
      g_string_truncate (writer->shown, before);
      return false;
    }
  writer->at += n_bytes;
  writer->column += n_columns;
  return true;
}

/* Writes what is before @end, as far as it fits. */
static bool
write_up_to (Writer *writer, size_t end, size_t width)
{
  while (writer->at < end)
    {
      if (!write_character (writer, width))
        return false;
    }
  return true;
}

static bool
fits (const SourceLine *line, size_t begin, size_t end, size_t width)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  Writer writer = { .line = line, .at = begin, .shown = shown };

  return write_up_to (&writer, end, width);
}

/* @n characters before @at, or the beginning. */
static size_t
go_back (const SourceLine *line, size_t at, unsigned n)
{
  while (n-- > 0 && at > 0)
    {
      at--;
      while (at > 0 && ((unsigned char)line->text[at] & 0xc0) == 0x80)
        at--;
    }
  return at;
}

/* Where to begin when the line is cut in front: some characters before the
 * mark, fewer if they take much room. */
static size_t
find_window (const SourceLine *line, size_t begin)
{
  for (unsigned n = N_BEFORE; n > 0; n /= 2)
    {
      const size_t at = go_back (line, begin, n);

      if (fits (line, at, begin, LARGEST_COLUMN))
        return at;
    }
  return begin;
}

static void
append_mark (GString *out, size_t column, size_t n_columns, const char *color)
{
  g_string_append_printf (out, "      | %*s%s^", (int)column, "",
                          color != NULL ? color : "");
  while (n_columns-- > 1)
    g_string_append_c (out, '~');
  g_string_append (out, color != NULL ? "\33[m\n" : "\n");
}

void
excerpt_append (GString *out, const SourceLine *line, size_t begin,
                size_t n_marked, const char *color)
{
  const size_t end = begin + MIN (n_marked, line->n_text - begin);
  const bool is_whole = fits (line, 0, line->n_text, WIDTH);
  const size_t width = is_whole ? WIDTH : WIDTH - CUT_LENGTH;
  g_autoptr (GString) shown = g_string_new (NULL);
  Writer writer = { .line = line, .shown = shown };

  if (!is_whole && !fits (line, 0, begin, LARGEST_COLUMN))
    {
      writer.at = find_window (line, begin);
      writer.column = CUT_LENGTH;
      g_string_append (shown, CUT);
    }
  (void)write_up_to (&writer, begin, width); /* it fits, see above */

  const size_t mark = writer.column;

  (void)write_up_to (&writer, end, width); /* what does not fit, is cut */

  const size_t mark_end = writer.column;

  if (!write_up_to (&writer, line->n_text, width))
    g_string_append (shown, CUT);

  g_string_append_printf (out, "%5u | %s\n", line->line, shown->str);
  append_mark (out, mark, mark_end - mark, color);
}
