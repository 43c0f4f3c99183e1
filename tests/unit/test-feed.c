#include "config.h"

#include "vm/child/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* More than any pipe takes. */
#define MUCH (4 * 1024 * 1024)

typedef struct
{
  Feed *feed;
  int reader; /* of a pipe, or the child's side of a terminal */
  unsigned n_over;
} Fixture;

static void
set_up_pipe (Fixture *fixture, const void *data)
{
  int ends[2];
  (void)data;

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  fixture->reader = ends[0];
  fixture->feed = feed_new (ends[1], false);
}

static void
set_up_terminal (Fixture *fixture, const void *data)
{
  const int master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  char name[64];
  (void)data;

  g_assert_cmpint (unlockpt (master), ==, 0);
  g_assert_cmpint (ptsname_r (master, name, sizeof name), ==, 0);
  fixture->reader = open (name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (fixture->reader, >=, 0);
  fixture->feed = feed_new (master, true);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  feed_free (fixture->feed);
  if (fixture->reader >= 0)
    (void)close (fixture->reader);
}

static void
on_over (void *data)
{
  Fixture *fixture = data;
  fixture->n_over++;
}

static FeedText *
add (Fixture *fixture, const char *bytes, size_t n_bytes)
{
  return feed_add (fixture->feed, bytes, n_bytes, on_over, fixture);
}

/* What the loop has to do now. */
static void
turn (void)
{
  while (g_main_context_iteration (g_main_context_get_thread_default (), FALSE))
    ;
}

/* All that comes until @n_bytes are there, or the end. */
static GString *
read_all (Fixture *fixture, size_t n_bytes)
{
  GString *out = g_string_new (NULL);

  while (out->len < n_bytes)
    {
      char buffer[65536];
      const ssize_t n = read (fixture->reader, buffer,
                              MIN (sizeof buffer, n_bytes - out->len));
      g_assert_cmpint (n, >=, 0);
      if (n == 0)
        break;
      g_string_append_len (out, buffer, n);
      turn ();
    }
  return out;
}

static char *
make_much (char fill)
{
  char *bytes = g_malloc (MUCH);

  memset (bytes, fill, MUCH);
  return bytes;
}

/* --- Pipes ---------------------------------------------------------------- */

static void
test_at_once (Fixture *fixture, const void *data)
{
  g_autoptr (FeedText) text = add (fixture, "a\0b", 3);
  g_autoptr (FeedText) none = add (fixture, "", 0);
  (void)data;

  g_assert_cmpuint (feed_text_n_left (text), ==, 0);
  g_assert_cmpuint (feed_text_n_left (none), ==, 0);
  g_assert_cmpint (feed_text_error (text), ==, 0);
  g_autoptr (GString) out = read_all (fixture, 3);
  g_assert_cmpmem (out->str, out->len, "a\0b", 3);
  g_assert_cmpuint (fixture->n_over, ==, 0);
}

/* Two that do not fit, and the end: in their order. */
static void
test_order (Fixture *fixture, const void *data)
{
  g_autofree char *first = make_much ('1');
  g_autofree char *second = make_much ('2');
  g_autoptr (FeedText) one = add (fixture, first, MUCH);
  g_autoptr (FeedText) two = add (fixture, second, MUCH);
  (void)data;

  g_assert_cmpuint (feed_text_n_left (one), >, 0);
  g_assert_cmpuint (feed_text_n_left (two), ==, MUCH);
  g_assert_cmpuint (feed_text_n_unread (one), ==, MUCH);
  feed_end (fixture->feed);
  g_assert_true (feed_is_ended (fixture->feed));

  g_autoptr (GString) out = read_all (fixture, MUCH);
  g_assert_cmpmem (out->str, out->len, first, MUCH);
  g_assert_cmpuint (fixture->n_over, ==, 1);
  g_assert_cmpuint (feed_text_n_left (one), ==, 0);
  g_autoptr (GString) rest = read_all (fixture, MUCH + 1);
  g_assert_cmpmem (rest->str, rest->len, second, MUCH);
  g_assert_cmpuint (fixture->n_over, ==, 2);
}

static void
test_end (Fixture *fixture, const void *data)
{
  char buffer[8];
  (void)data;

  feed_end (fixture->feed);
  g_assert_cmpint (read (fixture->reader, buffer, sizeof buffer), ==, 0);
  g_autoptr (FeedText) late = add (fixture, "x", 1);
  g_assert_cmpint (feed_text_error (late), ==, EPIPE);
}

static void
test_broken (Fixture *fixture, const void *data)
{
  g_autofree char *much = make_much ('x');
  g_autoptr (FeedText) one = add (fixture, much, MUCH);
  g_autoptr (FeedText) two = add (fixture, "y", 1);
  (void)data;

  (void)close (fixture->reader);
  fixture->reader = -1;
  turn ();
  g_assert_cmpint (feed_text_error (one), ==, EPIPE);
  g_assert_cmpint (feed_text_error (two), ==, EPIPE);
  g_assert_cmpuint (fixture->n_over, ==, 2);

  g_autoptr (FeedText) three = add (fixture, "z", 1);
  g_assert_cmpint (feed_text_error (three), ==, EPIPE);
  g_assert_cmpuint (fixture->n_over, ==, 2);
  g_assert_false (
      g_main_context_pending (g_main_context_get_thread_default ()));
}

/* Nobody wants the first any more: the second follows what went in of it. */
static void
test_given_up (Fixture *fixture, const void *data)
{
  g_autofree char *much = make_much ('x');
  FeedText *one = add (fixture, much, MUCH);
  g_autoptr (FeedText) two = add (fixture, "y", 1);
  const size_t n_written = MUCH - feed_text_n_left (one);
  (void)data;

  feed_text_free (one);
  memset (much, '-', MUCH);
  feed_end (fixture->feed);
  g_autoptr (GString) out = read_all (fixture, MUCH);
  g_assert_cmpuint (out->len, ==, n_written + 1);
  g_assert_cmpint (out->str[n_written - 1], ==, 'x');
  g_assert_cmpint (out->str[n_written], ==, 'y');
}

/* Nothing waits any more for what was to be written before the end. */
static void
test_given_up_last (Fixture *fixture, const void *data)
{
  g_autofree char *much = make_much ('x');
  FeedText *one = add (fixture, much, MUCH);
  const size_t n_written = MUCH - feed_text_n_left (one);
  (void)data;

  feed_end (fixture->feed);
  feed_text_free (one);
  g_autoptr (GString) out = read_all (fixture, MUCH);
  g_assert_cmpuint (out->len, ==, n_written);
}

static void
free_feed (void *data)
{
  Fixture *fixture = data;
  g_clear_pointer (&fixture->feed, feed_free);
}

/* Whoever is told may end it all. */
static void
test_freed_when_told (Fixture *fixture, const void *data)
{
  g_autofree char *much = make_much ('x');
  g_autoptr (FeedText) one
      = feed_add (fixture->feed, much, MUCH, free_feed, fixture);
  g_autoptr (FeedText) two = add (fixture, "y", 1);
  (void)data;

  g_autoptr (GString) out = read_all (fixture, MUCH + 1);
  g_assert_cmpuint (out->len, ==, MUCH);
  g_assert_null (fixture->feed);
  g_assert_cmpint (feed_text_error (one), ==, 0);
  g_assert_cmpint (feed_text_error (two), ==, EPIPE);
  g_assert_cmpuint (fixture->n_over, ==, 0);
}

/* --- Terminals ------------------------------------------------------------ */

static void
read_line (Fixture *fixture, const char *expected)
{
  char buffer[64];
  const ssize_t n = read (fixture->reader, buffer, sizeof buffer);

  g_assert_cmpint (n, >=, 0);
  g_assert_cmpmem (buffer, (size_t)n, expected, strlen (expected));
}

static void
test_end_of_file (Fixture *fixture, const void *data)
{
  g_autoptr (FeedText) line = add (fixture, "one\n", 4);
  (void)data;

  feed_end (fixture->feed);
  g_assert_false (feed_is_ended (fixture->feed));
  g_autoptr (FeedText) begun = add (fixture, "two", 3);
  feed_end (fixture->feed);
  g_autoptr (FeedText) last = add (fixture, "three\n", 6);

  read_line (fixture, "one\n");
  read_line (fixture, "");
  read_line (fixture, "two");
  read_line (fixture, "");
  read_line (fixture, "three\n");
}

static void
test_own_end_of_file (Fixture *fixture, const void *data)
{
  struct termios settings;
  (void)data;

  g_assert_cmpint (tcgetattr (fixture->reader, &settings), ==, 0);
  settings.c_cc[VEOF] = 'q';
  g_assert_cmpint (tcsetattr (fixture->reader, TCSANOW, &settings), ==, 0);
  feed_end (fixture->feed);
  read_line (fixture, "");
}

static void
test_long_lines (Fixture *fixture, const void *data)
{
  g_autofree char *line = g_strnfill (FEED_MAX_LINE + 1, 'x');
  struct termios settings;
  (void)data;

  g_assert_true (feed_would_drop (fixture->feed, line, FEED_MAX_LINE + 1));
  line[FEED_MAX_LINE] = '\n';
  g_assert_false (feed_would_drop (fixture->feed, line, FEED_MAX_LINE + 1));
  g_autoptr (FeedText) begun = add (fixture, "y", 1);
  g_assert_true (feed_would_drop (fixture->feed, line, FEED_MAX_LINE + 1));
  g_autoptr (FeedText) ended = add (fixture, "\n", 1);
  g_assert_false (feed_would_drop (fixture->feed, line, FEED_MAX_LINE + 1));

  /* That much does fit. */
  g_autoptr (FeedText) text = add (fixture, line, FEED_MAX_LINE + 1);
  read_line (fixture, "y\n");
  g_autoptr (GString) out = read_all (fixture, FEED_MAX_LINE + 1);
  g_assert_cmpmem (out->str, out->len, line, FEED_MAX_LINE + 1);

  g_assert_cmpint (tcgetattr (fixture->reader, &settings), ==, 0);
  settings.c_lflag &= ~(tcflag_t)ICANON;
  g_assert_cmpint (tcsetattr (fixture->reader, TCSANOW, &settings), ==, 0);
  line[FEED_MAX_LINE] = 'x';
  g_assert_false (feed_would_drop (fixture->feed, line, FEED_MAX_LINE + 1));
}

/* A terminal takes little; what it does not take waits. */
static void
test_terminal_waits (Fixture *fixture, const void *data)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  struct termios settings;
  (void)data;

  g_assert_cmpint (tcgetattr (fixture->reader, &settings), ==, 0);
  settings.c_lflag &= ~(tcflag_t)ECHO;
  g_assert_cmpint (tcsetattr (fixture->reader, TCSANOW, &settings), ==, 0);
  for (int i = 0; lines->len < MUCH / 16; i++)
    g_string_append_printf (lines, "line %d\n", i);
  g_autoptr (FeedText) text = add (fixture, lines->str, lines->len);
  g_assert_cmpuint (feed_text_n_left (text), >, 0);
  feed_end (fixture->feed);

  g_autoptr (GString) out = read_all (fixture, lines->len + 1);
  g_assert_cmpmem (out->str, out->len, lines->str, lines->len);
  g_assert_cmpuint (fixture->n_over, ==, 1);
}

int
main (int argc, char **argv)
{
  struct sigaction ignore = { .sa_handler = SIG_IGN };

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sigaction (SIGPIPE, &ignore, NULL), ==, 0);
#define ADD(path, set_up, func)                                                \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/feed/pipe/at-once", set_up_pipe, test_at_once);
  ADD ("/feed/pipe/in-order", set_up_pipe, test_order);
  ADD ("/feed/pipe/end", set_up_pipe, test_end);
  ADD ("/feed/pipe/broken", set_up_pipe, test_broken);
  ADD ("/feed/pipe/given-up", set_up_pipe, test_given_up);
  ADD ("/feed/pipe/given-up-last", set_up_pipe, test_given_up_last);
  ADD ("/feed/pipe/freed-when-told", set_up_pipe, test_freed_when_told);
  ADD ("/feed/terminal/end-of-file", set_up_terminal, test_end_of_file);
  ADD ("/feed/terminal/own-end-of-file", set_up_terminal, test_own_end_of_file);
  ADD ("/feed/terminal/long-lines", set_up_terminal, test_long_lines);
  ADD ("/feed/terminal/waits", set_up_terminal, test_terminal_waits);
  return g_test_run ();
}
