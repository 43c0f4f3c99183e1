#include "config.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What says more than this without being a file will not end. */
#define LONGEST_STREAM ((size_t)1 << 30)
#define FIRST_READ     ((size_t)64 << 10)

static bool
refuse (GError **error, const char *path, int error_number)
{
  const char *reason = g_strerror (error_number);

  if (error_number == EISDIR)
    reason = "it is a directory";
  else if (error_number == EFBIG)
    reason = "it is too large";
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (error_number),
               "cannot read \"%s\": %s", path, reason);
  return false;
}

/* Somebody may have made our standard input non-blocking. */
static bool
is_only_for_now (int fd, int error_number)
{
  struct pollfd wanted = { .fd = fd, .events = POLLIN };

  if (error_number == EINTR)
    return true;
  return error_number == EAGAIN && poll (&wanted, 1, -1) >= 0;
}

/* Reads up to the end; false with errno, EFBIG if there is more than @limit. */
static bool
read_up_to (int fd, size_t limit, size_t n_expected, size_t n_room, char **text,
            size_t *n_text)
{
  size_t size = MIN (n_expected, limit) + 1;
  g_autofree char *bytes = g_malloc (size + n_room);
  size_t n = 0;

  for (;;)
    {
      const ssize_t n_read = read (fd, bytes + n, size - n);

      if (n_read < 0 && !is_only_for_now (fd, errno))
        return false;
      if (n_read == 0)
        break;

      n += n_read > 0 ? (size_t)n_read : 0;
      if (n > limit)
        {
          errno = EFBIG;
          return false;
        }
      if (n == size)
        {
          size = MIN (size * 2, limit + 1);
          bytes = g_realloc (bytes, size + n_room);
        }
    }
  *text = g_steal_pointer (&bytes);
  *n_text = n;
  return true;
}

static bool
read_open (int fd, size_t limit, size_t n_room, char **text, size_t *n_text)
{
  struct stat info;

  if (fstat (fd, &info) != 0)
    return false;

  errno = S_ISDIR (info.st_mode) ? EISDIR : EFBIG;
  if (S_ISDIR (info.st_mode))
    return false;
  if (!S_ISREG (info.st_mode))
    return read_up_to (fd, MIN (limit, LONGEST_STREAM), FIRST_READ, n_room,
                       text, n_text);
  return (uint64_t)info.st_size <= limit
         && read_up_to (fd, limit, (size_t)info.st_size, n_room, text, n_text);
}

bool
file_read (const char *path, size_t limit, size_t n_room, char **text,
           size_t *n_text, GError **error)
{
  const bool is_stdin = strcmp (path, "-") == 0;
  const int fd
      = is_stdin ? STDIN_FILENO : open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  const bool is_read = fd >= 0 && read_open (fd, limit, n_room, text, n_text);
  const int error_number = errno;

  if (fd >= 0 && !is_stdin)
    (void)close (fd); /* it was only read: nothing can be lost */
  return is_read || refuse (error, path, error_number);
}
