#include "config.h"

#include "base/file.h"

#include "base/syserror.h"
#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define FIRST_READ ((size_t)64 << 10)

const char *
file_refuse_kind (mode_t mode)
{
  static const struct
  {
    mode_t kind;
    const char *why;
  } kinds[] = { { S_IFDIR, "it is a directory" },
                { S_IFIFO, "it is a FIFO, not a file" },
                { S_IFSOCK, "it is a socket, not a file" },
                { S_IFCHR, "it is a device, not a file" },
                { S_IFBLK, "it is a device, not a file" } };

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    if ((mode & S_IFMT) == kinds[i].kind)
      return kinds[i].why;
  return NULL;
}

/* --- Reading -------------------------------------------------------------- */

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

/* As "/dev/fd/63" leads to: it has no name that somebody could open it by, so
 * it ends with who writes into it now. */
static bool
is_pipe (int fd, mode_t mode)
{
  struct statfs system;

  return S_ISFIFO (mode) && fstatfs (fd, &system) == 0
         && system.f_type == PIPEFS_MAGIC;
}

static void
tell_kind (GError **error, mode_t mode)
{
  g_set_error_literal (error, G_FILE_ERROR,
                       S_ISDIR (mode) ? G_FILE_ERROR_ISDIR : G_FILE_ERROR_INVAL,
                       file_refuse_kind (mode));
}

static void
tell_length (GError **error, size_t limit)
{
  g_autoptr (GString) text = g_string_new ("it is larger than ");

  size_append (text, limit);
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, text->str);
}

static bool
read_open (int fd, bool is_stdin, size_t limit, size_t n_room, char **text,
           size_t *n_text, GError **error)
{
  struct stat info;
  int number = fstat (fd, &info) == 0 ? 0 : errno;

  if (number == 0 && !S_ISREG (info.st_mode) && !is_pipe (fd, info.st_mode)
      && (!is_stdin || S_ISDIR (info.st_mode)))
    {
      tell_kind (error, info.st_mode);
      return false;
    }

  const size_t n_expected
      = S_ISREG (info.st_mode) ? (size_t)info.st_size : FIRST_READ;
  if (number == 0 && S_ISREG (info.st_mode) && n_expected > limit)
    number = EFBIG;
  if (number == 0 && !read_up_to (fd, limit, n_expected, n_room, text, n_text))
    number = errno;
  if (number == EFBIG)
    tell_length (error, limit);
  else if (number != 0)
    syserror_set_reason (error, number);
  return number == 0;
}

/* A socket cannot be opened at all. */
static bool
refuse_to_open (const char *path, int number, GError **error)
{
  struct stat info;

  if (number == ENXIO && stat (path, &info) == 0 && !S_ISREG (info.st_mode))
    tell_kind (error, info.st_mode);
  else
    syserror_set_reason (error, number);
  return false;
}

bool
file_read (const char *path, size_t limit, size_t n_room, char **text,
           size_t *n_text, GError **error)
{
  const bool is_stdin = strcmp (path, "-") == 0;
  const int fd
      = is_stdin ? STDIN_FILENO
                 : open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  const bool is_read
      = fd < 0 ? refuse_to_open (path, errno, error)
               : read_open (fd, is_stdin, limit, n_room, text, n_text, error);

  if (!is_read)
    g_prefix_error (error, "cannot read \"%s\": ", path);
  if (fd >= 0 && !is_stdin)
    (void)close (fd); /* it was only read: nothing can be lost */
  return is_read;
}
