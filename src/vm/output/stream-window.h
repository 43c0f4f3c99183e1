/* stream-window.h - the piece of a file that is in memory
 *
 * It grows at its end as the file is read, and loses at its begin what is
 * needed no more.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct
{
  int fd;          /* borrowed */
  uint64_t begin;  /* its place in the file */
  uint64_t needed; /* what is before goes when room is wanted */
  char *bytes;     /* owned */
  size_t n_bytes;
  size_t n_room;
  size_t n_next; /* how much is read next */
} StreamWindow;

void stream_window_init (StreamWindow *window, int fd);
void stream_window_clear (StreamWindow *window);

uint64_t stream_window_end (const StreamWindow *window);

/* What is before @place is needed no more.  If @place is not in the window, it
 * is empty then, and begins there. */
void stream_window_move (StreamWindow *window, uint64_t place);

/* Reads on, once: the number of bytes; 0 at the end of the file; -1 and
 * errno, ESTALE if what was read before is not there any more. */
ssize_t stream_window_read (StreamWindow *window);
