#include "config.h"

#include "vm/child/feed.h"

#include "vm/await/fd-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* So much goes in, and the loop has a turn. */
#define TURN_BYTES (1024 * 1024)

/* Where a terminal has none of its own. */
#define DEFAULT_END_OF_FILE 0x04

struct FeedText
{
  Feed *feed; /* NULL: it is over */
  const char *bytes;
  size_t n_left;
  int error;
  FeedFunc *on_over; /* NULL: it is the feed's own */
  void *data;
  char own[2];
};

struct Feed
{
  int fd; /* owned; -1: closed */
  bool is_terminal;
  bool is_ended;
  size_t n_line;  /* typed since the last end of a line */
  GQueue texts;   /* of FeedText, the oldest first */
  FdWatch *watch; /* owned; NULL: nothing waits */
};

/* --- Texts ---------------------------------------------------------------- */

/* It is in the queue no more. */
static void
leave (FeedText *text, int error)
{
  text->feed = NULL;
  text->error = error;
  if (text->on_over == NULL)
    g_free (text);
}

size_t
feed_text_n_left (const FeedText *text)
{
  return text->n_left;
}

int
feed_text_error (const FeedText *text)
{
  return text->error;
}

size_t
feed_text_n_unread (const FeedText *text)
{
  int n_in_pipe = 0;

  /* FIONREAD of the master of a terminal tells what came from there. */
  if (text->feed != NULL && !text->feed->is_terminal && text->feed->fd >= 0)
    (void)ioctl (text->feed->fd, FIONREAD, &n_in_pipe);
  return text->n_left + (size_t)MAX (n_in_pipe, 0);
}

/* --- Writing -------------------------------------------------------------- */

/* As much of the text as goes in now. */
static void
write_some (const Feed *feed, FeedText *text)
{
  size_t n_turn = 0;

  while (text->n_left > 0 && n_turn < TURN_BYTES)
    {
      const ssize_t n
          = write (feed->fd, text->bytes, MIN (text->n_left, TURN_BYTES));
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno != EAGAIN)
        text->error = errno;
      if (n <= 0)
        return;
      text->bytes += n;
      text->n_left -= (size_t)n;
      n_turn += (size_t)n;
    }
}

static void
close_end (Feed *feed)
{
  if (feed->fd >= 0)
    (void)close (feed->fd);
  feed->fd = -1;
}

static void on_room (void *data);

/* Waits for room as long as there is a text, and no longer: a pipe that nobody
 * reads any more is always ready. */
static void
settle (Feed *feed)
{
  if (!g_queue_is_empty (&feed->texts))
    {
      if (feed->watch == NULL)
        feed->watch = fd_watch_new (feed->fd, G_IO_OUT, on_room, feed);
      return;
    }
  g_clear_pointer (&feed->watch, fd_watch_free);
  if (feed->is_ended)
    close_end (feed);
}

/* One text at a time: whoever is told that it is over may do anything, even
 * free us. */
static void
on_room (void *data)
{
  Feed *feed = data;
  FeedText *text = g_queue_peek_head (&feed->texts);

  if (text != NULL)
    write_some (feed, text);
  if (text == NULL || (text->n_left > 0 && text->error == 0))
    {
      settle (feed);
      return;
    }

  FeedFunc *const on_over = text->on_over;
  void *const over_data = text->data;
  (void)g_queue_pop_head (&feed->texts);
  leave (text, text->error);
  settle (feed);
  if (on_over != NULL)
    on_over (over_data);
}

static void
push (Feed *feed, FeedText *text)
{
  if (g_queue_is_empty (&feed->texts))
    write_some (feed, text);
  if (text->n_left == 0 || text->error != 0)
    {
      leave (text, text->error);
      return;
    }
  text->feed = feed;
  g_queue_push_tail (&feed->texts, text);
  settle (feed);
}

void
feed_text_free (FeedText *text)
{
  if (text == NULL)
    return;
  if (text->feed != NULL)
    {
      (void)g_queue_remove (&text->feed->texts, text);
      settle (text->feed);
    }
  g_free (text);
}

/* --- Terminals ------------------------------------------------------------ */

/* What a person would type to end the input. */
static char
end_of_file (const Feed *feed)
{
  struct termios settings;

  if (tcgetattr (feed->fd, &settings) < 0
      || settings.c_cc[VEOF] == _POSIX_VDISABLE)
    return DEFAULT_END_OF_FILE;
  return (char)settings.c_cc[VEOF];
}

/* The next line: up to its end, with it. */
static size_t
line_length (const char *bytes, size_t n_bytes, char end)
{
  size_t n = 0;

  while (n < n_bytes && bytes[n] != '\n' && bytes[n] != '\r' && bytes[n] != end)
    n++;
  return n < n_bytes ? n + 1 : n;
}

/* How much of a line there is after these bytes; and the longest on the way,
 * without their ends. */
static size_t
measure_lines (const Feed *feed, const char *bytes, size_t n_bytes,
               size_t *longest)
{
  const char end = end_of_file (feed);
  size_t n_line = feed->n_line;

  *longest = 0;
  while (n_bytes > 0)
    {
      const size_t n = line_length (bytes, n_bytes, end);
      const bool is_whole
          = bytes[n - 1] == '\n' || bytes[n - 1] == '\r' || bytes[n - 1] == end;
      *longest = MAX (*longest, n_line + n - is_whole);
      n_line = is_whole ? 0 : n_line + n;
      bytes += n;
      n_bytes -= n;
    }
  return n_line;
}

bool
feed_would_drop (const Feed *feed, const char *bytes, size_t n_bytes)
{
  struct termios settings;
  size_t longest;

  if (!feed->is_terminal || tcgetattr (feed->fd, &settings) < 0
      || (settings.c_lflag & ICANON) == 0)
    return false;
  (void)measure_lines (feed, bytes, n_bytes, &longest);
  return longest > FEED_MAX_LINE;
}

/* --- Life ----------------------------------------------------------------- */

Feed *
feed_new (int fd, bool is_terminal)
{
  Feed *feed = g_new0 (Feed, 1);

  (void)fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) | O_NONBLOCK);
  feed->fd = fd;
  feed->is_terminal = is_terminal;
  g_queue_init (&feed->texts);
  return feed;
}

void
feed_free (Feed *feed)
{
  if (feed == NULL)
    return;
  for (FeedText *text; (text = g_queue_pop_head (&feed->texts)) != NULL;)
    leave (text, EPIPE);
  fd_watch_free (feed->watch);
  close_end (feed);
  g_free (feed);
}

void
feed_forget_in_child (Feed *feed)
{
  close_end (feed);
}

bool
feed_is_terminal (const Feed *feed)
{
  return feed->is_terminal;
}

FeedText *
feed_add (Feed *feed, const char *bytes, size_t n_bytes, FeedFunc *on_over,
          void *data)
{
  FeedText *text = g_new0 (FeedText, 1);
  size_t longest;

  g_assert (on_over != NULL);
  text->bytes = bytes;
  text->n_left = n_bytes;
  text->on_over = on_over;
  text->data = data;
  if (feed->is_ended)
    {
      leave (text, EPIPE);
      return text;
    }
  if (feed->is_terminal)
    feed->n_line = measure_lines (feed, bytes, n_bytes, &longest);
  push (feed, text);
  return text;
}

static void
type_end_of_file (Feed *feed)
{
  FeedText *text = g_new0 (FeedText, 1);

  memset (text->own, end_of_file (feed), sizeof text->own);
  text->bytes = text->own;
  text->n_left = feed->n_line > 0 ? 2 : 1;
  feed->n_line = 0;
  push (feed, text);
}

void
feed_end (Feed *feed)
{
  if (feed->is_terminal)
    {
      type_end_of_file (feed);
      return;
    }
  feed->is_ended = true;
  settle (feed);
}

bool
feed_is_ended (const Feed *feed)
{
  return feed->is_ended;
}
