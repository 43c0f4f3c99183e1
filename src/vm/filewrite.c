#include "config.h"

#include "vm/filewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE ((uint64_t)1 << 20)

/* Linux follows no more than these (path_resolution(7)). */
#define MAX_LINKS 40

static bool
refuse (int number, GError **error)
{
  const char *reason = g_strerror (number);

  if (number == ENXIO)
    reason = "it is a FIFO that nobody reads, or a socket";
  g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (number), "%s",
               reason);
  return false;
}

static bool
write_all (int fd, const char *bytes, size_t n_bytes)
{
  while (n_bytes > 0)
    {
      const ssize_t n = write (fd, bytes, n_bytes);
      if (n < 0 && errno != EINTR)
        return false;
      bytes += MAX (n, 0);
      n_bytes -= (size_t)MAX (n, 0);
    }
  return true;
}

/* Some file systems tell only then that there is no space. */
static bool
close_written (int fd, bool is_written)
{
  const int number = errno;

  if (close (fd) < 0 && errno != EINTR && is_written)
    return false;
  errno = number;
  return is_written;
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
  const bool is_written = (mode < 0 || fchmod (fd, (mode_t)mode) == 0)
                          && write_all (fd, bytes, n_bytes);
  return close_written (fd, is_written) || refuse (errno, error);
}

/* --- Replacing ------------------------------------------------------------ */

/* Where a link leads in the end; also one that leads nowhere yet. */
static char *
follow_links (const char *path)
{
  char *place = g_strdup (path);

  for (unsigned i = 0; i < MAX_LINKS; i++)
    {
      g_autofree char *link = g_malloc (PATH_MAX);
      const ssize_t n = readlink (place, link, PATH_MAX - 1);
      if (n < 0)
        break;
      link[n] = '\0';
      g_autofree char *old = place;
      g_autofree char *directory = g_path_get_dirname (old);
      place = g_path_is_absolute (link)
                  ? g_strdup (link)
                  : g_build_filename (directory, link, NULL);
    }
  return place;
}

static bool
copy_content (int fd, const Content *content, GError **error)
{
  g_autoptr (GString) buffer = g_string_new (NULL);

  for (uint64_t done = 0; done < content->size;)
    {
      const size_t n = (size_t)MIN (content->size - done, PIECE);
      const char *bytes = content_view (content, done, n, buffer, error);
      if (bytes == NULL)
        return false;
      if (!write_all (fd, bytes, n))
        return refuse (errno, error);
      done += n;
    }
  return true;
}

/* As the file was; a new one as any other. */
static bool
copy_mode (int fd, const char *path)
{
  struct stat status;

  if (stat (path, &status) == 0)
    {
      /* Only for root does this do anything. */
      (void)!fchown (fd, status.st_uid, status.st_gid);
      return fchmod (fd, status.st_mode & 07777) == 0;
    }

  const mode_t mask = umask (0);
  (void)umask (mask);
  return fchmod (fd, 0666 & ~mask) == 0;
}

static bool
fill (int fd, const char *place, const Content *content, GError **error)
{
  bool is_filled = copy_content (fd, content, error);

  if (is_filled && !copy_mode (fd, place))
    is_filled = refuse (errno, error);
  return close_written (fd, is_filled) || (is_filled && refuse (errno, error));
}

bool
filewrite_replace (const char *path, const Content *content, GError **error)
{
  g_autofree char *place = follow_links (path);
  g_autofree char *directory = g_path_get_dirname (place);
  g_autofree char *name = g_path_get_basename (place);
  g_autofree char *temporary
      = g_strdup_printf ("%s/.%.200s-XXXXXX", directory, name);

  /* One that is protected stays as it is. */
  if (access (place, W_OK) < 0 && errno != ENOENT)
    return refuse (errno, error);
  const int fd = mkostemp (temporary, O_CLOEXEC);
  if (fd < 0)
    return refuse (errno, error);

  if (fill (fd, place, content, error))
    {
      if (rename (temporary, place) == 0)
        return true;
      (void)refuse (errno, error);
    }
  (void)unlink (temporary);
  return false;
}
