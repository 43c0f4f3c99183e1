#include "config.h"

#include "base/visible.h"
#include "vm/await/endpoint-state.h"
#include "vm/child/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* So much of a pidfile is read. */
#define PIDFILE_BYTES 64

static void
set_missing (Endpoint *endpoint, int error, bool is_told)
{
  const char *path = endpoint->target->path;
  g_autofree char *text = endpoint_error_text (error);

  if (error == ENOENT || error == ENOTDIR)
    endpoint_set (endpoint, false, is_told, "there is no \"%s\"", path);
  else
    endpoint_set (endpoint, false, false, "\"%s\": %s", path, text);
}

void
endpoint_ask_file (Endpoint *endpoint)
{
  const bool is_told = place_watch (endpoint->place);
  struct stat status;

  if (stat (endpoint->path, &status) < 0)
    set_missing (endpoint, errno, is_told);
  else
    endpoint_set (endpoint, true, is_told, "\"%s\" is still there",
                  endpoint->target->path);
}

/* --- Pidfiles ----------------------------------------------------------------
 */

/* How many bytes, of the beginning; -1 and errno. */
static ssize_t
read_beginning (const char *path, char *buffer, size_t n_buffer)
{
  /* A fifo that nobody writes would block, a terminal would become ours. */
  const int fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  ssize_t n;

  if (fd < 0)
    return -1;
  do
    n = read (fd, buffer, n_buffer);
  while (n < 0 && errno == EINTR);

  const int error = errno;
  (void)close (fd);
  errno = error;
  return n;
}

/* The number that the first line is; 0 if it is none. */
static pid_t
find_pid (const char *text)
{
  char *end;
  const gint64 number = g_ascii_strtoll (text, &end, 10);

  end += strspn (end, " \t\r");
  return number > 0 && number <= G_MAXINT32 && (*end == '\n' || *end == '\0')
             ? (pid_t)number
             : 0;
}

static bool
is_alive (pid_t pid)
{
  InspectStat stat;

  if (inspect_stat (pid, &stat))
    return !inspect_is_dead (&stat);
  return kill (pid, 0) == 0 || errno == EPERM; /* /proc may hide it */
}

/* Its end is told. */
static bool
watch_process (Endpoint *endpoint, pid_t pid)
{
  if (endpoint->pidfd_pid == pid && endpoint->pidfd >= 0)
    return true;

  g_clear_pointer (&endpoint->pidfd_watch, fd_watch_free);
  if (endpoint->pidfd >= 0)
    (void)close (endpoint->pidfd);
  endpoint->pidfd = (int)syscall (SYS_pidfd_open, pid, 0);
  endpoint->pidfd_pid = pid;
  if (endpoint->pidfd < 0)
    return false;
  endpoint->pidfd_watch
      = fd_watch_new (endpoint->pidfd, G_IO_IN, endpoint_on_change, endpoint);
  return true;
}

/* An end is told again and again. */
static void
unwatch_process (Endpoint *endpoint)
{
  g_clear_pointer (&endpoint->pidfd_watch, fd_watch_free);
  if (endpoint->pidfd >= 0)
    (void)close (endpoint->pidfd);
  endpoint->pidfd = -1;
}

static void
ask_process (Endpoint *endpoint, pid_t pid, bool is_told)
{
  const bool is_watched = watch_process (endpoint, pid);

  endpoint->answer.named = pid;
  if (is_alive (pid))
    {
      endpoint->answer.pid = pid;
      endpoint_set (endpoint, true, is_told && is_watched,
                    "the process that \"%s\" names still runs",
                    endpoint->target->path);
      return;
    }
  unwatch_process (endpoint);
  endpoint_set (endpoint, false, false,
                "\"%s\" names process %d, which does not run",
                endpoint->target->path, (int)pid);
}

void
endpoint_ask_pidfile (Endpoint *endpoint)
{
  const bool is_told = place_watch (endpoint->place);
  const char *path = endpoint->target->path;
  char text[PIDFILE_BYTES + 1];
  const ssize_t n = read_beginning (endpoint->path, text, PIDFILE_BYTES);
  if (n < 0)
    {
      set_missing (endpoint, errno, is_told);
      return;
    }

  text[n] = '\0';
  const pid_t pid = find_pid (text);
  if (pid > 0)
    ask_process (endpoint, pid, is_told);
  else if (n == 0)
    endpoint_set (endpoint, false, is_told, "\"%s\" is empty", path);
  else
    {
      g_autoptr (GString) shown = g_string_new (NULL);
      visible_append_escaped (shown, text, strcspn (text, "\r\n"));
      endpoint_set (endpoint, false, is_told,
                    "\"%s\" holds \"%s\", which is no process id", path,
                    shown->str);
    }
}
