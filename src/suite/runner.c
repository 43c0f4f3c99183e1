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
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_BYTES (64 * 1024)

struct Runner
{
  GSource source;
  const ReportTest *test;
  const RunnerFuncs *funcs;
  void *data;
  pid_t pid;
  int fd;             /* owned: our end of the channel */
  uint32_t *progress; /* owned: shared with the worker */
  int64_t began;
  GString *in; /* owned: what came and is no whole record yet */
  bool is_closed;
  bool has_begun; /* TEST_BEGIN was told */
  bool has_ended; /* TEST_END was told */
  bool is_nonsense;
  bool is_reaped;
  int wait_status;
};

static void
tell (Runner *runner, const Event *event)
{
  runner->has_begun = runner->has_begun || event->kind == EVENT_TEST_BEGIN;
  runner->has_ended = runner->has_ended || event->kind == EVENT_TEST_END;
  runner->funcs->on_event (runner, event, runner->data);
}

static void
tell_own (Runner *runner, EventKind kind, int32_t number, const char *text)
{
  const Event event = event_of_test (kind, runner->test->test, number, text);
  tell (runner, &event);
}

/* In the place of a worker that could not. */
static void
tell_lost (Runner *runner)
{
  char buffer[SIGNAL_NAME_SIZE];
  g_autoptr (GString) text = g_string_new ("the worker of this test ");

  if (runner->is_nonsense)
    g_string_append (text, "told nonsense, and was ended");
  else if (WIFSIGNALED (runner->wait_status))
    g_string_append_printf (
        text, "was killed with %s",
        signal_name (WTERMSIG (runner->wait_status), buffer));
  else
    g_string_append_printf (text, "ended with status %d before its test did",
                            WEXITSTATUS (runner->wait_status));

  if (!runner->has_begun)
    tell_own (runner, EVENT_TEST_BEGIN, 0, runner->test->test->name);
  tell_own (runner, EVENT_FAILED, FAILURE_TROUBLE, text->str);
  tell_own (runner, EVENT_TEST_END, VERDICT_ERROR, "");
}

static void
check_end (Runner *runner)
{
  if (!runner->is_closed || !runner->is_reaped)
    return;
  if (!runner->has_ended)
    tell_lost (runner);
  runner->funcs->on_end (runner, runner->data);
}

static void
take_records (Runner *runner)
{
  size_t offset = 0;
  Event event;
  Received received = RECEIVED_NOTHING;

  while (!runner->has_ended
         && (received = channel_parse (runner->test->plan, runner->test->test,
                                       runner->in, &offset, &event))
                == RECEIVED_EVENT)
    tell (runner, &event);
  (void)g_string_erase (runner->in, 0, (gssize)offset);
  if (received == RECEIVED_NONSENSE && !runner->is_nonsense)
    {
      runner->is_nonsense = true;
      (void)kill (runner->pid, SIGKILL); /* not reaped yet: it is still it */
    }
}

/* Reads once; false when there is nothing more to read now. */
static bool
read_some (Runner *runner)
{
  const gsize before = runner->in->len;

  g_string_set_size (runner->in, before + READ_BYTES);
  const ssize_t n = read (runner->fd, runner->in->str + before, READ_BYTES);
  g_string_set_size (runner->in, before + (gsize)MAX (n, 0));
  if (n > 0 && !runner->is_nonsense)
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

/* In the new process.  Of the scheduler's, only memory is left. */
static int
run_worker (const Runner *runner, const WorkerShare *share, int channel,
            pid_t scheduler)
{
  const WorkerJob job = { .test = runner->test,
                          .share = share,
                          .channel = channel,
                          .progress = runner->progress,
                          .scheduler = scheduler };
  (void)close (runner->fd);
  return worker_run (&job);
}

static bool
start (Runner *runner, const WorkerShare *share, GError **error)
{
  const pid_t scheduler = getpid ();
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends)
      < 0)
    {
      syserror_set (error, errno, "cannot make a channel for a worker");
      return false;
    }
  runner->fd = ends[0];
  runner->pid = fork ();
  if (runner->pid == 0)
    leave (run_worker (runner, share, ends[1], scheduler));
  (void)close (ends[1]);
  if (runner->pid < 0)
    syserror_set (error, errno, "cannot start a worker");
  return runner->pid > 0;
}

Runner *
runner_new (const ReportTest *test, const WorkerShare *share,
            const RunnerFuncs *funcs, void *data, GError **error)
{
  Runner *runner = (Runner *)g_source_new (&runner_funcs, sizeof (Runner));

  runner->test = test;
  runner->funcs = funcs;
  runner->data = data;
  runner->fd = -1;
  runner->in = g_string_new (NULL);
  runner->began = g_get_monotonic_time ();
  if (share->options->is_live)
    {
      void *shared
          = mmap (NULL, sizeof *runner->progress, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
      runner->progress = shared == MAP_FAILED ? NULL : shared;
      if (runner->progress != NULL)
        *runner->progress = PLAN_NONE;
    }
  if (!start (runner, share, error))
    {
      runner_free (runner);
      return NULL;
    }
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
  if (runner->fd >= 0)
    (void)close (runner->fd);
  if (runner->progress != NULL)
    (void)munmap (runner->progress, sizeof *runner->progress);
  (void)g_string_free (runner->in, TRUE);
  g_source_destroy (&runner->source);
  g_source_unref (&runner->source);
}

const ReportTest *
runner_test (const Runner *runner)
{
  return runner->test;
}

pid_t
runner_pid (const Runner *runner)
{
  return runner->pid;
}

uint32_t
runner_op (const Runner *runner)
{
  return runner->progress == NULL
             ? PLAN_NONE
             : *(const volatile uint32_t *)runner->progress;
}

int64_t
runner_began (const Runner *runner)
{
  return runner->began;
}

void
runner_set_ended (Runner *runner, int wait_status)
{
  runner->is_reaped = true;
  runner->wait_status = wait_status;

  /* It says no more.  A child of its that has not come to its exec may still
   * hold the other end: an end of file may not come for long. */
  while (!runner->is_closed && read_some (runner))
    ;
  runner->is_closed = true;
  g_source_destroy (&runner->source);
  check_end (runner);
}
