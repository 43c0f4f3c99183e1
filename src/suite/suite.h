/* suite.h - runs the chosen tests, under a guard
 *
 *     guard        the process that was started: waits, passes signals on
 *       scheduler  hands out the tests, gathers their events, reports them
 *         worker   one per test: the machine
 */
#pragma once

#include "report/report.h"
#include "suite/jobserver.h"

typedef struct
{
  const ReportTest *tests;
  unsigned n_tests;
  Report *const *reports;
  unsigned n_reports;
  /* Memory that is shared: of each of them the errno of the first write that
   * failed, when all is over; NULL: nobody wants to know. */
  int *write_errnos;
  /* The order in which they are begun, as places in @tests; NULL: as they
   * are.  Reports are told as it happens. */
  const unsigned *order;
  const int64_t *usual_microsecs; /* how long each took before, -1: that is not
                                   * known; NULL: of none is it */
  unsigned n_jobs;                /* at once; 0: as make's jobserver gives */
  Jobserver *jobserver;           /* borrowed; NULL: there is none */
  unsigned n_max_fail;            /* then no test is begun any more; 0: never */
  bool until_fail;                /* they are run again and again */
  bool fail_on_flaky;
  bool takes_keys;             /* a terminal: "t" asks who is doing what */
  const char *logdir;          /* made if it is not there */
  double timeout_multiplier;   /* of every limit but this one: */
  int64_t run_limit_microsecs; /* the run is ended then; 0: never */
  bool keep;                   /* the logs of passed tests too */
  bool update;                 /* files that checks expect are rewritten */
  bool wants_ops;              /* EVENT_OP for each operation */
  bool wants_output;           /* EVENT_OUTPUT as it comes */
  bool wants_progress;         /* a report shows it */
} SuiteOptions;

/* Runs all; returns the exit status of proctor. */
int suite_run (const SuiteOptions *options);
