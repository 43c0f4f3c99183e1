#include "config.h"

#include "suite/worker.h"

#include "base/syserror.h"
#include "suite/channel.h"
#include "suite/journal.h"
#include "vm/signals.h"
#include "vm/vm.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The output of children waits in its file while so much is not read by the
 * scheduler. */
#define MAX_WAITING (1024 * 1024)

typedef struct
{
  const WorkerJob *job;
  Sender *sender;   /* owned */
  Journal *journal; /* owned; NULL: not made */
  bool is_ending;   /* the machine has done its work */
} Worker;

static void
on_event (const Event *event, void *data)
{
  Worker *worker = data;

  if ((event_fields (event->kind) & EVENT_IS_DETAIL) == 0
      || worker->job->share->options->wants_ops)
    sender_add (worker->sender, event);
  if (worker->journal != NULL)
    journal_add (worker->journal, event);
  if (worker->is_ending && sender_n_waiting (worker->sender) > MAX_WAITING)
    (void)sender_flush (worker->sender);
}

static bool
may_tell_output (void *data)
{
  const Worker *worker = data;
  return sender_n_waiting (worker->sender) < MAX_WAITING;
}

static void
tell (Worker *worker, EventKind kind, int32_t number, const char *text)
{
  const Event event
      = event_of_test (kind, worker->job->test->test, number, text);
  on_event (&event, worker);
}

static Verdict
tell_trouble (Worker *worker, const char *text)
{
  tell (worker, EVENT_FAILED, FAILURE_TROUBLE, text);
  return VERDICT_ERROR;
}

static Verdict
run_machine (Worker *worker, const LogDir *dir)
{
  const SuiteOptions *options = worker->job->share->options;
  const VmOptions vm_options
      = { .log_dir = dir->fd,
          .log_path = dir->path,
          .inherited_stdin = worker->job->share->inherited_stdin,
          .timeout_multiplier = options->timeout_multiplier,
          .update = options->update,
          .wants_ops = options->wants_ops,
          .wants_output = options->wants_output,
          .ports = worker->job->share->ports,
          .progress = worker->job->progress,
          .on_event = on_event,
          .may_tell_output = may_tell_output,
          .data = worker };
  g_autoptr (GError) error = NULL;
  g_autoptr (Vm) vm = vm_new (worker->job->test->plan, worker->job->test->test,
                              &vm_options, &error);
  if (vm == NULL)
    return tell_trouble (worker, error->message);

  (void)vm_run (vm);
  worker->is_ending = true;
  vm_tell_output (vm);
  return vm_verify_logs (vm);
}

/* A passed test leaves nothing; any other its logs.  The last line of the
 * journal is written before the verdict is told: it may be the one for which
 * there is no space. */
static Verdict
clear_up (Worker *worker, LogDir *dir, Verdict verdict)
{
  const bool has_passed
      = verdict == VERDICT_PASSED || verdict == VERDICT_SKIPPED;
  const bool stays = !has_passed || worker->job->share->options->keep;
  g_autoptr (GError) error = NULL;

  if (stays)
    tell (worker, EVENT_LOGS, 0, dir->path);
  const Event end = event_of_test (EVENT_TEST_END, worker->job->test->test,
                                   (int32_t)verdict, "");
  journal_add (worker->journal, &end);
  const int trouble = journal_flush (worker->journal);
  g_clear_pointer (&worker->journal, journal_free);
  if (trouble != 0)
    {
      syserror_set (&error, trouble, "cannot write the journal in \"%s\"",
                    dir->path);
      return tell_trouble (worker, error->message);
    }
  if (!stays && !logdir_remove (dir, &worker->job->share->plan_dir, &error))
    return tell_trouble (worker, error->message);
  return verdict;
}

static void
run_test (Worker *worker)
{
  const ReportTest *test = worker->job->test;
  LogDir dir;
  g_autoptr (GError) error = NULL;

  if (logdir_make (&dir, &worker->job->share->plan_dir, test->test->name,
                   &error))
    worker->journal = journal_new (dir.fd, test->plan, test->test, &error);
  tell (worker, EVENT_TEST_BEGIN, 0, test->test->name);
  const Verdict verdict
      = worker->journal == NULL
            ? tell_trouble (worker, error->message)
            : clear_up (worker, &dir, run_machine (worker, &dir));
  tell (worker, EVENT_TEST_END, (int32_t)verdict, "");
  logdir_clear (&dir);
}

/* Alone, and mortal with the scheduler. */
static bool
enter (const WorkerJob *job)
{
  signals_reset ();
  (void)setpgid (0, 0);
  (void)prctl (PR_SET_NAME, "proctor-worker");
  return prctl (PR_SET_CHILD_SUBREAPER, 1) == 0
         && prctl (PR_SET_PDEATHSIG, SIGTERM) == 0
         && getppid () == job->scheduler;
}

int
worker_run (const WorkerJob *job)
{
  if (!enter (job))
    return 1;

  g_autoptr (GMainContext) context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  Worker worker = { .job = job, .sender = sender_new (job->channel) };

  run_test (&worker);
  const bool is_told = sender_flush (worker.sender);

  journal_free (worker.journal);
  sender_free (worker.sender);
  g_main_context_pop_thread_default (context);
  return is_told ? 0 : 1;
}
