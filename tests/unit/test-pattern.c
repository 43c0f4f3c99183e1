#include "config.h"

#include "base/pattern.h"

#include <string.h>

/* --- What is no pattern -----------------------------------------------------
 */

typedef struct
{
  const char *path;
  const char *text;
  size_t offset;
  const char *message;
} ErrorCase;

static const ErrorCase error_cases[] = {
  { "/pattern/error/open-group", "a(bc", 4, "missing closing parenthesis" },
  { "/pattern/error/close-group", "abc)", 3, "unmatched closing parenthesis" },
  { "/pattern/error/nothing-to-repeat", "*a", 0,
    "quantifier does not follow a repeatable item" },
  { "/pattern/error/open-class", "x[abc", 5,
    "missing terminating ] for character class" },
  { "/pattern/error/range", "[z-a]", 3,
    "range out of order in character class" },
  { "/pattern/error/backslash", "a\\", 2, "\\ at end of pattern" },
  { "/pattern/error/no-such-group", "\\g{3}", 4,
    "reference to non-existent subpattern" },
  { "/pattern/error/look-behind", "x(?<=a*)b", 1,
    "lookbehind assertion is not fixed length" },
};

static void
test_error (const void *data)
{
  const ErrorCase *row = data;
  PatternError error = { 0 };

  g_assert_null (pattern_new (row->text, strlen (row->text), &error));
  g_assert_cmpstr (error.message, ==, row->message);
  g_assert_cmpuint (error.offset, ==, row->offset);
  pattern_error_clear (&error);
  g_assert_null (error.message);
  pattern_free (NULL);
}

static Pattern *
make (const char *text)
{
  PatternError error = { 0 };
  Pattern *pattern = pattern_new (text, strlen (text), &error);

  g_assert_cmpstr (error.message, ==, NULL);
  return pattern;
}

/* --- What matches -----------------------------------------------------------
 */

typedef struct
{
  const char *path;
  const char *pattern;
  const char *text;
  size_t n_text;
  const char *expected; /* "BEGIN-END [GROUP] -"; "no" */
} MatchCase;

#define TEXT(text) text, sizeof text - 1

static const MatchCase match_cases[] = {
  { "/pattern/match/groups", "port (\\d+)( tls)?", TEXT ("on port 80."),
    "3-10 [80] -" },
  { "/pattern/match/empty-group", "a(x*)b", TEXT ("ab"), "0-2 []" },
  { "/pattern/match/no", "port (\\d+)", TEXT ("on port x"), "no" },
  { "/pattern/match/empty-text", "", TEXT (""), "0-0" },
  { "/pattern/match/line-begin", "^b", TEXT ("a\nb"), "2-3" },
  { "/pattern/match/line-end", "a$", TEXT ("a\nb"), "0-1" },
  { "/pattern/match/crlf", "^a(.*)$", TEXT ("xx\r\nabc\r\n"), "4-7 [bc]" },
  { "/pattern/match/no-line-at-the-end", "^$", TEXT ("a\n"), "no" },
  { "/pattern/match/empty-line", "^$", TEXT ("a\n\nb"), "2-2" },
  { "/pattern/match/dot-is-in-line", "a.*b", TEXT ("a\nb"), "no" },
  { "/pattern/match/dot-over-lines", "(?s)a.*b", TEXT ("a\nb"), "0-3" },
  { "/pattern/match/nul", "a\\x00(.)", TEXT ("xa\0b"), "1-4 [b]" },
  { "/pattern/match/bytes", "a.b",
    TEXT ("a\xff"
          "b"),
    "0-3" },
  { "/pattern/match/bytes-of-character", "^..$", TEXT ("\xc3\xa9"), "0-2" },
  { "/pattern/match/utf-8", "^(?:\xc3\xa9|.)$", TEXT ("\xe2\x82\xac"), "0-3" },
  { "/pattern/match/utf-8-case", "(?i)\xc3\x89", TEXT ("x\xc3\xa9"), "1-3" },
  { "/pattern/match/utf-8-by-verb", "(*UTF)^.$", TEXT ("\xe2\x82\xac"), "0-3" },
  { "/pattern/match/malformed-text", "\xc3\xa9(.)", TEXT ("\xff\xc3 \xc3\xa9z"),
    "3-6 [z]" },
  { "/pattern/match/malformed-pattern", "\xff.", TEXT ("a\xff\xc3"), "1-3" },
  { "/pattern/match/reset", "ab\\Kc", TEXT ("abc"), "2-3" },
};

static void
test_match (const void *data)
{
  const MatchCase *row = data;
  g_autoptr (Pattern) pattern = make (row->pattern);
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  PatternMatch match = { 0 };

  if (pattern_match (pattern, row->text, row->n_text, &match, &error)
      == PATTERN_MATCH)
    g_string_printf (told, "%u-%u", (unsigned)match.begin, (unsigned)match.end);
  else
    g_string_assign (told, "no");
  for (unsigned i = 1; match.groups != NULL && i <= match.n_groups; i++)
    if (match.groups[i].bytes != NULL)
      g_string_append_printf (told, " [%s]", match.groups[i].bytes);
    else
      g_string_append (told, " -");
  g_assert_no_error (error);
  g_assert_cmpstr (told->str, ==, row->expected);
  g_assert_cmpint (pattern_match (pattern, row->text, row->n_text, NULL, NULL),
                   ==, match.groups != NULL ? PATTERN_MATCH : PATTERN_NO_MATCH);
  if (match.groups != NULL)
    g_assert_cmpmem (match.groups[0].bytes, match.groups[0].n_bytes,
                     row->text + match.begin, match.end - match.begin);
  pattern_match_clear (&match);
}

/* --- What it is --------------------------------------------------------------
 */

static void
test_groups (void)
{
  g_autoptr (Pattern) pattern = make ("(?<host>\\S+):(\\d+)(?<rest>.*)");

  g_assert_cmpuint (pattern_n_groups (pattern), ==, 3);
  g_assert_cmpstr (pattern_group_name (pattern, 1), ==, "host");
  g_assert_cmpstr (pattern_group_name (pattern, 2), ==, NULL);
  g_assert_cmpstr (pattern_group_name (pattern, 3), ==, "rest");
}

static void
test_matches_empty (void)
{
  g_autoptr (Pattern) empty = make ("a*|b");
  g_autoptr (Pattern) full = make ("a+");

  g_assert_true (pattern_matches_empty (empty));
  g_assert_false (pattern_matches_empty (full));
}

/* --- Limits ------------------------------------------------------------------
 */

/* A pattern may not allow itself more. */
static void
test_too_many_ways (const void *data)
{
  g_autoptr (Pattern) pattern = make (data);
  g_autofree char *text = g_strnfill (1000, 'a');
  g_autoptr (GError) error = NULL;
  PatternMatch match = { 0 };

  text[998] = 'b';
  g_assert_cmpint (pattern_match (pattern, text, 1000, &match, &error), ==,
                   PATTERN_FAILED);
  g_assert_error (error, G_REGEX_ERROR, G_REGEX_ERROR_MATCH);
  g_assert_nonnull (strstr (error->message, "in too many ways"));
  g_assert_null (match.groups);
}

static void
test_too_much_memory (void)
{
  g_autoptr (Pattern) pattern = make ("(*LIMIT_HEAP=4000000000)(a|b)*c");
  const size_t n_text = 4 * 1024 * 1024;
  g_autofree char *text = g_strnfill (n_text, 'a');
  g_autoptr (GError) error = NULL;

  text[n_text - 1] = 'c';
  g_assert_cmpint (pattern_match (pattern, text, n_text, NULL, &error), ==,
                   PATTERN_FAILED);
  g_assert_error (error, G_REGEX_ERROR, G_REGEX_ERROR_MATCH);
  g_assert_nonnull (strstr (error->message, "64 MiB"));
}

/* Machine code has little room to come back from; the interpreter has more. */
static void
test_much_memory (void)
{
  g_autoptr (Pattern) pattern = make ("(?:a|b)*c");
  g_autofree char *text = g_strnfill (200000, 'a');

  text[199999] = 'c';
  g_assert_cmpint (pattern_match (pattern, text, 200000, NULL, NULL), ==,
                   PATTERN_MATCH);
}

/* --- Where text may be cut
 * ----------------------------------------------------
 */

typedef struct
{
  const char *path;
  const char *pattern;
  const char *text;
  size_t n_whole;
} WholeCase;

static const WholeCase whole_cases[] = {
  { "/pattern/whole/bytes", "a", "ab\xe2\x82", 4 },
  { "/pattern/whole/nothing", "\xc3\xa9", "", 0 },
  { "/pattern/whole/character", "\xc3\xa9", "ab\xe2\x82\xac", 5 },
  { "/pattern/whole/two-of-three", "\xc3\xa9", "ab\xe2\x82", 2 },
  { "/pattern/whole/one-of-two", "\xc3\xa9", "ab\xc3", 2 },
  { "/pattern/whole/three-of-four", "\xc3\xa9", "\xf0\x9f\x98", 0 },
  { "/pattern/whole/inside-only", "\xc3\xa9", "\x80\x80\x80\x80\x80", 5 },
  { "/pattern/whole/cr", "a$", "ab\r", 2 },
  { "/pattern/whole/crlf", "a$", "ab\r\n", 4 },
  { "/pattern/whole/cr-that-is-meant", "a\\r", "ab\r", 3 },
  { "/pattern/whole/cr-on-new-line", "^\\r", "ab\r", 2 },
};

static void
test_whole (const void *data)
{
  const WholeCase *row = data;
  g_autoptr (Pattern) pattern = make (row->pattern);

  g_assert_cmpuint (pattern_n_whole (pattern, row->text, strlen (row->text)),
                    ==, row->n_whole);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (error_cases); i++)
    g_test_add_data_func (error_cases[i].path, &error_cases[i], test_error);
  for (size_t i = 0; i < G_N_ELEMENTS (match_cases); i++)
    g_test_add_data_func (match_cases[i].path, &match_cases[i], test_match);
  for (size_t i = 0; i < G_N_ELEMENTS (whole_cases); i++)
    g_test_add_data_func (whole_cases[i].path, &whole_cases[i], test_whole);
  g_test_add_func ("/pattern/groups/names", test_groups);
  g_test_add_func ("/pattern/groups/matches-empty", test_matches_empty);
  g_test_add_data_func ("/pattern/limits/ways", "(a+)+$", test_too_many_ways);
  g_test_add_data_func ("/pattern/limits/not-raised",
                        "(*LIMIT_MATCH=4000000000)(*LIMIT_DEPTH=4000000000)"
                        "(a+)+$",
                        test_too_many_ways);
  g_test_add_func ("/pattern/limits/memory", test_too_much_memory);
  g_test_add_func ("/pattern/limits/much-is-fine", test_much_memory);
  return g_test_run ();
}
