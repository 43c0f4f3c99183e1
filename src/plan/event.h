/* event.h - what happens while a test runs, told to whoever reports it
 *
 * The machine never prints: it says what happens, as events.  Reports, the
 * journal and the progress line read the same ones.  A test's events are, in
 * this order:
 *
 *     TEST_BEGIN (the test runs)
 *       OP, STARTED, ENDED, SIGNALLED, OUTPUT, LOG as they happen
 *       SKIPPED
 *       for each failure: FAILED, then its NOTEs; after the first, a STATE
 *       for each process of the test that tells something, followed by TAILs
 *       with the last lines that it printed
 *       LEFTOVER for each descendant that was left behind, after its FAILED
 *       KILLED for each process that proctor has ended, and that SIGTERM did
 *       not end in the time that it was given
 *       LOGS: the path of the logs, if they are kept
 *       AGAIN: it has ended so, and is run once more, from TEST_BEGIN on
 *     TEST_END
 *
 * A layer's are the same, with UP where it is up and its tests begin.  It ends
 * when it is torn down.
 *
 * Details (EVENT_IS_DETAIL) and OUTPUT are told only when somebody wants them.
 * One that is interrupted has a FAILED that says where it was, and its STATEs.
 * A test that did not run (a reason to skip, a worker that could not be
 * started) has TEST_BEGIN and TEST_END all the same.
 */
#pragma once

#include "plan/plan.h"

typedef enum
{
#define EVENT(NAME, name, fields) EVENT_##NAME,
#include "plan/events.def"
#undef EVENT
  N_EVENTS
} EventKind;

typedef enum
{
  EVENT_HAS_OP = 1 << 0,
  EVENT_HAS_PROCESS = 1 << 1,
  EVENT_HAS_PID = 1 << 2,
  EVENT_HAS_SPAN = 1 << 3,
  EVENT_HAS_TEXT = 1 << 4,
  EVENT_HAS_STATUS = 1 << 5,  /* number: as wait(2) gives it */
  EVENT_HAS_SIGNAL = 1 << 6,  /* number: the signal */
  EVENT_HAS_STREAM = 1 << 7,  /* number: STDOUT_FILENO or STDERR_FILENO */
  EVENT_HAS_FAILURE = 1 << 8, /* number: Failure */
  EVENT_HAS_VERDICT = 1 << 9, /* number: Verdict */
  EVENT_IS_DETAIL = 1 << 10   /* told only to those who want operations */
} EventFields;

/* Why a test failed: one list, for messages, TAP and other reports. */
#define FAILURES(FAILURE)                                                      \
  FAILURE (UNEXPECTED_EXIT, "unexpected exit")                                 \
  FAILURE (WRONG_STATUS, "wrong status")                                       \
  FAILURE (STILL_RUNNING, "still running at end of test")                      \
  FAILURE (TIMED_OUT, "timed out")                                             \
  FAILURE (NOT_STARTED, "could not be started")                                \
  FAILURE (LEFT_BEHIND, "left behind")                                         \
  FAILURE (LOG_DAMAGED, "log damaged")                                         \
  FAILURE (NOT_SEEN, "expected output did not come")                           \
  FAILURE (NOT_THERE, "awaited in vain")                                       \
  FAILURE (NOT_SENT, "could not be sent")                                      \
  FAILURE (CHECK_FAILED, "check failed")                                       \
  FAILURE (SAID_SO, "failed by the plan")                                      \
  FAILURE (INTERRUPTED, "interrupted")                                         \
  FAILURE (LAYER, "a layer has failed")                                        \
  FAILURE (TROUBLE, "proctor could not do its work")

typedef enum
{
#define FAILURE(NAME, text) FAILURE_##NAME,
  FAILURES (FAILURE)
#undef FAILURE
      N_FAILURES
} Failure;

/* How a test ended; the later, the worse. */
#define VERDICTS(VERDICT)                                                      \
  VERDICT (PASSED, "passed")                                                   \
  VERDICT (SKIPPED, "skipped")                                                 \
  VERDICT (FLAKY, "flaky") /* failed, and passed when it was tried again */    \
  VERDICT (FAILED, "failed")                                                   \
  VERDICT (ERROR, "error") /* it could not be run: proctor could not do its    \
                            * work (FAILURE_TROUBLE), or a layer failed */     \
  VERDICT (INTERRUPTED, "interrupted")                                         \
  VERDICT (NOT_RUN, "not run")

typedef enum
{
#define VERDICT(NAME, text) VERDICT_##NAME,
  VERDICTS (VERDICT)
#undef VERDICT
      N_VERDICTS
} Verdict;

typedef struct
{
  EventKind kind;
  uint32_t op;      /* in plan->ops; PLAN_NONE: none */
  uint32_t process; /* in the test's processes; PLAN_NONE: none */
  int32_t pid;
  int32_t number; /* see EventFields */
  SrcSpan span;
  int64_t microsecs;         /* when it happened, CLOCK_MONOTONIC */
  int64_t stopped_microsecs; /* for how long all had been stopped until then
                              * (^Z): set by the scheduler */
  const char *text; /* @n_text bytes, which may be any; no NUL need follow */
  size_t n_text;
} Event;

/* Borrows @event for the call. */
typedef void EventFunc (const Event *event, void *data);

/* When it happened on a clock that stands still while all is stopped: for how
 * long something took. */
static inline int64_t
event_time (const Event *event)
{
  return event->microsecs - event->stopped_microsecs;
}

/* An event that is about a test as a whole, now: of no operation and no
 * process; a failure points at the test.  @text is borrowed. */
Event event_of_test (EventKind kind, const PlanTest *test, int32_t number,
                     const char *text);

const char *event_name (EventKind kind);
unsigned event_fields (EventKind kind);
const char *failure_name (Failure failure);
const char *verdict_name (Verdict verdict);
/* It began, and did not end well: it failed, or nobody knows whether it would
 * have. */
bool verdict_is_bad (Verdict verdict);
