#include "config.h"

#include "vm/child/proc.h"

#include "vm/child/inspect.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* So long one that was killed may take to die. */
#define KILL_MILLISECS 1000

/* Whether the id is still that of a child of the parent that it had. */
static bool
is_alive (const Proc *proc)
{
  InspectStat stat;

  return inspect_stat (proc->pid, &stat) && stat.parent == proc->parent
         && !inspect_is_dead (&stat);
}

static void
set_gone (Proc *proc)
{
  proc->state = PROC_ENDED;
  proc->is_end_unknown = true;
}

void
proc_look_for_end (Proc *proc)
{
  struct pollfd end = { .fd = proc->pidfd, .events = POLLIN };

  if (proc->origin == NULL || proc->state != PROC_RUNNING)
    return;
  if (proc->pidfd >= 0 ? poll (&end, 1, 0) > 0 : !is_alive (proc))
    set_gone (proc);
}

void
proc_await_kill (const Proc *proc)
{
  struct pollfd end = { .fd = proc->pidfd, .events = POLLIN };

  if (proc->origin != NULL && proc->state == PROC_RUNNING && proc->pidfd >= 0
      && (proc->plan_signals & (UINT64_C (1) << (SIGKILL - 1))) != 0)
    (void)poll (&end, 1, KILL_MILLISECS); /* one that is stuck tells later */
}

static int64_t
log_size (const Proc *proc, int stream, int log_dir)
{
  const int file = proc->streams[stream == STDERR_FILENO].fd;
  struct stat status = { 0 };

  if (file >= 0)
    return fstat (file, &status) == 0 ? status.st_size : 0;
  g_autofree char *name = proc_log_name (proc, stream);
  return name != NULL
                 && fstatat (log_dir, name, &status, AT_SYMLINK_NOFOLLOW) == 0
             ? status.st_size
             : 0;
}

static void
import_stream (Proc *proc, int stream, int log_dir)
{
  const unsigned slot = stream == STDERR_FILENO;
  ProcStream *own = &proc->streams[slot];
  const ProcStream *theirs = &proc->origin->streams[slot];
  const LogIdentity *identity = proc_log_identity (proc->origin, stream);

  *own = *theirs;
  own->target = g_strdup (theirs->target);
  own->copies = NULL; /* it is there that they are read */
  if (theirs->fd >= 0)
    own->fd = fcntl (theirs->fd, F_DUPFD_CLOEXEC, 0);
  proc->log_begin[slot] = proc->origin->log_begin[slot];
  proc->tail_begin[slot] = log_size (proc, stream, log_dir);
  own->log = (ProcLog){ .n_seen = (uint64_t)proc->tail_begin[slot] };
  if (identity != NULL)
    own->log.identity = *identity;
}

void
proc_import (Proc *proc, const Proc *origin, pid_t parent, int log_dir)
{
  g_assert (proc->state == PROC_NEW && origin->origin == NULL);
  proc->origin = origin;
  proc->parent = parent;
  proc->state = origin->state;
  proc->pid = origin->pid;
  proc->wait_status = origin->wait_status;
  proc->searched = origin->searched;
  proc->launch = origin->launch;
  proc->cpu_microsecs = origin->cpu_microsecs;
  proc->max_rss = origin->max_rss;
  proc->plan_signals = origin->plan_signals;
  proc->is_judged = true; /* there */
  import_stream (proc, STDOUT_FILENO, log_dir);
  import_stream (proc, STDERR_FILENO, log_dir);
  if (proc->state != PROC_RUNNING)
    return;

  /* First the one, then the look: so it cannot be of another. */
  proc->pidfd = (int)syscall (SYS_pidfd_open, proc->pid, 0);
  if (!is_alive (proc))
    set_gone (proc);
}
