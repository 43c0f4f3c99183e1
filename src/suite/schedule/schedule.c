#include "config.h"

#include "suite/schedule/schedule.h"

#include "suite/schedule/scheduler.h"
#include "suite/status.h"

#include <signal.h>
#include <sys/wait.h>

/* More runners than this show nothing of what they do. */
#define MAX_SLOTS 4096

/* --- Reports
 * ------------------------------------------------------------------ */

/* How much of the time until then all was stopped. */
static int64_t
stopped_until (const Scheduler *scheduler, int64_t time)
{
  int64_t sum = 0;

  for (guint i = 0; i < scheduler->stops->len; i++)
    {
      const Stop *stop = &g_array_index (scheduler->stops, Stop, i);
      sum += CLAMP (time, stop->begin, stop->end) - stop->begin;
    }
  return sum;
}

int64_t
scheduler_now (const Scheduler *scheduler)
{
  const int64_t now = g_get_monotonic_time ();
  return now - stopped_until (scheduler, now);
}

void
scheduler_report (Scheduler *scheduler, const ReportTest *test,
                  const Event *told)
{
  Event dated = *told;
  const Event *event = &dated;

  dated.stopped_microsecs = stopped_until (scheduler, dated.microsecs);
  for (guint i = 0; i < scheduler->reports->len; i++)
    report_event (scheduler->reports->pdata[i], test, event);
  flowing_look (scheduler);
  if (event->kind == EVENT_FAILED && event->number == FAILURE_TROUBLE)
    scheduler->has_trouble = true;
}

void
scheduler_tell (Scheduler *scheduler, const ReportTest *test, EventKind kind,
                int32_t number, const char *text)
{
  const Event event = event_of_test (kind, test->test, number, text);
  scheduler_report (scheduler, test, &event);
}

/* --- Going on ----------------------------------------------------------------
 */

/* Whether one that waits stands in no layer: the scheduler forks for it. */
static bool
has_free_turn (const Scheduler *scheduler)
{
  unsigned n = turns_n_waiting (scheduler, LAYER_NONE);

  for (uint32_t i = 0; i < layers_count (scheduler->share.layers); i++)
    if (layers_get (scheduler->share.layers, i)->parent == LAYER_NONE)
      n -= turns_n_waiting (scheduler, i);
  return n > 0;
}

/* One worker is always ready for the next test: while one runs, the next is
 * forked. */
static void
park_next (Scheduler *scheduler)
{
  const unsigned n_jobs = scheduler->share.options->n_jobs;

  if (!scheduler->is_stopping && has_free_turn (scheduler)
      && (n_jobs == 1 || scheduler->n_active > 0))
    work_park (scheduler);
}

/* What make's tokens were for is over. */
static void
give_back_tokens (Scheduler *scheduler)
{
  while (scheduler->n_tokens > 0
         && scheduler->n_active < 1 + scheduler->n_tokens)
    {
      jobserver_give_back (scheduler->share.options->jobserver);
      scheduler->n_tokens--;
    }
}

static void
watch_tokens (Scheduler *scheduler)
{
  if (scheduler->tokens != NULL)
    g_source_modify_unix_fd (scheduler->tokens, scheduler->tokens_tag,
                             scheduler->wants_token ? G_IO_IN : 0);
}

static bool
is_over (const Scheduler *scheduler)
{
  if (turns_n_waiting (scheduler, LAYER_NONE) > 0)
    return false;
  for (guint i = 0; i < scheduler->works->len; i++)
    if (!((const Work *)scheduler->works->pdata[i])->is_parked)
      return false;
  return true;
}

void
scheduler_go_on (Scheduler *scheduler)
{
  scheduler->must_go_on = true;
  if (scheduler->is_going_on)
    return;
  scheduler->is_going_on = true;
  while (scheduler->must_go_on)
    {
      scheduler->must_go_on = false;
      scheduler->wants_token = false;
      if (scheduler->is_stopping)
        turns_stop (scheduler);
      while (scheduler->n_stopping == 0 && !scheduler->is_full
             && (setups_retire (scheduler) || pick_next (scheduler)))
        ;
    }
  scheduler->is_going_on = false;
  give_back_tokens (scheduler);
  watch_tokens (scheduler);
  park_next (scheduler);
  if (is_over (scheduler) && scheduler->loop != NULL)
    g_main_loop_quit (scheduler->loop);
}

/* --- Make's tokens ---------------------------------------------------------
 */

typedef struct
{
  GSource source;
  Scheduler *scheduler;
} TokenSource;

static gboolean
on_tokens (GSource *source, GSourceFunc callback, void *data)
{
  (void)callback;
  (void)data;
  scheduler_go_on (((TokenSource *)source)->scheduler);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs token_funcs = { .dispatch = on_tokens };

static void
open_tokens (Scheduler *scheduler)
{
  const SuiteOptions *options = scheduler->share.options;

  if (options->n_jobs > 0)
    return;
  scheduler->tokens = g_source_new (&token_funcs, sizeof (TokenSource));
  ((TokenSource *)scheduler->tokens)->scheduler = scheduler;
  scheduler->tokens_tag = g_source_add_unix_fd (
      scheduler->tokens, jobserver_fd (options->jobserver), 0);
  g_source_attach (scheduler->tokens, scheduler->context);
}

/* --- The run
 * ---------------------------------------------------------------------------
 */

static int
exit_status (const Scheduler *scheduler)
{
  const SuiteOptions *options = scheduler->share.options;
  const unsigned *n_verdicts = scheduler->counts.n_verdicts;

  if (scheduler->interrupted_by != 0)
    return STATUS_SIGNAL + scheduler->interrupted_by;
  if (!flowing_is_whole (scheduler))
    return STATUS_TROUBLE;
  if (scheduler->has_trouble)
    return STATUS_TROUBLE;
  if (scheduler->is_limit_past)
    return STATUS_FAILED;
  if (n_verdicts[VERDICT_FAILED] > 0 || n_verdicts[VERDICT_ERROR] > 0
      || scheduler->counts.n_layers_failed > 0
      || (n_verdicts[VERDICT_FLAKY] > 0 && options->fail_on_flaky))
    return STATUS_FAILED;
  return scheduler->counts.n_tests > 0
                 && n_verdicts[VERDICT_SKIPPED] == scheduler->counts.n_tests
             ? STATUS_SKIPPED
             : STATUS_PASSED;
}

/* The signals have been blocked since the guard began. */
static bool
open_loop (Scheduler *scheduler)
{
  static const int watched[] = { SIGCHLD, SIGCONT, SIGINT,  SIGQUIT, SIGTERM,
                                 SIGHUP,  SIGTSTP, SIGUSR1, 0 };

  scheduler->context = g_main_context_new ();
  g_main_context_push_thread_default (scheduler->context);
  scheduler->loop = g_main_loop_new (scheduler->context, FALSE);
  scheduler->signals = signal_watch_new (watched, hearing_on_signal, scheduler);
  scheduler->timers = timers_new ();
  scheduler->n_most = pick_most ();
  open_tokens (scheduler);
  hearing_set_run_limit (scheduler);
  showing_begin (scheduler);
  watching_begin (scheduler);
  flowing_attach (scheduler);
  for (guint i = 0; i < scheduler->works->len; i++)
    runner_attach (((const Work *)scheduler->works->pdata[i])->runner);
  return scheduler->signals != NULL;
}

static bool
asks_for_ports (const Plan *plan, const PlanTest *test)
{
  const uint32_t end = test->n_values > 0 ? plan_test_end (test) : 0;

  for (uint32_t op = test->first_op; op < end; op++)
    if (plan->ops[op].code == OP_FREE_PORT)
      return true;
  return false;
}

static bool
wants_ports (const Scheduler *scheduler)
{
  const SuiteOptions *options = scheduler->share.options;

  for (unsigned i = 0; i < options->n_tests; i++)
    if (asks_for_ports (options->tests[i].plan, options->tests[i].test))
      return true;
  for (uint32_t i = 0; i < layers_count (scheduler->share.layers); i++)
    {
      const LayerNode *node = layers_get (scheduler->share.layers, i);
      if (asks_for_ports (node->plan, &node->layer->unit))
        return true;
    }
  return false;
}

static void
end_reports (Scheduler *scheduler)
{
  const SuiteOptions *options = scheduler->share.options;

  scheduler->counts.microsecs = scheduler_now (scheduler) - scheduler->began;
  for (guint i = 0; i < scheduler->reports->len; i++)
    report_end (scheduler->reports->pdata[i], &scheduler->counts);
  flowing_drain (scheduler);
  for (unsigned i = 0; options->write_errnos != NULL && i < options->n_reports;
       i++)
    options->write_errnos[i] = report_errno (options->reports[i]);
}

/* The first worker is started before all else, and gets ready while we do. */
static bool
run_all (Scheduler *scheduler)
{
  const SuiteOptions *options = scheduler->share.options;

  scheduler->began = scheduler_now (scheduler);
  scheduler->counts.n_tests = options->n_tests;
  for (guint i = 0; i < scheduler->reports->len; i++)
    report_begin (scheduler->reports->pdata[i], options->tests,
                  options->n_tests);

  if (wants_ports (scheduler))
    scheduler->share.ports = ports_new ();
  scheduler_go_on (scheduler);
  if (!open_loop (scheduler))
    return false;
  scheduler_go_on (scheduler);
  if (!is_over (scheduler))
    g_main_loop_run (scheduler->loop);
  end_reports (scheduler);
  return true;
}

static void
scheduler_init (Scheduler *scheduler, const SuiteOptions *options,
                const Guard *guard)
{
  WorkerShare *share = &scheduler->share;

  scheduler->guard = guard;
  share->options = options;
  share->inherited_stdin = guard_stdin (guard);
  share->layers = layers_new (options->tests, options->n_tests);
  share->slots = slots_new (MAX_SLOTS);
  share->locks = locks_new ();
  scheduler->dirs = plan_dirs_new (options->logdir);
  scheduler->reports = g_ptr_array_new ();
  for (unsigned i = 0; i < options->n_reports; i++)
    g_ptr_array_add (scheduler->reports, options->reports[i]);
  scheduler->log = run_log_new (scheduler->dirs, options);
  if (scheduler->log != NULL)
    g_ptr_array_add (scheduler->reports, run_log_report (scheduler->log));
  flowing_init (scheduler);
  scheduler->stops = g_array_new (FALSE, FALSE, sizeof (Stop));
  scheduler->n_most = 1;
  scheduler->works = g_ptr_array_new_with_free_func (work_free);
  scheduler->parked = g_ptr_array_new ();
  scheduler->setups = g_ptr_array_new ();
  scheduler->fallen = g_ptr_array_new_with_free_func (setup_free);
  turns_init (scheduler);
}

static bool
has_kept_logs (const Scheduler *scheduler)
{
  const unsigned *n = scheduler->counts.n_verdicts;

  return scheduler->share.options->keep || scheduler->counts.n_layers_failed > 0
         || n[VERDICT_PASSED] + n[VERDICT_SKIPPED] < scheduler->counts.n_tests;
}

/* Parked workers end when their channels do. */
static void
end_parked (Scheduler *scheduler)
{
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  for (guint i = scheduler->works->len; i-- > 0;)
    {
      const Work *work = scheduler->works->pdata[i];
      const pid_t pid = runner_pid (work->runner);
      if (!work->is_parked)
        continue;
      runner_dismiss (work->runner);
      g_array_append_val (pids, pid);
      (void)g_ptr_array_remove_index (scheduler->works, i);
    }
  for (guint i = 0; i < pids->len; i++)
    (void)waitpid (g_array_index (pids, pid_t, i), NULL, 0);
}

static void
scheduler_clear (Scheduler *scheduler)
{
  WorkerShare *share = &scheduler->share;

  end_parked (scheduler);
  g_ptr_array_unref (scheduler->works);
  g_ptr_array_unref (scheduler->parked);
  g_ptr_array_extend (scheduler->fallen, scheduler->setups, NULL, NULL);
  g_ptr_array_unref (scheduler->setups);
  g_ptr_array_unref (scheduler->fallen);
  turns_clear (scheduler);
  g_free (scheduler->ended_by);
  flowing_clear (scheduler);
  g_array_unref (scheduler->stops);
  run_log_free (scheduler->log, has_kept_logs (scheduler));
  plan_dirs_free (scheduler->dirs);
  g_ptr_array_unref (scheduler->reports);
  ports_free (share->ports);
  locks_free (share->locks);
  slots_free (share->slots);
  layers_free (share->layers);
  if (scheduler->tokens != NULL)
    {
      g_source_destroy (scheduler->tokens);
      g_source_unref (scheduler->tokens);
    }
  signal_watch_free (scheduler->signals);
  timers_free (scheduler->timers);
  g_main_loop_unref (scheduler->loop);
  g_main_context_pop_thread_default (scheduler->context);
  g_main_context_unref (scheduler->context);
}

int
schedule_run (void *options, const Guard *guard)
{
  Scheduler scheduler = { .share = { .abandoned = guard_abandoned (guard) } };

  scheduler_init (&scheduler, options, guard);
  const int status
      = run_all (&scheduler) ? exit_status (&scheduler) : STATUS_TROUBLE;
  if (scheduler.signals == NULL)
    hearing_sweep (&scheduler);
  scheduler_clear (&scheduler);
  guard_wake (guard);
  return status;
}
