#include "config.h"

#include "suite/schedule/scheduler.h"

#include <limits.h>
#include <sys/resource.h>

/* Each worker costs the scheduler one descriptor.  So many are for all else:
 * the directories of plans, the layers that are up, and what a worker, which
 * has all that the scheduler has, needs for its test. */
#define OTHER_DESCRIPTORS 256

/* Above so many layers that are set up, tests of those go first. */
#define MANY_SETUPS 100

/* What has to be done for a test to run. */
typedef enum
{
  WAY_FREE,    /* it can be begun, in `within` */
  WAY_SET_UP,  /* a layer is to be set up before, in `within` */
  WAY_OCCUPIED /* what it needs is in use, or on its way */
} WayKind;

typedef struct
{
  WayKind kind;
  uint32_t node; /* WAY_SET_UP */
  Setup *within; /* NULL: in no layer */
} Way;

/* Whether one more worker may be at work in it; @inner: in what stands on it,
 * NULL: in itself. */
static bool
has_room (const Setup *setup, const Setup *inner)
{
  return setup->test.layer->sharing == SHARING_SHARED || setup->n_active == 0
         || (inner != NULL && setup->active == inner);
}

static bool
admits (const Setup *setup, const Setup *inner)
{
  for (const Setup *at = setup; at != NULL; inner = at, at = at->outer)
    if (at->state != SETUP_UP || !has_room (at, inner))
      return false;
  return true;
}

bool
pick_admits (const Setup *setup)
{
  return admits (setup->outer, setup);
}

/* One of the layer that has room, and is of the same round.  @n_all: of any
 * round; @n_rising: those of this one that will have some. */
static Setup *
find_setup (const Scheduler *scheduler, uint32_t node, unsigned round,
            unsigned *n_all, unsigned *n_rising)
{
  *n_all = 0;
  *n_rising = 0;
  for (guint i = 0; i < scheduler->setups->len; i++)
    {
      Setup *setup = scheduler->setups->pdata[i];
      if (setup->node != node)
        continue;
      (*n_all)++;
      if (setup->round != round)
        continue;
      if (admits (setup, NULL))
        return setup;
      *n_rising += setup->state == SETUP_RISING;
    }
  return NULL;
}

/* Each round has its own layers; of one that is not split there is but one at a
 * time, so the next round waits until that is gone. */
static Way
find_way (const Scheduler *scheduler, uint32_t node, unsigned round)
{
  Way way = { .kind = WAY_FREE, .node = node };
  unsigned n_all;
  unsigned n_rising;

  if (node == LAYER_NONE)
    return way;
  way.within = find_setup (scheduler, node, round, &n_all, &n_rising);
  if (way.within != NULL)
    return way;

  const LayerNode *layer = layers_get (scheduler->share.layers, node);
  const bool is_split = layer->layer->sharing == SHARING_SPLIT;
  if ((n_all > 0 && !is_split)
      || (is_split && n_rising >= turns_n_in_round (scheduler, node, round)))
    return (Way){ .kind = WAY_OCCUPIED };

  way = find_way (scheduler, layer->parent, round);
  if (way.kind == WAY_FREE)
    {
      way.kind = WAY_SET_UP;
      way.node = node;
    }
  return way;
}

/* --- Slots -----------------------------------------------------------------
 */

unsigned
pick_most (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return 1;
  return limit.rlim_cur > OTHER_DESCRIPTORS
             ? (unsigned)MIN (limit.rlim_cur - OTHER_DESCRIPTORS, UINT_MAX)
             : 1;
}

static bool
is_full (const Scheduler *scheduler)
{
  const unsigned n_jobs = scheduler->share.options->n_jobs;
  const unsigned n_wanted = n_jobs > 0 ? n_jobs : 1 + scheduler->n_tokens;

  return scheduler->n_active >= MIN (n_wanted, scheduler->n_most);
}

/* A token is taken only for what can be begun at once. */
bool
pick_slot (Scheduler *scheduler)
{
  if (!is_full (scheduler))
    return true;
  if (scheduler->share.options->n_jobs > 0
      || scheduler->n_active >= scheduler->n_most)
    return false;
  scheduler->wants_token = true;
  if (!jobserver_take (scheduler->share.options->jobserver))
    return false;
  scheduler->n_tokens++;
  return true;
}

/* --- Choosing ----------------------------------------------------------------
 */

/* False: that is refused for now. */
static bool
begin_turn (Scheduler *scheduler, Turn *turn, Setup *within)
{
  const bool is_between_rounds = turn->is_between_rounds;
  g_autoptr (GError) error = NULL;

  turn_begin (scheduler, turn);
  if (work_begin_turn (scheduler, turn, within, &error) != NULL)
    return true;
  if (work_is_refused_for_now (scheduler, error))
    {
      turn_put_back (scheduler, turn, is_between_rounds);
      return false;
    }
  turn_fail (scheduler, turn, error->message);
  return true;
}

static void on_lock_time (void *data);

/* Nothing tells when another proctor lets go of it. */
static void
watch_locks (Scheduler *scheduler)
{
  if (locks_is_held_elsewhere (scheduler->share.locks)
      && scheduler->lock_timer == 0 && scheduler->timers != NULL)
    scheduler->lock_timer
        = timers_add (scheduler->timers, 20 * 1000, on_lock_time, scheduler);
}

static void
on_lock_time (void *data)
{
  Scheduler *scheduler = data;

  scheduler->lock_timer = 0;
  scheduler_go_on (scheduler);
}

static bool
take_locks (Scheduler *scheduler, const PlanTest *test)
{
  if (locks_take (scheduler->share.locks, test->locks, test->n_locks))
    return true;
  watch_locks (scheduler);
  return false;
}

typedef enum
{
  PICKED,
  PICK_BLOCKED, /* it waits for something else than a slot */
  PICK_NO_SLOT
} PickResult;

static PickResult
try_turn (Scheduler *scheduler, Turn *turn, bool may_set_up)
{
  const Way way = find_way (scheduler, turn->node, turn->round);
  const PlanTest *test = turn->test->test;

  if (way.kind == WAY_OCCUPIED || (way.kind == WAY_SET_UP && !may_set_up))
    return PICK_BLOCKED;
  if (way.kind == WAY_SET_UP)
    test = &layers_get (scheduler->share.layers, way.node)->layer->unit;
  if (!take_locks (scheduler, test))
    return PICK_BLOCKED;
  if (pick_slot (scheduler)
      && (way.kind == WAY_SET_UP
              ? setup_begin (scheduler, way.node, turn, way.within)
              : begin_turn (scheduler, turn, way.within)))
    return PICKED;
  locks_release (scheduler->share.locks, test->locks, test->n_locks);
  return PICK_NO_SLOT;
}

static PickResult
pick (Scheduler *scheduler, bool may_set_up)
{
  const GArray *order = scheduler->order;
  const Turn *occupied = NULL; /* the last whose layer was found so */
  PickResult result = PICK_BLOCKED;

  for (unsigned i = scheduler->first; i < order->len; i++)
    {
      const unsigned place = g_array_index (order, unsigned, i);
      if (place == NO_TURN || scheduler->turns[place].state == TURN_OVER)
        {
          scheduler->first += i == scheduler->first;
          continue;
        }
      Turn *turn = &scheduler->turns[place];
      turn->position = i;
      if (turn_end_idle (scheduler, turn))
        return PICKED;
      if (occupied != NULL && turn->node != LAYER_NONE
          && turn->node == occupied->node && turn->round == occupied->round)
        continue;
      result = try_turn (scheduler, turn, may_set_up);
      if (result != PICK_BLOCKED)
        break;
      if (turn->test->test->n_locks == 0)
        occupied = turn;
    }
  return result;
}

bool
pick_next (Scheduler *scheduler)
{
  const bool are_many = scheduler->setups->len >= MANY_SETUPS;

  if (is_full (scheduler) && scheduler->share.options->n_jobs > 0)
    return false;

  PickResult result = pick (scheduler, !are_many);
  if (are_many && result == PICK_BLOCKED && scheduler->n_active == 0)
    result = pick (scheduler, true);
  return result == PICKED;
}
