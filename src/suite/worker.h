/* worker.h - the process that runs one test
 *
 * It is forked from the scheduler, leads a process group of its own, and ends
 * when its test has: with everything that the test started gone, and its end
 * told.  SIGTERM makes it end its test, cleanups and all; SIGINT at once.
 * SIGTSTP stops it, and all below it.  When the scheduler dies it ends all
 * that is below it, and itself.
 */
#pragma once

#include "suite/logdir.h"
#include "suite/suite.h"
#include "vm/await/ports.h"

/* What the scheduler gives to every worker. */
typedef struct
{
  const SuiteOptions *options;
  LogDir plan_dir; /* of the plan whose tests are run */
  int inherited_stdin;
  Ports *ports; /* owned by the scheduler; NULL: no plan asks for any */
} WorkerShare;

typedef struct
{
  const ReportTest *test;
  const WorkerShare *share;
  int channel;        /* takes */
  uint32_t *progress; /* shared; or NULL */
  pid_t scheduler;
} WorkerJob;

/* Called in the new process; returns its exit status: 0 if the test's end was
 * told, whatever the verdict. */
int worker_run (const WorkerJob *job);
