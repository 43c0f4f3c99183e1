/* descendants.h - all processes below this one, and how they are ended
 *
 * Each level of proctor is a sub-reaper (prctl(2)), so nothing that was
 * started below it can leave it, daemonised or not.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct
{
  pid_t pid;
  pid_t parent;
  char state;
  bool is_dead; /* and not reaped yet */
  uint64_t start_ticks;
} Descendant;

/* Whether the walk goes into this child of ours; NULL: into all. */
typedef bool DescendantFilter (pid_t pid, void *data);

/* What would not die, in memory that is shared with all levels forked since:
 * the time that it takes to find that out is lost once. */
typedef struct Abandoned Abandoned;

/* NULL, where no memory can be shared, is one that nothing is added to. */
Abandoned *abandoned_new (void);
void abandoned_free (Abandoned *abandoned);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Abandoned, abandoned_free)

bool abandoned_is_empty (const Abandoned *abandoned);
void abandoned_add (Abandoned *abandoned, const GArray *descendants);
/* Takes those that are in it out of @descendants; true if there were any. */
bool abandoned_drop (const Abandoned *abandoned, GArray *descendants);

/* All there are right now (of Descendant), parents before their children.  The
 * children of this process that @filter refuses are left out, with all that is
 * below them. */
GArray *descendants_find (DescendantFilter *filter, void *data);

/* The same of another process, all of them. */
GArray *descendants_find_below (pid_t pid);

/* Sends each a signal. */
void descendants_signal (const GArray *descendants, int number);

/* One round of ending them all, for good: stops them, so that none can start
 * another, until no new one is found; then kills them.  The caller reaps, and
 * comes again until none is left. */
void descendants_kill (DescendantFilter *filter, void *data);

/* As descendants_kill(), again and again, reaping what falls to us.  Waits for
 * @microsecs at most; false if some would not die, which are abandoned then, or
 * were before and are not waited for. */
bool descendants_sweep (DescendantFilter *filter, void *data, int64_t microsecs,
                        Abandoned *abandoned);

/* "sleep 100 (sleeping, child of 4710, for 3s)" */
void descendant_append (const Descendant *descendant, GString *out);

/* Whether it still runs, and the id is not another's by now. */
bool descendant_is_alive (const Descendant *descendant);

/* Since its start, in microseconds; the kernel's ticks are no finer than some
 * milliseconds, and it is never less than it is. */
int64_t descendant_age (const Descendant *descendant);
