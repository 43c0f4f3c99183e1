#include "config.h"

#include "suite/suite.h"

#include "suite/guard.h"
#include "suite/schedule.h"

int
suite_run (const SuiteOptions *options)
{
  return guard_run (schedule_run, (void *)options);
}
