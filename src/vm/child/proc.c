#include "config.h"

#include "vm/child/proc.h"

#include "base/signame.h"
#include "base/syserror.h"
#include "base/units.h"
#include "vm/child/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MICROSECS_PER_SEC 1000000

void
proc_init (Proc *proc, const PlanProcess *plan, unsigned number)
{
  *proc = (Proc){ .plan = plan, .number = number, .pidfd = -1 };
  for (size_t i = 0; i < G_N_ELEMENTS (proc->streams); i++)
    proc->streams[i].fd = -1;
}

void
proc_clear (Proc *proc)
{
  g_clear_pointer (&proc->feed, feed_free);
  g_clear_pointer (&proc->pty, pty_free);
  proc_close_files (proc);
  for (size_t i = 0; i < G_N_ELEMENTS (proc->streams); i++)
    g_clear_pointer (&proc->streams[i].copies, g_ptr_array_unref);
  if (proc->pidfd >= 0)
    (void)close (proc->pidfd);
  proc->pidfd = -1;
}

void
proc_forget_in_child (Proc *proc)
{
  if (proc->feed != NULL)
    feed_forget_in_child (proc->feed);
  if (proc->pty != NULL)
    pty_forget_in_child (proc->pty);
  for (size_t i = 0; i < G_N_ELEMENTS (proc->streams); i++)
    for (guint j = 0; j < proc_n_copies (&proc->streams[i]); j++)
      log_copy_forget_in_child (proc->streams[i].copies->pdata[j]);
}

void
proc_reset (Proc *proc)
{
  const bool needs_logs = proc->needs_logs;
  GPtrArray *copies[2];
  ProcLog logs[2];

  for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++)
    {
      const LogIdentity *identity = proc_log_identity (proc, stream);
      ProcLog *log = &logs[stream == STDERR_FILENO];
      *log = proc->streams[stream == STDERR_FILENO].log;
      if (identity != NULL)
        log->identity = *identity;
      copies[stream == STDERR_FILENO]
          = g_steal_pointer (&proc->streams[stream == STDERR_FILENO].copies);
    }
  g_assert (proc->state != PROC_RUNNING);
  proc_clear (proc);
  proc_init (proc, proc->plan, proc->number);
  proc->needs_logs = needs_logs;
  for (size_t i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      proc->streams[i].log = logs[i];
      proc->streams[i].copies = copies[i];
    }
}

/* --- Start ------------------------------------------------------------ */

/* The child's end of its standard input is given back, to be closed. */
static bool
open_pipe (Proc *proc, Command *command, GError **error)
{
  int ends[2];

  if (pipe2 (ends, O_CLOEXEC) < 0)
    {
      syserror_set (error, errno, "cannot make a pipe for its standard input");
      return false;
    }
  proc->feed = feed_new (ends[1], false);
  command->stdin_fd = ends[0];
  command->spec.stdin_fd = ends[0];
  return true;
}

/* Whoever has a pipe may open it anew, as another user too: not by its path,
 * but through /dev/stderr, it is found by those only that have it. */
#define PIPE_MODE 0622

/* The log is ours, then, and the child gets a pipe in its place. */
static bool
open_log_pipe (Proc *proc, Command *command, int stream, GError **error)
{
  ProcStream *own = &proc->streams[stream == STDERR_FILENO];
  const int log = command_take_log (command, stream);
  int ends[2];

  if (log < 0)
    return true;
  if (pipe2 (ends, O_CLOEXEC) < 0)
    {
      syserror_set (error, errno, "cannot make a pipe for its output");
      (void)close (log);
      return false;
    }
  (void)fcntl (ends[0], F_SETFL, O_NONBLOCK);
  (void)fchmod (ends[1], PIPE_MODE);
  if (own->copies == NULL)
    own->copies
        = g_ptr_array_new_with_free_func ((GDestroyNotify)log_copy_free);
  g_ptr_array_add (own->copies, log_copy_new (ends[0], log, proc->is_shared));
  command_set_log (command, stream, NULL, ends[1]);
  return true;
}

static bool
open_terminal (Proc *proc, Command *command, GError **error)
{
  const PlanContext *context = proc->plan->spawn->context;

  proc->pty = pty_new (context->pty_rows, context->pty_columns,
                       command_take_log (command, STDOUT_FILENO),
                       proc->is_shared, error);
  if (proc->pty == NULL)
    return false;
  command->spec.terminal_fd = pty_slave (proc->pty);

  const int master = pty_dup_master (proc->pty);
  if (master < 0)
    {
      syserror_set (error, errno, "cannot open a terminal");
      return false;
    }
  proc->feed = feed_new (master, true);
  return true;
}

static bool
prepare (Proc *proc, const ProcHost *host, Command *command, GError **error)
{
  const PlanContext *context = proc->plan->spawn->context;
  const bool is_prepared
      = commands_prepare (host->commands, proc->plan->spawn, command, error);

  proc->searched = command->searched;
  if (!is_prepared || !proc_prepare_logs (proc, host->log_dir, command, error))
    return false;
  if (context->pty)
    return open_terminal (proc, command, error);
  if (context->log_pipe
      && (!open_log_pipe (proc, command, STDOUT_FILENO, error)
          || !open_log_pipe (proc, command, STDERR_FILENO, error)))
    return false;
  return context->stdin_kind != PLAN_STDIN_PIPE
         || open_pipe (proc, command, error);
}

static bool
start (Proc *proc, const ProcHost *host, GError **error)
{
  g_auto (Command) command;

  if (!prepare (proc, host, &command, error))
    return false;
  proc->pid
      = launcher_start (host->launcher, &command.spec,
                        g_steal_pointer (&command.strings), &proc->launch);
  if (proc->pid < 0)
    syserror_set (error, errno, "%s", launch_stage_text (LAUNCH_FORK));
  return proc->pid >= 0;
}

bool
proc_start (Proc *proc, const ProcHost *host, GError **error)
{
  g_assert (proc->state == PROC_NEW);
  if (!start (proc, host, error))
    {
      proc_clear (proc);
      return false;
    }
  proc->state = PROC_RUNNING;
  proc->began = g_get_monotonic_time ();
  return true;
}

void
proc_adopt (Proc *proc, pid_t pid, int log_dir)
{
  g_assert (proc->state == PROC_NEW);
  proc->pid = pid;
  proc->state = PROC_RUNNING;
  proc_find_files (proc, log_dir);
}

/* --- Signals ----------------------------------------------------------- */

bool
proc_is_adopted (const Proc *proc)
{
  const Proc *own = proc->origin != NULL ? proc->origin : proc;
  return (own->plan->flags & PLAN_ADOPTED) != 0;
}

bool
proc_opens_files (const Proc *proc)
{
  const Proc *own = proc->origin != NULL ? proc->origin : proc;
  const PlanContext *context
      = own->plan->spawn == NULL ? NULL : own->plan->spawn->context;

  return context != NULL
         && (context->stdin_kind == PLAN_STDIN_FILE
             || context->stdout_path != NULL);
}

static uint64_t
bit_of (int number)
{
  return UINT64_C (1) << (number - 1);
}

/* One that is no child of ours may end at any time, and its id be another's. */
static bool
send_to_one (const Proc *proc, int number)
{
  return proc->pidfd >= 0
             ? syscall (SYS_pidfd_send_signal, proc->pidfd, number, NULL, 0)
                   == 0
             : kill (proc->pid, number) == 0;
}

/* That of a child of ours is its own.  An adopted process may be in any; never
 * in ours, which none of our children stays in. */
static pid_t
group_of (const Proc *proc)
{
  return proc_is_adopted (proc) ? getpgid (proc->pid) : proc->pid;
}

/* A child that has not come to its setsid() yet is all there is of its
 * group. */
static bool
send_to_group (const Proc *proc, int number)
{
  const pid_t group = group_of (proc);

  if (group > 0 && group != getpgrp ())
    {
      if (kill (-group, number) == 0)
        return true;
      if (errno != ESRCH)
        return false;
    }
  return send_to_one (proc, number);
}

bool
proc_signal (Proc *proc, int number, bool to_group)
{
  g_assert (proc->state == PROC_RUNNING);
  proc->plan_signals |= bit_of (number);
  return to_group ? send_to_group (proc, number) : send_to_one (proc, number);
}

/* It may be dead already, or be another user's: the sweep tells.  Nothing says
 * that all of an adopted process's group is to be ended with it. */
static void
send_by_us (Proc *proc, int number)
{
  g_assert (proc->state == PROC_RUNNING);
  proc->is_ended_by_us = true;
  proc->our_signals |= bit_of (number);
  if (proc_is_adopted (proc))
    {
      (void)kill (proc->pid, number);
      return;
    }
  (void)send_to_group (proc, number);
}

void
proc_end_by_us (Proc *proc, int number)
{
  send_by_us (proc, number);
  send_by_us (proc, SIGCONT);
}

bool
proc_hang_up (Proc *proc)
{
  if (proc->pty == NULL)
    return false;

  const pid_t group = pty_foreground (proc->pty);
  if (group > 0 && group != proc->pid)
    {
      (void)kill (-group, SIGHUP); /* as above */
      (void)kill (-group, SIGCONT);
    }
  proc_end_by_us (proc, SIGHUP);
  return true;
}

/* --- The end ------------------------------------------------------------ */

static int64_t
timeval_microsecs (const struct timeval *time)
{
  return (int64_t)time->tv_sec * MICROSECS_PER_SEC + time->tv_usec;
}

void
proc_set_ended (Proc *proc, int wait_status, const struct rusage *usage)
{
  proc->state = PROC_ENDED;
  proc->wait_status = wait_status;
  proc->cpu_microsecs = timeval_microsecs (&usage->ru_utime)
                        + timeval_microsecs (&usage->ru_stime);
  proc->max_rss = (uint64_t)usage->ru_maxrss * 1024;
  g_clear_pointer (&proc->feed, feed_free);
  if (proc->pty != NULL)
    pty_close_slave (proc->pty);
}

/* Signals that a process mostly brings on itself. */
static bool
is_own_fault (int number)
{
  static const int own[]
      = { SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,  SIGABRT,   SIGTRAP, SIGSYS,
          SIGPIPE, SIGALRM, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF };

  for (size_t i = 0; i < G_N_ELEMENTS (own); i++)
    if (own[i] == number)
      return true;
  return false;
}

/* In seconds; UINT64_MAX: none. */
static uint64_t
find_cpu_limit (const Proc *proc, bool *is_of_plan)
{
  const PlanProcess *plan
      = proc->origin != NULL ? proc->origin->plan : proc->plan;
  const PlanContext *context
      = plan == NULL || plan->spawn == NULL ? NULL : plan->spawn->context;
  struct rlimit own;

  *is_of_plan = true;
  for (uint32_t i = 0; context != NULL && i < context->n_limits; i++)
    if (context->limits[i].resource == RLIMIT_CPU)
      return context->limits[i].value;
  *is_of_plan = false;
  return getrlimit (RLIMIT_CPU, &own) == 0 && own.rlim_max != RLIM_INFINITY
             ? own.rlim_max
             : UINT64_MAX;
}

/* The kernel kills at a limit on CPU time, and does not say so.  It counts for
 * that in ticks, and what it tells us is counted otherwise (by a third less, in
 * virtual machines), with children in it: so it is no proof, and is told where
 * it may be the reason. */
static void
append_cpu_limit (const Proc *proc, GString *out)
{
  bool is_of_plan;
  const uint64_t limit = find_cpu_limit (proc, &is_of_plan);
  const int64_t hundredth = MICROSECS_PER_SEC / 100;

  if (limit > INT64_MAX / MICROSECS_PER_SEC
      || proc->cpu_microsecs < (int64_t)limit * MICROSECS_PER_SEC / 2)
    return;
  g_string_append (out, "; it has used ");
  duration_append (out, proc->cpu_microsecs / hundredth * hundredth);
  g_string_append_printf (out, " of CPU, and the kernel kills it at %s%" PRIu64,
                          is_of_plan ? "--limit=cpu=" : "", limit);
  if (!is_of_plan)
    g_string_append (out, "s, a limit that proctor was started with");
}

/* Who has sent a signal that we have not, the kernel tells nobody but the one
 * that it is sent to. */
static void
append_signal (const Proc *proc, int number, GString *out)
{
  char buffer[SIGNAL_NAME_SIZE];
  const char *name = signal_name (number, buffer);
  const bool is_of_plan = (proc->plan_signals & bit_of (number)) != 0;
  const bool is_ours = (proc->our_signals & bit_of (number)) != 0;

  if (proc->is_ended_by_us && (is_ours || is_of_plan))
    g_string_append_printf (out, "was ended by proctor with %s", name);
  else if (is_of_plan)
    g_string_append_printf (out, "was killed by the plan with %s", name);
  else if (number == SIGKILL
           && inspect_was_out_of_memory (proc->pid, proc->began))
    g_string_append (out, "was killed by the kernel: out of memory (SIGKILL)");
  else if (is_own_fault (number))
    g_string_append_printf (out, "died of %s", name);
  else
    {
      g_string_append_printf (out, "died of %s (not sent by %s", name,
                              proc->is_shared ? "the layer" : "proctor");
      if (number == SIGKILL)
        append_cpu_limit (proc, out);
      g_string_append_c (out, ')');
    }
}

void
proc_append_end (const Proc *proc, GString *out)
{
  if (proc->is_end_unknown)
    {
      g_string_append (out, "has ended");
      return;
    }
  if (WIFEXITED (proc->wait_status))
    {
      g_string_append_printf (out, "exited with status %d",
                              WEXITSTATUS (proc->wait_status));
      return;
    }

  append_signal (proc, WTERMSIG (proc->wait_status), out);
  if (WCOREDUMP (proc->wait_status))
    g_string_append (out, ", core dumped");
}
