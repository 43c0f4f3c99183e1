/* schedule.h - hands out the tests to workers, and gathers what they tell */
#pragma once

#include "suite/guard.h"
#include "suite/suite.h"

/* Runs all tests, reports them, and returns proctor's exit status.  To be
 * called below the guard; a GuardFunc, with the SuiteOptions as its data. */
int schedule_run (void *options, const Guard *guard);
