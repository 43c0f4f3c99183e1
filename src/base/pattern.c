#include "config.h"

#include "base/pattern.h"

#include "base/pattern-code.h"

#include <string.h>

/* Assertions that look behind may stand in each other; PCRE2 says only how far
 * a single one looks. */
#define N_BEFORE 4096

#define LONGEST_CHARACTER 4

/* Malformed UTF-8 matches nothing, not even ".": so a pattern that begins with
 * ".*" may match behind it, in the middle of a line, too. */
#define UTF_OPTIONS (PCRE2_MATCH_INVALID_UTF | PCRE2_NO_DOTSTAR_ANCHOR)

static const uint32_t compile_options[N_PATTERN_USES] = {
  /* At the end of the text a line begins after a newline, whether or not
   * there is something on it yet. */
  [PATTERN_GROWING] = PCRE2_ALT_CIRCUMFLEX,
  [PATTERN_HERE] = PCRE2_ANCHORED,
};

void
pattern_error_clear (PatternError *error)
{
  g_clear_pointer (&error->message, g_free);
}

char *
pattern_describe (int number)
{
  char message[256];

  (void)pcre2_get_error_message (number, (PCRE2_UCHAR *)message,
                                 sizeof message);
  return g_strdup (message);
}

static uint32_t
ask (const Pattern *pattern, uint32_t what)
{
  uint32_t answer = 0;

  (void)pcre2_pattern_info (pattern->codes[PATTERN_GROWING], what, &answer);
  return answer;
}

/* --- Its life ------------------------------------------------------------ */

pcre2_code *
pattern_compile (const Pattern *pattern, PatternUse use, int *number,
                 PCRE2_SIZE *offset)
{
  pcre2_compile_context *context = pcre2_compile_context_create (NULL);

  (void)pcre2_set_newline (context, PCRE2_NEWLINE_ANYCRLF);
  pcre2_code *code = pcre2_compile ((PCRE2_SPTR)pattern->text, pattern->n_text,
                                    pattern->options | compile_options[use],
                                    number, offset, context);
  pcre2_compile_context_free (context);
  return code;
}

/* Text that is malformed must not stop the search: what begins with (*UTF) is
 * compiled once more, and told so.  A pattern that is not UTF-8 is bytes. */
static bool
compile_first (Pattern *pattern, int *number, PCRE2_SIZE *offset)
{
  pcre2_code **code = &pattern->codes[PATTERN_GROWING];

  for (size_t i = 0; i < pattern->n_text; i++)
    if ((pattern->text[i] & 0x80) != 0)
      pattern->options |= UTF_OPTIONS;

  *code = pattern_compile (pattern, PATTERN_GROWING, number, offset);
  if (*code == NULL && *number < 0
      && (pattern->options & PCRE2_MATCH_INVALID_UTF) != 0)
    {
      pattern->options &= ~UTF_OPTIONS;
      *code = pattern_compile (pattern, PATTERN_GROWING, number, offset);
    }
  else if (*code != NULL && pattern->options == PCRE2_MULTILINE
           && (ask (pattern, PCRE2_INFO_ALLOPTIONS) & PCRE2_UTF) != 0)
    {
      pattern->options |= UTF_OPTIONS;
      pcre2_code_free (*code);
      *code = pattern_compile (pattern, PATTERN_GROWING, number, offset);
    }
  return *code != NULL;
}

static void
look_at (Pattern *pattern)
{
  const uint32_t newline = ask (pattern, PCRE2_INFO_NEWLINE);
  const bool is_crlf = newline == PCRE2_NEWLINE_ANYCRLF
                       || newline == PCRE2_NEWLINE_ANY
                       || newline == PCRE2_NEWLINE_CRLF;

  /* Between the two halves of a CRLF nothing begins, unless the pattern itself
   * speaks of them (and 2: unless it begins with "^"). */
  pattern->keeps_cr = is_crlf
                      && (ask (pattern, PCRE2_INFO_HASCRORLF) == 0
                          || ask (pattern, PCRE2_INFO_FIRSTCODETYPE) == 2);
  pattern->is_at_begin
      = (ask (pattern, PCRE2_INFO_ALLOPTIONS) & PCRE2_ANCHORED) != 0
        && g_strstr_len (pattern->text, (gssize)pattern->n_text, "\\G") != NULL;
}

Pattern *
pattern_new (const char *text, size_t n_text, PatternError *error)
{
  Pattern *pattern = g_new0 (Pattern, 1);
  int number;
  PCRE2_SIZE offset;

  pattern->text = g_malloc0 (n_text + 1);
  memcpy (pattern->text, text, n_text);
  pattern->n_text = n_text;
  pattern->options = PCRE2_MULTILINE;
  if (!compile_first (pattern, &number, &offset))
    {
      error->message = pattern_describe (number);
      error->offset = MIN (offset, n_text);
      pattern_free (pattern);
      return NULL;
    }

  pattern->context = pcre2_match_context_create (NULL);
  (void)pcre2_set_match_limit (pattern->context, PATTERN_MOST_STEPS);
  (void)pcre2_set_heap_limit (pattern->context, PATTERN_MOST_KIB);
  pattern->data = pcre2_match_data_create_from_pattern (
      pattern->codes[PATTERN_GROWING], NULL);
  look_at (pattern);
  return pattern;
}

void
pattern_free (Pattern *pattern)
{
  if (pattern == NULL)
    return;
  for (PatternUse use = 0; use < N_PATTERN_USES; use++)
    pcre2_code_free (pattern->codes[use]);
  pcre2_match_data_free (pattern->data);
  pcre2_match_context_free (pattern->context);
  g_free (pattern->text);
  g_free (pattern);
}

/* --- What it is ----------------------------------------------------------- */

unsigned
pattern_n_groups (const Pattern *pattern)
{
  return ask (pattern, PCRE2_INFO_CAPTURECOUNT);
}

/* Each entry: the number of the group in two bytes, its name, a NUL. */
const char *
pattern_group_name (const Pattern *pattern, unsigned group)
{
  const uint32_t n_names = ask (pattern, PCRE2_INFO_NAMECOUNT);
  const uint32_t n_entry = ask (pattern, PCRE2_INFO_NAMEENTRYSIZE);
  PCRE2_SPTR entry = NULL;

  (void)pcre2_pattern_info (pattern->codes[PATTERN_GROWING],
                            PCRE2_INFO_NAMETABLE, &entry);
  for (uint32_t i = 0; i < n_names; i++, entry += n_entry)
    if ((unsigned)(entry[0] << 8 | entry[1]) == group)
      return (const char *)entry + 2;
  return NULL;
}

bool
pattern_matches_empty (const Pattern *pattern)
{
  return ask (pattern, PCRE2_INFO_MATCHEMPTY) != 0;
}

size_t
pattern_n_before (const Pattern *pattern)
{
  return N_BEFORE + LONGEST_CHARACTER * ask (pattern, PCRE2_INFO_MAXLOOKBEHIND);
}

bool
pattern_is_at_begin (const Pattern *pattern)
{
  return pattern->is_at_begin;
}

static bool
is_inside_character (char byte)
{
  return (byte & 0xc0) == 0x80;
}

/* How many bytes a character has that begins so. */
static size_t
n_of_character (char first)
{
  const unsigned char byte = (unsigned char)first;

  return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

size_t
pattern_n_whole (const Pattern *pattern, const char *text, size_t n_text)
{
  if (pattern->keeps_cr && n_text > 0 && text[n_text - 1] == '\r')
    return n_text - 1;
  if ((pattern->options & PCRE2_MATCH_INVALID_UTF) == 0)
    return n_text;

  size_t n_last = 1;
  while (n_last < LONGEST_CHARACTER && n_last < n_text
         && is_inside_character (text[n_text - n_last]))
    n_last++;
  if (n_last > n_text || n_of_character (text[n_text - n_last]) <= n_last)
    return n_text;
  return n_text - n_last;
}

size_t
pattern_next (const Pattern *pattern, const char *text, size_t n_text,
              size_t at)
{
  size_t next = MIN (at + 1, n_text);

  if ((pattern->options & PCRE2_MATCH_INVALID_UTF) != 0)
    while (next < n_text && is_inside_character (text[next]))
      next++;
  return next;
}
