/* guard.h - the process that stays when all else is killed
 *
 * The process that the user started forks the scheduler and only waits.  It
 * passes signals on, stops and goes on with the scheduler, and, should the
 * scheduler be killed, ends everything that was below it.  It leaves alone
 * what its parent had started and exec'ed us with.
 *
 * The other way round, when the guard is killed the scheduler hears SIGCONT, as
 * it does when it has been stopped: there is nothing else that a process that
 * stands still would hear.
 */
#pragma once

#include "vm/child/descendants.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct Guard Guard;

/* Called in the new process; returns its exit status. */
typedef int GuardFunc (void *data, const Guard *guard);

typedef struct
{
  GuardFunc *scheduler;
  void (*after) (void *data); /* called when all is ended, however that was: in
                               * the guard, or by guard_stand_in() */
  void *data;
  bool takes_keys; /* "t" on the terminal is a SIGUSR1 */
} GuardJob;

/* Runs the scheduler below a guard; returns proctor's exit status, as
 * leave_as() takes it.  The signals of the user are blocked from then on. */
int guard_run (const GuardJob *job);

/* --- In the scheduler ------------------------------------------------------
 */

/* What was standard input; descriptor 0 is /dev/null. */
int guard_stdin (const Guard *guard);
pid_t guard_pid (const Guard *guard);
Abandoned *guard_abandoned (const Guard *guard);

/* All is over: it is to hear that, even if somebody has stopped it. */
void guard_wake (const Guard *guard);

/* It was killed.  Then one must do in its place what it would have done when
 * we had been: all that is below us is ended. */
bool guard_is_gone (const Guard *guard);
void guard_stand_in (const Guard *guard);
