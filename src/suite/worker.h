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

typedef struct
{
  const ReportTest *test;
  const SuiteOptions *options;
  const LogDir *plan_dir;
  int channel; /* takes */
  int inherited_stdin;
  uint32_t *progress; /* shared; or NULL */
  pid_t scheduler;
} WorkerJob;

/* Called in the new process; returns its exit status: 0 if the test's end was
 * told, whatever the verdict. */
int worker_run (const WorkerJob *job);
