#include "config.h"

#include "front/scan.h"

#include <string.h>

void
scan_init (Scan *scan, const Source *source, Arena *arena, Intern *names,
           Diag *diag)
{
  *scan = (Scan){ .source = source,
                  .diag = diag,
                  .arena = arena,
                  .names = names,
                  .ends_line = true };
  scan->text = g_string_new (NULL);
  scan->outer = g_ptr_array_new ();
  scan->end = &scan->parts;
  g_queue_init (&scan->here);
}

void
scan_clear (Scan *scan)
{
  g_string_free (scan->text, TRUE);
  g_ptr_array_unref (scan->outer);
  g_queue_clear (&scan->here);
}

/* --- Words ------------------------------------------------------------ */

void
scan_begin_word (Scan *scan, uint32_t begin)
{
  g_string_truncate (scan->text, 0);
  g_ptr_array_set_size (scan->outer, 0);
  scan->parts = NULL;
  scan->end = &scan->parts;
  scan->word = begin;
  scan->is_wrong_word = false;
  scan->habits = (AstHabits){ 0 };
  scan->piece = begin;
}

void
scan_append (Scan *scan, const char *bytes, size_t n_bytes)
{
  g_string_append_len (scan->text, bytes, (gssize)n_bytes);
}

void
scan_append_bare (Scan *scan, const char *bytes, size_t n_bytes, uint32_t begin)
{
  ast_add_habits (&scan->habits, bytes, n_bytes, begin == scan->word);
  scan_append (scan, bytes, n_bytes);
}

void
scan_append_byte (Scan *scan, const char *digits)
{
  g_string_append_c (scan->text, (char)g_ascii_strtoull (digits, NULL, 16));
}

void
scan_append_character (Scan *scan, const char *digits, SrcSpan span)
{
  const guint64 code = g_ascii_strtoull (digits, NULL, 16);

  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    diag_error (scan->diag, span, "there is no character U+%04X",
                (unsigned)code);
  else
    g_string_append_unichar (scan->text, (gunichar)code);
}

static AstPart *
add_part (Scan *scan, SrcSpan span)
{
  AstPart *const part = ARENA_NEW (scan->arena, AstPart);

  part->span = span;
  *scan->end = part;
  scan->last = part;
  scan->end = &part->next;
  return part;
}

/* Makes a part of the text that was collected. */
static void
finish_piece (Scan *scan, uint32_t end)
{
  if (scan->text->len == 0)
    return;

  AstPart *const part
      = add_part (scan, (SrcSpan){ .begin = scan->piece, .end = end });

  part->text = arena_strndup (scan->arena, scan->text->str, scan->text->len);
  part->n_text = (uint32_t)scan->text->len;
  g_string_truncate (scan->text, 0);
}

void
scan_append_variable (Scan *scan, const char *name, size_t n_name, SrcSpan span,
                      AstVariableKind kind)
{
  finish_piece (scan, span.begin);

  AstPart *const part = add_part (scan, span);

  part->variable = intern_string (scan->names, scan->arena, name, n_name);
  part->variable_kind = (uint8_t)kind;
  scan->piece = span.end;
}

void
scan_begin_fallback (Scan *scan)
{
  AstPart *const variable = scan->last;

  variable->has_fallback = true;
  g_ptr_array_add (scan->outer, variable);
  scan->end = &variable->fallback;
}

void
scan_end_fallback (Scan *scan, uint32_t end)
{
  finish_piece (scan, end);

  AstPart *const variable
      = g_ptr_array_steal_index (scan->outer, (guint)(scan->outer->len - 1));

  variable->span.end = end;
  scan->end = &variable->next;
  scan->last = variable;
  scan->piece = end;
}

static AstArg *
make_word (Scan *scan, uint32_t end)
{
  const SrcSpan span = { .begin = scan->word, .end = end };

  if (scan->parts == NULL)
    return ast_plain_new (
        scan->arena,
        arena_strndup (scan->arena, scan->text->str, scan->text->len),
        scan->text->len, span);
  finish_piece (scan, end);

  AstPart *const first = scan->parts;

  if (first->variable_kind == AST_LIST_OF && first->next == NULL)
    {
      AstArg *const list = ast_arg_new (scan->arena, AST_LIST, span);

      list->variable = first->variable;
      return list;
    }
  for (const AstPart *part = first; part != NULL; part = part->next)
    if (part->variable_kind == AST_LIST_OF)
      {
        diag_error (scan->diag, part->span,
                    "\"$@%s\" makes several words, and must stand alone",
                    part->variable);
        diag_note (scan->diag, part->span,
                   "\"$%s\" is one word, the elements with blanks between",
                   part->variable);
      }

  AstArg *const arg = ast_arg_new (scan->arena, AST_PARTS, span);

  arg->parts = first;
  return arg;
}

AstArg *
scan_end_word (Scan *scan, uint32_t end)
{
  AstArg *const word = make_word (scan, end);

  word->is_wrong = scan->is_wrong_word;
  word->habits = scan->habits;
  return word;
}

/* --- What must be closed ---------------------------------------------- */

bool
scan_open (Scan *scan, int state, SrcSpan span, bool is_quote)
{
  if (scan->n_open == SCAN_MAX_OPEN)
    {
      diag_error (scan->diag, span,
                  "quotes and defaults are nested over %d deep here",
                  SCAN_MAX_OPEN);
      scan->is_hopeless = true;
      scan->is_unsure = true;
      return false;
    }
  scan->open[scan->n_open++]
      = (ScanOpen){ .state = state, .begin = span.begin, .is_quote = is_quote };
  return true;
}

int
scan_close (Scan *scan, uint32_t end)
{
  const ScanOpen *const open = &scan->open[--scan->n_open];
  const char *const text
      = scan->source->text + (open->begin - scan->source->base);

  if (scan->long_quote.end == 0 && memchr (text, '\n', end - open->begin))
    scan->long_quote
        = (SrcSpan){ .begin = open->begin, .end = open->begin + 1 };
  return open->state;
}

static void
tell_not_closed (Scan *scan)
{
  const ScanOpen *const open = &scan->open[scan->n_open - 1];

  diag_error (scan->diag, (SrcSpan){ open->begin, open->begin + 1 },
              open->is_quote ? "this quote is not closed"
                             : "this \"${\" is not closed");
}

/* Closes what is open, up to the first @n_left. */
static int
close_all (Scan *scan, unsigned n_left, uint32_t end)
{
  const int state = scan->open[n_left].state;

  while (scan->outer->len > 0)
    scan_end_fallback (scan, end);
  scan->n_open = n_left;
  return state;
}

bool
scan_may_be_long (const Scan *scan)
{
  return scan->n_open == 1 && scan->outer->len == 0;
}

int
scan_unwind (Scan *scan)
{
  const ScanOpen *const last = &scan->open[scan->n_open - 1];
  const bool is_in_quotes = scan->open[0].is_quote;

  tell_not_closed (scan);
  return close_all (scan, is_in_quotes ? 1 : 0, last->begin + 1);
}

int
scan_not_closed (Scan *scan)
{
  tell_not_closed (scan);
  if (scan->long_quote.end != 0)
    {
      diag_note (scan->diag, scan->long_quote,
                 "the quote that begins here goes over several lines: was it "
                 "meant to?");
      scan->is_unsure = true;
    }
  scan->is_hopeless = true;
  return close_all (scan, 0,
                    scan->source->base + (uint32_t)scan->source->n_text);
}

void
scan_glued_brace (Scan *scan, SrcSpan span)
{
  if (scan->glued.end == 0)
    scan->glued = span;
}

static void
note_glued_brace (Scan *scan)
{
  if (scan->glued.end != 0)
    diag_note (scan->diag, scan->glued,
               "a brace is one only as a word of its own, with blanks around "
               "it");
}

bool
scan_open_block (Scan *scan, SrcSpan span)
{
  if (scan->n_blocks == SCAN_MAX_BLOCKS)
    {
      diag_error (scan->diag, span, "blocks are nested over %d deep here",
                  SCAN_MAX_BLOCKS);
      scan->is_hopeless = true;
      scan->is_unsure = true;
      return false;
    }
  scan->blocks[scan->n_blocks++] = span;
  return true;
}

bool
scan_close_block (Scan *scan, SrcSpan span)
{
  if (scan->n_blocks > 0)
    {
      scan->n_blocks--;
      return true;
    }
  if (!scan->has_extra_brace)
    {
      diag_error (scan->diag, span,
                  "there is no block for this \"}\" to close");
      note_glued_brace (scan);
    }
  scan->has_extra_brace = true;
  scan->is_unsure = true;
  return false;
}

void
scan_block_not_closed (Scan *scan)
{
  if (scan->is_hopeless || scan->n_blocks == 0)
    return;

  diag_error (scan->diag, scan->blocks[scan->n_blocks - 1],
              "this block is not closed");
  note_glued_brace (scan);
  scan->is_unsure = true;
}
