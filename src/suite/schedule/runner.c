#include "config.h"

#include "suite/schedule/runner.h"

#include "base/loop.h"
#include "base/syserror.h"
#include "suite/leave.h"
#include "suite/schedule/runner-state.h"
#include "vm/child/inspect.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEARD (G_IO_IN | G_IO_HUP | G_IO_ERR)

/* --- Life --------------------------------------------------------------------
 */

static Runner *
make_runner (const WorkerShare *share, const RunnerFuncs *funcs, int fd)
{
  Runner *runner
      = (Runner *)g_source_new (&runner_source_funcs, sizeof (Runner));

  runner->share = share;
  runner->funcs = funcs;
  runner->fd = fd;
  runner->in = g_string_new (NULL);
  return runner;
}

static bool
make_channel (int ends[2], GError **error)
{
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends)
      == 0)
    return true;
  syserror_set (error, errno, "cannot make a channel for a worker");
  return false;
}

/* What is paused may be heard by its end only, which is told by SIGCHLD. */
void
runner_pause (Runner *runner, bool is_paused)
{
  if (runner->tag == NULL || runner->is_paused == is_paused
      || g_source_is_destroyed (&runner->source))
    return;
  runner->is_paused = is_paused;
  g_source_modify_unix_fd (&runner->source, runner->tag, is_paused ? 0 : HEARD);
  runner_watch_part (runner, true);
}

void
runner_attach (Runner *runner)
{
  loop_keep_quiet (&runner->source);
  runner->tag = g_source_add_unix_fd (&runner->source, runner->fd, HEARD);
  g_source_attach (&runner->source, g_main_context_get_thread_default ());
}

void
runner_free (Runner *runner)
{
  if (runner == NULL)
    return;
  (void)close (runner->fd);
  (void)g_string_free (runner->in, TRUE);
  g_free (runner->lost);
  g_free (runner->plan_path);
  g_source_destroy (&runner->source);
  g_source_unref (&runner->source);
}

/* --- What it does
 * ----------------------------------------------------------------- */

static Job
take_job (Runner *runner, const RunnerJob *job)
{
  runner->has_begun = false;
  runner->has_ended = false;
  if (runner->test == NULL)
    runner->number = job->number; /* and so its host will know it for good */
  runner->test = job->test;
  runner->slot = job->slot;
  g_free (runner->plan_path);
  runner->plan_path = g_strdup (job->plan_path);
  runner->data = job->data;
  Job order = { .kind = JOB_RUN,
                .runner = job->number,
                .is_layer = job->test->layer != NULL,
                .is_last = job->is_last,
                .unit = job->unit,
                .slot = job->slot };
  if (strlen (job->plan_path) < JOB_PATH_SIZE)
    (void)g_strlcpy (order.plan_path, job->plan_path, JOB_PATH_SIZE);
  return order;
}

/* --- New workers of ours ------------------------------------------------- */

/* In the new process.  Of the scheduler's, only memory is left. */
static int
run_worker (const Runner *runner, const Job *order, int plan_dir, int channel,
            pid_t scheduler)
{
  const WorkerBirth birth
      = { .share = runner->share, .channel = channel, .parent = scheduler };

  (void)close (runner->fd);
  return order == NULL ? worker_run_next (&birth)
                       : worker_run (&birth, order, plan_dir);
}

/* @job NULL: it waits for one. */
static Runner *
fork_runner (const WorkerShare *share, const RunnerFuncs *funcs,
             const RunnerJob *job, GError **error)
{
  const pid_t scheduler = getpid ();
  int ends[2];

  if (!make_channel (ends, error))
    return NULL;

  Runner *runner = make_runner (share, funcs, ends[0]);
  const Job order = job != NULL ? take_job (runner, job) : (Job){ .kind = 0 };
  runner->pid = fork ();
  if (runner->pid == 0)
    leave (run_worker (runner, job != NULL ? &order : NULL,
                       job != NULL ? job->plan_dir : -1, ends[1], scheduler));
  (void)close (ends[1]);
  if (runner->pid > 0)
    return runner;
  syserror_set (error, errno, "cannot start a worker");
  runner_free (runner);
  return NULL;
}

Runner *
runner_park (const WorkerShare *share, const RunnerFuncs *funcs, void *data,
             GError **error)
{
  Runner *runner = fork_runner (share, funcs, NULL, error);

  if (runner != NULL)
    runner->data = data;
  return runner;
}

Runner *
runner_start (const WorkerShare *share, const RunnerFuncs *funcs,
              const RunnerJob *job, GError **error)
{
  return fork_runner (share, funcs, job, error);
}

void
runner_begin (Runner *runner, const RunnerJob *job)
{
  const Job order = take_job (runner, job);
  const JobFds fds = { .plan_dir = job->plan_dir, .channel = -1 };

  (void)job_send (runner->fd, &order, &fds); /* its end tells */
}

Runner *
runner_begin_in (Runner *host, const RunnerJob *job, GError **error)
{
  int ends[2];

  if (!make_channel (ends, error))
    return NULL;

  Runner *runner = make_runner (host->share, host->funcs, ends[0]);
  const Job order = take_job (runner, job);
  const JobFds fds = { .plan_dir = job->plan_dir, .channel = ends[1] };
  runner->host = host;
  (void)job_send (host->fd, &order, &fds); /* so does the host's */
  (void)close (ends[1]);
  runner_attach (runner);
  return runner;
}

const ReportTest *
runner_test (const Runner *runner)
{
  return runner->test;
}

uint32_t
runner_number (const Runner *runner)
{
  return runner->number;
}

void *
runner_data (const Runner *runner)
{
  return runner->data;
}

pid_t
runner_pid (const Runner *runner)
{
  return runner->pid;
}

static void
tell_host (const Runner *host, JobKind kind, uint32_t runner, int number)
{
  const Job job = { .kind = kind, .runner = runner, .number = number };
  (void)job_send (host->fd, &job, NULL); /* without it, nothing is left to do */
}

/* One that ends may stop itself, to be looked at (LeakSanitizer): only one that
 * has been stopped before is woken.  The host looks, for its own. */
static bool
may_be_stopped (const Runner *runner)
{
  return runner->pid == 0 || inspect_is_stopped (runner->pid);
}

void
runner_signal (Runner *runner, int number)
{
  runner->is_interrupted = runner->is_interrupted || number == SIGINT;
  if (runner->is_reaped || (number == SIGCONT && !may_be_stopped (runner)))
    return;
  if (runner->pid > 0)
    (void)kill (runner->pid, number); /* not reaped yet: it is still it */
  else
    tell_host (runner->host, JOB_SIGNAL, runner->number, number);
}

void
runner_give_up (Runner *runner, const char *why)
{
  if (runner->lost == NULL)
    runner->lost = g_strdup (why);
  runner_signal (runner, SIGKILL);
}

void
runner_dismiss (Runner *runner)
{
  (void)shutdown (runner->fd, SHUT_WR); /* or it is gone already */
  runner_signal (runner, SIGCONT);
}

void
runner_tear_down (const Runner *runner, bool keeps_logs)
{
  tell_host (runner, JOB_DOWN, 0, keeps_logs);
}

void
runner_sync (const Runner *runner, uint32_t number)
{
  tell_host (runner, JOB_SYNC, number, 0);
}
