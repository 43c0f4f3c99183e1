#include "config.h"

#include "growing.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* @n_bytes of a block that is repeated. */
static void
fill (Growing *log, const char *block, size_t n_bytes)
{
  g_autoptr (GString) bytes = g_string_sized_new (n_bytes + strlen (block));

  while (bytes->len < n_bytes)
    g_string_append (bytes, block);
  growing_write (log, bytes->str, n_bytes);
}

/* Asks until there is an answer; appends it. */
static StreamResult
ask (StreamSearch *search, bool is_final, GString *out)
{
  PatternMatch match = { 0 };
  g_autoptr (GError) error = NULL;
  StreamResult result;

  do
    result = stream_search_on (search, is_final, &match, &error);
  while (result == STREAM_MORE);
  if (result == STREAM_FOUND)
    growing_append_match (out, "", &match);
  if (result == STREAM_UNWANTED)
    growing_append_match (out, "!", &match);
  if (result == STREAM_FAILED)
    g_string_append (out, error->message);
  pattern_match_clear (&match);
  return result;
}

static void
assert_answer (StreamSearch *search, bool is_final, StreamResult result,
               const char *expected)
{
  g_autoptr (GString) told = g_string_new (NULL);

  g_assert_cmpint (ask (search, is_final, told), ==, result);
  g_assert_cmpstr (told->str, ==, expected);
}

/* --- Undecided
 * ----------------------------------------------------------------- */

static void
test_pause (void)
{
  Growing log;

  growing_init (&log, 0);
  StreamSearch *search = growing_search (&log, "port (\\d+)", NULL);
  growing_print (&log, "a po");
  assert_answer (search, false, STREAM_UNDECIDED, "");
  assert_answer (search, true, STREAM_NOT_YET, "");
  growing_print (&log, "rt 80");
  assert_answer (search, false, STREAM_UNDECIDED, "");
  growing_print (&log, "80");
  assert_answer (search, false, STREAM_UNDECIDED, "");
  assert_answer (search, true, STREAM_FOUND, "2-11[8080]");
  assert_answer (search, true, STREAM_NOT_YET, "");
  g_assert_cmpuint (stream_cursor (log.stream), ==, 11);
  stream_search_free (search);
  growing_clear (&log);
}

static void
test_not_yet (void)
{
  Growing log;

  growing_init (&log, 0);
  StreamSearch *search = growing_search (&log, "ready\n", NULL);
  assert_answer (search, false, STREAM_NOT_YET, "");
  growing_print (&log, "starting\n");
  assert_answer (search, false, STREAM_NOT_YET, "");
  growing_print (&log, "ready\n");
  assert_answer (search, false, STREAM_FOUND, "9-15");
  stream_search_free (search);
  growing_clear (&log);
}

/* What is found waits for the unwanted that began before it. */
static void
test_unwanted_pending (void)
{
  Growing log;

  growing_init (&log, 0);
  StreamSearch *search = growing_search (&log, "ready", "fail.*!");
  growing_print (&log, "fail: not ready");
  assert_answer (search, false, STREAM_UNDECIDED, "");
  assert_answer (search, true, STREAM_FOUND, "10-15");
  growing_print (&log, " fail: not ready");
  assert_answer (search, false, STREAM_UNDECIDED, "");
  growing_print (&log, "!");
  assert_answer (search, false, STREAM_UNDECIDED, "");
  growing_print (&log, "\n");
  assert_answer (search, false, STREAM_FOUND, "26-31");
  stream_search_free (search);
  growing_clear (&log);
}

/* --- Cursors
 * -------------------------------------------------------------------- */

static void
test_begin (void)
{
  Growing log;

  growing_init (&log, 5);
  growing_print (&log, "ready ready\nready\n");
  StreamSearch *search = growing_search (&log, "(?<=y )ready|^ready", NULL);
  g_assert_cmpuint (stream_cursor (log.stream), ==, 5);
  assert_answer (search, false, STREAM_FOUND, "6-11");
  assert_answer (search, false, STREAM_FOUND, "12-17");
  stream_search_free (search);
  growing_clear (&log);
}

/* What one search has taken is gone for the other. */
static void
test_two_searches (void)
{
  Growing log;

  growing_init (&log, 0);
  StreamSearch *a = growing_search (&log, "a\\d", NULL);
  StreamSearch *b = growing_search (&log, "[ab]\\d", NULL);
  growing_print (&log, "a");
  assert_answer (a, false, STREAM_UNDECIDED, "");
  assert_answer (b, false, STREAM_UNDECIDED, "");
  growing_print (&log, "1 b2 a3 b4");
  assert_answer (a, false, STREAM_FOUND, "0-2");
  assert_answer (b, false, STREAM_FOUND, "3-5");
  assert_answer (a, false, STREAM_FOUND, "6-8");
  assert_answer (a, false, STREAM_NOT_YET, "");
  assert_answer (b, false, STREAM_FOUND, "9-11");
  stream_search_free (a);
  stream_search_free (b);
  growing_clear (&log);
}

/* The unwanted does not move the cursor: it is there for the message. */
static void
test_unwanted_stays (void)
{
  Growing log;

  growing_init (&log, 0);
  StreamSearch *search = growing_search (&log, "ready", "panic");
  growing_print (&log, "panic ready");
  assert_answer (search, false, STREAM_UNWANTED, "!0-5");
  g_assert_cmpuint (stream_cursor (log.stream), ==, 0);
  assert_answer (search, false, STREAM_UNWANTED, "!0-5");
  stream_search_free (search);
  growing_clear (&log);
}

/* --- Large logs
 * ------------------------------------------------------------------ */

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

/* A search more does not read again what is in memory. */
static void
test_many_searches (void)
{
  Growing log;

  growing_init (&log, 0);
  for (unsigned i = 0; i < 100; i++)
    {
      char line[32];
      (void)g_snprintf (line, sizeof line, "line %03u\n", i);
      growing_print (&log, line);
    }
  for (unsigned i = 0; i < 100; i++)
    {
      char pattern[32];
      char expected[32];
      (void)g_snprintf (pattern, sizeof pattern, "^line %03u$", i);
      (void)g_snprintf (expected, sizeof expected, "%u-%u", 9 * i, 9 * i + 8);
      StreamSearch *search = growing_search (&log, pattern, "panic");
      assert_answer (search, false, STREAM_FOUND, expected);
      stream_search_free (search);
      g_assert_cmpint (ftruncate (log.fd, 0), ==, 0);
    }
  growing_clear (&log);
}

/* Others have their turn meanwhile. */
static void
test_turns (void)
{
  PatternMatch match = { 0 };
  Growing log;

  growing_init (&log, 0);
  fill (&log, "all is well, and so it goes on\n", 9 * MIB);
  growing_print (&log, "ready: 42.");
  StreamSearch *search = growing_search (&log, "ready: (\\d+)", "panic|error");
  g_assert_cmpint (stream_search_on (search, false, &match, NULL), ==,
                   STREAM_MORE);
  g_assert_cmpint (stream_search_on (search, true, &match, NULL), ==,
                   STREAM_MORE);
  g_assert_cmpint (stream_search_on (search, false, &match, NULL), ==,
                   STREAM_FOUND);
  g_assert_cmpuint (match.begin, ==, 9 * MIB);
  g_assert_cmpstr (match.groups[1].bytes, ==, "42");
  pattern_match_clear (&match);
  stream_search_free (search);
  growing_clear (&log);
}

typedef struct
{
  const char *path;
  const char *before;
  const char *filler;
  size_t n_filler;
  const char *after;
  const char *pattern;
  uint64_t begin; /* of the match */
  uint64_t end;   /* 0: there is none */
} LargeCase;

static const LargeCase large_cases[] = {
  { "/stream/large/one-line", "", "q", 12 * MIB, "x1y", "x\\dy", 12 * MIB,
    12 * MIB + 3 },
  { "/stream/large/one-line-of-begins", "", "x", 12 * MIB, "\nx1y\n", "x.*y$",
    12 * MIB + 1, 12 * MIB + 4 },
  { "/stream/large/long-match", "a", "q", 4 * MIB - 2, "b", "(?s)a.*b", 0,
    4 * MIB },
  { "/stream/large/too-long-match", "a", "q", 4 * MIB, "b", "(?s)a.*b", 0, 0 },
  { "/stream/large/begin-is-given-up", "BEGIN ", "q", 5 * MIB, "BEGIN END",
    "(?s)BEGIN.*END", 5 * MIB + 6, 5 * MIB + 15 },
  { "/stream/large/what-is-near-is-not", "BEGIN BEGIN x ", "q", 5 * MIB, "",
    "(?s)BEGIN.*END|x ", 12, 14 },
  { "/stream/large/as-much-as-a-match-has", "BEGIN END", "q", 5 * MIB, "END",
    "(?s)BEGIN.*END", 0, 9 },
};

static void
test_large (const void *data)
{
  const LargeCase *row = data;
  PatternMatch match = { 0 };
  StreamResult result;
  Growing log;

  growing_init (&log, 0);
  growing_print (&log, row->before);
  fill (&log, row->filler, row->n_filler);
  growing_print (&log, row->after);
  StreamSearch *search = growing_search (&log, row->pattern, NULL);
  do
    result = stream_search_on (search, true, &match, NULL);
  while (result == STREAM_MORE);
  g_assert_cmpint (result, ==, row->end > 0 ? STREAM_FOUND : STREAM_NOT_YET);
  g_assert_cmpuint (match.begin, ==, row->begin);
  g_assert_cmpuint (match.end, ==, row->end);
  pattern_match_clear (&match);
  stream_search_free (search);
  growing_clear (&log);
}

/* --- Failures
 * ----------------------------------------------------------------- */

static void
test_truncated (void)
{
  Growing log;

  growing_init (&log, 0);
  StreamSearch *search = growing_search (&log, "ready", NULL);
  growing_print (&log, "starting\n");
  assert_answer (search, false, STREAM_NOT_YET, "");
  g_assert_cmpint (ftruncate (log.fd, 4), ==, 0);
  assert_answer (search, false, STREAM_FAILED,
                 "the log was truncated: 9 bytes of it were read, it has 4");
  stream_search_free (search);
  growing_clear (&log);
}

/* What is there before counts. */
static void
test_replaced (void)
{
  Growing log;

  growing_init (&log, 0);
  g_autofree char *other = g_strconcat (log.path, ".new", NULL);
  StreamSearch *search = growing_search (&log, "ready", NULL);
  growing_print (&log, "ready\n");
  const int fd = open (other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  (void)close (fd);
  g_assert_cmpint (rename (other, log.path), ==, 0);
  assert_answer (search, false, STREAM_FOUND, "0-5");
  assert_answer (search, false, STREAM_FAILED,
                 "the log was removed or replaced");
  stream_search_free (search);
  growing_clear (&log);
}

static void
test_too_many_ways (void)
{
  g_autoptr (GString) told = g_string_new (NULL);
  Growing log;

  growing_init (&log, 0);
  StreamSearch *search = growing_search (&log, "(a+)+$", NULL);
  growing_print (&log, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  assert_answer (search, false, STREAM_UNDECIDED, "");
  growing_print (&log, "b\n");
  g_assert_cmpint (ask (search, false, told), ==, STREAM_FAILED);
  g_assert_nonnull (strstr (told->str, "too many ways"));
  stream_search_free (search);
  growing_clear (&log);
}

/* --- What came last
 * ----------------------------------------------------------- */

typedef struct
{
  const char *path;
  const char *text;
  const char *pattern; /* to move the cursor; NULL: nothing does */
  uint64_t n_before;
  const char *expected;
} RecentCase;

#define FIFTY        "12345678901234567890123456789012345678901234567890"
#define FIVE_HUNDRED FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY

static const RecentCase recent_cases[] = {
  { "/stream/recent/nothing", "", NULL, 0, "" },
  { "/stream/recent/all", "a\nb\nc", NULL, 0, "a\nb\nc" },
  { "/stream/recent/since-cursor", "a\nb\nc\n", "b", 0, "\nc\n" },
  { "/stream/recent/nothing-since", "a\nb", "b", 0, "" },
  { "/stream/recent/ten-lines", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", NULL, 0,
    "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n" },
  { "/stream/recent/eleven-lines", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\nx", NULL, 2,
    "1\n2\n3\n4\n5\n6\n7\n8\n9\nx" },
  { "/stream/recent/long-lines",
    FIVE_HUNDRED FIFTY "\n" FIVE_HUNDRED FIVE_HUNDRED FIVE_HUNDRED "\nlast\n",
    NULL, 551, FIVE_HUNDRED FIVE_HUNDRED FIVE_HUNDRED "\nlast\n" },
  { "/stream/recent/long-line",
    "x" FIVE_HUNDRED FIVE_HUNDRED FIVE_HUNDRED FIVE_HUNDRED FIFTY, NULL, 3,
    "34567890"
    "1234567890123456789012345678901234567890" FIVE_HUNDRED FIVE_HUNDRED
        FIVE_HUNDRED FIVE_HUNDRED },
};

static void
test_recent (const void *data)
{
  const RecentCase *row = data;
  g_autoptr (GString) recent = g_string_new (NULL);
  Growing log;

  growing_init (&log, 0);
  growing_print (&log, row->text);
  if (row->pattern != NULL)
    {
      StreamSearch *search = growing_search (&log, row->pattern, NULL);
      g_assert_cmpint (ask (search, true, recent), ==, STREAM_FOUND);
      (void)g_string_truncate (recent, 0);
      stream_search_free (search);
    }
  g_assert_cmpuint (stream_append_recent (log.stream, recent), ==,
                    row->n_before);
  g_assert_cmpstr (recent->str, ==, row->expected);
  growing_clear (&log);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (large_cases); i++)
    g_test_add_data_func (large_cases[i].path, &large_cases[i], test_large);
  for (size_t i = 0; i < G_N_ELEMENTS (recent_cases); i++)
    g_test_add_data_func (recent_cases[i].path, &recent_cases[i], test_recent);
  g_test_add_func ("/stream/undecided/until-a-pause", test_pause);
  g_test_add_func ("/stream/undecided/not-yet", test_not_yet);
  g_test_add_func ("/stream/undecided/unwanted", test_unwanted_pending);
  g_test_add_func ("/stream/cursor/begin", test_begin);
  g_test_add_func ("/stream/cursor/two-searches", test_two_searches);
  g_test_add_func ("/stream/cursor/unwanted-stays", test_unwanted_stays);
  g_test_add_func ("/stream/large/many-searches", test_many_searches);
  g_test_add_func ("/stream/large/turns", test_turns);
  g_test_add_func ("/stream/failure/truncated", test_truncated);
  g_test_add_func ("/stream/failure/replaced", test_replaced);
  g_test_add_func ("/stream/failure/too-many-ways", test_too_many_ways);
  return g_test_run ();
}
