#include "config.h"

#include "suite/schedule/scheduler.h"

/* --- Those that wait -------------------------------------------------------
 */

static uint32_t
count_of (const Scheduler *scheduler, uint32_t node)
{
  return node == LAYER_NONE ? layers_count (scheduler->share.layers) : node;
}

/* One key for a node in a round. */
static void *
round_key (const Scheduler *scheduler, uint32_t node, unsigned round)
{
  const size_t n_nodes = layers_count (scheduler->share.layers);

  return GSIZE_TO_POINTER (round * n_nodes + node);
}

static void
change_round (Scheduler *scheduler, const Turn *turn, uint32_t node,
              unsigned change)
{
  void *key = round_key (scheduler, node, turn->round);
  const unsigned n = turns_n_in_round (scheduler, node, turn->round) + change;

  if (n > 0)
    (void)g_hash_table_insert (scheduler->n_in_round, key,
                               GUINT_TO_POINTER (n));
  else
    (void)g_hash_table_remove (scheduler->n_in_round, key);
}

static void
set_state (Scheduler *scheduler, Turn *turn, TurnState state)
{
  const bool waited = turn->state == TURN_WAITING;
  const unsigned change = (unsigned)(state == TURN_WAITING) - waited;

  turn->state = state;
  for (uint32_t node = turn->node; node != LAYER_NONE;
       node = layers_get (scheduler->share.layers, node)->parent)
    {
      scheduler->n_waiting[node] += change;
      if (change != 0)
        change_round (scheduler, turn, node, change);
    }
  scheduler->n_waiting[count_of (scheduler, LAYER_NONE)] += change;
}

unsigned
turns_n_waiting (const Scheduler *scheduler, uint32_t node)
{
  return scheduler->n_waiting[count_of (scheduler, node)];
}

unsigned
turns_n_in_round (const Scheduler *scheduler, uint32_t node, unsigned round)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (
      scheduler->n_in_round, round_key (scheduler, node, round)));
}

void
turns_init (Scheduler *scheduler)
{
  const SuiteOptions *options = scheduler->share.options;

  scheduler->turns = g_new0 (Turn, options->n_tests);
  scheduler->n_waiting
      = g_new0 (unsigned, layers_count (scheduler->share.layers) + 1);
  scheduler->n_in_round = g_hash_table_new (NULL, NULL);
  scheduler->order = g_array_new (FALSE, FALSE, sizeof (unsigned));
  for (unsigned i = 0; i < options->n_tests; i++)
    {
      Turn *turn = &scheduler->turns[i];
      const unsigned place = options->order != NULL ? options->order[i] : i;

      turn->test = &options->tests[i];
      turn->state = TURN_OVER;
      turn->round = turn->test->round;
      turn->node = turn->test->test->skip_reason != NULL
                       ? LAYER_NONE
                       : layers_place (scheduler->share.layers, turn->test);
      set_state (scheduler, turn, TURN_WAITING);
      g_array_append_val (scheduler->order, place);
      plan_dirs_hold (scheduler->dirs, turn->test->plan);
    }
}

void
turns_clear (Scheduler *scheduler)
{
  g_free (scheduler->turns);
  g_free (scheduler->n_waiting);
  g_hash_table_unref (scheduler->n_in_round);
  g_array_unref (scheduler->order);
}

/* --- How they end -----------------------------------------------------------
 */

static bool
is_bad (const SuiteOptions *options, Verdict verdict)
{
  return verdict == VERDICT_FAILED || verdict == VERDICT_ERROR
         || (verdict == VERDICT_FLAKY && options->fail_on_flaky);
}

static void
stop_after_enough (Scheduler *scheduler)
{
  const unsigned n_max_fail = scheduler->share.options->n_max_fail;

  if (n_max_fail > 0 && scheduler->n_bad >= n_max_fail)
    scheduler->is_stopping = true;
}

/* Its tests may have passed before it could not be torn down. */
void
turns_note_failed_layer (Scheduler *scheduler)
{
  scheduler->n_bad = MAX (scheduler->n_bad, 1);
  stop_after_enough (scheduler);
}

static void
end (Scheduler *scheduler, Turn *turn, Verdict verdict)
{
  const SuiteOptions *options = scheduler->share.options;

  set_state (scheduler, turn, TURN_OVER);
  scheduler->counts.n_verdicts[verdict]++;
  scheduler_tell (scheduler, turn->test, EVENT_TEST_END, (int32_t)verdict, "");
  plan_dirs_release (scheduler->dirs, turn->test->plan);
  scheduler->n_bad += is_bad (options, verdict);
  stop_after_enough (scheduler);
}

static void
tell_begin (Scheduler *scheduler, const Turn *turn)
{
  scheduler_tell (scheduler, turn->test, EVENT_TEST_BEGIN, 0,
                  turn->test->test->name);
}

bool
turn_end_idle (Scheduler *scheduler, Turn *turn)
{
  const char *reason = turn->test->test->skip_reason;

  if (scheduler->is_stopping)
    {
      /* It has passed as often as it was run, or its tries have failed. */
      tell_begin (scheduler, turn);
      end (scheduler, turn,
           turn->is_between_rounds ? VERDICT_PASSED
           : turn->has_failed      ? VERDICT_FAILED
                                   : VERDICT_NOT_RUN);
      return true;
    }
  if (reason == NULL)
    return false;
  tell_begin (scheduler, turn);
  scheduler_tell (scheduler, turn->test, EVENT_SKIPPED, 0, reason);
  end (scheduler, turn, VERDICT_SKIPPED);
  return true;
}

void
turn_begin (Scheduler *scheduler, Turn *turn)
{
  set_state (scheduler, turn, TURN_RUNNING);
  g_array_index (scheduler->order, unsigned, turn->position) = NO_TURN;
  turn->n_tries++;
  turn->is_between_rounds = false;
}

void
turn_put_back (Scheduler *scheduler, Turn *turn, bool is_between_rounds)
{
  set_state (scheduler, turn, TURN_WAITING);
  g_array_index (scheduler->order, unsigned, turn->position)
      = (unsigned)(turn - scheduler->turns);
  turn->n_tries--;
  turn->is_between_rounds = is_between_rounds;
}

static void
release_locks (Scheduler *scheduler, const Turn *turn)
{
  const PlanTest *test = turn->test->test;
  locks_release (scheduler->share.locks, test->locks, test->n_locks);
}

void
turn_fail (Scheduler *scheduler, Turn *turn, const char *why)
{
  release_locks (scheduler, turn);
  tell_begin (scheduler, turn);
  scheduler_tell (scheduler, turn->test, EVENT_FAILED, FAILURE_TROUBLE, why);
  end (scheduler, turn, VERDICT_ERROR);
}

/* --- Once more ---------------------------------------------------------------
 */

static bool
may_retry (const Scheduler *scheduler, const Turn *turn, Verdict verdict)
{
  return (verdict == VERDICT_FAILED || verdict == VERDICT_ERROR)
         && turn->n_tries <= turn->test->n_retries && !scheduler->is_stopping
         && !scheduler->share.options->until_fail;
}

static void
tell_again (Scheduler *scheduler, Turn *turn, Verdict verdict)
{
  g_autofree char *text = scheduler->share.options->until_fail
                              ? g_strdup_printf ("round %u", turn->n_tries)
                              : g_strdup_printf ("try %u of %u", turn->n_tries,
                                                 turn->test->n_retries + 1);

  scheduler_tell (scheduler, turn->test, EVENT_AGAIN, (int32_t)verdict, text);
}

/* Where it stood; it goes before all that stand behind it. */
static void
retry (Scheduler *scheduler, Turn *turn, Verdict verdict)
{
  turn->has_failed = true;
  tell_again (scheduler, turn, verdict);
  set_state (scheduler, turn, TURN_WAITING);
  g_array_index (scheduler->order, unsigned, turn->position)
      = (unsigned)(turn - scheduler->turns);
  scheduler->first = MIN (scheduler->first, turn->position);
}

static void
begin_round (Scheduler *scheduler, Turn *turn, Verdict verdict)
{
  const unsigned place = (unsigned)(turn - scheduler->turns);

  tell_again (scheduler, turn, verdict);
  turn->is_between_rounds = true;
  turn->round++;
  set_state (scheduler, turn, TURN_WAITING);
  g_array_append_val (scheduler->order, place);
}

/* --- Its worker has ended ----------------------------------------------------
 */

/* Of a test during which a layer broke; else its own. */
static Verdict
judge (Work *work)
{
  const Setup *broken = setup_find_trouble (work->within);

  if (broken == NULL)
    return work_verdict (work);

  g_autofree char *text
      = g_strdup_printf ("the layer \"%s\" has failed while this test ran: %s",
                         broken->test.test->name, broken->trouble);
  scheduler_tell (work->scheduler, work->turn->test, EVENT_FAILED,
                  FAILURE_LAYER, text);
  return VERDICT_FAILED;
}

/* What the layers' processes have printed may say why. */
static void
note_bad (Setup *setup)
{
  for (; setup != NULL; setup = setup->outer)
    setup->has_bad = true;
}

void
turn_end (Work *work)
{
  Scheduler *scheduler = work->scheduler;
  Turn *turn = work->turn;
  const bool is_layers_fault = setup_find_trouble (work->within) != NULL;
  Verdict verdict = judge (work);

  if (is_bad (scheduler->share.options, verdict))
    note_bad (work->within);
  work_set_active (work, false);
  release_locks (scheduler, turn);
  if (verdict == VERDICT_PASSED && turn->has_failed)
    verdict = VERDICT_FLAKY;
  if (!is_layers_fault && may_retry (scheduler, turn, verdict))
    retry (scheduler, turn, verdict);
  else if (verdict == VERDICT_PASSED && scheduler->share.options->until_fail)
    begin_round (scheduler, turn, verdict);
  else
    end (scheduler, turn, verdict);
  work_finish (work);
}

/* --- All at once -------------------------------------------------------------
 */

static void
give_up (Scheduler *scheduler, Turn *turn, Verdict verdict, const char *text)
{
  tell_begin (scheduler, turn);
  if (verdict == VERDICT_ERROR)
    scheduler_tell (scheduler, turn->test, EVENT_FAILED, FAILURE_LAYER, text);
  else if (verdict == VERDICT_SKIPPED)
    scheduler_tell (scheduler, turn->test, EVENT_SKIPPED, 0, text);
  end (scheduler, turn, verdict);
}

void
turns_give_up (Scheduler *scheduler, const Setup *setup, Verdict verdict,
               const char *text)
{
  for (unsigned i = 0; i < scheduler->share.options->n_tests; i++)
    {
      Turn *turn = &scheduler->turns[i];
      if (turn->state == TURN_WAITING && turn->node != LAYER_NONE
          && turn->round == setup->round
          && layers_is_within (scheduler->share.layers, turn->node,
                               setup->node))
        give_up (scheduler, turn, verdict, text);
    }
}

void
turns_stop (Scheduler *scheduler)
{
  for (unsigned i = 0; i < scheduler->share.options->n_tests; i++)
    if (scheduler->turns[i].state == TURN_WAITING)
      (void)turn_end_idle (scheduler, &scheduler->turns[i]);
}
