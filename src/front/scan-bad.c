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
