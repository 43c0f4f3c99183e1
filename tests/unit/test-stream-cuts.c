#include "config.h"

#include "growing.h"

#include <stdbool.h>

/* What is found is the same however the text came. */

#define N_RANDOM 20

typedef struct
{
  const char *path;
  const char *text;
  size_t n_text;
  const char *pattern;
  const char *unwanted;
  const char *expected; /* BEGIN-END[GROUP] for each match, up to an empty one;
                           !BEGIN-END: unwanted */
} CutCase;

#define TEXT(text) text, sizeof text - 1

static const CutCase cut_cases[] = {
  { "/stream/cut/plain", TEXT ("on port 8080.\n"), "port (\\d+)", NULL,
    "3-12[8080]" },
  { "/stream/cut/longest-at-the-end", TEXT ("on port 8080"), "port (\\d+)",
    NULL, "3-12[8080]" },
  { "/stream/cut/shortest", TEXT ("on port 8080"), "port (\\d+?)", NULL,
    "3-9[8]" },
  { "/stream/cut/leftmost", TEXT ("xxab aab ab"), "a+b", NULL, "2-4 5-8 9-11" },
  { "/stream/cut/earlier-begin-wins", TEXT ("abcdX abcdY"), "abcd.*Y|bc", NULL,
    "0-11" },
  { "/stream/cut/later-begin", TEXT ("abcdX\nabcdY"), "abcd.*Z|bc", NULL,
    "1-3 7-9" },
  { "/stream/cut/group-that-took-no-part", TEXT ("b\n"), "(a)|(b)", NULL,
    "0-1-[b]" },
  { "/stream/cut/line-begin", TEXT ("ab\nb"), "^b", NULL, "3-4" },
  { "/stream/cut/line-begin-not-at-cursor", TEXT ("aab\naa"), "^a|b", NULL,
    "0-1 2-3 4-5" },
  { "/stream/cut/line-end", TEXT ("ready\nsteady"), "\\w+y$", NULL,
    "0-5 6-12" },
  { "/stream/cut/line-end-crlf", TEXT ("a ready\r\nb ready\r\n"),
    "^(.*) ready$", NULL, "0-7[a] 9-16[b]" },
  { "/stream/cut/line-end-cr", TEXT ("10%\r20%\r100%\n"), "^100%$", NULL,
    "8-12" },
  { "/stream/cut/between-cr-and-lf", TEXT ("a\r\n\r\nb"), "^$", NULL, "3-3" },
  { "/stream/cut/line-begin-after-newline", TEXT ("a\nb\n"), "\\n^b", NULL,
    "1-3" },
  { "/stream/cut/newlines", TEXT ("a\n\nb\n"), "\\n^\\n^b", NULL, "1-4" },
  { "/stream/cut/no-line-behind-the-end", TEXT ("a\n"), "^$", NULL, "" },
  { "/stream/cut/word-border", TEXT ("foobar foo"), "\\bfoo\\b", NULL, "7-10" },
  { "/stream/cut/word-border-at-cursor", TEXT ("foofoo foo"), "\\bfoo", NULL,
    "0-3 7-10" },
  { "/stream/cut/look-behind", TEXT ("xabc abc"), "(?<=x)abc", NULL, "1-4" },
  { "/stream/cut/look-behind-the-cursor", TEXT ("abab"), "(?<=ab)ab|ab", NULL,
    "0-2 2-4" },
  { "/stream/cut/not-behind", TEXT ("abcabc"), "(?<!abc)abc", NULL, "0-3" },
  { "/stream/cut/look-ahead", TEXT ("ab ac ad"), "a(?=d)", NULL, "6-7" },
  { "/stream/cut/not-ahead", TEXT ("ab ac ad"), "a(?!b|c)", NULL, "6-7" },
  { "/stream/cut/not-ahead-of-the-end", TEXT ("ab a"), "a(?!b)", NULL, "3-4" },
  { "/stream/cut/back-reference", TEXT ("ab=ac ab=ab"), "(\\w+)=\\1\\b", NULL,
    "6-11[ab]" },
  { "/stream/cut/reset", TEXT ("id: 17 id: 18"), "id: \\K\\d+", NULL,
    "4-6 11-13" },
  { "/stream/cut/over-lines", TEXT ("x BEGIN\n1\nEND\nEND\n"),
    "(?s)BEGIN.*?END", NULL, "2-13" },
  { "/stream/cut/over-lines-greedy", TEXT ("x BEGIN\n1\nEND\nEND\n."),
    "(?s)BEGIN.*END", NULL, "2-17" },
  { "/stream/cut/case", TEXT ("not ready, READY"), "READY", NULL, "11-16" },
  { "/stream/cut/any-case", TEXT ("now Ready"), "(?i)READY", NULL, "4-9" },
  { "/stream/cut/nothing", TEXT ("nothing\nhere\n"), "ready", NULL, "" },
  { "/stream/cut/no-text", TEXT (""), "ready", NULL, "" },
  { "/stream/cut/begin-of-file", TEXT ("aa"), "\\Aa", NULL, "0-1" },
  { "/stream/cut/at-cursor", TEXT ("aaba"), "\\Ga", NULL, "0-1 1-2" },
  { "/stream/cut/not-at-cursor", TEXT ("ba"), "\\Ga", NULL, "" },

  { "/stream/cut/empty-pattern", TEXT ("abc"), "", NULL, "0-0" },
  { "/stream/cut/empty-match", TEXT ("baa"), "a*", NULL, "0-0" },
  { "/stream/cut/empty-text-empty-match", TEXT (""), "a*", NULL, "0-0" },
  { "/stream/cut/not-so-empty", TEXT ("aab"), "a*", NULL, "0-2 2-2" },

  { "/stream/cut/nul", TEXT ("a\0b\0c"), "\\x00(.)", NULL, "1-3[b] 3-5[c]" },
  { "/stream/cut/binary", TEXT ("\xff\xfe\x00\x80\xc3(\n"), "\\x80(.\\()", NULL,
    "3-6[\xc3(]" },
  { "/stream/cut/half-characters", TEXT ("\xc3\xa9\xc3"), "\\xc3", NULL,
    "0-1 2-3" },
  { "/stream/cut/utf-8", TEXT ("caf\xc3\xa9 \xe2\x82\xac 5"), "\xc3\xa9 (.) ",
    NULL, "3-10[\xe2\x82\xac]" },
  { "/stream/cut/utf-8-any", TEXT ("\xe2\x82\xac\xf0\x9f\x98\x80\xc3\xa9"),
    "(*UTF).", NULL, "0-3 3-7 7-9" },
  { "/stream/cut/utf-8-look-behind", TEXT ("\xe2\x82\xac\xc3\xa9z"),
    "(?<=\xe2\x82\xac\xc3\xa9)z", NULL, "5-6" },
  { "/stream/cut/utf-8-malformed", TEXT ("a\xe2\x82 \xff\xc3\xa9z"),
    "\xc3\xa9(.)", NULL, "5-8[z]" },
  { "/stream/cut/utf-8-incomplete", TEXT ("a\xe2\x82"), "(*UTF)a(.?)$", NULL,
    "" },

  { "/stream/cut/unwanted-first", TEXT ("panic\nready\n"), "ready", "panic",
    "!0-5" },
  { "/stream/cut/unwanted-later", TEXT ("ready\npanic\n"), "ready", "panic",
    "0-5 !6-11" },
  { "/stream/cut/unwanted-only", TEXT ("a panic\n"), "ready", "panic", "!2-7" },
  { "/stream/cut/unwanted-ends-later", TEXT ("a ready b"), "ready", "a ready b",
    "2-7" },
  { "/stream/cut/unwanted-ends-earlier", TEXT ("a panic b"), "a panic b",
    "panic", "!2-7" },
  { "/stream/cut/unwanted-ends-there", TEXT ("not ready"), "ready", "not ready",
    "!0-9" },
  { "/stream/cut/unwanted-begins-inside", TEXT ("abcd"), "abc", "cd", "0-3" },
  { "/stream/cut/unwanted-open-begin", TEXT ("fail: ready\nfail: x!\n"),
    "ready", "fail: .*!", "6-11 !12-20" },
  { "/stream/cut/wanted-open-begin", TEXT ("begin panic\nend\n"),
    "(?s)begin.*end", "panic", "!6-11" },
  { "/stream/cut/unwanted-at-the-end", TEXT ("error"), "errors", "error$",
    "!0-5" },
  { "/stream/cut/unwanted-with-more", TEXT ("errors"), "errors", "error$",
    "0-6" },
};

/* Takes all matches that there are; true if that is all there will be. */
static bool
take_all (StreamSearch *search, bool is_final, GString *out)
{
  for (;;)
    {
      PatternMatch match = { 0 };
      const StreamResult result
          = stream_search_on (search, is_final, &match, NULL);
      if (result != STREAM_FOUND && result != STREAM_UNWANTED)
        return false;

      const bool is_empty = match.begin == match.end;
      growing_append_match (out, result == STREAM_FOUND ? "" : "!", &match);
      pattern_match_clear (&match);
      if (result == STREAM_UNWANTED || is_empty)
        return true;
    }
}

/* Pieces of 1 to @n_most bytes. */
static void
check_cut (const CutCase *row, GRand *random, size_t n_most)
{
  g_autoptr (GString) told = g_string_new (NULL);
  bool is_over = false;
  Growing log;

  growing_init (&log, 0);
  StreamSearch *search = growing_search (&log, row->pattern, row->unwanted);
  for (size_t at = 0; at < row->n_text && !is_over;)
    {
      const size_t n_piece
          = n_most == 1 ? 1
                        : (size_t)g_rand_int_range (random, 1, (gint32)n_most);
      const size_t n = MIN (n_piece, row->n_text - at);
      growing_write (&log, row->text + at, n);
      at += n;
      is_over = take_all (search, false, told);
    }
  if (!is_over)
    (void)take_all (search, true, told);
  g_assert_cmpstr (told->str, ==, row->expected);
  stream_search_free (search);
  growing_clear (&log);
}

/* All there is at once, without a look before. */
static void
check_whole (const CutCase *row)
{
  g_autoptr (GString) told = g_string_new (NULL);
  Growing log;

  growing_init (&log, 0);
  growing_write (&log, row->text, row->n_text);
  StreamSearch *search = growing_search (&log, row->pattern, row->unwanted);
  (void)take_all (search, true, told);
  g_assert_cmpstr (told->str, ==, row->expected);
  stream_search_free (search);
  growing_clear (&log);
}

static void
test_cut (const void *data)
{
  const CutCase *row = data;
  GRand *random = g_rand_new_with_seed (4711);

  check_whole (row);
  check_cut (row, random, 1);
  for (unsigned i = 0; i < N_RANDOM; i++)
    check_cut (row, random, 2 + i % 7);
  g_rand_free (random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cut_cases); i++)
    g_test_add_data_func (cut_cases[i].path, &cut_cases[i], test_cut);
  return g_test_run ();
}
