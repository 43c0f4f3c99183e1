#include "config.h"

#include "vm/check/filewrite.h"

#include "base/replace.h"
#include "base/syserror.h"
#include "base/write.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((uint64_t)1 << 20)

static bool
refuse (int number, GError **error)
{
  if (number == ENXIO)
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_NXIO,
                         "it is a FIFO that nobody reads, or a socket");
  else
    syserror_set_reason (error, number);
  return false;
}

/* --- At once -------------------------------------------------------------- */

static int
open_to_write (const char *path, int mask)
{
  const mode_t old = mask >= 0 ? umask ((mode_t)mask) : 0;
  const int fd = open (
      path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
      0666);
  const int number = errno;

  if (mask >= 0)
    (void)umask (old);
  errno = number;
  return fd;
}

bool
filewrite (const char *path, const char *bytes, size_t n_bytes, int mode,
           int umask, GError **error)
{
  const int fd = open_to_write (path, umask);
  struct stat status;

  if (fd < 0)
    return refuse (errno, error);
  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    {
      (void)close (fd); /* nothing was written */
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "it is a FIFO or a device, not a file");
      return false;
    }

  /* Before what is in it: that may be a secret. */
  int number = mode < 0 || fchmod (fd, (mode_t)mode) == 0 ? 0 : errno;
  if (number == 0)
    number = write_all (fd, bytes, n_bytes);
  /* Some file systems tell only then that there is no space. */
  if (close (fd) < 0 && errno != EINTR && number == 0)
    number = errno;
  return number == 0 || refuse (number, error);
}

/* --- Replacing ------------------------------------------------------------ */

static bool
copy_content (int fd, void *data, GError **error)
{
  const Content *content = data;
  g_autoptr (GString) buffer = g_string_new (NULL);

  for (uint64_t done = 0; done < content->size;)
    {
      const size_t n = (size_t)MIN (content->size - done, PIECE);
      const char *bytes = content_view (content, done, n, buffer, error);
      if (bytes == NULL)
        return false;
      const int number = write_all (fd, bytes, n);
      if (number != 0)
        return refuse (number, error);
      done += n;
    }
  return true;
}

bool
filewrite_replace (const char *path, const Content *content, GError **error)
{
  return replace_file (path, copy_content, (void *)content, error);
}
