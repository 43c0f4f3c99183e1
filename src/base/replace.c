#include "config.h"

#include "base/replace.h"

#include "base/syserror.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Hidden: it is no plan, should it be seen in the moment that it is there. */
#define NEW_NAME ".proctor-XXXXXX"

/* Linux follows no more than these (path_resolution(7)). */
#define MAX_LINKS 40

static bool
refuse (int number, GError **error)
{
  syserror_set_reason (error, number);
  return false;
}

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

/* As the file was; a new one as any other.  Returns 0, or the errno. */
static int
give_mode (int fd, const struct stat *old)
{
  if (old != NULL)
    {
      /* Somebody else's file becomes ours where we may not give it away.  The
       * mode comes last: giving away takes bits of it off. */
      if (fchown (fd, old->st_uid, old->st_gid) != 0 && errno != EPERM)
        return errno;
      return fchmod (fd, old->st_mode & 07777) == 0 ? 0 : errno;
    }

  const mode_t mask = umask (0);
  (void)umask (mask);
  return fchmod (fd, 0666 & ~mask) == 0 ? 0 : errno;
}

/* Some file systems tell only here that there is no space. */
static int
sync_and_close (int fd, int number)
{
  if (number == 0 && fsync (fd) != 0 && errno != EINVAL && errno != ENOTSUP)
    number = errno;
  if (close (fd) != 0 && number == 0)
    number = errno;
  return number;
}

/* A new file, that takes the place of the old one. */
static bool
replace (const char *place, const struct stat *old, ReplaceFunc *fill,
         void *data, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (place);
  g_autofree char *new_path = g_build_filename (directory, NEW_NAME, NULL);
  const int fd = mkostemp (new_path, O_CLOEXEC);
  if (fd < 0)
    return refuse (errno, error);

  const bool is_filled = fill (fd, data, error);
  int number = sync_and_close (fd, is_filled ? give_mode (fd, old) : 0);
  if (is_filled && number == 0 && rename (new_path, place) != 0)
    number = errno;
  if (is_filled && number == 0)
    return true;
  (void)unlink (new_path); /* the error is told already */
  return is_filled ? refuse (number, error) : false;
}

bool
replace_file (const char *path, ReplaceFunc *fill, void *data, GError **error)
{
  g_autofree char *place = follow_links (path);
  struct stat old;
  const bool is_there = stat (place, &old) == 0;

  if (!is_there && errno != ENOENT)
    return refuse (errno, error);
  if (is_there && !S_ISREG (old.st_mode))
    {
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                           "it is no regular file");
      return false;
    }
  if (is_there && access (place, W_OK) != 0)
    return refuse (errno, error);
  return replace (place, is_there ? &old : NULL, fill, data, error);
}
