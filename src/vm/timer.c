#include "config.h"

#include "vm/timer.h"

#include <stdbool.h>

typedef struct
{
  int64_t time;
  uint32_t slot;
  TimerFunc *on_time;
  void *data;
} Timer;

/* Where a timer that has a name is in the heap.  A name is the slot and, above
 * it, how often the slot was in use: a name that is over finds another count.
 */
typedef struct
{
  uint32_t n_uses;
  uint32_t place; /* NO_PLACE: no timer has the slot */
} Slot;

#define NO_PLACE UINT32_MAX

/* A heap: the children of timers[i] are 2i+1 and 2i+2, and not earlier. */
struct Timers
{
  GSource source;
  GArray *timers;    /* of Timer, owned */
  GArray *slots;     /* of Slot, owned */
  GArray *free;      /* of uint32_t, owned: slots that no timer has */
  int64_t *sign;     /* borrowed; NULL: nobody looks */
  int64_t paused_at; /* 0: running */
  int64_t paused_microsecs;
};

/* --- The heap ------------------------------------------------------------- */

static Timer *
timer_at (const Timers *timers, guint i)
{
  return &g_array_index (timers->timers, Timer, i);
}

static Slot *
slot_at (const Timers *timers, guint i)
{
  return &g_array_index (timers->slots, Slot, i);
}

static void
put (Timers *timers, guint i, const Timer *timer)
{
  *timer_at (timers, i) = *timer;
  slot_at (timers, timer->slot)->place = i;
}

/* To @i, whose timer is not there any more, or further up. */
static void
put_up (Timers *timers, guint i, const Timer *timer)
{
  for (; i > 0 && timer->time < timer_at (timers, (i - 1) / 2)->time;
       i = (i - 1) / 2)
    put (timers, i, timer_at (timers, (i - 1) / 2));
  put (timers, i, timer);
}

/* To @i, whose timer is not there any more, or further down. */
static void
put_down (Timers *timers, guint i, const Timer *timer)
{
  for (;;)
    {
      const Timer *first = timer;
      guint next = i;
      for (guint child = 2 * i + 1; child <= 2 * i + 2; child++)
        if (child < timers->timers->len
            && timer_at (timers, child)->time < first->time)
          {
            first = timer_at (timers, child);
            next = child;
          }
      if (next == i)
        break;
      put (timers, i, first);
      i = next;
    }
  put (timers, i, timer);
}

/* The last one takes its place. */
static void
take_out (Timers *timers, guint i)
{
  const uint32_t slot = timer_at (timers, i)->slot;
  const Timer last = *timer_at (timers, timers->timers->len - 1);

  slot_at (timers, slot)->place = NO_PLACE;
  g_array_append_val (timers->free, slot);
  g_array_set_size (timers->timers, timers->timers->len - 1);
  if (last.slot == slot)
    return;
  if (i > 0 && last.time < timer_at (timers, (i - 1) / 2)->time)
    put_up (timers, i, &last);
  else
    put_down (timers, i, &last);
}

static uint32_t
find_slot (Timers *timers)
{
  const guint n_free = timers->free->len;

  if (n_free > 0)
    {
      const uint32_t slot = g_array_index (timers->free, uint32_t, n_free - 1);
      g_array_set_size (timers->free, n_free - 1);
      return slot;
    }
  const Slot slot = { .place = NO_PLACE };
  g_array_append_val (timers->slots, slot);
  return timers->slots->len - 1;
}

/* --- The source ----------------------------------------------------------- */

/* Another process reads it. */
static void
give_sign (const Timers *timers, int64_t time)
{
  if (timers->sign != NULL)
    *(volatile int64_t *)timers->sign = timers->paused_at != 0 ? 0 : time;
}

/* Not g_source_set_ready_time(): each call of that wakes the loop once more,
 * which costs as much as all the rest of a wait. */
static gboolean
timers_prepare (GSource *source, gint *timeout)
{
  Timers *timers = (Timers *)source;

  *timeout = -1;
  if (timers->paused_at != 0 || timers->timers->len == 0)
    {
      give_sign (timers, 0);
      return FALSE;
    }

  const int64_t time = timer_at (timers, 0)->time;
  const int64_t left = time - g_source_get_time (source);
  give_sign (timers, time);
  *timeout = (gint)CLAMP ((left + 999) / 1000, 0, G_MAXINT);
  return left <= 0;
}

static gboolean
timers_check (GSource *source)
{
  Timers *timers = (Timers *)source;

  if (timers->sign != NULL)
    give_sign (timers, g_source_get_time (source));

  return timers->paused_at == 0 && timers->timers->len > 0
         && timer_at (timers, 0)->time <= g_source_get_time (source);
}

static gboolean
timers_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  Timers *timers = (Timers *)source;
  (void)callback;
  (void)data;

  /* One a dispatch: what it does may end the wait of the next. */
  if (timers_check (source))
    {
      const Timer timer = *timer_at (timers, 0);
      take_out (timers, 0);
      timer.on_time (timer.data);
    }
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs timers_funcs = { .prepare = timers_prepare,
                                     .check = timers_check,
                                     .dispatch = timers_dispatch };

Timers *
timers_new (void)
{
  Timers *timers = (Timers *)g_source_new (&timers_funcs, sizeof (Timers));

  timers->timers = g_array_new (FALSE, FALSE, sizeof (Timer));
  timers->slots = g_array_new (FALSE, FALSE, sizeof (Slot));
  timers->free = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  g_source_attach (&timers->source, g_main_context_get_thread_default ());
  return timers;
}

void
timers_free (Timers *timers)
{
  if (timers == NULL)
    return;
  g_array_unref (timers->timers);
  g_array_unref (timers->slots);
  g_array_unref (timers->free);
  g_source_destroy (&timers->source);
  g_source_unref (&timers->source);
}

uint64_t
timers_add (Timers *timers, int64_t microsecs, TimerFunc *on_time, void *data)
{
  const int64_t now
      = timers->paused_at != 0 ? timers->paused_at : g_get_monotonic_time ();
  const Timer timer = { .time = now + microsecs,
                        .slot = find_slot (timers),
                        .on_time = on_time,
                        .data = data };
  const uint64_t n_uses = ++slot_at (timers, timer.slot)->n_uses;

  g_array_append_val (timers->timers, timer);
  put_up (timers, timers->timers->len - 1, &timer);
  return n_uses << 32 | timer.slot;
}

void
timers_remove (Timers *timers, uint64_t name)
{
  const uint32_t slot = (uint32_t)name;

  if (slot < timers->slots->len
      && slot_at (timers, slot)->n_uses == (uint32_t)(name >> 32)
      && slot_at (timers, slot)->place != NO_PLACE)
    take_out (timers, slot_at (timers, slot)->place);
}

unsigned
timers_count (const Timers *timers)
{
  return timers->timers->len;
}

void
timers_set_sign (Timers *timers, int64_t *sign)
{
  give_sign (timers, 0);
  timers->sign = sign;
  give_sign (timers, g_get_monotonic_time ());
}

int64_t
timers_now (const Timers *timers)
{
  return (timers->paused_at != 0 ? timers->paused_at : g_get_monotonic_time ())
         - timers->paused_microsecs;
}

void
timers_pause (Timers *timers)
{
  if (timers->paused_at == 0)
    timers->paused_at = g_get_monotonic_time ();
  give_sign (timers, 0);
}

void
timers_resume (Timers *timers)
{
  if (timers->paused_at == 0)
    return;

  const int64_t pause = g_get_monotonic_time () - timers->paused_at;
  for (guint i = 0; i < timers->timers->len; i++)
    timer_at (timers, i)->time += pause;
  timers->paused_microsecs += pause;
  timers->paused_at = 0;
}
