#include "config.h"

#include "front/scan.h"

#include <string.h>

struct ScanHere
{
  AstArg *arg;           /* what its text becomes */
  const char *delimiter; /* in the source */
  size_t n_delimiter;
  bool is_verbatim;
  bool loses_indent;
  bool is_found;
  bool has_text;  /* not only blanks */
  uint32_t begin; /* of its text */
  uint32_t end;   /* where the line of the delimiter begins */
  uint32_t next;  /* behind that line */
  uint32_t indent;
};

AstArg *
scan_here (Scan *scan, const char *operator, size_t n_operator, SrcSpan span)
{
  ScanHere *const here = ARENA_NEW (scan->arena, ScanHere);
  const char *name = operator+ strlen ("<<");
  size_t n_name = n_operator - strlen ("<<");

  here->loses_indent = *name == '~';
  name += here->loses_indent;
  n_name -= here->loses_indent;
  if (*name == '\'' || *name == '"')
    {
      here->is_verbatim = *name == '\'';
      name++;
      n_name -= 2;
    }
  here->delimiter = scan->source->text + (name - operator)
                    + (span.begin - scan->source->base);
  here->n_delimiter = n_name;
  here->arg = ast_plain_new (scan->arena, "", 0, span);
  here->arg->is_here_document = true;
  g_queue_push_tail (&scan->here, here);
  return here->arg;
}

/* --- Lines of the source ---------------------------------------------- */

typedef struct
{
  const char *text;
  size_t n_text; /* without its end */
  size_t indent; /* how many of it are blanks */
  const char *next;
} Line;

static Line
line_at (const char *text, const char *end)
{
  const char *const newline = memchr (text, '\n', (size_t)(end - text));
  const char *line_end = newline != NULL ? newline : end;
  Line line = { .text = text, .next = newline != NULL ? newline + 1 : end };

  if (line_end > text && line_end[-1] == '\r')
    line_end--;
  line.n_text = (size_t)(line_end - text);
  while (line.indent < line.n_text
         && (text[line.indent] == ' ' || text[line.indent] == '\t'))
    line.indent++;
  return line;
}

static bool
is_delimiter (const ScanHere *here, const Line *line, bool may_be_indented)
{
  const size_t indent = may_be_indented ? line->indent : 0;

  return line->n_text - indent == here->n_delimiter
         && memcmp (line->text + indent, here->delimiter, here->n_delimiter)
                == 0;
}

static void
tell_not_found (Scan *scan, const ScanHere *here, SrcSpan indented)
{
  const int n_delimiter = (int)here->n_delimiter;

  diag_error (scan->diag, here->arg->span,
              "this here-document has no end: there is no line \"%.*s\"",
              n_delimiter, here->delimiter);
  if (indented.end != 0)
    diag_note (scan->diag, indented,
               "this line is indented, which \"<<~%.*s\" would allow",
               n_delimiter, here->delimiter);
  scan->is_hopeless = true;
}

/* Finds where the text ends that begins at @begin. */
static void
find_end (Scan *scan, ScanHere *here, uint32_t begin)
{
  const Source *const source = scan->source;
  const char *const end = source->text + source->n_text;
  const char *at = source->text + (begin - source->base);
  size_t indent = SIZE_MAX;
  SrcSpan indented = SRC_SPAN_NONE;

  here->begin = begin;
  for (here->is_found = true; at < end;)
    {
      const Line line = line_at (at, end);
      const uint32_t offset = source->base + (uint32_t)(at - source->text);

      here->end = offset;
      here->next = source->base + (uint32_t)(line.next - source->text);
      if (is_delimiter (here, &line, here->loses_indent))
        {
          here->has_text = indent != SIZE_MAX;
          here->indent
              = here->loses_indent && here->has_text ? (uint32_t)indent : 0;
          return;
        }
      if (indented.end == 0 && is_delimiter (here, &line, true))
        indented = (SrcSpan){ offset, offset + (uint32_t)line.n_text };
      if (line.indent < line.n_text)
        indent = MIN (indent, line.indent);
      at = line.next;
    }

  here->end = here->next = source->base + (uint32_t)source->n_text;
  tell_not_found (scan, here, indented);
}

/* Whether a line may be joined with the next, whose indent then is text. */
static bool
has_joined_lines (const Scan *scan, const ScanHere *here)
{
  const Source *const source = scan->source;
  const char *const begin = source->text + (here->begin - source->base);
  const size_t n = here->end - here->begin;

  return !here->is_verbatim
         && (memmem (begin, n, "\\\n", 2) || memmem (begin, n, "\\\r\n", 3));
}

static void
note (Scan *scan, const ScanHere *here)
{
  const MarkHere mark
      = { .lines = { here->begin, here->end },
          .next = here->next,
          .indent = here->indent,
          .has_text = here->has_text,
          .is_movable = here->loses_indent && !has_joined_lines (scan, here) };

  g_array_append_val (scan->marks->heres, mark);
}

/* Makes what was read the text of the here-document. */
static void
finish (Scan *scan, const ScanHere *here)
{
  const SrcSpan span = here->arg->span;
  AstArg *const next = here->arg->next;

  *here->arg = *scan_end_word (scan, here->end);
  here->arg->span = span;
  here->arg->next = next;
  here->arg->is_here_document = true;
  if (scan->marks != NULL)
    note (scan, here);
}

/* What of the line's indent is not text. */
static uint32_t
lost_indent (const Scan *scan, const ScanHere *here, uint32_t begin)
{
  const Source *const source = scan->source;
  const Line line = line_at (source->text + (begin - source->base),
                             source->text + source->n_text);

  return MIN (here->indent, (uint32_t)line.indent);
}

ScanPlace
scan_here_line (Scan *scan, uint32_t begin)
{
  ScanHere *here;

  while ((here = g_queue_peek_head (&scan->here)) != NULL)
    {
      if (!here->is_found)
        {
          find_end (scan, here, begin);
          scan_begin_word (scan, begin);
        }
      if (begin < here->end)
        return (ScanPlace){ .at = begin + lost_indent (scan, here, begin),
                            .is_text = true,
                            .is_verbatim = here->is_verbatim };

      finish (scan, here);
      (void)g_queue_pop_head (&scan->here);
      begin = here->next;
    }
  return (ScanPlace){ .at = begin };
}
