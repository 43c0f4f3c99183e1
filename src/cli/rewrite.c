#include "config.h"

#include "cli/rewrite.h"

#include "base/syserror.h"
#include "report/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Hidden: it is no plan, should it be seen in the moment that it is there. */
#define NEW_NAME ".proctor-XXXXXX"

static bool
refuse (GError **error, const char *path, int error_number)
{
  syserror_set (error, error_number, "cannot write \"%s\"", path);
  return false;
}

/* Returns 0 or the errno, as those below. */
static int
write_text (int fd, const char *text, size_t n_text, const struct stat *old)
{
  const int error_number = output_write (fd, text, n_text);

  if (error_number != 0)
    return error_number;

  /* Somebody else's file becomes ours where we may not give it away.  The mode
   * comes last: giving away takes bits of it off. */
  if (fchown (fd, old->st_uid, old->st_gid) != 0 && errno != EPERM)
    return errno;
  if (fchmod (fd, old->st_mode & 07777) != 0)
    return errno;
  /* Some systems tell only here that there was no space. */
  if (fsync (fd) != 0 && errno != EINVAL && errno != ENOTSUP)
    return errno;
  return 0;
}

static int
replace (const char *path, const char *text, size_t n_text,
         const struct stat *old)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *new_path = g_build_filename (directory, NEW_NAME, NULL);
  const int fd = mkostemp (new_path, O_CLOEXEC);

  if (fd < 0)
    return errno;

  int error_number = write_text (fd, text, n_text, old);

  if (close (fd) != 0 && error_number == 0)
    error_number = errno;
  if (error_number == 0 && rename (new_path, path) != 0)
    error_number = errno;
  if (error_number != 0)
    (void)unlink (new_path); /* the error is told already */
  return error_number;
}

/* With signals held back: who presses Ctrl-C shall find nothing half done.
 * That a file may not be so large is an error like others; its signal would
 * not be ignored if it were held back. */
static int
replace_undisturbed (const char *path, const char *text, size_t n_text,
                     const struct stat *old)
{
  const struct sigaction ignore = { .sa_handler = SIG_IGN };
  struct sigaction action;
  sigset_t all;
  sigset_t mask;

  (void)sigfillset (&all);
  (void)sigdelset (&all, SIGXFSZ);
  (void)sigprocmask (SIG_BLOCK, &all, &mask);
  (void)sigaction (SIGXFSZ, &ignore, &action);

  const int error_number = replace (path, text, n_text, old);

  (void)sigaction (SIGXFSZ, &action, NULL);
  (void)sigprocmask (SIG_SETMASK, &mask, NULL);
  return error_number;
}

bool
rewrite_file (const char *path, const char *text, size_t n_text, GError **error)
{
  g_autofree char *real_path = realpath (path, NULL);
  struct stat old;

  if (real_path == NULL || stat (real_path, &old) != 0)
    return refuse (error, path, errno);
  if (!S_ISREG (old.st_mode))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "cannot write \"%s\": it is no regular file", path);
      return false;
    }
  /* A file that may not be written may not be replaced either. */
  if (access (real_path, W_OK) != 0)
    return refuse (error, path, errno);

  const int error_number = replace_undisturbed (real_path, text, n_text, &old);

  return error_number == 0 || refuse (error, path, error_number);
}
