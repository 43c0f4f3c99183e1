/* guard.h - the process that stays when all else is killed
 *
 * The process that the user started forks the scheduler and only waits.  It
 * passes signals on, stops and goes on with the scheduler, and, should the
 * scheduler be killed, ends everything that was below it.  It leaves alone
 * what its parent had started and exec'ed us with.
 */
#pragma once

#include "vm/child/descendants.h"

#include <stdbool.h>

/* Called in the new process; returns its exit status.  @inherited_stdin is
 * what was standard input; descriptor 0 is /dev/null from then on.  @abandoned
 * is borrowed. */
typedef int GuardFunc (void *data, int inherited_stdin, Abandoned *abandoned);

typedef struct
{
  GuardFunc *scheduler;
  void (*after) (void *data); /* called in the guard when all is ended, however
                               * that was */
  void *data;
  bool takes_keys; /* "t" on the terminal is a SIGUSR1 */
} GuardJob;

/* Runs the scheduler below a guard; returns proctor's exit status. */
int guard_run (const GuardJob *job);
