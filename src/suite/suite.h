/* suite.h - runs the chosen tests, under a guard
 *
 *     guard        the process that was started: waits, passes signals on
 *       scheduler  hands out the tests, gathers their events, reports them
 *         worker   one per test: the machine
 */
#pragma once

#include "report/report.h"

typedef struct
{
  const ReportTest *tests;
  unsigned n_tests;
  Report *const *reports;
  unsigned n_reports;
  const char *logdir;        /* made if it is not there */
  double timeout_multiplier; /* of every limit */
  bool keep;                 /* the logs of passed tests too */
  bool fail_fast;
  bool update;       /* files that checks expect are rewritten */
  bool wants_ops;    /* EVENT_OP for each operation */
  bool wants_output; /* EVENT_OUTPUT as it comes */
  bool is_live;      /* a report shows progress */
} SuiteOptions;

/* Runs all; returns the exit status of proctor. */
int suite_run (const SuiteOptions *options);
