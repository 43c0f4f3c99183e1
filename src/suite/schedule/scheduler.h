/* scheduler.h - the inside of the scheduler, for the files that are it
 *
 *   schedule.c   the run, from its begin to its end
 *   pick.c       what can be begun now, and where
 *   work.c       workers: their begin, and what becomes of them
 *   turns.c      tests: how each ended, and what that means for the others
 *   setups.c     layers: set up, broken, torn down
 *   hearing.c    signals, and the time that ends the run as they do
 *   flowing.c    what was told, and who reads it
 *   watching.c   workers that were stopped, or hang
 *   showing.c    what it tells of the progress
 *   plandirs.c   directories for the logs of each plan
 */
#pragma once

#include "suite/guard.h"
#include "suite/jobserver.h"
#include "suite/schedule/runlog.h"
#include "suite/schedule/runner.h"
#include "vm/signals.h"
#include "vm/timer.h"

typedef struct Scheduler Scheduler;
typedef struct Work Work;

typedef enum
{
  TURN_WAITING,
  TURN_RUNNING,
  TURN_OVER
} TurnState;

/* A place in the order whose test was begun. */
#define NO_TURN UINT32_MAX

/* A test of the run. */
typedef struct
{
  const ReportTest *test;
  uint32_t node; /* the innermost of its layers; LAYER_NONE: it has none */
  TurnState state;
  unsigned
      round; /* of --repeat, or of --until-fail: it has layers of its own */
  unsigned position;      /* in the order, where it was begun last */
  unsigned n_tries;       /* how often it was begun */
  bool has_failed;        /* an earlier try */
  bool is_between_rounds; /* of --until-fail: it has passed, and waits */
} Turn;

typedef enum
{
  SETUP_RISING, /* its set-up runs */
  SETUP_UP,
  SETUP_FALLING /* it is being torn down, or has broken */
} SetupState;

/* A layer that is set up. */
typedef struct Setup Setup;
struct Setup
{
  ReportTest test; /* as which it is reported */
  uint32_t node;
  unsigned round; /* for whose tests it is */
  Setup *outer;   /* that it stands on; NULL: on none */
  SetupState state;
  Work *work;
  unsigned n_inner;    /* that stand on it */
  unsigned n_active;   /* workers in it that are at work, also further in */
  GPtrArray *parked;   /* owned: of works: workers in it that wait for a test */
  const Setup *active; /* SHARING_TURN: the inner one that they are in; NULL: a
                        * test of its own is */
  char *trouble;       /* owned: its first failure; NULL: there was none */
  char *skip_reason;   /* owned: its set-up says so; NULL: it does not */
  bool has_been_up;
  bool has_bad; /* a test in it has failed: its logs may say why */
};

/* A worker, and what it is for. */
struct Work
{
  Scheduler *scheduler;
  Runner *runner; /* owned */
  Turn *turn;     /* NULL: it runs no test */
  Setup *setup;   /* the layer that it runs; both NULL: it is parked */
  Setup *within;  /* the layer whose host has forked it; NULL: we have */
  uint32_t slot;
  bool is_parked;   /* it waits for a test, or ends as none is left for it */
  bool is_ready;    /* when its test has ended it can run another one */
  bool is_active;   /* not parked, and no layer that is up */
  bool is_to_stop;  /* SIGTSTP was sent to it, and it has not stopped yet */
  bool is_silenced; /* it is ended for a layer that broke: where it was is no
                     * matter */
  bool is_passing_over; /* what belongs to a failure that is not told */
  bool is_ended;        /* and only the layers' ends are looked at yet */
  unsigned n_syncs;     /* answers of outer layers that are missing */
  int new_stop;         /* the signal of a stop that is not judged yet; or 0 */
  int stopped_by;       /* the last one that is a fault of the test; or 0 */
  unsigned n_stops;     /* of those */
  unsigned
      n_new_stops; /* of those: they are forgiven if we were stopped, too */
  int64_t silent_microsecs; /* for how long it has given no sign of life */
  int64_t began;
  uint32_t op_seen; /* for the progress: the operation, and since when */
  int64_t op_began;
};

/* All was stopped, from then to then (CLOCK_MONOTONIC). */
typedef struct
{
  int64_t begin;
  int64_t end;
} Stop;

struct Scheduler
{
  const Guard *guard; /* borrowed */
  WorkerShare share;
  ReportCounts counts;
  PlanDirs *dirs;     /* owned */
  RunLog *log;        /* owned; NULL: there is none */
  GPtrArray *reports; /* owned: of Report, the user's and that of the log */
  GPtrArray *writers; /* owned: of Writer, to where these tell */

  GMainContext *context;  /* owned; all NULL until the first worker is there */
  GMainLoop *loop;        /* owned */
  SignalWatch *signals;   /* owned */
  Timers *timers;         /* owned */
  GSource *tokens;        /* owned: hears of make's; NULL: there are none */
  void *tokens_tag;       /* of its descriptor */
  uint64_t lock_timer;    /* another proctor holds a lock */
  uint64_t refused_timer; /* a worker is tried again then */
  int64_t refused_since;  /* no worker can be forked; 0: one could */
  uint64_t stops_timer;   /* stops are to be judged */
  uint64_t settled_timer; /* they are not forgiven any more */
  bool was_continued;     /* so somebody had stopped us */
  int64_t looked_at;      /* for signs of life */
  bool is_full;           /* too much waits for a reader */
  bool is_draining;       /* all has ended, and is only to be written */
  int64_t hurried_at;     /* the end waits for a reader; 0: it does not */
  uint64_t patience_timer;

  Turn *turns;         /* owned */
  GArray *order;       /* owned: of unsigned, turns as they are to be begun */
  unsigned first;      /* of order: none before it waits */
  unsigned *n_waiting; /* owned: by node: turns in it, and further in; the
                        * last: all */
  GHashTable *n_in_round; /* owned: the same, of each round that has any */
  GPtrArray *works;       /* owned: of Work, as they were begun */
  GPtrArray *setups;      /* owned: of Setup */
  GPtrArray *fallen; /* owned: those that are over: reports may know them */
  GPtrArray *parked; /* owned: of works, those that wait for a test */
  unsigned n_active;
  unsigned n_most;   /* of them, whatever the user wants; 1 before the loop is
                      * there */
  unsigned n_tokens; /* of make's that we hold */
  uint32_t n_runners;
  unsigned n_bad;      /* tests that count for n_max_fail */
  unsigned n_setups;   /* that were begun; numbers them */
  unsigned n_stopping; /* SIGTSTP: workers that have not stopped yet */
  int64_t began;
  GArray *stops;           /* owned: of Stop, in which nothing has run */
  int64_t usual_microsecs; /* of a test of which nothing is known; or -1 */

  int interrupted_by; /* the signal; 0: none */
  char *ended_by;     /* owned: what has ended the run; NULL: nothing has */
  bool is_limit_past; /* --run-limit has */
  bool is_stopping;   /* no test is begun any more */
  bool is_going_on;
  bool must_go_on;
  bool wants_token;
  bool has_trouble;
};

/* --- schedule.c ----------------------------------------------------------- */

/* Begins what can be begun; ends, when there is nothing more. */
void scheduler_go_on (Scheduler *scheduler);

/* CLOCK_MONOTONIC, less all stops: for durations. */
int64_t scheduler_now (const Scheduler *scheduler);

void scheduler_report (Scheduler *scheduler, const ReportTest *test,
                       const Event *told);
void scheduler_tell (Scheduler *scheduler, const ReportTest *test,
                     EventKind kind, int32_t number, const char *text);

/* --- pick.c ----------------------------------------------------------------
 */

/* Begins one more thing; false if nothing can be begun now. */
bool pick_next (Scheduler *scheduler);

/* Whether @setup, which is up, may itself be at work now. */
bool pick_admits (const Setup *setup);
/* How many may be at work, so that there are descriptors for all. */
unsigned pick_most (void);
/* Whether one more worker may be at work; takes a token of make's for it where
 * that is needed. */
bool pick_slot (Scheduler *scheduler);

/* --- work.c ----------------------------------------------------------------
 */

extern const RunnerFuncs work_funcs;

/* A worker ahead of need; without one it is only later. */
void work_park (Scheduler *scheduler);

/* Begins the test, or the set-up of the layer.  NULL, and @error, if it cannot
 * be. */
Work *work_begin_turn (Scheduler *scheduler, Turn *turn, Setup *within,
                       GError **error);
Work *work_begin_setup (Scheduler *scheduler, Setup *setup, GError **error);
void work_free (void *work);

/* All about its test is told: it is gone, or waits for another one. */
void work_finish (Work *work);
/* Those that wait in the layer end: nothing comes any more. */
void work_dismiss_parked (Setup *setup);

/* No worker could be begun, but one may be in a moment: all is to be as it was,
 * and the loop comes again. */
bool work_is_refused_for_now (Scheduler *scheduler, const GError *error);

/* It is at work now, or is not any more. */
void work_set_active (Work *work, bool is_active);

/* That of its runner; one that was interrupted, but not by us, is an error, and
 * told as such. */
Verdict work_verdict (Work *work);

/* Whether what it does happens in that layer. */
bool work_is_within (const Work *work, const Setup *setup);

/* --- turns.c ---------------------------------------------------------------
 */

void turns_init (Scheduler *scheduler);
void turns_clear (Scheduler *scheduler);

/* It begins; it waits again, since it could not yet; it could not; its worker
 * has ended. */
void turn_begin (Scheduler *scheduler, Turn *turn);
void turn_put_back (Scheduler *scheduler, Turn *turn, bool is_between_rounds);
void turn_fail (Scheduler *scheduler, Turn *turn, const char *why);
void turn_end (Work *work);

/* It has a reason not to be run, or nothing is begun any more: so it ends. */
bool turn_end_idle (Scheduler *scheduler, Turn *turn);

/* All that wait for the layer, or for one further in, end like this: those of
 * its round. */
void turns_give_up (Scheduler *scheduler, const Setup *setup, Verdict verdict,
                    const char *text);
/* All that wait at all. */
void turns_stop (Scheduler *scheduler);

unsigned turns_n_waiting (const Scheduler *scheduler, uint32_t node);
/* Of a layer: those of this round. */
unsigned turns_n_in_round (const Scheduler *scheduler, uint32_t node,
                           unsigned round);
/* Something has failed that is no test: the first failure it may be. */
void turns_note_failed_layer (Scheduler *scheduler);

/* --- setups.c --------------------------------------------------------------
 */

/* Begins to set the layer of @turn at @node up within @outer. */
bool setup_begin (Scheduler *scheduler, uint32_t node, const Turn *turn,
                  Setup *outer);
void setup_free (void *setup);
void setup_hear (Setup *setup, const Event *event);
void setup_end (Work *work);
/* Those that nothing needs any more begin to fall; false if none could. */
bool setups_retire (Scheduler *scheduler);
/* The first trouble of it, or of what it stands on; NULL: there is none. */
const Setup *setup_find_trouble (const Setup *setup);

/* --- hearing.c -------------------------------------------------------------
 */

void hearing_on_signal (const struct signalfd_siginfo *info, void *data);
/* From now on: --run-limit. */
void hearing_set_run_limit (Scheduler *scheduler);
/* What our workers have left to us is ended, as they were not able to. */
void hearing_sweep (Scheduler *scheduler);

/* --- flowing.c -------------------------------------------------------------
 */

void flowing_init (Scheduler *scheduler);
void flowing_clear (Scheduler *scheduler);
/* The loop is there. */
void flowing_attach (Scheduler *scheduler);
/* Something was told, or all is to end. */
void flowing_look (Scheduler *scheduler);
/* Until all is written, or nobody reads it. */
void flowing_drain (Scheduler *scheduler);
/* Nothing of what was told is lost. */
bool flowing_is_whole (const Scheduler *scheduler);

/* --- watching.c ------------------------------------------------------------
 */

/* From now on one that hangs is lost: its test is an error. */
void watching_begin (Scheduler *scheduler);
/* Somebody else has stopped it.  It goes on already. */
void watching_note_stop (Work *work, int number);
/* We have been stopped, and go on. */
void watching_note_continued (Scheduler *scheduler);

/* --- showing.c -------------------------------------------------------------
 */

void showing_begin (Scheduler *scheduler);
void showing_tell_status (Scheduler *scheduler);
