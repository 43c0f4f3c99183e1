/* journal.h - what happened in a test, on disk, even if all else is lost
 *
 * A line per event, written by the worker whenever it is about to sleep:
 *
 *     +0.001204 started op=2 process=echo pid=4711
 *
 * the seconds since the test began, the event's name (events.def), and its
 * fields.  Text comes last, with controls made visible.
 */
#pragma once

#include "plan/event.h"

typedef struct Journal Journal;

/* Makes the file "journal" in the directory @dir.  On the thread's default
 * main context. */
Journal *journal_new (int dir, const Plan *plan, const PlanTest *test,
                      GError **error);
void journal_free (Journal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Journal, journal_free)

void journal_add (Journal *journal, const Event *event);

/* Writes what is left; 0, or the errno of the first write that failed. */
int journal_flush (Journal *journal);
