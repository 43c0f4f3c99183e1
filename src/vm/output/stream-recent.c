#include "config.h"

#include "vm/output/stream.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECENT_BYTES 2048
#define RECENT_LINES 10

/* Where the last lines of a text begin.  If something was cut off before it,
 * its first line is left out, unless there is no other. */
static size_t
find_lines (const char *text, size_t n_text, bool is_cut)
{
  size_t at = n_text;

  for (unsigned n_lines = 0; n_lines < RECENT_LINES && at > 0; n_lines++)
    {
      const char *newline = memrchr (text, '\n', at - 1);
      if (newline == NULL)
        return is_cut && at < n_text ? at : 0;
      at = (size_t)(newline - text) + 1;
    }
  return at;
}

uint64_t
stream_append_recent (const Stream *stream, GString *out)
{
  const uint64_t cursor = stream_cursor (stream);
  char text[RECENT_BYTES];
  struct stat status;

  if (fstat (stream_fd (stream), &status) != 0
      || (uint64_t)status.st_size <= cursor)
    return 0;

  const uint64_t end = (uint64_t)status.st_size;
  const uint64_t begin = end - MIN (end - cursor, sizeof text);
  const ssize_t n
      = pread (stream_fd (stream), text, (size_t)(end - begin), (off_t)begin);
  if (n <= 0)
    return 0;

  const size_t at = find_lines (text, (size_t)n, begin > cursor);
  g_string_append_len (out, text + at, n - (gssize)at);
  return begin + at - cursor;
}
