#include "config.h"

#include "suite/guard.h"

#include "base/signame.h"
#include "suite/keys.h"
#include "suite/leave.h"
#include "suite/status.h"
#include "vm/child/descendants.h"
#include "vm/child/inspect.h"
#include "vm/signals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MICROSECS (2 * G_USEC_PER_SEC)
#define SWEEP_MICROSECS    (10 * G_USEC_PER_SEC)

typedef struct
{
  pid_t scheduler;
  int wait_status;
  unsigned n_interrupts; /* SIGINTs */
  int64_t deadline;      /* when the scheduler is killed; 0: never */
  GArray *inherited;     /* of pid_t, owned: children that are not ours */
  Abandoned *abandoned;  /* owned */
  sigset_t heard;
  struct termios terminal;
  int terminal_fd; /* -1: there is none */
  Keys keys;
} Guard;

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
keep_terminal (Guard *guard)
{
  guard->terminal_fd = -1;
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (tcgetattr (fd, &guard->terminal) == 0)
      {
        guard->terminal_fd = fcntl (fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        return;
      }
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
  static const int passed_on[]
      = { SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGUSR1, 0 };

  (void)sigemptyset (&guard->heard);
  (void)sigaddset (&guard->heard, SIGCHLD);
  for (const int *number = passed_on; *number != 0; number++)
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
  static const int may_be_ignored[] = { SIGINT, SIGHUP, SIGTERM, SIGTSTP, 0 };

  for (const int *number = may_be_ignored; *number != 0; number++)
    if (sigismember (&guard->heard, *number) == 0)
      (void)sigaction (*number, &(struct sigaction){ .sa_handler = SIG_IGN },
                       NULL);
}

/* --- While it runs
 * -------------------------------------------------------------- */

/* The scheduler has stopped, with all below it: so do we, until the shell lets
 * us go on. */
static void
stop_with_scheduler (Guard *guard)
{
  keys_pause (&guard->keys);
  (void)raise (SIGSTOP);
  keys_resume (&guard->keys);
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
  if (WIFSTOPPED (wait_status))
    {
      stop_with_scheduler (guard);
      return false;
    }
  guard->wait_status = wait_status;
  return true;
}

/* The next signal; -1 when the patience after a second SIGINT is over. */
static int
hear (const Guard *guard)
{
  int number;

  do
    {
      const int64_t left = guard->deadline - g_get_monotonic_time ();
      const struct timespec limit
          = { .tv_sec = MAX (left, 0) / G_USEC_PER_SEC,
              .tv_nsec = MAX (left, 0) % G_USEC_PER_SEC * 1000 };
      number = guard->deadline == 0
                   ? sigwaitinfo (&guard->heard, NULL)
                   : sigtimedwait (&guard->heard, NULL, &limit);
    }
  while (number < 0 && errno == EINTR);
  return number;
}

/* A second SIGINT means at once: whatever keeps the scheduler then, an output
 * that nobody reads perhaps, is not waited for. */
static void
wait_for_scheduler (Guard *guard)
{
  for (;;)
    {
      const int number = hear (guard);
      if (number == SIGCHLD && hear_of_scheduler (guard))
        return;
      guard->n_interrupts += number == SIGINT;
      if (guard->n_interrupts == 2 && guard->deadline == 0)
        guard->deadline = g_get_monotonic_time () + PATIENCE_MICROSECS;
      if (number < 0)
        (void)kill (guard->scheduler, SIGKILL);
      else if (number != SIGCHLD)
        (void)kill (guard->scheduler, number);
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

static void
restore_terminal (const Guard *guard)
{
  struct termios now;

  /* In the background it is somebody else's. */
  if (guard->terminal_fd >= 0 && tcgetpgrp (guard->terminal_fd) == getpgrp ()
      && tcgetattr (guard->terminal_fd, &now) == 0
      && memcmp (&now, &guard->terminal, sizeof now) != 0)
    (void)tcsetattr (guard->terminal_fd, TCSADRAIN, &guard->terminal);
}

static void
say (const char *format, const char *what)
{
  g_autofree char *text = g_strdup_printf (format, what);
  (void)!write (STDERR_FILENO, text, strlen (text));
}

static int
end_all (Guard *guard)
{
  char buffer[SIGNAL_NAME_SIZE];

  if (!descendants_sweep (is_ours, guard, SWEEP_MICROSECS, guard->abandoned))
    {
      say ("proctor: some processes could not be ended%s\n", "");
      return STATUS_TROUBLE;
    }
  if (WIFEXITED (guard->wait_status))
    return WEXITSTATUS (guard->wait_status);
  if (guard->n_interrupts >= 2)
    return STATUS_SIGNAL + SIGINT;
  say ("proctor: the scheduler was killed with %s; all that it had started "
       "was ended\n",
       signal_name (WTERMSIG (guard->wait_status), buffer));
  return STATUS_TROUBLE;
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

static int
run_scheduler (const Guard *guard, pid_t guard_pid, const GuardJob *job,
               int inherited_stdin)
{
  g_array_unref (guard->inherited);
  (void)setpgid (0, 0);
  (void)prctl (PR_SET_NAME, "proctor-sched");
  /* Its workers outlive it by as much as they need to end their tests. */
  if (prctl (PR_SET_CHILD_SUBREAPER, 1) < 0
      || prctl (PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid () != guard_pid
      || !can_see_processes (guard_pid))
    return STATUS_TROUBLE;
  return job->scheduler (job->data, inherited_stdin, guard->abandoned);
}

static void
guard_clear (Guard *guard)
{
  g_array_unref (guard->inherited);
  abandoned_free (guard->abandoned);
}

int
guard_run (const GuardJob *job)
{
  Guard guard = { .scheduler = -1, .abandoned = abandoned_new () };
  const pid_t guard_pid = getpid ();

  keep_terminal (&guard);
  note_inherited (&guard);
  choose_signals (&guard);
  signals_reset ();
  ignore_unheard (&guard);
  (void)sigprocmask (SIG_SETMASK, &guard.heard, NULL);
  const int inherited_stdin = keep_descriptors ();

  if (prctl (PR_SET_CHILD_SUBREAPER, 1) == 0)
    guard.scheduler = fork ();
  if (guard.scheduler == 0)
    leave (run_scheduler (&guard, guard_pid, job, inherited_stdin));
  if (guard.scheduler < 0)
    {
      say ("proctor: cannot start the scheduler: %s\n", g_strerror (errno));
      guard_clear (&guard);
      return STATUS_TROUBLE;
    }

  if (job->takes_keys)
    keys_begin (&guard.keys, guard.terminal_fd, &guard.terminal);
  wait_for_scheduler (&guard);
  keys_end (&guard.keys);
  const int status = end_all (&guard);
  job->after (job->data);
  restore_terminal (&guard);
  guard_clear (&guard);
  return status;
}
