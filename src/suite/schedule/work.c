#include "config.h"

#include "suite/schedule/scheduler.h"

#include "base/signame.h"
#include "base/syserror.h"

/* --- What is heard of it --------------------------------------------------
 */

/* What follows a failure, and belongs to it. */
static bool
is_detail_of_failure (EventKind kind)
{
  return kind == EVENT_NOTE || kind == EVENT_STATE || kind == EVENT_TAIL;
}

/* One that is ended since its layer broke says where it was interrupted, as any
 * other does; but what is to be told is that of the layer. */
static bool
passes_over (Work *work, const Event *event)
{
  if (event->kind == EVENT_FAILED)
    work->is_passing_over
        = work->is_silenced && event->number == FAILURE_INTERRUPTED;
  else if (!is_detail_of_failure (event->kind))
    return false;
  return work->is_passing_over;
}

static void
on_event (Runner *runner, const Event *event, void *data)
{
  Work *work = data;

  if (passes_over (work, event))
    return;
  scheduler_report (work->scheduler, runner_test (runner), event);
  if (work->setup != NULL)
    setup_hear (work->setup, event);
}

static Work *
find_by_number (const Scheduler *scheduler, uint32_t number)
{
  for (guint i = 0; i < scheduler->works->len; i++)
    {
      Work *work = scheduler->works->pdata[i];
      if (work->runner != NULL && runner_number (work->runner) == number)
        return work;
    }
  return NULL;
}

/* The next test may begin while its logs are removed, as long as not too many
 * do that at once. */
static void
be_over (Work *work)
{
  Scheduler *scheduler = work->scheduler;

  if (scheduler->works->len > 2 * scheduler->n_active + 2)
    return;
  work_set_active (work, false);
  scheduler_go_on (scheduler);
}

/* The hosts of the layers, from this one outwards, look at all that has ended
 * before now: if a process of theirs has, the test is to blame. */
static bool
ask_hosts (Work *work, const Setup *setup)
{
  for (const Setup *at = setup; at != NULL; at = at->outer)
    {
      runner_sync (at->work->runner, runner_number (work->runner));
      work->n_syncs++;
    }
  return work->n_syncs > 0;
}

/* It has not ended, but its test has. */
static void
be_ready (Work *work)
{
  Scheduler *scheduler = work->scheduler;

  work->is_ready = true;
  if (ask_hosts (work, work->within))
    return;
  turn_end (work);
  scheduler_go_on (scheduler);
}

static void
hear_of_worker (Scheduler *scheduler, const News *news)
{
  Work *work = find_by_number (scheduler, news->runner);

  if (work == NULL)
    return; /* it is over already */
  switch (news->kind)
    {
    case NEWS_OVER:
    case NEWS_READY:
      break;
    case NEWS_STOPPED:
      watching_note_stop (work, news->number);
      break;
    case NEWS_ENDED:
      runner_set_ended (work->runner, news->number);
      break;
    case NEWS_NOT_STARTED:
      {
        g_autofree char *why = g_strdup_printf ("cannot start a worker: %s",
                                                g_strerror (news->number));
        runner_set_lost (work->runner, why);
        break;
      }
    case NEWS_SYNCED:
      if (work->n_syncs > 0 && --work->n_syncs == 0)
        {
          turn_end (work);
          scheduler_go_on (scheduler);
        }
      break;
    }
}

static void
on_news (Runner *runner, const News *news, void *data)
{
  Work *work = data;
  (void)runner;

  if (news->kind == NEWS_OVER)
    be_over (work);
  else if (news->kind == NEWS_READY)
    be_ready (work);
  else
    hear_of_worker (work->scheduler, news);
}

/* Where it waits for a test. */
static GPtrArray *
find_parked (const Work *work)
{
  return work->within != NULL ? work->within->parked : work->scheduler->parked;
}

static void
on_end (Runner *runner, void *data)
{
  Work *work = data;
  Scheduler *scheduler = work->scheduler;
  (void)runner;

  work->is_ended = true;
  work->is_ready = false;
  work->n_syncs = 0;
  if (work->is_parked)
    {
      (void)g_ptr_array_remove (find_parked (work), work);
      (void)g_ptr_array_remove (scheduler->works, work);
    }
  else if (work->setup != NULL)
    setup_end (work);
  else if (work->within == NULL || !ask_hosts (work, work->within->outer))
    turn_end (work); /* its own host had looked when it told of its end */
  scheduler_go_on (scheduler);
}

const RunnerFuncs work_funcs
    = { .on_event = on_event, .on_news = on_news, .on_end = on_end };

/* --- Its begin ---------------------------------------------------------------
 */

static Work *
work_new (Scheduler *scheduler)
{
  Work *work = g_new0 (Work, 1);

  work->scheduler = scheduler;
  work->slot = SLOT_NONE;
  return work;
}

void
work_free (void *data)
{
  Work *work = data;

  slots_give_back (work->scheduler->share.slots, work->slot);
  runner_free (work->runner);
  g_free (work);
}

/* NULL if there is no runner for it, which it takes. */
static Work *
add_work (Work *work, Runner *runner)
{
  Scheduler *scheduler = work->scheduler;

  work->runner = runner;
  if (runner == NULL)
    {
      work_free (work);
      return NULL;
    }
  g_ptr_array_add (scheduler->works, work);
  return work;
}

/* Ours are forked before there is a loop, too. */
static Work *
attach (Work *work)
{
  if (work != NULL && work->scheduler->loop != NULL)
    runner_attach (work->runner);
  return work;
}

static void
park (Work *work)
{
  work->is_parked = true;
  g_ptr_array_add (find_parked (work), work);
}

void
work_park (Scheduler *scheduler)
{
  if (scheduler->parked->len > 0)
    return;

  Work *work = work_new (scheduler);
  work = attach (add_work (
      work, runner_park (&scheduler->share, &work_funcs, work, NULL)));
  if (work != NULL)
    park (work);
}

/* While all is about to stop, a signal for it may be on its way: it ends. */
void
work_finish (Work *work)
{
  Scheduler *scheduler = work->scheduler;

  if (!work->is_ready)
    {
      (void)g_ptr_array_remove (scheduler->works, work);
      return;
    }
  slots_give_back (scheduler->share.slots, work->slot);
  work->slot = SLOT_NONE;
  work->turn = NULL;
  work->is_ready = false;
  if (scheduler->n_stopping == 0 && scheduler->ended_by == NULL
      && (work->within == NULL || work->within->state == SETUP_UP))
    park (work);
  else
    {
      work->is_parked = true;
      runner_dismiss (work->runner);
    }
}

static Work *
take_parked (GPtrArray *parked)
{
  if (parked->len == 0)
    return NULL;

  Work *work = g_ptr_array_remove_index (parked, parked->len - 1);
  work->is_parked = false;
  return work;
}

void
work_dismiss_parked (Setup *setup)
{
  for (guint i = 0; i < setup->parked->len; i++)
    runner_dismiss (((const Work *)setup->parked->pdata[i])->runner);
  g_ptr_array_set_size (setup->parked, 0); /* each is told when it has ended */
}

/* One that waits, a new one of ours, or a new one of the host's. */
static Work *
find_worker (Scheduler *scheduler, RunnerJob *job, Setup *within,
             GError **error)
{
  Work *work
      = take_parked (within != NULL ? within->parked : scheduler->parked);

  if (work != NULL)
    {
      job->data = work;
      runner_begin (work->runner, job);
      return work;
    }

  job->data = work = work_new (scheduler);
  if (within != NULL)
    return add_work (work, runner_begin_in (within->work->runner, job, error));
  return attach (add_work (
      work, runner_start (&scheduler->share, &work_funcs, job, error)));
}

static Work *
begin (Scheduler *scheduler, const ReportTest *test, uint32_t unit,
       Setup *within, GError **error)
{
  RunnerJob job
      = { .test = test,
          .unit = unit,
          .number = scheduler->n_runners++,
          .slot = slots_take (scheduler->share.slots),
          .is_last = turns_n_waiting (scheduler, LAYER_NONE) == 0,
          .plan_dir = plan_dirs_open (scheduler->dirs, test->plan, error) };
  if (job.plan_dir >= 0)
    job.plan_path = plan_dirs_path (scheduler->dirs, test->plan);

  Work *work
      = job.plan_dir < 0 ? NULL : find_worker (scheduler, &job, within, error);

  if (work == NULL)
    {
      slots_give_back (scheduler->share.slots, job.slot);
      return NULL;
    }
  scheduler->refused_since = 0;
  work->slot = job.slot;
  work->within = within;
  work->began = scheduler_now (work->scheduler);
  work->op_seen = PLAN_NONE;
  work->is_silenced = false;
  work->new_stop = work->stopped_by = 0;
  work->n_stops = work->n_new_stops = 0;
  work->silent_microsecs = 0;
  return work;
}

static void
on_refused_time (void *data)
{
  Scheduler *scheduler = data;

  scheduler->refused_timer = 0;
  scheduler_go_on (scheduler);
}

/* Before there is a loop, its begin comes again. */
bool
work_is_refused_for_now (Scheduler *scheduler, const GError *error)
{
  const int64_t now = g_get_monotonic_time ();

  if (scheduler->refused_since == 0)
    scheduler->refused_since = now;
  if (!syserror_may_pass (error)
      || now - scheduler->refused_since >= SYSERROR_PATIENCE_MICROSECS)
    {
      scheduler->refused_since = 0;
      return false;
    }
  if (scheduler->timers != NULL && scheduler->refused_timer == 0)
    scheduler->refused_timer
        = timers_add (scheduler->timers, SYSERROR_AGAIN_MICROSECS,
                      on_refused_time, scheduler);
  return true;
}

Work *
work_begin_turn (Scheduler *scheduler, Turn *turn, Setup *within,
                 GError **error)
{
  const uint32_t place
      = (uint32_t)(turn->test - scheduler->share.options->tests);
  Work *work = begin (scheduler, turn->test, place, within, error);

  if (work == NULL)
    return NULL;
  work->turn = turn;
  work_set_active (work, true);
  return work;
}

Work *
work_begin_setup (Scheduler *scheduler, Setup *setup, GError **error)
{
  Work *work
      = begin (scheduler, &setup->test, setup->node, setup->outer, error);

  if (work == NULL)
    return NULL;
  work->setup = setup;
  work_set_active (work, true);
  return work;
}

/* --- Where it is -------------------------------------------------------------
 */

void
work_set_active (Work *work, bool is_active)
{
  const Setup *inner = work->setup;

  if (work->is_active == is_active)
    return;
  work->is_active = is_active;
  if (is_active && work->setup != NULL) /* it falls; how long it was up is no
                                         * matter */
    work->began = scheduler_now (work->scheduler);
  work->scheduler->n_active += is_active ? 1 : -1U;
  for (Setup *at = work->within; at != NULL; at = at->outer)
    {
      at->n_active += is_active ? 1 : -1U;
      at->active = inner;
      inner = at;
    }
}

bool
work_is_within (const Work *work, const Setup *setup)
{
  const Setup *at = work->within;

  while (at != NULL && at != setup)
    at = at->outer;
  return at != NULL;
}

/* --- What became of it -------------------------------------------------------
 */

static Verdict
tell_trouble (Work *work, const char *text)
{
  const Event event = event_of_test (
      EVENT_FAILED, runner_test (work->runner)->test, FAILURE_TROUBLE, text);

  on_event (work->runner, &event, work);
  return VERDICT_ERROR;
}

Verdict
work_verdict (Work *work)
{
  const Verdict verdict = runner_verdict (work->runner);
  char buffer[SIGNAL_NAME_SIZE];

  if (work->scheduler->ended_by != NULL)
    return verdict;
  if (work->stopped_by != 0)
    {
      g_autofree char *text = g_strdup_printf (
          "the process that runs this %s was stopped with %s, which proctor "
          "has not sent; it was continued",
          work->setup != NULL ? "layer" : "test",
          signal_name (work->stopped_by, buffer));
      return tell_trouble (work, text);
    }
  return verdict != VERDICT_INTERRUPTED
             ? verdict
             : tell_trouble (work, "its worker was sent a signal to end, which "
                                   "proctor has not sent");
}
