/* timer.h - deadlines, all behind one GSource
 *
 * Times are CLOCK_MONOTONIC, as g_get_monotonic_time() tells them.  Signals go
 * before timers, and so does output, whose source is attached earlier: ends and
 * lines that came before a deadline passed are seen first, even by a tester
 * that was stopped meanwhile.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct Timers Timers;
typedef void TimerFunc (void *data);

/* Attached to the thread's default main context. */
Timers *timers_new (void);
void timers_free (Timers *timers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Timers, timers_free)

/* Calls @on_time once, @microsecs from now.  The result, never 0, names the
 * timer until then. */
uint64_t timers_add (Timers *timers, int64_t microsecs, TimerFunc *on_time,
                     void *data);
/* A timer that has passed, or 0, is ignored. */
void timers_remove (Timers *timers, uint64_t timer);

/* Those that have neither passed nor been removed. */
unsigned timers_count (const Timers *timers);

/* Keeps in @sign when it will have looked again at the latest: the time of the
 * first timer while it sleeps, the time of its waking while it does not.  0:
 * that is not known, as there is no timer, or it is paused.  Borrowed; NULL:
 * nowhere. Who gives no other sign for long after that time does not live. */
void timers_set_sign (Timers *timers, int64_t *sign);

/* The time, less all pauses. */
int64_t timers_now (const Timers *timers);

/* Between the two no time passes for the timers. */
void timers_pause (Timers *timers);
void timers_resume (Timers *timers);
