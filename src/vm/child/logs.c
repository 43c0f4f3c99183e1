#include "config.h"

#include "vm/child/logs.h"

#include "base/syserror.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* NAME_MAX is 255; the rest is for the stream and what others may append. */
#define MAX_NAME 200

/* A tail is to be read beside others. */
#define MAX_TAIL_LINES 30

const char *
logs_stream_name (int stream)
{
  return stream == STDERR_FILENO ? "stderr" : "stdout";
}

char *
logs_file_name (const char *process, unsigned number, int stream)
{
  GString *name = g_string_new (NULL);
  const size_t n_process = strlen (process);

  if (n_process > MAX_NAME)
    {
      g_string_append_len (name, process, MAX_NAME);
      g_string_append_printf (name, "~%u", number);
    }
  else
    g_string_append_len (name, process, (gssize)n_process);

  /* The compiler lets only such names through; a file name is no place to rely
   * on it. */
  g_strcanon (name->str,
              G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.+~@,:=", '_');
  if (name->str[0] == '.')
    name->str[0] = '_';
  g_string_append_c (name, '.');
  g_string_append (name, logs_stream_name (stream));
  return g_string_free (name, FALSE);
}

/* --- Opening ------------------------------------------------------------ */

int
logs_create (int dir, const char *name, LogIdentity *identity, GError **error)
{
  const int fd = openat (dir, name,
                         O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW
                             | O_NOCTTY | O_CLOEXEC,
                         0600);
  uint64_t size;
  unsigned mode;
  const int outcome
      = fd < 0 ? -errno : log_identity_read (fd, "", identity, &size, &mode);

  if (outcome == 0)
    return fd;
  syserror_set (error, -outcome, "cannot make its log file");
  if (fd >= 0)
    (void)close (fd);
  return -1;
}

/* Whatever may lie there now, to open it does not block. */
static int
open_again (int dir, const char *name, const LogIdentity *identity, int flags,
            GError **error)
{
  const int fd = openat (
      dir, name, flags | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
  LogIdentity found;
  uint64_t size;
  unsigned mode;
  const int outcome
      = fd < 0 ? -errno : log_identity_read (fd, "", &found, &size, &mode);

  if (outcome == -ENOENT && identity != NULL)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                 "its log file was removed");
  else if (outcome < 0)
    syserror_set (error, -outcome, "cannot open its log file");
  else if ((identity != NULL && !log_identity_is_same (&found, identity))
           || !S_ISREG (mode))
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                 "its log file was replaced by another file");
  else
    return fd;
  if (fd >= 0)
    (void)close (fd);
  return -1;
}

int
logs_open_to_append (int dir, const char *name, const LogIdentity *identity,
                     GError **error)
{
  const int fd = open_again (dir, name, identity, O_WRONLY | O_APPEND, error);

  /* A child would see it. */
  if (fd >= 0)
    (void)fcntl (fd, F_SETFL, O_APPEND);
  return fd;
}

int
logs_open_to_read (int dir, const char *name, const LogIdentity *identity,
                   GError **error)
{
  return open_again (dir, name, identity, O_RDONLY, error);
}

/* --- Looking ------------------------------------------------------------ */

bool
logs_get_size (int dir, const char *name, const LogIdentity *identity,
               uint64_t *size)
{
  struct stat status;

  if (fstatat (dir, name, &status, AT_SYMLINK_NOFOLLOW) < 0
      || status.st_ino != identity->inode)
    return false;
  *size = (uint64_t)status.st_size;
  return true;
}

bool
logs_look (int dir, const char *name, const LogIdentity *identity,
           uint64_t *size, const char **trouble)
{
  LogIdentity found;
  unsigned mode;
  const int outcome = log_identity_read (dir, name, &found, size, &mode);

  *trouble = outcome == -ENOENT ? "was removed"
             : outcome < 0      ? "cannot be looked at"
             : !log_identity_is_same (&found, identity) || !S_ISREG (mode)
                 ? "was replaced by another file"
                 : NULL;
  return *trouble == NULL;
}

/* Reads @n_bytes from @offset, or less at the end of the file. */
static void
append_range (int fd, off_t offset, size_t n_bytes, GString *out)
{
  const gsize begin = out->len;
  size_t done = 0;

  g_string_set_size (out, begin + n_bytes);
  while (done < n_bytes)
    {
      const ssize_t n = pread (fd, out->str + begin + done, n_bytes - done,
                               offset + (off_t)done);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      done += (size_t)n;
    }
  g_string_set_size (out, begin + done);
}

/* Of the text from @begin on all but the last lines goes. */
static void
keep_last_lines (GString *out, gsize begin)
{
  const char *const bytes = out->str + begin;
  gsize at = out->len - begin;

  if (at > 0 && bytes[at - 1] == '\n')
    at--;
  for (unsigned n_lines = 0; at > 0; at--)
    if (bytes[at - 1] == '\n' && ++n_lines == MAX_TAIL_LINES)
      break;
  g_string_erase (out, (gssize)begin, (gssize)at);
}

uint64_t
logs_append_tail_of (int fd, uint64_t from, size_t n_bytes, GString *out)
{
  const gsize begin = out->len;
  struct stat status;

  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    return 0;
  const uint64_t end = (uint64_t)status.st_size;
  const uint64_t size = end > from ? end - from : 0;
  const bool is_cut = size > n_bytes;
  append_range (fd, (off_t)(is_cut ? end - n_bytes : from),
                is_cut ? n_bytes : (size_t)size, out);

  const char *newline
      = is_cut ? memchr (out->str + begin, '\n', out->len - begin) : NULL;
  if (newline != NULL)
    g_string_erase (out, (gssize)begin, newline + 1 - (out->str + begin));
  keep_last_lines (out, begin);
  return size;
}

uint64_t
logs_append_tail (int dir, const char *name, uint64_t from, size_t n_bytes,
                  GString *out)
{
  const int fd
      = openat (dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return 0;

  const uint64_t size = logs_append_tail_of (fd, from, n_bytes, out);
  (void)close (fd);
  return size;
}
