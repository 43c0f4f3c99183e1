#include "config.h"

#include "vm/check/content.h"

#include "base/file.h"
#include "base/syserror.h"
#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is not larger is read when it is opened; those of /proc and /sys, whose
 * size nobody knows before, never are. */
#define SMALL ((size_t)1024 * 1024)

void
content_clear (Content *content)
{
  g_clear_pointer (&content->bytes, g_free);
  if (content->fd >= 0)
    (void)close (content->fd); /* it was only read */
  *content = CONTENT_NONE;
}

void
content_set (Content *content, GString *text)
{
  content_clear (content);
  content->size = text->len;
  content->bytes = g_string_free (text, FALSE);
}

static bool
refuse (GError **error, int number)
{
  syserror_set_reason (error, number);
  return false;
}

/* Up to @n_bytes, less where the file ends; -1 and errno. */
static ssize_t
read_at (int fd, uint64_t offset, char *buffer, size_t n_bytes)
{
  size_t done = 0;

  while (done < n_bytes)
    {
      const ssize_t n = pread (fd, buffer + done, n_bytes - done,
                               (off_t)offset + (off_t)done);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (size_t)n;
    }
  return (ssize_t)done;
}

/* --- Opening -------------------------------------------------------------- */

/* The beginning of it, or all. */
static bool
read_small (Content *content, GError **error)
{
  g_autoptr (GString) text = g_string_sized_new (4096);
  size_t n_wanted = 4096;

  while (text->len < SMALL)
    {
      const gsize done = text->len;
      g_string_set_size (text, done + n_wanted);
      const ssize_t n = read_at (content->fd, content->begin + done,
                                 text->str + done, n_wanted);
      if (n < 0)
        return refuse (error, errno);
      g_string_truncate (text, done + (size_t)n);
      if ((size_t)n < n_wanted)
        {
          content_set (content, g_steal_pointer (&text));
          return true;
        }
      n_wanted = MIN (text->len, SMALL - text->len);
    }
  return true;
}

bool
content_open_fd (Content *content, int fd, uint64_t begin, GError **error)
{
  struct stat status;

  content_clear (content);
  content->fd = fd;
  content->begin = begin;
  if (fstat (fd, &status) < 0)
    return refuse (error, errno);
  if (!S_ISREG (status.st_mode))
    {
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                           file_refuse_kind (status.st_mode));
      return false;
    }

  if ((uint64_t)status.st_size < begin + SMALL)
    {
      if (!read_small (content, error))
        return false;
      if (content->bytes != NULL)
        return true;
      if (fstat (fd, &status) < 0) /* it has grown meanwhile */
        return refuse (error, errno);
    }
  if ((uint64_t)status.st_size < begin + SMALL)
    return refuse (error, EFBIG);
  content->size = (uint64_t)status.st_size - begin;
  return true;
}

bool
content_open (Content *content, const char *path, GError **error)
{
  const int fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0 && errno == ENXIO)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "it is a socket or a device, not a file");
      return false;
    }
  return fd < 0 ? refuse (error, errno)
                : content_open_fd (content, fd, 0, error);
}

/* --- Looking -------------------------------------------------------------- */

const char *
content_view (const Content *content, uint64_t offset, size_t n_bytes,
              GString *buffer, GError **error)
{
  g_assert (offset <= content->size && n_bytes <= content->size - offset);
  if (content->bytes != NULL)
    return content->bytes + offset;

  g_string_set_size (buffer, n_bytes);
  const ssize_t n
      = read_at (content->fd, content->begin + offset, buffer->str, n_bytes);
  if (n < 0)
    {
      (void)refuse (error, errno);
      return NULL;
    }
  if ((size_t)n < n_bytes)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_IO,
                   "it became shorter while it was read");
      return NULL;
    }
  return buffer->str;
}

bool
content_load (Content *content, uint64_t limit, GError **error)
{
  if (content->bytes != NULL)
    return true;
  if (content->size > limit)
    {
      g_autoptr (GString) text = g_string_new ("it is larger than ");
      size_append (text, limit);
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s", text->str);
      return false;
    }

  g_autoptr (GString) text = g_string_new (NULL);
  if (content_view (content, 0, content->size, text, error) == NULL)
    return false;
  content_set (content, g_steal_pointer (&text));
  return true;
}
