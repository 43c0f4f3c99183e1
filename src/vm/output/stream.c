#include "config.h"

#include "vm/output/stream.h"

#include "base/syserror.h"
#include "vm/output/stream-seek.h"
#include "vm/output/stream-window.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* How much is read in one go; after that, others have their turn. */
#define TURN_BYTES ((uint64_t)4 * 1024 * 1024)

/* How much further the unwanted is looked for at once when the wanted is found:
 * most often it is not there, and nothing of it. */
#define STEP_BYTES ((uint64_t)16 * 1024)

struct Stream
{
  int fd; /* owned */
  uint64_t cursor;
  uint64_t n_read;
  bool is_truncated;
  StreamWindow window;
};

struct StreamSearch
{
  Stream *stream;
  uint64_t cursor; /* the stream's, when it began */
  StreamSeek wanted;
  StreamSeek unwanted;
};

/* --- The stream -------------------------------------------------------------
 */

Stream *
stream_new (int fd, off_t begin)
{
  Stream *stream = g_new0 (Stream, 1);

  stream->fd = fd;
  stream->cursor = (uint64_t)begin;
  stream_window_init (&stream->window, fd);
  return stream;
}

void
stream_free (Stream *stream)
{
  if (stream == NULL)
    return;
  stream_window_clear (&stream->window);
  (void)close (stream->fd); /* it was only read: nothing can be lost */
  g_free (stream);
}

void
stream_forget_in_child (Stream *stream)
{
  if (stream->fd >= 0)
    (void)close (stream->fd);
  stream->fd = -1;
}

int
stream_fd (const Stream *stream)
{
  return stream->fd;
}

uint64_t
stream_cursor (const Stream *stream)
{
  return stream->cursor;
}

uint64_t
stream_n_read (const Stream *stream)
{
  return stream->n_read;
}

bool
stream_is_truncated (const Stream *stream)
{
  return stream->is_truncated;
}

/* --- A search ---------------------------------------------------------------
 */

static void
begin (StreamSearch *search)
{
  search->cursor = search->stream->cursor;
  stream_seek_begin (&search->wanted, search->cursor);
  stream_seek_begin (&search->unwanted, search->cursor);
}

StreamSearch *
stream_search_new (Stream *stream, Pattern *pattern, Pattern *unwanted)
{
  StreamSearch *search = g_new0 (StreamSearch, 1);

  search->stream = stream;
  search->wanted.pattern = pattern;
  search->unwanted.pattern = unwanted;
  begin (search);
  return search;
}

void
stream_search_free (StreamSearch *search)
{
  if (search == NULL)
    return;
  stream_seek_clear (&search->wanted);
  stream_seek_clear (&search->unwanted);
  g_free (search);
}

/* The unwanted, as far as it could come before the wanted. */
static bool
seek_unwanted (StreamSeek *unwanted, const StreamSeek *wanted,
               const StreamWindow *window, bool is_final, GError **error)
{
  const uint64_t limit = stream_window_end (window);
  uint64_t end = wanted->is_found ? wanted->match.end : limit;

  while (
      stream_seek_on (unwanted, window, end, is_final && end == limit, error))
    {
      if (end == limit || unwanted->is_found || unwanted->from >= end)
        return true;
      end = MIN (limit, end + MAX (STEP_BYTES, end - unwanted->from));
    }
  return false;
}

static bool
comes_first (const PatternMatch *unwanted, const PatternMatch *wanted)
{
  return unwanted->end <= wanted->end && unwanted->start < wanted->end;
}

/* Whether a match that may begin at @from or later cannot come before
 * @unwanted. */
static bool
comes_after (uint64_t from, const PatternMatch *unwanted)
{
  return from > unwanted->end
         || (from == unwanted->end && unwanted->start < unwanted->end);
}

static StreamResult
judge (const StreamSeek *wanted, const StreamSeek *unwanted, uint64_t end,
       bool is_final)
{
  if (wanted->is_found && unwanted->is_found)
    return comes_first (&unwanted->match, &wanted->match) ? STREAM_UNWANTED
                                                          : STREAM_FOUND;
  if (wanted->is_found)
    return is_final || unwanted->pattern == NULL || unwanted->is_over
                   || unwanted->from >= wanted->match.end
               ? STREAM_FOUND
               : STREAM_UNDECIDED;
  if (unwanted->is_found)
    return is_final || wanted->is_over
                   || comes_after (wanted->from, &unwanted->match)
               ? STREAM_UNWANTED
               : STREAM_UNDECIDED;
  return stream_seek_is_open (wanted, end)
                 || stream_seek_is_open (unwanted, end)
             ? STREAM_UNDECIDED
             : STREAM_NOT_YET;
}

static StreamResult
look (StreamSeek *wanted, StreamSeek *unwanted, const StreamWindow *window,
      bool is_final, GError **error)
{
  const uint64_t end = stream_window_end (window);

  if (!stream_seek_on (wanted, window, end, is_final, error))
    return STREAM_FAILED;
  if (unwanted->pattern != NULL
      && !seek_unwanted (unwanted, wanted, window, is_final, error))
    return STREAM_FAILED;
  return judge (wanted, unwanted, end, is_final);
}

/* As if nothing more came; if it is not there, all is as before. */
static StreamResult
look_finally (StreamSearch *search, GError **error)
{
  StreamSeek wanted = search->wanted;
  StreamSeek unwanted = search->unwanted;
  const StreamResult result
      = look (&wanted, &unwanted, &search->stream->window, true, error);

  if (result == STREAM_FOUND || result == STREAM_UNWANTED)
    {
      search->wanted = wanted;
      search->unwanted = unwanted;
      return result;
    }
  if (!search->wanted.is_found)
    pattern_match_clear (&wanted.match);
  return result == STREAM_FAILED ? result : STREAM_NOT_YET;
}

/* --- Reading -----------------------------------------------------------------
 */

static void
trim (StreamSearch *search)
{
  const uint64_t needs = MIN (stream_seek_needs (&search->wanted),
                              stream_seek_needs (&search->unwanted));

  stream_window_move (&search->stream->window,
                      MIN (needs, stream_window_end (&search->stream->window)));
}

/* At the end of the file: whether it is still what it was. */
static bool
check_file (Stream *stream, GError **error)
{
  const uint64_t n_read = stream->n_read;
  struct stat status;

  if (fstat (stream->fd, &status) != 0)
    {
      syserror_set (error, errno, "cannot read the log");
      return false;
    }
  if ((uint64_t)status.st_size < n_read)
    {
      stream->is_truncated = true;
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                   "the log was truncated: %" G_GUINT64_FORMAT
                   " bytes of it were read, it has %" G_GUINT64_FORMAT,
                   n_read, (uint64_t)status.st_size);
      return false;
    }
  if (status.st_nlink == 0)
    {
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                           "the log was removed or replaced");
      return false;
    }
  return true;
}

/* Reads and looks until the end of the file, or something is found. */
static StreamResult
read_and_look (StreamSearch *search, GError **error)
{
  StreamWindow *window = &search->stream->window;
  uint64_t n_turn = 0;

  for (;;)
    {
      const StreamResult result
          = look (&search->wanted, &search->unwanted, window, false, error);
      if (result != STREAM_NOT_YET && result != STREAM_UNDECIDED)
        return result;
      if (n_turn >= TURN_BYTES)
        return STREAM_MORE;

      trim (search);
      const ssize_t n = stream_window_read (window);
      search->stream->is_truncated |= n < 0 && errno == ESTALE;
      if (n < 0 && errno == ESTALE)
        g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                             "the log was truncated, and written anew");
      else if (n < 0)
        syserror_set (error, errno, "cannot read the log");
      if (n < 0 || (n == 0 && !check_file (search->stream, error)))
        return STREAM_FAILED;
      if (n == 0)
        return result;
      n_turn += (uint64_t)n;
      search->stream->n_read
          = MAX (search->stream->n_read, stream_window_end (window));
    }
}

static void
hand_over (StreamSeek *seek, PatternMatch *match)
{
  *match = seek->match;
  seek->match = (PatternMatch){ 0 };
}

StreamResult
stream_search_on (StreamSearch *search, bool is_final, PatternMatch *match,
                  GError **error)
{
  if (search->cursor != search->stream->cursor)
    begin (search);
  trim (search);

  StreamResult result = read_and_look (search, error);
  if (is_final && (result == STREAM_NOT_YET || result == STREAM_UNDECIDED))
    result = look_finally (search, error);

  if (result == STREAM_FOUND)
    {
      hand_over (&search->wanted, match);
      search->stream->cursor = match->end;
      begin (search);
    }
  else if (result == STREAM_UNWANTED)
    {
      hand_over (&search->unwanted, match);
      begin (search);
    }
  return result;
}
