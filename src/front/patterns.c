#include "config.h"

#include "front/patterns.h"

#include "base/pattern.h"

#include <limits.h>
#include <string.h>

/* What is known of a pattern. */
typedef struct
{
  const char *wrong; /* NULL: nothing is */
  size_t wrong_at;
  unsigned n_groups; /* UINT_MAX: that is not known */
  bool matches_empty;
} Facts;

/* With something harmless for each value: those are quoted when it runs. */
static GString *
fill_in (const PlanText *pattern)
{
  GString *const text = g_string_new (NULL);
  uint32_t from = 0;

  for (uint32_t i = 0; i < pattern->n_slots; i++)
    {
      const uint32_t to = pattern->slots[i].offset;

      g_string_append_len (text, pattern->bytes + from, to - from);
      g_string_append_c (text, 'x');
      from = to;
    }
  g_string_append_len (text, pattern->bytes + from, pattern->n_bytes - from);
  return text;
}

static void
learn (Emit *emit, const PlanText *pattern, Facts *facts)
{
  g_autoptr (GString) text = fill_in (pattern);
  PatternError error = { 0 };
  g_autoptr (Pattern) compiled = pattern_new (text->str, text->len, &error);

  if (compiled != NULL)
    {
      facts->n_groups = pattern_n_groups (compiled);
      facts->matches_empty = pattern_matches_empty (compiled);
      return;
    }
  facts->n_groups = UINT_MAX;
  /* Another value may be right where the harmless one is not. */
  if (pattern->n_slots == 0)
    facts->wrong = emit_shown (emit, error.message, strlen (error.message));
  facts->wrong_at = error.offset;
  pattern_error_clear (&error);
}

/* Equal texts are stored once, so that the address tells them apart. */
static const Facts *
facts_of (Emit *emit, const PlanText *pattern)
{
  InternEntry *const entry
      = intern_add (emit->patterns, &pattern, sizeof pattern);

  if (entry->key == NULL)
    {
      Facts *const facts = ARENA_NEW (emit->scratch, Facts);
      const PlanText **const key = ARENA_NEW (emit->scratch, const PlanText *);

      *key = pattern;
      entry->key = key;
      entry->value = facts;
      learn (emit, pattern, facts);
    }
  return entry->value;
}

/* The place inside the pattern, where the text in the plan is as it stands. */
static SrcSpan
span_at (Emit *emit, const AstArg *arg, size_t offset)
{
  const uint32_t n_span = arg->span.end - arg->span.begin;
  const Source *const source = sources_find (emit->sources, arg->span.begin);
  const bool is_quoted = source->text[arg->span.begin - source->base] == '\'';

  if (arg->kind != AST_PLAIN || n_span != arg->n_text + (is_quoted ? 2U : 0U))
    return arg->span;

  size_t at = MIN (offset, arg->n_text - 1U);
  size_t end = at + 1;

  while (at > 0 && ((unsigned char)arg->text[at] & 0xc0) == 0x80)
    at--;
  while (end < arg->n_text && ((unsigned char)arg->text[end] & 0xc0) == 0x80)
    end++;

  const uint32_t begin = arg->span.begin + (is_quoted ? 1 : 0);

  return (SrcSpan){ begin + (uint32_t)at, begin + (uint32_t)end };
}

/* Where, in @n bytes of a plan that are one word, a backslash outside of quotes
 * stands before a character that it makes plain in a pattern; @n if it does
 * nowhere.  One before a letter or a digit is no text at all. */
static uint32_t
find_lost_backslash (const char *text, uint32_t n)
{
  char quote = '\0';

  for (uint32_t i = 0; i < n; i++)
    if (text[i] == '\\' && quote != '\'')
      {
        if (quote == '\0' && i + 1 < n && strchr (".^|()[]{}*+?-", text[i + 1]))
          return i;
        i++;
      }
    else if (text[i] == quote)
      quote = '\0';
    else if (quote == '\0' && (text[i] == '\'' || text[i] == '"'))
      quote = text[i];
  return n;
}

/* The words of a plan have backslashes of their own; then the pattern means
 * more than what it looks like. */
static bool
keeps_backslashes (Emit *emit, const AstArg *arg)
{
  const Source *const source = sources_find (emit->sources, arg->span.begin);
  const char *const text = source->text + (arg->span.begin - source->base);
  const uint32_t n = arg->span.end - arg->span.begin;
  const uint32_t at = find_lost_backslash (text, n);

  if (at == n)
    return true;

  const SrcSpan span = { arg->span.begin + at, arg->span.begin + at + 2 };

  emit_error (emit, span, "the backslash before \"%c\" would be lost",
              text[at + 1]);
  emit_note (emit, span, "between single quotes all stands as it is: '\\%c'",
             text[at + 1]);
  return false;
}

bool
patterns_check (Emit *emit, const AstArg *arg, const PlanText *pattern)
{
  const Facts *const facts = facts_of (emit, pattern);

  if (!keeps_backslashes (emit, arg))
    return false;
  if (facts->wrong == NULL)
    return true;

  const SrcSpan span = span_at (emit, arg, facts->wrong_at);

  emit_error (emit, span, "this is not a pattern: %s", facts->wrong);
  if (span.begin == arg->span.begin && span.end == arg->span.end)
    emit_note (emit, span, "this is seen behind \"%s\"",
               emit_shown (emit, pattern->bytes,
                           MIN (facts->wrong_at, pattern->n_bytes)));
  return false;
}

bool
patterns_has_groups (Emit *emit, const PlanText *pattern, const AstArg *names,
                     unsigned n_names)
{
  const unsigned n_groups = facts_of (emit, pattern)->n_groups;

  if (n_names <= n_groups)
    return true;
  for (unsigned i = 0; i < n_groups; i++)
    names = names->next;
  emit_error (emit, names->span,
              "the pattern has %u group%s, and %u name%s behind \"->\"",
              n_groups, n_groups == 1 ? "" : "s", n_names,
              n_names == 1 ? " stands" : "s stand");
  emit_note (emit, names->span,
             "what is in parentheses is a group: 'port (\\d+)'; (?:...) is "
             "none");
  return false;
}

void
patterns_warn_empty (Emit *emit, const AstArg *arg, const PlanText *pattern)
{
  if (!facts_of (emit, pattern)->matches_empty)
    return;
  emit_warning (emit, arg->span, "this pattern matches an empty text as well");
  emit_note (emit, arg->span,
             "so it is found at once, whatever the process prints");
}
