/* reaper.h - ends of children, as they come
 *
 * SIGCHLD is a standard signal: of several that come together one is kept.  So
 * the child that it names is asked for first, since it ended first; then all
 * others, until there is nothing more to hear.  Between the two, the machine
 * may go on: their order is known, that of the others is not.
 */
#pragma once

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

typedef struct
{
  /* A child, or an orphan that fell to us, has ended and is reaped. */
  void (*on_end) (pid_t pid, int wait_status, const struct rusage *usage,
                  void *data);
  /* All that is known to have ended before what comes next has been told. */
  void (*on_settled) (void *data);
} ReaperFuncs;

/* @first: whom the signal named; 0 if there was none. */
void reaper_collect (const ReaperFuncs *funcs, pid_t first, void *data);

/* All that have ended; on_settled() is not called. */
void reaper_collect_all (const ReaperFuncs *funcs, void *data);

/* Whether there are children, dead or alive. */
bool reaper_has_children (void);

/* Only this child, if it has ended; on_settled() is not called. */
void reaper_collect_one (const ReaperFuncs *funcs, pid_t pid, void *data);

/* Whether a child was stopped since this was last asked. */
bool reaper_is_stopped (pid_t pid);
