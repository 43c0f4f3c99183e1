#include "config.h"

#include "base/pattern-code.h"

#include <string.h>

/* Making machine code of a pattern takes 50 to 200 us; without it, matching
 * goes through some 400 bytes in a microsecond. */
#define WORTH_JIT (64 * 1024)

static const uint32_t match_options[N_PATTERN_USES]
    = { [PATTERN_GROWING] = PCRE2_PARTIAL_HARD };

static const uint32_t jit_options[N_PATTERN_USES] = {
  [PATTERN_GROWING] = PCRE2_JIT_PARTIAL_HARD,
  [PATTERN_WHOLE] = PCRE2_JIT_COMPLETE,
  [PATTERN_HERE] = PCRE2_JIT_COMPLETE,
};

void
pattern_match_clear (PatternMatch *match)
{
  for (unsigned i = 0; match->groups != NULL && i <= match->n_groups; i++)
    g_free (match->groups[i].bytes);
  g_clear_pointer (&match->groups, g_free);
}

static void
take (const Pattern *pattern, const char *text, PatternMatch *match)
{
  const PCRE2_SIZE *const places = pcre2_get_ovector_pointer (pattern->data);

  match->start = pcre2_get_startchar (pattern->data);
  match->begin = places[0];
  match->end = places[1];
  match->n_groups = pattern_n_groups (pattern);
  match->groups = g_new0 (PatternGroup, match->n_groups + 1);
  for (unsigned i = 0; i <= match->n_groups; i++)
    {
      PatternGroup *group = &match->groups[i];
      const PCRE2_SIZE begin = places[2 * i];
      if (begin == PCRE2_UNSET)
        continue;
      group->n_bytes = places[2 * i + 1] - begin;
      group->bytes = g_malloc (group->n_bytes + 1);
      if (group->n_bytes > 0)
        memcpy (group->bytes, text + begin, group->n_bytes);
      group->bytes[group->n_bytes] = '\0';
    }
}

static PatternResult
refuse (int number, GError **error)
{
  g_autofree char *message = pattern_describe (number);

  if (number == PCRE2_ERROR_MATCHLIMIT || number == PCRE2_ERROR_DEPTHLIMIT)
    g_set_error (
        error, G_REGEX_ERROR, G_REGEX_ERROR_MATCH,
        "the pattern can match this text in too many ways, as \"(a+)+\" "
        "does: given up after %d steps",
        PATTERN_MOST_STEPS);
  else if (number == PCRE2_ERROR_HEAPLIMIT)
    g_set_error (
        error, G_REGEX_ERROR, G_REGEX_ERROR_MATCH,
        "the pattern needs more than %d MiB of memory for this text, as "
        "\"(a|b)*\" does",
        PATTERN_MOST_KIB / 1024);
  else
    g_set_error_literal (error, G_REGEX_ERROR, G_REGEX_ERROR_MATCH, message);
  return PATTERN_FAILED;
}

static pcre2_code *
code_for (Pattern *pattern, PatternUse use, size_t n_bytes)
{
  int number;
  PCRE2_SIZE offset;

  if (pattern->codes[use] == NULL)
    pattern->codes[use] = pattern_compile (pattern, use, &number, &offset);
  if (pattern->codes[use] == NULL)
    g_error ("a pattern that was compiled before is refused");

  /* Of growing text that is malformed UTF-8, PCRE2's interpreter passes over
   * what touches the malformed place.
   *
   * Where there may be no machine code made (SELinux, seccomp), this is
   * refused, and the interpreter does it. */
  const bool is_worth_it
      = pattern->n_searched + n_bytes > WORTH_JIT
        || (use == PATTERN_GROWING
            && (pattern->options & PCRE2_MATCH_INVALID_UTF) != 0);
  if (is_worth_it && !pattern->has_jit[use])
    {
      pattern->has_jit[use] = true;
      (void)pcre2_jit_compile (pattern->codes[use], jit_options[use]);
    }
  return pattern->codes[use];
}

static PatternResult
run (Pattern *pattern, PatternUse use, const char *text, size_t n_text,
     size_t from, PatternMatch *match, GError **error)
{
  const pcre2_code *code = code_for (pattern, use, n_text - from);
  uint32_t options = match_options[use];
  int number = pcre2_match (code, (PCRE2_SPTR)text, n_text, from, options,
                            pattern->data, pattern->context);

  /* Machine code has 32 KiB for what it must come back to; the interpreter
   * has PATTERN_MOST_KIB. */
  if (number == PCRE2_ERROR_JIT_STACKLIMIT)
    number
        = pcre2_match (code, (PCRE2_SPTR)text, n_text, from,
                       options | PCRE2_NO_JIT, pattern->data, pattern->context);
  if (number == PCRE2_ERROR_NOMATCH)
    {
      pattern->n_searched += n_text - from;
      return PATTERN_NO_MATCH;
    }
  if (number < 0 && number != PCRE2_ERROR_PARTIAL)
    return refuse (number, error);

  const bool is_partial = number == PCRE2_ERROR_PARTIAL;
  const size_t *places = pcre2_get_ovector_pointer (pattern->data);
  pattern->n_searched += (is_partial ? n_text : places[1]) - from;
  if (is_partial)
    match->start = places[0];
  else if (match != NULL)
    take (pattern, text, match);
  return is_partial ? PATTERN_PARTIAL : PATTERN_MATCH;
}

PatternResult
pattern_match (Pattern *pattern, const char *text, size_t n_text,
               PatternMatch *match, GError **error)
{
  return run (pattern, PATTERN_WHOLE, text, n_text, 0, match, error);
}

PatternResult
pattern_match_growing (Pattern *pattern, const char *text, size_t n_text,
                       size_t from, PatternMatch *match, GError **error)
{
  return run (pattern, PATTERN_GROWING, text, n_text, from, match, error);
}

PatternResult
pattern_match_here (Pattern *pattern, const char *text, size_t n_text,
                    size_t at, PatternMatch *match, GError **error)
{
  return run (pattern, PATTERN_HERE, text, n_text, at, match, error);
}
