/* runner.h - one worker, as the scheduler sees it
 *
 * Starts it, hears its events, and notices its end.  A worker that ends
 * without having told its test's end, or tells nonsense, is an error of that
 * test; the runner tells the missing events in its place.
 */
#pragma once

#include "suite/worker.h"

typedef struct Runner Runner;

typedef struct
{
  void (*on_event) (Runner *runner, const Event *event, void *data);
  /* Its test's end was told, it is reaped, and nothing of it is left. */
  void (*on_end) (Runner *runner, void *data);
} RunnerFuncs;

/* Starts it; nothing is heard before runner_attach().  Everything is borrowed.
 * NULL and @error if it cannot be started. */
Runner *runner_new (const ReportTest *test, const WorkerShare *share,
                    const RunnerFuncs *funcs, void *data, GError **error);
void runner_free (Runner *runner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Runner, runner_free)

/* To the thread's default main context. */
void runner_attach (Runner *runner);

const ReportTest *runner_test (const Runner *runner);
pid_t runner_pid (const Runner *runner);

/* The operation in progress, as the worker shows it; PLAN_NONE: none yet. */
uint32_t runner_op (const Runner *runner);
int64_t runner_began (const Runner *runner);

/* To be called when the worker was reaped. */
void runner_set_ended (Runner *runner, int wait_status);
