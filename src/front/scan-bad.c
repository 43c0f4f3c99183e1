#include "config.h"

#include "front/scan.h"

#include <string.h>

/* So many places that are no text, and it is no plan. */
#define MAX_BAD 10

/* Whether to tell of a place that is no text: once a line, and not for
 * ever. */
static bool
is_worth_telling (Scan *scan, uint32_t at)
{
  const char *const text = scan->source->text - scan->source->base;
  const uint32_t last = scan->last_bad;

  if (scan->n_bad == MAX_BAD)
    return false;
  if (scan->n_bad > 0 && memchr (text + last, '\n', at - last) == NULL)
    return false;

  scan->last_bad = at;
  scan->n_bad++;
  return true;
}

static void
tell_bad (Scan *scan, SrcSpan span, const char *what)
{
  if (!is_worth_telling (scan, span.begin))
    return;

  diag_error (scan->diag, span, "%s", what);
  if (scan->n_bad < MAX_BAD)
    return;

  diag_note (scan->diag, span,
             "this does not look like a plan: the rest is not read");
  scan->is_hopeless = true;
  scan->is_unsure = true;
}

void
scan_nul (Scan *scan, SrcSpan span)
{
  tell_bad (scan, (SrcSpan){ span.begin, span.begin + 1 },
            "a NUL byte cannot stand in a plan: write \\0 between quotes");
}

/* --- What is mistaken for quotes, dashes and blanks ---------------------- */

typedef enum
{
  LOOKS_LIKE_QUOTE,
  LOOKS_LIKE_DASH,
  LOOKS_LIKE_BLANK
} Likeness;

/* Characters that an editor or a web page puts in the place of those that are
 * meant. */
static const struct
{
  gunichar first;
  gunichar last;
  Likeness likeness;
} lookalikes[] = {
  { 0x85, 0x85, LOOKS_LIKE_BLANK },     { 0xa0, 0xa0, LOOKS_LIKE_BLANK },
  { 0x1680, 0x1680, LOOKS_LIKE_BLANK }, { 0x2000, 0x200b, LOOKS_LIKE_BLANK },
  { 0x2010, 0x2015, LOOKS_LIKE_DASH },  { 0x2018, 0x201f, LOOKS_LIKE_QUOTE },
  { 0x2028, 0x2029, LOOKS_LIKE_BLANK }, { 0x202f, 0x202f, LOOKS_LIKE_BLANK },
  { 0x205f, 0x2060, LOOKS_LIKE_BLANK }, { 0x2212, 0x2212, LOOKS_LIKE_DASH },
  { 0x3000, 0x3000, LOOKS_LIKE_BLANK }, { 0xfe58, 0xfe58, LOOKS_LIKE_DASH },
  { 0xfe63, 0xfe63, LOOKS_LIKE_DASH },  { 0xfeff, 0xfeff, LOOKS_LIKE_BLANK },
  { 0xff0d, 0xff0d, LOOKS_LIKE_DASH },
};

static void
tell_lookalike (Scan *scan, SrcSpan span, gunichar c, Likeness likeness)
{
  if (scan->is_wrong_word)
    return;

  scan->is_wrong_word = true;
  switch (likeness)
    {
    case LOOKS_LIKE_QUOTE:
      diag_error (scan->diag, span, "this quote, U+%04X, does not quote", c);
      diag_note (scan->diag, span,
                 "quotes are \" and '; between them this one is a character "
                 "like any other");
      break;
    case LOOKS_LIKE_DASH:
      diag_error (scan->diag, span, "this dash, U+%04X, is not \"-\"", c);
      diag_note (scan->diag, span,
                 "options begin with \"-\"; a text that begins with another "
                 "dash stands between quotes");
      break;
    case LOOKS_LIKE_BLANK:
      diag_error (scan->diag, span,
                  "this space, U+%04X, does not separate words", c);
      diag_note (scan->diag, span,
                 "write a blank, or put the word between quotes");
      break;
    }
}

/* Whether a character there is mistaken: a space anywhere, a dash at the start
 * of the word, a quote there or at its end. */
static bool
is_mistaken (Likeness likeness, bool is_first, bool is_last)
{
  return likeness == LOOKS_LIKE_BLANK || is_first
         || (is_last && likeness == LOOKS_LIKE_QUOTE);
}

static void
check_lookalikes (Scan *scan, const char *bytes, size_t n_bytes, uint32_t begin)
{
  const char *const end = bytes + n_bytes;

  for (const char *at = bytes; at < end; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);
      const uint32_t first = begin + (uint32_t)(at - bytes);
      const uint32_t last = first + (uint32_t)(g_utf8_next_char (at) - at);
      /* The NUL that ends the list is there at the end of the text. */
      const bool is_last = strchr (" \t\r\n;", *g_utf8_next_char (at)) != NULL;

      for (unsigned i = 0; i < G_N_ELEMENTS (lookalikes); i++)
        if (c >= lookalikes[i].first && c <= lookalikes[i].last
            && is_mistaken (lookalikes[i].likeness, first == scan->word,
                            is_last))
          tell_lookalike (scan, (SrcSpan){ first, last }, c,
                          lookalikes[i].likeness);
    }
}

/* --- UTF-8 --------------------------------------------------------------- */

static bool
check_utf8 (Scan *scan, const char *bytes, size_t n_bytes, uint32_t begin)
{
  const char *end;

  if (g_utf8_validate_len (bytes, n_bytes, &end) || *end == '\0')
    return true;

  begin += (uint32_t)(end - bytes);
  tell_bad (scan, (SrcSpan){ begin, begin + 1 }, "this is not UTF-8");
  return false;
}

void
scan_append_wide (Scan *scan, const char *bytes, size_t n_bytes, uint32_t begin)
{
  if (check_utf8 (scan, bytes, n_bytes, begin))
    scan_append (scan, bytes, n_bytes);
}

void
scan_append_bare_wide (Scan *scan, const char *bytes, size_t n_bytes,
                       uint32_t begin)
{
  if (!check_utf8 (scan, bytes, n_bytes, begin))
    return;
  check_lookalikes (scan, bytes, n_bytes, begin);
  scan_append (scan, bytes, n_bytes);
}

void
scan_check (Scan *scan, const char *bytes, size_t n_bytes, uint32_t begin)
{
  const char *const nul = memchr (bytes, '\0', n_bytes);

  if (!check_utf8 (scan, bytes, n_bytes, begin) || nul == NULL)
    return;

  begin += (uint32_t)(nul - bytes);
  scan_nul (scan, (SrcSpan){ begin, begin + 1 });
}

void
scan_bad_escape (Scan *scan, SrcSpan span, const char *text, size_t n_text)
{
  scan->is_wrong_word = true;
  diag_error (scan->diag, span, "there is no escape \"%.*s\"", (int)n_text,
              text);
  diag_note (scan->diag, span,
             "there are \\n \\t \\r \\e \\0 \\\\ \\\" \\$ \\xHH \\u{HHHH}; "
             "between single quotes all stands as it is");
}

void
scan_lost_backslash (Scan *scan, SrcSpan span, char next)
{
  if (scan->is_wrong_word)
    return;

  scan->is_wrong_word = true;
  diag_error (scan->diag, span, "the backslash before \"%c\" would be lost",
              next);
  if (strchr ("ntre0xu", next) != NULL)
    diag_note (scan->diag, span,
               "\\%c means something between double quotes: \"...\\%c\"; "
               "between single quotes all stands as it is",
               next, next);
  else
    diag_note (scan->diag, span,
               "between single quotes all stands as it is: '\\%c'", next);
}

void
scan_bad_dollar (Scan *scan, SrcSpan span, const char *text)
{
  scan->is_wrong_word = true;
  switch (text[1])
    {
    case '(':
      diag_error (scan->diag, span, "there is no command substitution");
      diag_note (scan->diag, span,
                 "a program that needs the output of another "
                 "is for a shell: sh -c '...'");
      break;
    case '{':
      diag_error (scan->diag, span, "this is not a variable");
      diag_note (scan->diag, span,
                 "a variable is $name, ${name} or ${name:-default}, a plain "
                 "dollar \\$");
      break;
    case '@':
      diag_error (scan->diag, span, "\"$@\" needs the name of a list");
      break;
    default:
      diag_error (scan->diag, span, "there is no variable \"%.2s\"", text);
      diag_note (scan->diag, span, "a plain dollar is written \\$");
      break;
    }
}

void
scan_backtick (Scan *scan, SrcSpan span)
{
  if (scan->is_wrong_word)
    return;

  scan->is_wrong_word = true;
  diag_error (scan->diag, span,
              "there is no command substitution: a \"`\" must stand between "
              "quotes");
  diag_note (scan->diag, span,
             "what a process has printed is a value: NAME = output PROCESS");
}

void
scan_parenthesis (Scan *scan, SrcSpan span, char which)
{
  scan->is_wrong_word = true;
  if (which == '(')
    scan->n_parentheses++;
  else if (scan->n_parentheses > 0)
    {
      scan->n_parentheses--; /* the other one was told */
      return;
    }
  diag_error (scan->diag, span, "a \"%c\" must stand between quotes", which);
}
