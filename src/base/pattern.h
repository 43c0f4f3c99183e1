/* pattern.h - regular expressions (PCRE2), also in text that still grows
 *
 * The text is a log: "^" and "$" are at the lines' ends, which are LF, CRLF or
 * CR (a terminal makes CRLF of LF), and "." is any byte but those.  Text is
 * bytes, NULs too, unless the pattern holds non-ASCII characters or begins with
 * (*UTF): then it is UTF-8, and what is malformed in it matches nothing.
 *
 * How hard is tried to match is limited; a pattern that says (*LIMIT_MATCH=...)
 * or the like can only make that less.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Pattern Pattern;

typedef struct
{
  char *message; /* owned: "missing closing parenthesis" */
  size_t offset; /* in the pattern's text: where this was seen, at or just
                    behind what is wrong; at the most its length */
} PatternError;

void pattern_error_clear (PatternError *error);

/* NULL, and @error, if the text is no pattern. */
Pattern *pattern_new (const char *text, size_t n_text, PatternError *error);
void pattern_free (Pattern *pattern);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pattern, pattern_free)

/* How many groups, without the whole match; and their names, from 1 on; NULL:
 * it has none. */
unsigned pattern_n_groups (const Pattern *pattern);
const char *pattern_group_name (const Pattern *pattern, unsigned group);

/* It may match the empty text, as "a*" does: which is then found wherever one
 * looks.  Hardly meant so, in an `expect`. */
bool pattern_matches_empty (const Pattern *pattern);

/* --- Matching ------------------------------------------------------------ */

typedef struct
{
  char *bytes; /* owned, with a NUL after them; NULL: it took no part */
  size_t n_bytes;
} PatternGroup;

typedef struct
{
  uint64_t start; /* where the attempt began; before @begin if \K was used */
  uint64_t begin;
  uint64_t end;
  unsigned n_groups;    /* without the first, which is the whole match */
  PatternGroup *groups; /* owned: n_groups + 1 of them */
} PatternMatch;

void pattern_match_clear (PatternMatch *match);

typedef enum
{
  PATTERN_NO_MATCH,
  PATTERN_MATCH,
  PATTERN_PARTIAL, /* more text would change the answer */
  PATTERN_FAILED   /* the limits were reached */
} PatternResult;

/* Looks for the first match in a text that is complete.  @match may be NULL;
 * else it is set if there is one.  Never PATTERN_PARTIAL. */
PatternResult pattern_match (Pattern *pattern, const char *text, size_t n_text,
                             PatternMatch *match, GError **error);

/* --- In text that grows (vm/stream) ----------------------------------------
 *
 * What is found does not depend on how the text came, in which pieces.  For
 * that the caller keeps pattern_n_before() bytes in front of where it looks,
 * and looks at no more than pattern_n_whole() bytes of what is there.
 */

/* Looks for the first match that begins at @from or later.  PATTERN_PARTIAL:
 * no match begins before @match->start, and what begins there depends on what
 * comes after the text. */
PatternResult pattern_match_growing (Pattern *pattern, const char *text,
                                     size_t n_text, size_t from,
                                     PatternMatch *match, GError **error);

/* Looks for a match that begins exactly at @at, in a text that ends where it
 * ends.  Never PATTERN_PARTIAL. */
PatternResult pattern_match_here (Pattern *pattern, const char *text,
                                  size_t n_text, size_t at, PatternMatch *match,
                                  GError **error);

size_t pattern_n_before (const Pattern *pattern);

/* Up to where a text may be cut: not in a character, nor in a CRLF. */
size_t pattern_n_whole (const Pattern *pattern, const char *text,
                        size_t n_text);

/* Where the character after that at @at begins; @n_text if there is none. */
size_t pattern_next (const Pattern *pattern, const char *text, size_t n_text,
                     size_t at);

/* It begins with \G: it matches where the search began, or nowhere. */
bool pattern_is_at_begin (const Pattern *pattern);
