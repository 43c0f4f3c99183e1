#include "config.h"

#include "suite/suite.h"

#include "suite/guard.h"
#include "suite/schedule/schedule.h"

/* A scheduler that was killed could not. */
static void
give_back_tokens (void *data)
{
  const SuiteOptions *options = data;

  if (options->jobserver != NULL)
    jobserver_give_back_all (options->jobserver);
}

int
suite_run (const SuiteOptions *options)
{
  const GuardJob job = { .scheduler = schedule_run,
                         .after = give_back_tokens,
                         .data = (void *)options,
                         .takes_keys = options->takes_keys };

  return guard_run (&job);
}
