/* worker.h - the process that runs one test, or one layer
 *
 * It is forked from the scheduler, or from the host of a layer, leads a process
 * group of its own, and ends when its test has: with everything that the test
 * started gone, and its end told.  SIGTERM makes it end its test, cleanups and
 * all; SIGINT at once.  SIGTSTP stops it, and all below it.  When its parent
 * dies it ends all that is below it, and itself.
 */
#pragma once

#include "suite/choose/layers.h"
#include "suite/locks.h"
#include "suite/suite.h"
#include "suite/worker/job.h"
#include "suite/worker/slots.h"
#include "vm/vm.h"

/* What the scheduler gives to every worker, from before the first is forked. */
typedef struct
{
  const SuiteOptions *options;
  Layers *layers;
  Slots *slots;
  Locks *locks; /* held by the scheduler, not by those that it forks */
  int inherited_stdin;
  Ports *ports; /* NULL: no plan asks for any */
  Abandoned *abandoned;
} WorkerShare;

typedef struct Host Host;

typedef struct
{
  const WorkerShare *share;
  const Host *outer; /* that has forked it; NULL: the scheduler has */
  int channel;       /* takes */
  pid_t parent;
} WorkerBirth;

/* Each is called in the new process, and returns its exit status: 0 if the
 * test's end was told, whatever the verdict.  Waits for a JOB_RUN on the
 * channel, and does it; none comes: 0 as well. */
int worker_run_next (const WorkerBirth *birth);
/* Does this one; takes the descriptor. */
int worker_run (const WorkerBirth *birth, const Job *job, int plan_dir);
