/* worker-state.h - the inside of a worker, for the files that are it
 *
 *   worker.c       one test, from its directory to its verdict
 *   worker-life.c  jobs, one after the other
 */
#pragma once

#include "suite/worker/channel.h"
#include "suite/worker/journal.h"
#include "suite/worker/logdir.h"
#include "suite/worker/worker.h"

typedef struct
{
  const WorkerBirth *birth;
  const Plan *plan;
  const PlanTest *test;
  uint32_t node; /* of the layer that it runs; LAYER_NONE: it is a test */
  Slot *slot;    /* NULL: it has none */
  LogDir plan_dir;
  Launcher *launcher; /* owned */
  Sender *sender;     /* owned */
  GMainContext *context;
  Journal *journal; /* owned; NULL: not made */
  unsigned n_tests; /* that it has run */
  bool keeps_logs;  /* of a layer: one of its tests has failed */
  bool is_ending;   /* the machine has done its work */
} Worker;

/* Runs what it was given, and tells all of it. */
Verdict worker_run_test (Worker *worker);

/* For one that could not be run at all. */
void worker_tell_trouble (Worker *worker, const char *text);

bool worker_has_passed (Verdict verdict);
