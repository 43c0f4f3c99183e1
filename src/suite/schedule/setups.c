#include "config.h"

#include "suite/schedule/scheduler.h"

#include <signal.h>

void
setup_free (void *data)
{
  Setup *setup = data;

  g_ptr_array_unref (setup->parked);
  g_free (setup->trouble);
  g_free (setup->skip_reason);
  g_free (setup);
}

static void
release (Scheduler *scheduler, const Setup *setup)
{
  const PlanTest *unit = setup->test.test;

  locks_release (scheduler->share.locks, unit->locks, unit->n_locks);
  plan_dirs_release (scheduler->dirs, setup->test.plan);
}

/* What the tests of the layer are told when it cannot be set up. */
static char *
describe_trouble (const Setup *setup)
{
  return g_strdup_printf (
      "the layer \"%s\" could not be set up: %s", setup->test.test->name,
      setup->trouble != NULL ? setup->trouble : "it was interrupted");
}

/* --- Up ----------------------------------------------------------------------
 */

static void
fail_to_begin (Scheduler *scheduler, Setup *setup, const char *why)
{
  setup->trouble = g_strdup (why);
  scheduler_tell (scheduler, &setup->test, EVENT_TEST_BEGIN, 0,
                  setup->test.test->name);
  scheduler_tell (scheduler, &setup->test, EVENT_FAILED, FAILURE_TROUBLE, why);
  scheduler_tell (scheduler, &setup->test, EVENT_TEST_END, VERDICT_ERROR, "");
  scheduler->counts.n_layers_failed++;
  g_autofree char *text = describe_trouble (setup);
  release (scheduler, setup);
  g_ptr_array_add (scheduler->fallen, setup);
  turns_give_up (scheduler, setup, VERDICT_ERROR, text);
}

bool
setup_begin (Scheduler *scheduler, uint32_t node, const Turn *turn,
             Setup *outer)
{
  const LayerNode *layer = layers_get (scheduler->share.layers, node);
  Setup *setup = g_new0 (Setup, 1);
  g_autoptr (GError) error = NULL;

  setup->test = (ReportTest){ .plan = layer->plan,
                              .test = &layer->layer->unit,
                              .layer = layer->layer,
                              .round = turn->test->round,
                              .number = ++scheduler->n_setups };
  setup->parked = g_ptr_array_new ();
  setup->node = node;
  setup->round = turn->round;
  setup->outer = outer;
  plan_dirs_hold (scheduler->dirs, layer->plan);
  setup->work = work_begin_setup (scheduler, setup, &error);
  if (setup->work == NULL && work_is_refused_for_now (scheduler, error))
    {
      scheduler->n_setups--;
      plan_dirs_release (scheduler->dirs, layer->plan);
      setup_free (setup);
      return false;
    }
  if (setup->work == NULL)
    {
      fail_to_begin (scheduler, setup, error->message);
      return true;
    }
  g_ptr_array_add (scheduler->setups, setup);
  if (outer != NULL)
    outer->n_inner++;
  return true;
}

/* --- What is heard of it
 * ------------------------------------------------------
 */

const Setup *
setup_find_trouble (const Setup *setup)
{
  const Setup *found = NULL;

  for (; setup != NULL; setup = setup->outer)
    if (setup->trouble != NULL)
      found = setup;
  return found;
}

/* Those that run in it end, and so do the layers that stand on it, since
 * nothing waits for them any more. */
static void
bring_down (Setup *setup)
{
  Scheduler *scheduler = setup->work->scheduler;

  work_dismiss_parked (setup);

  for (guint i = 0; i < scheduler->works->len; i++)
    {
      Work *work = scheduler->works->pdata[i];
      const bool is_up = work->setup != NULL && work->setup->state == SETUP_UP;
      if (!work_is_within (work, setup) || is_up || work->is_ended)
        continue;
      work->is_silenced = true;
      runner_signal (work->runner, SIGTERM);
    }
  turns_give_up (scheduler, setup, VERDICT_NOT_RUN, NULL);
}

void
setup_hear (Setup *setup, const Event *event)
{
  Work *work = setup->work;

  switch (event->kind)
    {
    case EVENT_UP:
      setup->state = SETUP_UP;
      setup->has_been_up = true;
      work_set_active (work, false);
      scheduler_go_on (work->scheduler);
      break;
    case EVENT_SKIPPED:
      g_free (setup->skip_reason);
      setup->skip_reason = g_strndup (event->text, event->n_text);
      break;
    case EVENT_FAILED:
      if (event->number == FAILURE_INTERRUPTED)
        break;
      if (setup->trouble == NULL)
        setup->trouble = g_strndup (event->text, event->n_text);
      if (setup->state != SETUP_UP)
        break;
      setup->state = SETUP_FALLING;
      work_set_active (work, true);
      bring_down (setup);
      break;
    default:
      break;
    }
}

/* --- Down
 * ---------------------------------------------------------------------
 */

static bool
is_needed (const Scheduler *scheduler, const Setup *setup)
{
  return setup->n_inner > 0 || setup->n_active > 0
         || (setup_find_trouble (setup) == NULL
             && turns_n_in_round (scheduler, setup->node, setup->round) > 0);
}

/* When what it stands on has broken, it falls at once: that waits for it. */
static bool
may_fall (Scheduler *scheduler, const Setup *setup)
{
  return setup_find_trouble (setup->outer) != NULL
         || (pick_admits (setup) && pick_slot (scheduler));
}

bool
setups_retire (Scheduler *scheduler)
{
  for (guint i = scheduler->setups->len; i-- > 0;)
    {
      Setup *setup = scheduler->setups->pdata[i];
      if (setup->state != SETUP_UP || is_needed (scheduler, setup)
          || !may_fall (scheduler, setup))
        continue;
      setup->state = SETUP_FALLING;
      work_set_active (setup->work, true);
      work_dismiss_parked (setup);
      runner_tear_down (setup->work->runner, setup->has_bad);
      return true;
    }
  return false;
}

/* Its host is gone: nobody will tell of the workers that it had. */
static void
lose_inner (Scheduler *scheduler, const Setup *setup)
{
  g_autofree char *why
      = g_strdup_printf ("the process that held the layer \"%s\" has ended",
                         setup->test.test->name);
  bool is_any = true;

  while (is_any)
    {
      is_any = false;
      for (guint i = 0; i < scheduler->works->len && !is_any; i++)
        {
          Work *work = scheduler->works->pdata[i];
          is_any = work->within == setup;
          if (is_any && work->is_ended)
            turn_end (work); /* it was about to be judged */
          else if (is_any)
            runner_set_lost (work->runner, why);
        }
    }
}

/* What becomes of those that wait for it. */
static void
conclude (Scheduler *scheduler, const Setup *setup, Verdict verdict)
{
  if (setup->has_been_up)
    turns_give_up (scheduler, setup, VERDICT_NOT_RUN, NULL);
  else if (verdict == VERDICT_SKIPPED)
    turns_give_up (scheduler, setup, VERDICT_SKIPPED, setup->skip_reason);
  else
    {
      g_autofree char *text = describe_trouble (setup);
      turns_give_up (scheduler, setup, VERDICT_ERROR, text);
    }
}

/* One whose trouble was told before it was interrupted has failed; when what it
 * stands on has broken, we interrupt it ourselves. */
static Verdict
judge (const Setup *setup)
{
  const Verdict verdict = runner_verdict (setup->work->runner);

  if (verdict == VERDICT_INTERRUPTED && setup->trouble != NULL)
    return VERDICT_FAILED;
  return setup_find_trouble (setup->outer) != NULL ? verdict
                                                   : work_verdict (setup->work);
}

void
setup_end (Work *work)
{
  Scheduler *scheduler = work->scheduler;
  Setup *setup = work->setup;
  const Verdict verdict = judge (setup);
  const bool is_bad = verdict == VERDICT_FAILED || verdict == VERDICT_ERROR;
  /* It was torn down as it should be: others may wait for another one. */
  const bool is_done = setup->has_been_up && !is_bad;

  lose_inner (scheduler, setup);
  work_set_active (work, false);
  scheduler->counts.n_layers_failed += is_bad;
  scheduler_tell (scheduler, &setup->test, EVENT_TEST_END, (int32_t)verdict,
                  "");
  if (!is_done && !scheduler->is_stopping)
    conclude (scheduler, setup, verdict);
  if (is_bad)
    turns_note_failed_layer (scheduler);
  if (setup->outer != NULL)
    setup->outer->n_inner--;
  release (scheduler, setup);
  (void)g_ptr_array_remove (scheduler->works, work);
  (void)g_ptr_array_remove (scheduler->setups, setup);
  g_ptr_array_add (scheduler->fallen, setup);
}
