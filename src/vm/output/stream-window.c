#include "config.h"

#include "vm/output/stream-window.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Most logs are small; of a large one, this much stays in the processor's
 * cache between being read and being looked at. */
#define FIRST_READ ((size_t)16 * 1024)
#define MOST_READ  ((size_t)256 * 1024)

#define AGAIN ((size_t)64)

void
stream_window_init (StreamWindow *window, int fd)
{
  *window = (StreamWindow){ .fd = fd, .n_next = FIRST_READ };
}

void
stream_window_clear (StreamWindow *window)
{
  g_clear_pointer (&window->bytes, g_free);
}

uint64_t
stream_window_end (const StreamWindow *window)
{
  return window->begin + window->n_bytes;
}

void
stream_window_move (StreamWindow *window, uint64_t place)
{
  if (place < window->begin || place > stream_window_end (window))
    {
      window->begin = place;
      window->n_bytes = 0;
    }
  window->needed = place;
}

/* Twice what is kept, at least: so no byte is moved often. */
static void
make_room (StreamWindow *window, size_t n_wanted)
{
  if (window->n_room - window->n_bytes >= n_wanted)
    return;

  const size_t n_gone = (size_t)(window->needed - window->begin);
  const size_t n_kept = window->n_bytes - n_gone;
  const size_t n_room = n_kept + MAX (n_wanted, n_kept);
  if (n_room <= window->n_room && n_room >= window->n_room / 4)
    memmove (window->bytes, window->bytes + n_gone, n_kept);
  else
    {
      char *bytes = g_malloc (n_room);
      if (n_kept > 0)
        memcpy (bytes, window->bytes + n_gone, n_kept);
      g_free (window->bytes);
      window->bytes = bytes;
      window->n_room = n_room;
    }
  window->begin = window->needed;
  window->n_bytes = n_kept;
}

/* The last bytes that are there are read once more: if they are not the same,
 * the file was truncated, and has grown again. */
ssize_t
stream_window_read (StreamWindow *window)
{
  const size_t n_wanted = window->n_next;
  char again[AGAIN];
  ssize_t n;

  make_room (window, n_wanted);
  const size_t n_again = MIN (window->n_bytes, AGAIN);
  const struct iovec pieces[] = { { .iov_base = again, .iov_len = n_again },
                                  { .iov_base = window->bytes + window->n_bytes,
                                    .iov_len = n_wanted } };
  do
    n = preadv (window->fd, pieces, 2,
                (off_t)(stream_window_end (window) - n_again));
  while (n < 0 && errno == EINTR);

  if (n < 0)
    return -1;
  if (memcmp (again, window->bytes + window->n_bytes - n_again,
              MIN (n_again, (size_t)n))
      != 0)
    {
      errno = ESTALE;
      return -1;
    }
  n = MAX (n - (ssize_t)n_again, 0);
  if (n > 0)
    window->n_bytes += (size_t)n;
  if (n == (ssize_t)n_wanted)
    window->n_next = MIN (n_wanted * 4, MOST_READ);
  return n;
}
