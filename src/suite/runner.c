#include "config.h"

#include "suite/runner.h"

#include "base/loop.h"
#include "base/signame.h"
#include "base/syserror.h"
#include "suite/channel.h"
#include "suite/leave.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_BYTES (64 * 1024)

struct Runner
{
  GSource source;
  const WorkerShare *share;
  const RunnerFuncs *funcs;
  const ReportTest *test; /* NULL: it is parked */
  Runner *host;           /* whose worker has forked it; NULL: we have */
  void *data;
  uint32_t number;
  pid_t pid;   /* 0: it is the host's */
  int fd;      /* owned: our end of the channel */
  GString *in; /* owned: what came and is no whole record yet */
  char *lost;  /* owned: why nothing is known of its end; NULL: it is */
  bool is_closed;
  bool has_begun; /* TEST_BEGIN was told */
  bool has_ended; /* TEST_END has come */
  bool is_nonsense;
  bool is_reaped;
  Verdict verdict;
  int wait_status;
};

static void
tell (Runner *runner, const Event *event)
{
  runner->has_begun = runner->has_begun || event->kind == EVENT_TEST_BEGIN;
  if (event->kind != EVENT_TEST_END)
    {
      runner->funcs->on_event (runner, event, runner->data);
      return;
    }
  runner->has_ended = true;
  runner->verdict = (Verdict)event->number;
}

static void
tell_own (Runner *runner, EventKind kind, int32_t number, const char *text)
{
  const Event event = event_of_test (kind, runner->test->test, number, text);
  tell (runner, &event);
}

static char *
describe_loss (const Runner *runner)
{
  const char *what = runner->test->layer != NULL ? "layer" : "test";
  char buffer[SIGNAL_NAME_SIZE];

  if (runner->is_nonsense)
    return g_strdup_printf (
        "the worker of this %s told nonsense, and was ended", what);
  if (runner->lost != NULL)
    return g_strdup (runner->lost);
  if (WIFSIGNALED (runner->wait_status))
    return g_strdup_printf (
        "the worker of this %s was killed with %s", what,
        signal_name (WTERMSIG (runner->wait_status), buffer));
  return g_strdup_printf (
      "the worker of this %s ended with status %d before its %s did", what,
      WEXITSTATUS (runner->wait_status), what);
}

/* In the place of a worker that could not. */
static void
tell_lost (Runner *runner)
{
  g_autofree char *text = describe_loss (runner);

  if (!runner->has_begun)
    tell_own (runner, EVENT_TEST_BEGIN, 0, runner->test->test->name);
  tell_own (runner, EVENT_FAILED, FAILURE_TROUBLE, text);
  tell_own (runner, EVENT_TEST_END, VERDICT_ERROR, "");
}

static void
check_end (Runner *runner)
{
  if (!runner->is_closed || !runner->is_reaped)
    return;
  if (runner->test != NULL && !runner->has_ended)
    tell_lost (runner);
  runner->funcs->on_end (runner, runner->data);
}

static void
end_nonsense (Runner *runner)
{
  if (runner->is_nonsense)
    return;
  runner->is_nonsense = true;
  runner_signal (runner, SIGKILL);
}

static void
take_records (Runner *runner)
{
  size_t offset = 0;
  Event event;
  News news;
  Received received = RECEIVED_NOTHING;

  do
    {
      received = channel_parse (runner->test->plan, runner->test->test,
                                runner->in, &offset, &event,
                                runner->test->layer != NULL ? &news : NULL);
      if (received == RECEIVED_EVENT)
        tell (runner, &event);
      else if (received == RECEIVED_NEWS)
        runner->funcs->on_news (runner, &news, runner->data);
    }
  while (!runner->has_ended
         && (received == RECEIVED_EVENT || received == RECEIVED_NEWS));
  (void)g_string_erase (runner->in, 0, (gssize)offset);
  if (received == RECEIVED_NONSENSE)
    end_nonsense (runner);
}

/* Reads once; false when there is nothing more to read now. */
static bool
read_some (Runner *runner)
{
  const gsize before = runner->in->len;

  g_string_set_size (runner->in, before + READ_BYTES);
  const ssize_t n = read (runner->fd, runner->in->str + before, READ_BYTES);
  g_string_set_size (runner->in, before + (gsize)MAX (n, 0));
  if (n > 0 && runner->test == NULL)
    runner->is_nonsense = true; /* it was asked nothing */
  else if (n > 0 && !runner->is_nonsense)
    take_records (runner);
  runner->is_closed = n == 0;
  return n > 0 || (n < 0 && errno == EINTR);
}

static gboolean
runner_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  Runner *runner = (Runner *)source;
  (void)callback;
  (void)data;

  (void)read_some (runner);
  if (!runner->is_closed)
    return G_SOURCE_CONTINUE;
  check_end (runner);
  return G_SOURCE_REMOVE;
}

static GSourceFuncs runner_funcs = { .dispatch = runner_dispatch };

/* --- Life --------------------------------------------------------------------
 */

static Runner *
make_runner (const WorkerShare *share, const RunnerFuncs *funcs, int fd)
{
  Runner *runner = (Runner *)g_source_new (&runner_funcs, sizeof (Runner));

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

/* In the new process.  Of the scheduler's, only memory is left. */
static int
run_worker (const WorkerShare *share, const int ends[2], pid_t scheduler)
{
  const WorkerBirth birth
      = { .share = share, .channel = ends[1], .parent = scheduler };
  (void)close (ends[0]);
  return worker_run_next (&birth);
}

Runner *
runner_park (const WorkerShare *share, const RunnerFuncs *funcs, void *data,
             GError **error)
{
  const pid_t scheduler = getpid ();
  int ends[2];

  if (!make_channel (ends, error))
    return NULL;

  const pid_t pid = fork ();
  if (pid == 0)
    leave (run_worker (share, ends, scheduler));
  (void)close (ends[1]);
  if (pid < 0)
    {
      syserror_set (error, errno, "cannot start a worker");
      (void)close (ends[0]);
      return NULL;
    }
  Runner *runner = make_runner (share, funcs, ends[0]);
  runner->pid = pid;
  runner->data = data;
  return runner;
}

void
runner_attach (Runner *runner)
{
  loop_keep_quiet (&runner->source);
  (void)g_source_add_unix_fd (&runner->source, runner->fd,
                              G_IO_IN | G_IO_HUP | G_IO_ERR);
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
  g_source_destroy (&runner->source);
  g_source_unref (&runner->source);
}

/* --- What it does
 * ----------------------------------------------------------------- */

static Job
take_job (Runner *runner, const RunnerJob *job)
{
  runner->test = job->test;
  runner->number = job->number;
  runner->data = job->data;
  return (Job){ .kind = JOB_RUN,
                .runner = job->number,
                .is_layer = job->test->layer != NULL,
                .unit = job->unit,
                .slot = job->slot };
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

void
runner_signal (const Runner *runner, int number)
{
  if (runner->is_reaped)
    return;
  if (runner->pid > 0)
    (void)kill (runner->pid, number); /* not reaped yet: it is still it */
  else
    tell_host (runner->host, JOB_SIGNAL, runner->number, number);
}

void
runner_tear_down (const Runner *runner)
{
  tell_host (runner, JOB_DOWN, 0, 0);
}

void
runner_sync (const Runner *runner, uint32_t number)
{
  tell_host (runner, JOB_SYNC, number, 0);
}

/* --- Its end
 * -------------------------------------------------------------------- */

static void
be_reaped (Runner *runner)
{
  runner->is_reaped = true;

  /* It says no more.  A child of its that has not come to its exec may still
   * hold the other end: an end of file may not come for long. */
  while (!runner->is_closed && read_some (runner))
    ;
  runner->is_closed = true;
  g_source_destroy (&runner->source);
  check_end (runner);
}

void
runner_set_ended (Runner *runner, int wait_status)
{
  runner->wait_status = wait_status;
  be_reaped (runner);
}

void
runner_set_lost (Runner *runner, const char *reason)
{
  runner->lost = g_strdup (reason);
  be_reaped (runner);
}

Verdict
runner_verdict (const Runner *runner)
{
  return runner->verdict;
}
