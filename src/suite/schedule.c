#include "config.h"

#include "suite/schedule.h"

#include "suite/runner.h"
#include "suite/status.h"
#include "vm/child/descendants.h"
#include "vm/signals.h"
#include "vm/timer.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRESS_MICROSECS (100 * 1000)
#define MAX_TRIES          100
#define SWEEP_MICROSECS    (10 * G_USEC_PER_SEC)

typedef struct
{
  WorkerShare share;

  GMainContext *context; /* owned; all NULL until the first worker is there */
  GMainLoop *loop;       /* owned */
  SignalWatch *signals;  /* owned */
  Timers *timers;        /* owned */
  Runner *runner;        /* owned: the worker at work, or NULL */
  Runner *done;          /* owned: one that is over, freed at the next turn */

  LogDir root;
  const Plan *plan;  /* whose directory it is */
  bool is_root_ours; /* LOGDIR was not there before */

  ReportCounts counts;
  unsigned next;    /* the first test that was not begun */
  uint32_t op_seen; /* for the live line: the operation, and since when */
  int64_t op_began;
  int interrupted_by; /* the signal; 0: none */
  bool is_stopping;   /* no test is begun any more */
  bool has_trouble;
} Scheduler;

/* --- Reports
 * ------------------------------------------------------------------ */

static void
report (Scheduler *scheduler, const ReportTest *test, const Event *event)
{
  for (unsigned i = 0; i < scheduler->share.options->n_reports; i++)
    report_event (scheduler->share.options->reports[i], test, event);
  if (event->kind == EVENT_TEST_END)
    scheduler->counts.n_verdicts[event->number]++;
  if (event->kind == EVENT_TEST_END && scheduler->share.options->fail_fast
      && (event->number == VERDICT_FAILED || event->number == VERDICT_ERROR))
    scheduler->is_stopping = true;
}

static void
report_own (Scheduler *scheduler, const ReportTest *test, EventKind kind,
            int32_t number, const char *text)
{
  const Event event = event_of_test (kind, test->test, number, text);
  report (scheduler, test, &event);
}

/* The whole story of a test that has none. */
static void
report_not_run (Scheduler *scheduler, const ReportTest *test, EventKind kind,
                int32_t number, const char *text, Verdict verdict)
{
  report_own (scheduler, test, EVENT_TEST_BEGIN, 0, test->test->name);
  if (text != NULL)
    report_own (scheduler, test, kind, number, text);
  report_own (scheduler, test, EVENT_TEST_END, (int32_t)verdict, "");
}

static void
show_progress (void *data)
{
  Scheduler *scheduler = data;
  const int64_t now = timers_now (scheduler->timers);

  (void)timers_add (scheduler->timers, PROGRESS_MICROSECS, show_progress,
                    scheduler);
  if (scheduler->runner == NULL)
    return;

  const uint32_t op = runner_op (scheduler->runner);
  if (op != scheduler->op_seen || scheduler->op_began == 0)
    scheduler->op_began = now;
  scheduler->op_seen = op;
  const ReportProgress progress
      = { .op = op,
          .microsecs = now - scheduler->op_began,
          .test_microsecs
          = g_get_monotonic_time () - runner_began (scheduler->runner) };
  for (unsigned i = 0; i < scheduler->share.options->n_reports; i++)
    report_progress (scheduler->share.options->reports[i],
                     runner_test (scheduler->runner), &progress,
                     &scheduler->counts);
}

/* --- Tests
 * ---------------------------------------------------------------------- */

static void begin_tests (Scheduler *scheduler);

static void
on_event (Runner *runner, const Event *event, void *data)
{
  report (data, runner_test (runner), event);
}

static bool
is_not_at_work (pid_t pid, void *data)
{
  const Scheduler *scheduler = data;
  return scheduler->runner == NULL || runner_pid (scheduler->runner) != pid;
}

static void
on_end (Runner *runner, void *data)
{
  Scheduler *scheduler = data;

  /* Its own frames are below us on the stack. */
  runner_free (scheduler->done);
  scheduler->done = runner;
  scheduler->runner = NULL;
  if (!descendants_sweep (is_not_at_work, scheduler, SWEEP_MICROSECS))
    scheduler->has_trouble = true;
  begin_tests (scheduler);
}

static const RunnerFuncs runner_funcs
    = { .on_event = on_event, .on_end = on_end };

static bool
open_root (Scheduler *scheduler, GError **error)
{
  if (scheduler->root.fd >= 0)
    return true;
  scheduler->is_root_ours
      = access (scheduler->share.options->logdir, F_OK) != 0;
  return logdir_open_root (&scheduler->root, scheduler->share.options->logdir,
                           error);
}

static bool
open_plan_dir (Scheduler *scheduler, const Plan *plan, GError **error)
{
  if (scheduler->plan == plan && scheduler->share.plan_dir.fd >= 0)
    return true;
  if (!open_root (scheduler, error))
    return false;

  logdir_remove_empty (&scheduler->share.plan_dir, &scheduler->root);
  g_autofree char *name = logdir_plan_name (plan->path);
  scheduler->plan = plan;
  for (int try = 1; try < MAX_TRIES; try++)
    {
      g_autoptr (GError) missing = NULL;
      if (logdir_make (&scheduler->share.plan_dir, &scheduler->root, name,
                       &missing))
        return true;
      if (!g_error_matches (missing, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        break;

      /* Another proctor, which had made it, found it empty. */
      logdir_clear (&scheduler->root);
      if (!open_root (scheduler, error))
        return false;
    }
  return logdir_make (&scheduler->share.plan_dir, &scheduler->root, name,
                      error);
}

static void
begin_test (Scheduler *scheduler, const ReportTest *test)
{
  g_autoptr (GError) error = NULL;

  if (test->test->skip_reason != NULL)
    {
      report_not_run (scheduler, test, EVENT_SKIPPED, 0,
                      test->test->skip_reason, VERDICT_SKIPPED);
      return;
    }
  scheduler->op_seen = PLAN_NONE;
  scheduler->op_began = 0;
  if (open_plan_dir (scheduler, test->plan, &error))
    scheduler->runner = runner_new (test, &scheduler->share, &runner_funcs,
                                    scheduler, &error);
  if (scheduler->runner != NULL && scheduler->loop != NULL)
    runner_attach (scheduler->runner);
  if (scheduler->runner == NULL)
    report_not_run (scheduler, test, EVENT_FAILED, FAILURE_TROUBLE,
                    error->message, VERDICT_ERROR);
}

/* As many as can be; when all are over, so is the scheduler. */
static void
begin_tests (Scheduler *scheduler)
{
  const SuiteOptions *options = scheduler->share.options;

  while (scheduler->runner == NULL && scheduler->next < options->n_tests)
    {
      const ReportTest *test = &options->tests[scheduler->next++];
      if (scheduler->is_stopping)
        report_not_run (scheduler, test, EVENT_NOTE, 0, NULL, VERDICT_NOT_RUN);
      else
        begin_test (scheduler, test);
    }
  if (scheduler->runner == NULL && scheduler->loop != NULL)
    g_main_loop_quit (scheduler->loop);
}

/* --- Signals
 * ------------------------------------------------------------------------ */

/* All below us is stopped; the guard follows. */
static void
stop (Scheduler *scheduler)
{
  for (unsigned i = 0; i < scheduler->share.options->n_reports; i++)
    report_hide_progress (scheduler->share.options->reports[i]);
  timers_pause (scheduler->timers);
  (void)raise (SIGSTOP);
  timers_resume (scheduler->timers);
}

static void
hear_of_worker (Scheduler *scheduler)
{
  int wait_status;

  if (scheduler->runner == NULL
      || waitpid (runner_pid (scheduler->runner), &wait_status,
                  WNOHANG | WUNTRACED)
             <= 0)
    return;
  if (!WIFSTOPPED (wait_status))
    {
      runner_set_ended (scheduler->runner, wait_status);
      return;
    }

  stop (scheduler);
  (void)kill (runner_pid (scheduler->runner), SIGCONT);
}

static void
stop_all (Scheduler *scheduler)
{
  if (scheduler->runner != NULL)
    (void)kill (runner_pid (scheduler->runner), SIGTSTP);
  else
    stop (scheduler);
}

static void
interrupt (Scheduler *scheduler, int number)
{
  const bool is_again = scheduler->interrupted_by != 0 && number == SIGINT;

  if (scheduler->interrupted_by == 0)
    scheduler->interrupted_by = number;
  scheduler->is_stopping = true;
  if (scheduler->runner != NULL)
    (void)kill (runner_pid (scheduler->runner), is_again ? SIGINT : SIGTERM);
}

static void
on_signal (const struct signalfd_siginfo *info, void *data)
{
  Scheduler *scheduler = data;

  switch (info->ssi_signo)
    {
    case SIGCHLD:
      hear_of_worker (scheduler);
      break;
    case SIGTSTP:
      stop_all (scheduler);
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

/* --- The run
 * ---------------------------------------------------------------------------
 */

static int
exit_status (const Scheduler *scheduler)
{
  const unsigned *n_verdicts = scheduler->counts.n_verdicts;

  for (unsigned i = 0; i < scheduler->share.options->n_reports; i++)
    if (scheduler->share.options->reports[i]->write_errno != 0)
      return STATUS_TROUBLE;
  if (scheduler->interrupted_by != 0)
    return STATUS_SIGNAL + scheduler->interrupted_by;
  if (n_verdicts[VERDICT_ERROR] > 0 || scheduler->has_trouble)
    return STATUS_TROUBLE;
  if (n_verdicts[VERDICT_FAILED] > 0)
    return STATUS_FAILED;
  return n_verdicts[VERDICT_SKIPPED] == scheduler->counts.n_tests
             ? STATUS_SKIPPED
             : STATUS_PASSED;
}

/* The signals have been blocked since the guard began. */
static bool
open_loop (Scheduler *scheduler)
{
  static const int watched[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGTSTP, 0 };

  scheduler->context = g_main_context_new ();
  g_main_context_push_thread_default (scheduler->context);
  scheduler->loop = g_main_loop_new (scheduler->context, FALSE);
  scheduler->signals = signal_watch_new (watched, on_signal, scheduler);
  scheduler->timers = timers_new ();
  if (scheduler->share.options->is_live)
    (void)timers_add (scheduler->timers, PROGRESS_MICROSECS, show_progress,
                      scheduler);
  if (scheduler->runner != NULL)
    runner_attach (scheduler->runner);
  return scheduler->signals != NULL;
}

/* As many ports as the plans ask for.  If they cannot be had, the tests tell
 * that need them. */
static void
claim_ports (Scheduler *scheduler)
{
  const SuiteOptions *options = scheduler->share.options;
  unsigned n_wanted = 0;

  for (unsigned i = 0; i < options->n_tests; i++)
    {
      const Plan *plan = options->tests[i].plan;
      const PlanTest *test = options->tests[i].test;
      const uint32_t n_ops = test->n_values > 0 ? test->n_ops : 0;
      for (uint32_t op = test->first_op; op < test->first_op + n_ops; op++)
        n_wanted += plan->ops[op].code == OP_FREE_PORT;
    }
  if (n_wanted > 0)
    scheduler->share.ports = ports_new (n_wanted, NULL);
}

/* The first worker is started before all else, and gets ready while we do. */
static bool
run_all (Scheduler *scheduler)
{
  const SuiteOptions *options = scheduler->share.options;
  const int64_t began = g_get_monotonic_time ();

  scheduler->counts.n_tests = options->n_tests;
  for (unsigned i = 0; i < options->n_reports; i++)
    report_begin (options->reports[i], options->tests, options->n_tests);

  claim_ports (scheduler);
  begin_tests (scheduler);
  if (!open_loop (scheduler))
    return false;
  if (scheduler->runner != NULL)
    g_main_loop_run (scheduler->loop);

  logdir_remove_empty (&scheduler->share.plan_dir, &scheduler->root);
  if (scheduler->is_root_ours)
    logdir_remove_empty (&scheduler->root, NULL);
  scheduler->counts.microsecs = g_get_monotonic_time () - began;
  for (unsigned i = 0; i < options->n_reports; i++)
    report_end (options->reports[i], &scheduler->counts);
  return true;
}

int
schedule_run (void *options, int inherited_stdin)
{
  Scheduler scheduler = { .share = { .options = options,
                                     .plan_dir = { .fd = -1 },
                                     .inherited_stdin = inherited_stdin },
                          .root = { .fd = -1 } };

  const int status
      = run_all (&scheduler) ? exit_status (&scheduler) : STATUS_TROUBLE;
  if (scheduler.signals == NULL)
    (void)descendants_sweep (NULL, NULL, SWEEP_MICROSECS);

  runner_free (scheduler.runner);
  runner_free (scheduler.done);
  logdir_clear (&scheduler.share.plan_dir);
  ports_free (scheduler.share.ports);
  logdir_clear (&scheduler.root);
  signal_watch_free (scheduler.signals);
  timers_free (scheduler.timers);
  g_main_loop_unref (scheduler.loop);
  g_main_context_pop_thread_default (scheduler.context);
  g_main_context_unref (scheduler.context);
  return status;
}
