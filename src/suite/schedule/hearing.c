#include "config.h"

#include "suite/schedule/scheduler.h"

#include "base/signame.h"
#include "base/units.h"
#include "suite/leave.h"
#include "suite/status.h"
#include "vm/child/descendants.h"
#include "vm/child/inspect.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SWEEP_MICROSECS (10 * G_USEC_PER_SEC)

/* What the workers have when there is no guard any more. */
#define LAST_MICROSECS (1 * G_USEC_PER_SEC)

static Work *
find_by_pid (const Scheduler *scheduler, pid_t pid)
{
  for (guint i = 0; i < scheduler->works->len; i++)
    {
      Work *work = scheduler->works->pdata[i];
      if (runner_pid (work->runner) == pid)
        return work;
    }
  return NULL;
}

static bool
is_no_worker (pid_t pid, void *data)
{
  const Work *work = find_by_pid (data, pid);
  return work == NULL || work->is_ended;
}

void
hearing_sweep (Scheduler *scheduler)
{
  if (!descendants_sweep (is_no_worker, scheduler, SWEEP_MICROSECS,
                          scheduler->share.abandoned))
    scheduler->has_trouble = true;
}

/* --- Stop, and go on -------------------------------------------------------
 *
 * Workers stop with all that is below them; when the last has, so do we, and
 * the guard follows.
 */

/* Those that the scheduler has forked: hosts see to theirs. */
static bool
is_own (const Work *work)
{
  return !work->is_parked && work->within == NULL && !work->is_ended;
}

static void
stop (Scheduler *scheduler)
{
  for (guint i = 0; i < scheduler->reports->len; i++)
    report_hide_progress (scheduler->reports->pdata[i]);
  timers_pause (scheduler->timers);
  Stop pause = { .begin = g_get_monotonic_time () };
  (void)raise (SIGSTOP);
  pause.end = g_get_monotonic_time ();
  g_array_append_val (scheduler->stops, pause);
  timers_resume (scheduler->timers);
  for (guint i = 0; i < scheduler->works->len; i++)
    {
      const Work *work = scheduler->works->pdata[i];
      if (work->within == NULL && !work->is_ended)
        runner_signal (work->runner, SIGCONT); /* parked ones too, by now */
    }
  scheduler_go_on (scheduler);
}

static void
begin_to_stop (Scheduler *scheduler)
{
  if (scheduler->n_stopping > 0)
    return;
  for (guint i = 0; i < scheduler->works->len; i++)
    {
      Work *work = scheduler->works->pdata[i];
      if (!is_own (work))
        continue;
      runner_signal (work->runner, SIGTSTP);
      work->is_to_stop = true;
      scheduler->n_stopping++;
    }
  if (scheduler->n_stopping == 0)
    stop (scheduler);
  else
    flowing_look (scheduler);
}

/* One that was to stop has, or has ended before it could. */
static void
count_stopped (Scheduler *scheduler)
{
  if (--scheduler->n_stopping == 0)
    stop (scheduler);
}

/* --- Workers -----------------------------------------------------------------
 */

static void
hear_end (Scheduler *scheduler, pid_t pid, int wait_status)
{
  Work *work = find_by_pid (scheduler, pid);

  if (work == NULL)
    return; /* it fell to us, from a worker that was killed */
  const bool was_to_stop = work->is_to_stop;
  runner_set_ended (work->runner, wait_status);
  if (wait_status != 0)
    hearing_sweep (scheduler);
  if (was_to_stop)
    count_stopped (scheduler);
}

/* What is traced is the tracer's. */
static void
hear_stop (Scheduler *scheduler, pid_t pid, int number)
{
  Work *work = find_by_pid (scheduler, pid);

  if (work == NULL)
    return;
  if (work->is_to_stop)
    {
      work->is_to_stop = false;
      count_stopped (scheduler);
    }
  else if (inspect_is_stopped (pid))
    {
      runner_signal (work->runner, SIGCONT);
      watching_note_stop (work, number);
    }
}

static void
hear_of_workers (Scheduler *scheduler)
{
  int wait_status;
  pid_t pid;

  while ((pid = waitpid (-1, &wait_status, WNOHANG | WUNTRACED)) > 0)
    if (WIFSTOPPED (wait_status))
      hear_stop (scheduler, pid, WSTOPSIG (wait_status));
    else
      hear_end (scheduler, pid, wait_status);
}

/* --- The user's ------------------------------------------------------------
 */

/* Those that run are ended, with their cleanups; layers are torn down when
 * nothing is in them any more.  The second time: at once.  Who has been
 * stopped, by a test perhaps, could not do any of that. */
static void
end_run (Scheduler *scheduler, const char *why, bool is_again)
{
  if (scheduler->ended_by == NULL)
    scheduler->counts.ended_by = scheduler->ended_by = g_strdup (why);
  scheduler->is_stopping = true;
  for (guint i = 0; i < scheduler->works->len; i++)
    {
      const Work *work = scheduler->works->pdata[i];
      const bool is_up
          = work->setup != NULL && work->setup->state != SETUP_RISING;
      if (!work->is_parked && (is_again || !is_up))
        runner_signal (work->runner, is_again ? SIGINT : SIGTERM);
      if (!work->is_parked)
        runner_signal (work->runner, SIGCONT);
    }
  flowing_look (scheduler);
  scheduler_go_on (scheduler);
}

static void
interrupt (Scheduler *scheduler, int number)
{
  const bool is_again = scheduler->interrupted_by != 0 && number == SIGINT;
  char name[SIGNAL_NAME_SIZE];

  if (scheduler->interrupted_by == 0)
    scheduler->interrupted_by = number;
  end_run (scheduler, signal_name (number, name), is_again);
}

/* What cleans up has as long again. */
static void
on_run_limit (void *data)
{
  Scheduler *scheduler = data;
  const int64_t microsecs = scheduler->share.options->run_limit_microsecs;
  const bool is_again = scheduler->is_limit_past;
  g_autoptr (GString) why = g_string_new ("--run-limit=");

  duration_append (why, microsecs);
  /* What has only to be read is over, if somebody reads it. */
  scheduler->is_limit_past |= !scheduler->is_draining;
  end_run (scheduler, why->str, is_again);
  if (!is_again)
    (void)timers_add (scheduler->timers, microsecs, on_run_limit, scheduler);
}

void
hearing_set_run_limit (Scheduler *scheduler)
{
  const int64_t microsecs = scheduler->share.options->run_limit_microsecs;

  if (microsecs > 0)
    (void)timers_add (scheduler->timers, microsecs, on_run_limit, scheduler);
}

static void
await_workers (void)
{
  const int64_t deadline = g_get_monotonic_time () + LAST_MICROSECS;
  const struct timespec round = { .tv_nsec = 20 * 1000 * 1000 };
  sigset_t ends;

  (void)sigemptyset (&ends);
  (void)sigaddset (&ends, SIGCHLD);
  while (waitpid (-1, NULL, WNOHANG) >= 0 && g_get_monotonic_time () < deadline)
    (void)sigtimedwait (&ends, NULL, &round);
}

/* Nobody waits for a report any more.  The workers end their tests at once, as
 * they would have when we had been killed too, and have a moment for their
 * journals. */
static void
stand_in_for_guard (Scheduler *scheduler)
{
  for (guint i = 0; i < scheduler->works->len; i++)
    {
      const Work *work = scheduler->works->pdata[i];
      if (work->is_parked)
        runner_dismiss (work->runner);
      else
        runner_signal (work->runner, SIGINT);
    }
  await_workers ();
  guard_stand_in (scheduler->guard);
  leave (STATUS_TROUBLE);
}

void
hearing_on_signal (const struct signalfd_siginfo *info, void *data)
{
  Scheduler *scheduler = data;

  switch (info->ssi_signo)
    {
    case SIGCHLD:
      hear_of_workers (scheduler);
      break;
    case SIGCONT:
      if (guard_is_gone (scheduler->guard))
        stand_in_for_guard (scheduler);
      watching_note_continued (scheduler);
      break;
    case SIGTSTP: /* nobody else but the guard would go on with us */
      if ((pid_t)info->ssi_pid == guard_pid (scheduler->guard))
        begin_to_stop (scheduler);
      break;
    case SIGUSR1:
      if (!scheduler->is_draining)
        showing_tell_status (scheduler);
      break;
    case SIGQUIT:
      interrupt (scheduler, SIGINT);
      break;
    case SIGINT:
    case SIGTERM:
    case SIGHUP:
      interrupt (scheduler, (int)info->ssi_signo);
      break;
    default:
      break;
    }
}
