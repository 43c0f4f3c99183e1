#include "config.h"

#include "vm/proc.h"

#include "base/signame.h"
#include "base/syserror.h"
#include "vm/inspect.h"
#include "vm/logs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define MICROSECS_PER_SEC 1000000

void
proc_init (Proc *proc, const PlanProcess *plan, unsigned number)
{
  *proc = (Proc){ .plan = plan, .number = number, .stdin_pipe = -1 };
}

void
proc_clear (Proc *proc)
{
  if (proc->stdin_pipe >= 0)
    (void)close (proc->stdin_pipe);
  proc->stdin_pipe = -1;
  g_clear_pointer (&proc->pty, pty_free);
}

/* --- Start ------------------------------------------------------------ */

char *
proc_log_name (const Proc *proc, int stream)
{
  const PlanContext *context = proc->plan->spawn->context;

  if (stream == STDERR_FILENO && (context->merge || context->pty))
    return NULL;
  if (stream == STDOUT_FILENO && context->stdout_path != NULL && !context->pty)
    return NULL;
  return logs_file_name (proc->plan->name, proc->number, stream);
}

uint64_t
proc_log_inode (const Proc *proc, int stream)
{
  if (proc->pty != NULL && stream == STDOUT_FILENO)
    return pty_log_inode (proc->pty);
  return stream == STDERR_FILENO ? proc->launch.stderr_inode
                                 : proc->launch.stdout_inode;
}

static void
name_logs (const Proc *proc, Command *command)
{
  char *stdout_log = proc_log_name (proc, STDOUT_FILENO);
  char *stderr_log = proc_log_name (proc, STDERR_FILENO);

  g_ptr_array_add (command->strings, stdout_log);
  g_ptr_array_add (command->strings, stderr_log);
  command->spec.stdout_log = stdout_log;
  command->spec.stderr_log = stderr_log;
}

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
  proc->stdin_pipe = ends[1];
  command->stdin_fd = ends[0];
  command->spec.stdin_fd = ends[0];
  return true;
}

static bool
open_terminal (Proc *proc, const ProcHost *host, Command *command,
               GError **error)
{
  const PlanContext *context = proc->plan->spawn->context;

  proc->pty = pty_new (context->pty_rows, context->pty_columns, host->log_dir,
                       command->spec.stdout_log, error);
  if (proc->pty == NULL)
    return false;
  command->spec.terminal_fd = pty_slave (proc->pty);
  return true;
}

bool
proc_start (Proc *proc, const ProcHost *host, GError **error)
{
  const PlanContext *context = proc->plan->spawn->context;
  g_auto (Command) command;

  const bool is_prepared
      = commands_prepare (host->commands, proc->plan->spawn, &command, error);
  proc->searched = command.searched;
  if (!is_prepared)
    return false;
  name_logs (proc, &command);
  if (context->stdin_kind == PLAN_STDIN_PIPE
      && !open_pipe (proc, &command, error))
    return false;
  if (context->pty && !open_terminal (proc, host, &command, error))
    return false;

  proc->pid
      = launcher_start (host->launcher, &command.spec,
                        g_steal_pointer (&command.strings), &proc->launch);
  if (proc->pid < 0)
    {
      syserror_set (error, errno, "%s", launch_stage_text (LAUNCH_FORK));
      return false;
    }
  proc->state = PROC_RUNNING;
  if (proc->pty != NULL)
    pty_close_slave (proc->pty);
  return true;
}

/* --- Signals ----------------------------------------------------------- */

/* A child that has not come to its setsid() yet is all there is of its
 * group. */
static bool
send_to_group (const Proc *proc, int number)
{
  if (kill (-proc->pid, number) == 0)
    return true;
  return errno == ESRCH && kill (proc->pid, number) == 0;
}

bool
proc_signal (Proc *proc, int number, bool to_group)
{
  g_assert (proc->state == PROC_RUNNING);
  proc->plan_signals |= UINT64_C (1) << (number - 1);
  return to_group ? send_to_group (proc, number)
                  : kill (proc->pid, number) == 0;
}

void
proc_end_by_us (Proc *proc, int number)
{
  g_assert (proc->state == PROC_RUNNING);
  proc->is_ended_by_us = true;
  /* It may be dead already, or be another user's: the sweep tells. */
  (void)send_to_group (proc, number);
  (void)send_to_group (proc, SIGCONT);
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
  if (proc->stdin_pipe >= 0)
    (void)close (proc->stdin_pipe);
  proc->stdin_pipe = -1;
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

void
proc_append_end (const Proc *proc, GString *out)
{
  char buffer[SIGNAL_NAME_SIZE];

  if (WIFEXITED (proc->wait_status))
    {
      g_string_append_printf (out, "exited with status %d",
                              WEXITSTATUS (proc->wait_status));
      return;
    }

  const int number = WTERMSIG (proc->wait_status);
  const char *name = signal_name (number, buffer);
  if (proc->is_ended_by_us)
    g_string_append_printf (out, "was ended by proctor with %s", name);
  else if ((proc->plan_signals & (UINT64_C (1) << (number - 1))) != 0)
    g_string_append_printf (out, "was killed by the plan with %s", name);
  else if (number == SIGKILL && inspect_was_out_of_memory (proc->pid))
    g_string_append (out, "was killed by the kernel: out of memory (SIGKILL)");
  else if (is_own_fault (number))
    g_string_append_printf (out, "died of %s", name);
  else
    g_string_append_printf (out, "was killed by a stranger with %s", name);
  if (WCOREDUMP (proc->wait_status))
    g_string_append (out, ", core dumped");
}
