#include "config.h"

#include "base/writer.h"

#include "base/loop.h"
#include "base/write.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where no descriptor of our own can be had: so much fits where there is room
 * at all. */
#define SMALL_WRITE 256

typedef enum
{
  WRITE_ALL,         /* it takes everything at once */
  WRITE_SOCKET,      /* a call can be told not to wait */
  WRITE_OWN,         /* own_fd does not wait */
  WRITE_WITH_LOOKING /* as much as there surely is room for */
} WriteWay;

struct Writer
{
  GSource source;
  int fd;
  int own_fd; /* owned; -1: there is none */
  WriteWay way;
  dev_t device;
  ino_t inode;
  GString *kept;       /* owned */
  int64_t waits_since; /* nothing could be written; 0: nothing waits */
  int write_errno;
  void *tag; /* of its descriptor in the loop; NULL: it never waited */
  bool is_watched;
  WriterFunc *on_written;
  void *data;
};

/* --- Writing ---------------------------------------------------------------
 */

static ssize_t
write_with_looking (int fd, const char *bytes, size_t n_bytes)
{
  struct pollfd room = { .fd = fd, .events = POLLOUT };

  if (poll (&room, 1, 0) > 0)
    return write (fd, bytes, MIN (n_bytes, SMALL_WRITE));
  errno = EAGAIN;
  return -1;
}

static ssize_t
write_now (const Writer *writer, const char *bytes, size_t n_bytes)
{
  switch (writer->way)
    {
    case WRITE_SOCKET:
      return send (writer->fd, bytes, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
    case WRITE_OWN:
      return write (writer->own_fd, bytes, n_bytes);
    case WRITE_WITH_LOOKING:
      return write_with_looking (writer->fd, bytes, n_bytes);
    case WRITE_ALL:
      errno = write_all (writer->fd, bytes, n_bytes);
      break;
    }
  return errno == 0 ? (ssize_t)n_bytes : -1;
}

static void
fail (Writer *writer, int number)
{
  writer->write_errno = number;
  writer->waits_since = 0;
  g_string_truncate (writer->kept, 0);
}

/* Half a report is not read better with a hole in it: after a failure nothing
 * more is tried.  True if some of it was written, or lost. */
static bool
write_kept (Writer *writer)
{
  const size_t n_before = writer->kept->len;
  size_t n_written = 0;

  while (n_written < writer->kept->len)
    {
      const ssize_t n = write_now (writer, writer->kept->str + n_written,
                                   writer->kept->len - n_written);
      if (n > 0)
        n_written += (size_t)n;
      else if (errno == EAGAIN)
        break;
      else if (errno != EINTR)
        fail (writer, errno);
    }
  if (n_written > 0)
    (void)g_string_erase (writer->kept, 0,
                          (gssize)MIN (n_written, writer->kept->len));
  if (writer->kept->len == 0)
    writer->waits_since = 0;
  else if (n_written > 0 || writer->waits_since == 0)
    writer->waits_since = g_get_monotonic_time ();
  return writer->kept->len != n_before;
}

void
writer_add (Writer *writer, const char *bytes, size_t n_bytes)
{
  if (writer->write_errno != 0)
    return;
  const bool is_first = writer->kept->len == 0;
  g_string_append_len (writer->kept, bytes, (gssize)n_bytes);
  if (is_first)
    (void)write_kept (writer);
}

void
writer_give_up (Writer *writer)
{
  if (writer->kept->len > 0)
    fail (writer, ETIMEDOUT);
}

/* --- In the loop -----------------------------------------------------------
 */

static void
watch (Writer *writer, bool is_wanted)
{
  const int fd = writer->way == WRITE_OWN ? writer->own_fd : writer->fd;

  if (writer->is_watched == is_wanted)
    return;
  writer->is_watched = is_wanted;
  if (writer->tag == NULL)
    writer->tag = g_source_add_unix_fd (&writer->source, fd, G_IO_OUT);
  else
    g_source_modify_unix_fd (&writer->source, writer->tag,
                             is_wanted ? G_IO_OUT : 0);
}

static gboolean
writer_prepare (GSource *source, gint *timeout)
{
  Writer *writer = (Writer *)source;

  *timeout = -1;
  watch (writer, writer->kept->len > 0);
  return FALSE;
}

static gboolean
writer_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  Writer *writer = (Writer *)source;
  (void)callback;
  (void)data;

  if (write_kept (writer))
    writer->on_written (writer->data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs writer_funcs
    = { .prepare = writer_prepare, .dispatch = writer_dispatch };

/* --- Life ------------------------------------------------------------------
 */

/* A pipe and a terminal are opened anew: what is set for that descriptor is set
 * for nobody else. */
static WriteWay
find_way (Writer *writer, const struct stat *status)
{
  char path[sizeof "/proc/self/fd/" + 11];

  if (S_ISSOCK (status->st_mode))
    return WRITE_SOCKET;
  if (!S_ISFIFO (status->st_mode) && isatty (writer->fd) == 0)
    return WRITE_ALL;
  (void)g_snprintf (path, sizeof path, "/proc/self/fd/%d", writer->fd);
  writer->own_fd = open (path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  return writer->own_fd >= 0 ? WRITE_OWN : WRITE_WITH_LOOKING;
}

Writer *
writer_new (int fd, WriterFunc *on_written, void *data)
{
  Writer *writer = (Writer *)g_source_new (&writer_funcs, sizeof (Writer));
  struct stat status;

  writer->fd = fd;
  writer->own_fd = -1;
  writer->on_written = on_written;
  writer->data = data;
  writer->kept = g_string_new (NULL);
  if (fstat (fd, &status) == 0)
    {
      writer->device = status.st_dev;
      writer->inode = status.st_ino;
      writer->way = find_way (writer, &status);
    }
  return writer;
}

void
writer_free (Writer *writer)
{
  if (writer == NULL)
    return;
  if (writer->own_fd >= 0)
    (void)close (writer->own_fd);
  (void)g_string_free (writer->kept, TRUE);
  g_source_destroy (&writer->source);
  g_source_unref (&writer->source);
}

void
writer_attach (Writer *writer)
{
  loop_keep_quiet (&writer->source);
  g_source_attach (&writer->source, g_main_context_get_thread_default ());
}

bool
writer_is_for (const Writer *writer, int fd)
{
  struct stat status;

  return fd == writer->fd
         || (fstat (fd, &status) == 0 && status.st_dev == writer->device
             && status.st_ino == writer->inode);
}

size_t
writer_n_waiting (const Writer *writer)
{
  return writer->kept->len;
}

int64_t
writer_waits_since (const Writer *writer)
{
  return writer->waits_since;
}

int
writer_errno (const Writer *writer)
{
  return writer->write_errno;
}
