#include "config.h"

#include "suite/guard.h"

#include "base/signame.h"
#include "base/syserror.h"
#include "suite/keys.h"
#include "suite/leave.h"
#include "suite/status.h"
#include "suite/terminal.h"
#include "vm/child/descendants.h"
#include "vm/child/inspect.h"
#include "vm/signals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MICROSECS (2 * G_USEC_PER_SEC)
#define SWEEP_MICROSECS    (10 * G_USEC_PER_SEC)

struct Guard
{
  const GuardJob *job;
  pid_t pid;
  pid_t scheduler;
  int wait_status;
  int interrupted_by;    /* the first signal that is to end the run; 0: none */
  unsigned n_interrupts; /* SIGINTs */
  bool is_stopping;      /* the scheduler was told to stop */
  bool is_typed;         /* by ^Z, not by a process */
  int64_t deadline;      /* when the scheduler is killed; 0: never */
  GArray *inherited;     /* of pid_t, owned: children that are not ours */
  Abandoned *abandoned;  /* owned */
  sigset_t heard;
  int stdin_fd; /* owned: what was standard input */
  Terminal terminal;
  Keys keys;
};

/* --- At the begin
 * ------------------------------------------------------------- */

static void
close_on_exec (void)
{
  if (close_range (STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
    return;

  /* Before Linux 5.11. */
  DIR *open_now = opendir ("/proc/self/fd");
  if (open_now == NULL)
    return;
  for (struct dirent *entry; (entry = readdir (open_now)) != NULL;)
    {
      const int fd = (int)strtol (entry->d_name, NULL, 10);
      if (fd > STDERR_FILENO)
        (void)fcntl (fd, F_SETFD, FD_CLOEXEC);
    }
  (void)closedir (open_now);
}

/* No descriptor of our parent's gets to the children but 0, which they have
 * as /dev/null unless a plan asks for it. */
static int
keep_descriptors (void)
{
  close_on_exec ();

  const int inherited_stdin
      = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int null = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null >= 0)
    {
      (void)dup2 (null, STDIN_FILENO);
      (void)close (null);
    }
  return inherited_stdin;
}

static void
note_inherited (Guard *guard)
{
  siginfo_t info;

  guard->inherited = g_array_new (FALSE, FALSE, sizeof (pid_t));
  if (waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
    inspect_append_children (getpid (), guard->inherited);
}

/* Signals that our parent ignores for us (nohup, a shell's background) stay
 * ignored. */
static void
choose_signals (Guard *guard)
{
  static const int others[] = { SIGCHLD, SIGCONT, SIGUSR1, 0 };

  (void)sigemptyset (&guard->heard);
  for (const int *number = others; *number != 0; number++)
    (void)sigaddset (&guard->heard, *number);
  for (const int *number = signals_of_user; *number != 0; number++)
    {
      struct sigaction action;
      if (sigaction (*number, NULL, &action) == 0
          && action.sa_handler != SIG_IGN)
        (void)sigaddset (&guard->heard, *number);
    }
}

static void
ignore_unheard (const Guard *guard)
{
  for (const int *number = signals_of_user; *number != 0; number++)
    if (sigismember (&guard->heard, *number) == 0)
      (void)sigaction (*number, &(struct sigaction){ .sa_handler = SIG_IGN },
                       NULL);
}

/* --- While it runs
 * -------------------------------------------------------------- */

/* --- The terminal ---------------------------------------------------------
 */

static void
begin_keys (Guard *guard)
{
  if (guard->job->takes_keys)
    keys_begin (&guard->keys, &guard->terminal);
}

/* We go on, or were put into the foreground: a shell says both so. */
static void
resume (Guard *guard)
{
  if (guard->keys.reader == 0 && terminal_resume (&guard->terminal))
    begin_keys (guard);
}

/* --- The scheduler's life ------------------------------------------------- */

/* As any program does at ^Z: where there is no shell that would let us go on
 * (the group is orphaned: ssh -t, script -c), nothing happens. */
static void
stop_if_somebody_waits (void)
{
  sigset_t set;

  (void)sigemptyset (&set);
  (void)sigaddset (&set, SIGTSTP);
  (void)raise (SIGTSTP);
  (void)sigprocmask (SIG_UNBLOCK, &set, NULL);
  (void)sigprocmask (SIG_BLOCK, &set, NULL);
}

/* The scheduler has stopped, with all below it: so do we, until the shell lets
 * us go on. */
static void
stop_with_scheduler (Guard *guard)
{
  guard->is_stopping = false;
  keys_end (&guard->keys);
  terminal_pause (&guard->terminal);
  if (guard->is_typed)
    stop_if_somebody_waits ();
  else
    (void)raise (SIGSTOP);
  resume (guard);
  (void)kill (guard->scheduler, SIGCONT);
}

/* True when the scheduler has ended. */
static bool
hear_of_scheduler (Guard *guard)
{
  int wait_status;
  const pid_t pid
      = waitpid (guard->scheduler, &wait_status, WNOHANG | WUNTRACED);

  if (pid != guard->scheduler)
    return false;
  if (!WIFSTOPPED (wait_status))
    {
      guard->wait_status = wait_status;
      return true;
    }
  if (guard->is_stopping)
    stop_with_scheduler (guard);
  else
    (void)kill (guard->scheduler, SIGCONT); /* it was somebody else */
  return false;
}

/* The next signal; -1 when the patience after a second SIGINT is over. */
static int
hear (const Guard *guard, siginfo_t *info)
{
  int number;

  do
    {
      const int64_t left = guard->deadline - g_get_monotonic_time ();
      const struct timespec limit
          = { .tv_sec = MAX (left, 0) / G_USEC_PER_SEC,
              .tv_nsec = MAX (left, 0) % G_USEC_PER_SEC * 1000 };
      number = guard->deadline == 0
                   ? sigwaitinfo (&guard->heard, info)
                   : sigtimedwait (&guard->heard, info, &limit);
    }
  while (number < 0 && errno == EINTR);
  return number;
}

/* A second SIGINT means at once: whatever keeps the scheduler then is not
 * waited for. */
static void
note_interrupt (Guard *guard, int number)
{
  if (number == SIGQUIT)
    number = SIGINT;
  if (guard->interrupted_by == 0)
    guard->interrupted_by = number;
  guard->n_interrupts += number == SIGINT;
  if (guard->n_interrupts == 2 && guard->deadline == 0)
    guard->deadline = g_get_monotonic_time () + PATIENCE_MICROSECS;
}

static void
pass_on (Guard *guard, int number, const siginfo_t *info)
{
  if (number == SIGTSTP)
    {
      guard->is_stopping = true;
      guard->is_typed = info->si_code == SI_KERNEL;
    }
  else if (number != SIGUSR1)
    note_interrupt (guard, number);
  (void)kill (guard->scheduler, number);
}

static void
wait_for_scheduler (Guard *guard)
{
  siginfo_t info;

  for (;;)
    {
      const int number = hear (guard, &info);
      if (number < 0)
        (void)kill (guard->scheduler, SIGKILL);
      else if (number == SIGCONT)
        resume (guard);
      else if (number != SIGCHLD)
        pass_on (guard, number, &info);
      else if (hear_of_scheduler (guard))
        return;
    }
}

/* --- At the end
 * -------------------------------------------------------------------- */

static bool
is_ours (pid_t pid, void *data)
{
  const Guard *guard = data;

  for (guint i = 0; i < guard->inherited->len; i++)
    if (g_array_index (guard->inherited, pid_t, i) == pid)
      return false;
  return true;
}

/* Unless nobody reads it. */
static void
say (const char *format, const char *what)
{
  struct pollfd stderr_fd = { .fd = STDERR_FILENO, .events = POLLOUT };
  g_autofree char *text = g_strdup_printf (format, what);

  if (poll (&stderr_fd, 1, 0) > 0)
    (void)!write (STDERR_FILENO, text, strlen (text));
}

/* Those that came when the scheduler had nothing more to do. */
static void
note_late_interrupts (Guard *guard)
{
  static const int numbers[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, 0 };
  sigset_t set;
  int number;

  (void)sigemptyset (&set);
  for (const int *at = numbers; *at != 0; at++)
    if (sigismember (&guard->heard, *at) == 1)
      (void)sigaddset (&set, *at);
  while ((number = sigtimedwait (&set, NULL, &(struct timespec){ 0 })) > 0)
    note_interrupt (guard, number);
}

/* The signal goes before all else: who has sent it waits for nothing but that
 * we end by it. */
static int
find_status (Guard *guard, bool is_swept)
{
  note_late_interrupts (guard);
  if (guard->interrupted_by != 0)
    return STATUS_SIGNAL + guard->interrupted_by;
  if (!is_swept || !WIFEXITED (guard->wait_status))
    return STATUS_TROUBLE;
  return WEXITSTATUS (guard->wait_status);
}

static int
end_all (Guard *guard)
{
  char buffer[SIGNAL_NAME_SIZE];
  const bool is_swept
      = descendants_sweep (is_ours, guard, SWEEP_MICROSECS, guard->abandoned);

  if (!is_swept)
    say ("proctor: some processes could not be ended%s\n", "");
  else if (!WIFEXITED (guard->wait_status) && guard->n_interrupts < 2)
    say ("proctor: the scheduler was killed with %s; all that it had started "
         "was ended\n",
         signal_name (WTERMSIG (guard->wait_status), buffer));
  return find_status (guard, is_swept);
}

/* Whether what tests leave behind can be found at all. */
static bool
can_see_processes (pid_t guard_pid)
{
  const char *why = inspect_find_blindness (guard_pid);

  if (why == NULL)
    return true;
  say ("proctor: error: what the tests start could not be found again: %s\n",
       why);
  say ("proctor: note: %s\n",
       "no test is run; \"mount -t proc proc /proc\" helps, or, with "
       "unshare(1), its option --mount-proc");
  return false;
}

/* Not SIGKILL, when its guard dies: it stands in for it. */
static int
run_scheduler (const Guard *guard)
{
  (void)setpgid (0, 0);
  (void)prctl (PR_SET_NAME, "proctor-sched");
  /* Its workers outlive it by as much as they need to end their tests. */
  if (prctl (PR_SET_CHILD_SUBREAPER, 1) < 0
      || prctl (PR_SET_PDEATHSIG, SIGCONT) < 0 || guard_is_gone (guard)
      || !can_see_processes (guard->pid))
    return STATUS_TROUBLE;
  return guard->job->scheduler (guard->job->data, guard);
}

static void
guard_init (Guard *guard, const GuardJob *job)
{
  *guard = (Guard){ .job = job,
                    .pid = getpid (),
                    .scheduler = -1,
                    .abandoned = abandoned_new (),
                    .keys = { .alive_fd = -1 } };
  terminal_init (&guard->terminal);
  note_inherited (guard);
  choose_signals (guard);
  signals_reset ();
  ignore_unheard (guard);
  (void)sigprocmask (SIG_SETMASK, &guard->heard, NULL);
  guard->stdin_fd = keep_descriptors ();
}

static void
guard_clear (Guard *guard)
{
  terminal_clear (&guard->terminal);
  g_array_unref (guard->inherited);
  abandoned_free (guard->abandoned);
  if (guard->stdin_fd >= 0)
    (void)close (guard->stdin_fd);
}

/* Nothing runs yet that could be kept waiting. */
static pid_t
fork_patiently (void)
{
  const int64_t until = g_get_monotonic_time () + SYSERROR_PATIENCE_MICROSECS;
  const struct timespec pause = { .tv_nsec = SYSERROR_AGAIN_MICROSECS * 1000 };
  sigset_t none;
  pid_t pid;

  (void)sigemptyset (&none);
  while ((pid = fork ()) < 0 && (errno == EAGAIN || errno == ENOMEM)
         && g_get_monotonic_time () < until)
    (void)sigtimedwait (&none, NULL, &pause);
  return pid;
}

static int
run (Guard *guard)
{
  if (prctl (PR_SET_CHILD_SUBREAPER, 1) == 0)
    guard->scheduler = fork_patiently ();
  if (guard->scheduler == 0)
    leave (run_scheduler (guard));
  if (guard->scheduler < 0)
    {
      say ("proctor: cannot start the scheduler: %s\n", g_strerror (errno));
      return STATUS_TROUBLE;
    }

  begin_keys (guard);
  wait_for_scheduler (guard);
  keys_end (&guard->keys);
  const int status = end_all (guard);
  guard->job->after (guard->job->data);
  terminal_give_back (&guard->terminal);
  return status;
}

int
guard_run (const GuardJob *job)
{
  Guard guard;

  guard_init (&guard, job);
  const int status = run (&guard);
  guard_clear (&guard);
  return status;
}

/* --- In the scheduler ------------------------------------------------------
 */

int
guard_stdin (const Guard *guard)
{
  return guard->stdin_fd;
}

Abandoned *
guard_abandoned (const Guard *guard)
{
  return guard->abandoned;
}

pid_t
guard_pid (const Guard *guard)
{
  return guard->pid;
}

bool
guard_is_gone (const Guard *guard)
{
  return getppid () != guard->pid;
}

void
guard_wake (const Guard *guard)
{
  if (!guard_is_gone (guard) && inspect_is_stopped (guard->pid))
    (void)kill (guard->pid, SIGCONT);
}

void
guard_stand_in (const Guard *guard)
{
  terminal_give_back (&guard->terminal);
  /* There is nobody to tell. */
  (void)descendants_sweep (NULL, NULL, SWEEP_MICROSECS, guard->abandoned);
  guard->job->after (guard->job->data);
}
