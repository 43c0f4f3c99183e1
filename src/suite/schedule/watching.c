#include "config.h"

#include "suite/schedule/scheduler.h"

#include "base/units.h"
#include "vm/child/inspect.h"

#include <signal.h>

/* Workers that do not do their work: somebody has stopped one, or it hangs. */

/* One that is stopped so often will not get to its end. */
#define MAX_STOPS 20

/* Who stops all processes one by one (a batch system, that lets others run) may
 * come to the scheduler so much later. */
#define SETTLED_MICROSECS (5 * G_USEC_PER_SEC)

/* A worker is lost when it should have looked at its timers so long ago.  On a
 * machine that is busy it may come late, but it comes. */
#define SILENT_MICROSECS     (120 * G_USEC_PER_SEC)
#define MIN_SILENT_MICROSECS (5 * G_USEC_PER_SEC)

/* --- Stopped ----------------------------------------------------------------
 */

static void
lose (Work *work, const char *why)
{
  const char *what = work->setup != NULL ? "layer" : "test";
  g_autofree char *text
      = g_strdup_printf ("the process that runs this %s %s", what, why);

  runner_give_up (work->runner, text);
}

static void
settle (void *data)
{
  Scheduler *scheduler = data;

  scheduler->settled_timer = 0;
  for (guint i = 0; i < scheduler->works->len; i++)
    ((Work *)scheduler->works->pdata[i])->n_new_stops = 0;
}

static void
settle_later (Scheduler *scheduler)
{
  if (scheduler->settled_timer != 0)
    timers_remove (scheduler->timers, scheduler->settled_timer);
  scheduler->settled_timer
      = timers_add (scheduler->timers, SETTLED_MICROSECS, settle, scheduler);
}

static void
forgive (Work *work)
{
  work->n_stops -= work->n_new_stops;
  work->n_new_stops = 0;
  if (work->n_stops == 0)
    work->stopped_by = 0;
}

static void
blame (Work *work, int number)
{
  work->stopped_by = number;
  work->n_new_stops++;
  settle_later (work->scheduler);
  if (++work->n_stops == MAX_STOPS)
    lose (work, "is stopped again and again by somebody else, and was killed");
}

/* Of a layer that is up, those are to blame that are in it. */
static void
blame_those_within (const Setup *setup, int number)
{
  const GPtrArray *works = setup->work->scheduler->works;

  for (guint i = 0; i < works->len; i++)
    {
      Work *work = works->pdata[i];
      if (work->turn != NULL && work_is_within (work, setup))
        blame (work, number);
    }
}

/* Unless we have been stopped, too: then somebody has stopped all that there
 * is, and that is no fault of a test. */
static void
judge_stops (void *data)
{
  Scheduler *scheduler = data;

  scheduler->stops_timer = 0;
  for (guint i = 0; i < scheduler->works->len; i++)
    {
      Work *work = scheduler->works->pdata[i];
      const int number = work->new_stop;
      work->new_stop = 0;
      if (number == 0 || scheduler->was_continued || work->is_parked)
        continue;
      if (work->setup != NULL && work->setup->state == SETUP_UP)
        blame_those_within (work->setup, number);
      else
        blame (work, number);
    }
  scheduler->was_continued = false;
}

static void
judge_soon (Scheduler *scheduler)
{
  if (scheduler->stops_timer == 0)
    scheduler->stops_timer
        = timers_add (scheduler->timers, 0, judge_stops, scheduler);
}

void
watching_note_stop (Work *work, int number)
{
  work->new_stop = number;
  judge_soon (work->scheduler);
}

void
watching_note_continued (Scheduler *scheduler)
{
  scheduler->was_continued = true;
  for (guint i = 0; i < scheduler->works->len; i++)
    forgive (scheduler->works->pdata[i]);
  judge_soon (scheduler);
}

/* --- Silent -----------------------------------------------------------------
 */

static int64_t
silent_microsecs (const Scheduler *scheduler)
{
  const double scaled
      = (double)SILENT_MICROSECS * scheduler->share.options->timeout_multiplier;

  return scaled < (double)(INT64_MAX / 4)
             ? MAX ((int64_t)scaled, MIN_SILENT_MICROSECS)
             : INT64_MAX / 4;
}

static int64_t
look_microsecs (const Scheduler *scheduler)
{
  return MIN (silent_microsecs (scheduler) / 8, 5 * G_USEC_PER_SEC);
}

/* A debugger holds it. */
static bool
is_traced (const Slot *slot)
{
  InspectStat stat;

  return slot->pid != 0 && inspect_stat ((pid_t)slot->pid, &stat)
         && stat.state == 't';
}

static bool
is_silent (const Work *work, int64_t now)
{
  const Slot *slot = slots_get (work->scheduler->share.slots, work->slot);
  const int64_t sign = slot == NULL || work->is_parked || work->is_ended
                           ? 0
                           : *(const volatile int64_t *)&slot->sign;

  return sign != 0 && sign < now && !is_traced (slot);
}

/* One that does not even die is taken for dead. */
static bool
act_on_silence (Work *work)
{
  const int64_t limit = silent_microsecs (work->scheduler);

  if (work->silent_microsecs > 2 * limit)
    {
      runner_set_lost (work->runner, "it could not be killed");
      return true;
    }
  if (work->silent_microsecs > limit)
    {
      g_autoptr (GString) why = g_string_new ("has given no sign of life for ");
      duration_append (why, limit);
      g_string_append (why, ", and was killed");
      lose (work, why->str);
    }
  return false;
}

/* Time that passed without us (a machine that slept, a stop) does not count. */
static void
look (void *data)
{
  Scheduler *scheduler = data;
  const int64_t now = g_get_monotonic_time ();
  const int64_t passed
      = MIN (now - scheduler->looked_at, 2 * look_microsecs (scheduler));

  watching_begin (scheduler);
  for (guint i = 0; i < scheduler->works->len; i++)
    {
      Work *work = scheduler->works->pdata[i];
      work->silent_microsecs
          = is_silent (work, now) ? work->silent_microsecs + passed : 0;
      if (work->silent_microsecs > 0 && act_on_silence (work))
        {
          hearing_sweep (scheduler);
          return; /* the others are as they were, but in another place */
        }
    }
}

void
watching_begin (Scheduler *scheduler)
{
  scheduler->looked_at = g_get_monotonic_time ();
  (void)timers_add (scheduler->timers, look_microsecs (scheduler), look,
                    scheduler);
}
