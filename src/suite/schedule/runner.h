/* runner.h - one worker, as the scheduler sees it
 *
 * Starts it, gives it its test or layer, hears its events, and notices its end.
 * A worker that ends without having told its test's end, or tells nonsense, is
 * an error of that test; the runner tells the missing events in its place.
 *
 *   1. runner_start(); or runner_park(): a worker that waits, to be there when
 *      it is needed, and runner_begin(), which gives it something to do;
 *      or runner_begin_in(): the host of a layer forks one;
 *   2. on_event(), on_news();
 *   3. on_end(): it has ended, and its host has told so;
 *   4. runner_verdict(), and runner_free().
 */
#pragma once

#include "suite/worker/channel.h"
#include "suite/worker/worker.h"

typedef struct Runner Runner;

typedef struct
{
  /* All but TEST_END, which is the scheduler's to tell: it may know more. */
  void (*on_event) (Runner *runner, const Event *event, void *data);
  /* What the host of a layer tells. */
  void (*on_news) (Runner *runner, const News *news, void *data);
  /* It is gone; of a layer's host that also means: so are its workers. */
  void (*on_end) (Runner *runner, void *data);
} RunnerFuncs;

/* Forks a worker that waits for its job.  @share and @funcs are borrowed.
 * NULL and @error if it cannot be started. */
Runner *runner_park (const WorkerShare *share, const RunnerFuncs *funcs,
                     void *data, GError **error);
void runner_free (Runner *runner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Runner, runner_free)

/* To the thread's default main context: nothing is heard before. */
void runner_attach (Runner *runner);

/* What it is to do; @test is borrowed. */
typedef struct
{
  const ReportTest *test; /* a layer's unit is one */
  uint32_t unit;          /* which of the run's tests, or of its layers */
  uint32_t number;        /* no other runner has it; that of its first job */
  uint32_t slot;
  bool is_last; /* there is nothing for the worker to do after it */
  int plan_dir;
  const char *plan_path; /* of that directory */
  void *data;
} RunnerJob;

/* A new worker, which has its job from the beginning. */
Runner *runner_start (const WorkerShare *share, const RunnerFuncs *funcs,
                      const RunnerJob *job, GError **error);

/* For one that was parked.  If the worker is gone that shows later, as with
 * any other. */
void runner_begin (Runner *runner, const RunnerJob *job);

/* The same in a new worker, forked by that of @host. */
Runner *runner_begin_in (Runner *host, const RunnerJob *job, GError **error);

const ReportTest *runner_test (const Runner *runner);
uint32_t runner_number (const Runner *runner);
void *runner_data (const Runner *runner);
/* 0: the scheduler has not forked it. */
pid_t runner_pid (const Runner *runner);

/* To the worker, if there still is one. */
void runner_signal (Runner *runner, int number);

/* Nothing is read of it for a while, and then again. */
void runner_pause (Runner *runner, bool is_paused);

/* It does not do its work: it is killed, and @why is what is told of its test.
 */
void runner_give_up (Runner *runner, const char *why);

/* There is nothing more for it to do: it ends, even if it has been stopped. */
void runner_dismiss (Runner *runner);

/* Of a layer's host: it tears it down; it answers with NEWS_SYNCED. */
void runner_tear_down (const Runner *runner, bool keeps_logs);
void runner_sync (const Runner *runner, uint32_t number);

/* To be called when the worker was reaped, or its host has told so. */
void runner_set_ended (Runner *runner, int wait_status);
/* To be called when that will not come: it was not started, or its host is
 * gone. */
void runner_set_lost (Runner *runner, const char *reason);

/* Its verdict, as far as it goes: without what the scheduler knows. */
Verdict runner_verdict (const Runner *runner);
