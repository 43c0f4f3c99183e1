#include "config.h"

#include "plan/event.h"

#include <string.h>

static const struct
{
  const char *name;
  unsigned fields;
} events[N_EVENTS] = {
#define EVENT(NAME, name, fields) { name, fields },
#include "plan/events.def"
#undef EVENT
};

static const char *const failures[N_FAILURES] = {
#define FAILURE(NAME, text) text,
  FAILURES (FAILURE)
#undef FAILURE
};

static const char *const verdicts[N_VERDICTS] = {
#define VERDICT(NAME, text) text,
  VERDICTS (VERDICT)
#undef VERDICT
};

Event
event_of_test (EventKind kind, const PlanTest *test, int32_t number,
               const char *text)
{
  return (Event){ .kind = kind,
                  .op = PLAN_NONE,
                  .process = PLAN_NONE,
                  .number = number,
                  .span = kind == EVENT_FAILED ? test->span : SRC_SPAN_NONE,
                  .microsecs = g_get_monotonic_time (),
                  .text = text,
                  .n_text = strlen (text) };
}

const char *
event_name (EventKind kind)
{
  g_assert ((unsigned)kind < N_EVENTS);
  return events[kind].name;
}

unsigned
event_fields (EventKind kind)
{
  g_assert ((unsigned)kind < N_EVENTS);
  return events[kind].fields;
}

const char *
failure_name (Failure failure)
{
  g_assert ((unsigned)failure < N_FAILURES);
  return failures[failure];
}

const char *
verdict_name (Verdict verdict)
{
  g_assert ((unsigned)verdict < N_VERDICTS);
  return verdicts[verdict];
}

bool
verdict_is_bad (Verdict verdict)
{
  return verdict == VERDICT_FAILED || verdict == VERDICT_ERROR
         || verdict == VERDICT_INTERRUPTED;
}
