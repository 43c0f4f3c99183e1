#include "config.h"

#include "suite/scheduler.h"

/* --- What is heard of it --------------------------------------------------
 */

static void
on_event (Runner *runner, const Event *event, void *data)
{
  Work *work = data;

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

static void
on_news (Runner *host, const News *news, void *data)
{
  Work *work = find_by_number (((const Work *)data)->scheduler, news->runner);
  (void)host;

  if (work == NULL)
    return; /* it is over already */
  switch (news->kind)
    {
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
          scheduler_go_on (((const Work *)data)->scheduler);
        }
      break;
    }
}

/* Its host has looked at all that had ended before it.  The hosts further out
 * are asked: if one of their processes had, the test is to blame. */
static bool
ask_outer (Work *work)
{
  if (work->within == NULL)
    return false;
  for (const Setup *at = work->within->outer; at != NULL; at = at->outer)
    {
      runner_sync (at->work->runner, runner_number (work->runner));
      work->n_syncs++;
    }
  return work->n_syncs > 0;
}

static void
on_end (Runner *runner, void *data)
{
  Work *work = data;
  Scheduler *scheduler = work->scheduler;
  (void)runner;

  work->is_ended = true;
  if (work == scheduler->parked)
    {
      scheduler->parked = NULL;
      (void)g_ptr_array_remove (scheduler->works, work);
    }
  else if (work->setup != NULL)
    setup_end (work);
  else if (!ask_outer (work))
    turn_end (work);
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

static Work *
fork_work (Scheduler *scheduler, GError **error)
{
  Work *work = work_new (scheduler);

  work->runner = runner_park (&scheduler->share, &work_funcs, work, error);
  if (work->runner == NULL)
    {
      work_free (work);
      return NULL;
    }
  g_ptr_array_add (scheduler->works, work);
  if (scheduler->loop != NULL)
    runner_attach (work->runner);
  return work;
}

void
work_park (Scheduler *scheduler)
{
  if (scheduler->parked == NULL)
    scheduler->parked = fork_work (scheduler, NULL);
}

static Work *
take_parked (Scheduler *scheduler, GError **error)
{
  Work *work = scheduler->parked;

  scheduler->parked = NULL;
  return work != NULL ? work : fork_work (scheduler, error);
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
          .plan_dir = plan_dirs_open (scheduler->dirs, test->plan, error) };
  Work *work = NULL;

  if (job.plan_dir >= 0 && within == NULL)
    work = take_parked (scheduler, error);
  else if (job.plan_dir >= 0)
    {
      job.data = work = work_new (scheduler);
      work->runner = runner_begin_in (within->work->runner, &job, error);
      if (work->runner != NULL)
        g_ptr_array_add (scheduler->works, work);
      else
        g_clear_pointer (&work, work_free);
    }
  if (work == NULL)
    {
      slots_give_back (scheduler->share.slots, job.slot);
      return NULL;
    }
  job.data = work;
  work->slot = job.slot;
  work->within = within;
  work->began = g_get_monotonic_time ();
  work->op_seen = PLAN_NONE;
  if (within == NULL)
    runner_begin (work->runner, &job);
  return work;
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
