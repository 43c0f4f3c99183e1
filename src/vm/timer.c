#include "config.h"

#include "vm/timer.h"

#include <stdbool.h>

typedef struct
{
  int64_t time;
  uint64_t name; /* 0: removed */
  TimerFunc *on_time;
  void *data;
} Timer;

/* A heap: the children of timers[i] are 2i+1 and 2i+2, and not earlier.  Most
 * machines have one deadline at a time, so removing one searches. */
struct Timers
{
  GSource source;
  GArray *timers; /* of Timer, owned */
  uint64_t last_name;
  int64_t paused_at; /* 0: running */
  int64_t paused_microsecs;
};

static Timer *
timer_at (const Timers *timers, guint i)
{
  return &g_array_index (timers->timers, Timer, i);
}

static bool
is_earlier (const Timers *timers, guint a, guint b)
{
  return timer_at (timers, a)->time < timer_at (timers, b)->time;
}

static void
swap (Timers *timers, guint a, guint b)
{
  const Timer timer = *timer_at (timers, a);
  *timer_at (timers, a) = *timer_at (timers, b);
  *timer_at (timers, b) = timer;
}

static void
sift_up (Timers *timers, guint i)
{
  while (i > 0 && is_earlier (timers, i, (i - 1) / 2))
    {
      swap (timers, i, (i - 1) / 2);
      i = (i - 1) / 2;
    }
}

static void
sift_down (Timers *timers, guint i)
{
  for (;;)
    {
      guint first = i;
      for (guint child = 2 * i + 1; child <= 2 * i + 2; child++)
        if (child < timers->timers->len && is_earlier (timers, child, first))
          first = child;
      if (first == i)
        return;
      swap (timers, i, first);
      i = first;
    }
}

static void
take_first (Timers *timers)
{
  const guint last = timers->timers->len - 1;

  swap (timers, 0, last);
  g_array_set_size (timers->timers, last);
  sift_down (timers, 0);
}

static void
drop_removed (Timers *timers)
{
  while (timers->timers->len > 0 && timer_at (timers, 0)->name == 0)
    take_first (timers);
}

/* Not g_source_set_ready_time(): each call of that wakes the loop once more,
 * which costs as much as all the rest of a wait. */
static gboolean
timers_prepare (GSource *source, gint *timeout)
{
  Timers *timers = (Timers *)source;

  *timeout = -1;
  drop_removed (timers);
  if (timers->paused_at != 0 || timers->timers->len == 0)
    return FALSE;

  const int64_t left = timer_at (timers, 0)->time - g_source_get_time (source);
  *timeout = (gint)CLAMP ((left + 999) / 1000, 0, G_MAXINT);
  return left <= 0;
}

static gboolean
timers_check (GSource *source)
{
  Timers *timers = (Timers *)source;

  drop_removed (timers);
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
      take_first (timers);
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
  g_source_attach (&timers->source, g_main_context_get_thread_default ());
  return timers;
}

void
timers_free (Timers *timers)
{
  if (timers == NULL)
    return;
  g_array_unref (timers->timers);
  g_source_destroy (&timers->source);
  g_source_unref (&timers->source);
}

uint64_t
timers_add (Timers *timers, int64_t microsecs, TimerFunc *on_time, void *data)
{
  const int64_t now
      = timers->paused_at != 0 ? timers->paused_at : g_get_monotonic_time ();
  const Timer timer = { .time = now + microsecs,
                        .name = ++timers->last_name,
                        .on_time = on_time,
                        .data = data };

  g_array_append_val (timers->timers, timer);
  sift_up (timers, timers->timers->len - 1);
  return timer.name;
}

void
timers_remove (Timers *timers, uint64_t name)
{
  for (guint i = 0; name != 0 && i < timers->timers->len; i++)
    if (timer_at (timers, i)->name == name)
      {
        timer_at (timers, i)->name = 0;
        return;
      }
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
