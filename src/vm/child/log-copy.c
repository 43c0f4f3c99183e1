#include "config.h"

#include "vm/child/log-copy.h"

#include "base/loop.h"
#include "base/write.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* One read; and how much is copied before others have their turn. */
#define READ_BYTES (64 * 1024)
#define TURN_BYTES (1024 * 1024)

/* What those see that were forked since. */
typedef struct
{
  _Atomic bool is_copying; /* what was read may not be written yet */
  _Atomic uint64_t n_copied;
} Shared;

struct LogCopy
{
  GSource source;
  int from;           /* owned; -1: closed */
  int log;            /* owned; -1: closed */
  uint64_t n_written; /* with what the log had before */
  bool is_whole;      /* all that came was written */
  Shared *shared;     /* owned; NULL: nobody else looks, or no memory */
};

static void
close_both (LogCopy *copy)
{
  if (copy->from >= 0)
    (void)close (copy->from);
  if (copy->log >= 0 && close (copy->log) != 0)
    copy->is_whole = false; /* some file systems tell only here */
  copy->from = -1;
  copy->log = -1;
}

/* 0: there is nothing now; -1: ever again. */
static ssize_t
read_and_write (LogCopy *copy)
{
  char buffer[READ_BYTES];
  ssize_t n;

  do
    n = read (copy->from, buffer, sizeof buffer);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == EAGAIN)
    return 0;
  if (n <= 0)
    return -1;
  if (write_all (copy->log, buffer, (size_t)n) == 0)
    copy->n_written += (uint64_t)n;
  else
    copy->is_whole = false;
  if (copy->shared != NULL)
    (void)atomic_fetch_add (&copy->shared->n_copied, (uint64_t)n);
  return n;
}

/* How much was copied; 0 if there is nothing to be had now, or, since the other
 * end is closed everywhere, ever again (EIO of a terminal). */
static size_t
copy_some (LogCopy *copy)
{
  if (copy->from < 0)
    return 0;
  if (copy->shared != NULL)
    atomic_store (&copy->shared->is_copying, true);
  const ssize_t n = read_and_write (copy);
  if (copy->shared != NULL)
    atomic_store (&copy->shared->is_copying, false);
  if (n < 0)
    {
      close_both (copy);
      g_source_destroy (&copy->source);
    }
  return (size_t)MAX (n, 0);
}

/* Copies until nothing is there, or @n_most bytes or a little more. */
static void
copy_on (LogCopy *copy, size_t n_most)
{
  size_t n_copied = 0, n;

  while (n_copied < n_most && (n = copy_some (copy)) > 0)
    n_copied += n;
}

static gboolean
log_copy_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  (void)callback;
  (void)data;
  copy_on ((LogCopy *)source, TURN_BYTES);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs log_copy_funcs = { .dispatch = log_copy_dispatch };

static Shared *
shared_new (void)
{
  void *shared = mmap (NULL, sizeof (Shared), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  return shared != MAP_FAILED ? shared : NULL;
}

LogCopy *
log_copy_new (int from, int log, bool is_shared)
{
  LogCopy *copy = (LogCopy *)g_source_new (&log_copy_funcs, sizeof (LogCopy));
  const off_t size = lseek (log, 0, SEEK_END);

  copy->from = from;
  copy->log = log;
  copy->n_written = size < 0 ? 0 : (uint64_t)size;
  copy->is_whole = true;
  copy->shared = is_shared ? shared_new () : NULL;
  loop_keep_quiet (&copy->source);
  (void)g_source_add_unix_fd (&copy->source, from, G_IO_IN | G_IO_HUP);
  g_source_attach (&copy->source, g_main_context_get_thread_default ());
  return copy;
}

void
log_copy_forget_in_child (LogCopy *copy)
{
  if (copy->log >= 0)
    (void)close (copy->log); /* it is the parent that writes */
  copy->log = -1;
}

void
log_copy_free (LogCopy *copy)
{
  if (copy == NULL)
    return;
  close_both (copy);
  if (copy->shared != NULL)
    (void)munmap (copy->shared, sizeof *copy->shared);
  g_source_destroy (&copy->source);
  g_source_unref (&copy->source);
}

bool
log_copy_drain (LogCopy *copy)
{
  int n_waiting = 0;

  /* All that is there now, and not much more: somebody may still write. */
  if (copy->from >= 0 && ioctl (copy->from, FIONREAD, &n_waiting) < 0)
    n_waiting = 0;
  copy_on (copy, MAX ((size_t)n_waiting, TURN_BYTES));
  return copy->is_whole;
}

bool
log_copy_is_open (const LogCopy *copy)
{
  return copy->from >= 0;
}

int
log_copy_source (const LogCopy *copy)
{
  return copy->from;
}

uint64_t
log_copy_n_written (const LogCopy *copy)
{
  return copy->n_written;
}

/* --- In a process that was forked -------------------------------------------
 */

/* What poll(2) says; it also fetches what is still on its way in a terminal. */
static short
look (const LogCopy *copy)
{
  struct pollfd source = { .fd = copy->from, .events = POLLIN };

  return poll (&source, 1, 0) > 0 ? source.revents : 0;
}

/* In this order: what is not there any more was read before, and then it was
 * being copied already. */
bool
log_copy_is_behind (const LogCopy *copy)
{
  return copy->from >= 0
         && ((look (copy) & POLLIN) != 0
             || (copy->shared != NULL
                 && atomic_load (&copy->shared->is_copying)));
}

bool
log_copy_is_held (const LogCopy *copy)
{
  return copy->from >= 0
         && ((look (copy) & (POLLIN | POLLHUP)) != POLLHUP
             || log_copy_is_behind (copy));
}

uint64_t
log_copy_n_shared (const LogCopy *copy)
{
  return copy->shared != NULL ? atomic_load (&copy->shared->n_copied) : 0;
}

/* Of a terminal a little more may be there than it says. */
uint64_t
log_copy_n_to_come (const LogCopy *copy)
{
  int n_waiting = 0;

  if (copy->from >= 0 && ioctl (copy->from, FIONREAD, &n_waiting) < 0)
    n_waiting = 0;
  return (uint64_t)n_waiting + TURN_BYTES;
}
