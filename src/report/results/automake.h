/* automake.h - results for automake's "make check"
 *
 * What its manual asks of a test driver ("Custom Test Drivers"): a .trs file
 * for make, and lines for whoever watches:
 *
 *     :test-result: PASS echo-works           PASS: echo.plan:echo-works
 *     :test-result: SKIP ask # no "psql"      SKIP: echo.plan:ask # no "psql"
 *
 * A report writes such a line when its test has ended.  When all have,
 * automake_append_end() adds what the lines come to.
 */
#pragma once

#include "report/report.h"

#define AUTOMAKE_RESULTS(RESULT)                                               \
  RESULT (PASS, "\33[0;32m")                                                   \
  RESULT (SKIP, "\33[1;34m")                                                   \
  RESULT (XFAIL, "\33[1;32m")                                                  \
  RESULT (XPASS, "\33[0;31m")                                                  \
  RESULT (FAIL, "\33[0;31m")                                                   \
  RESULT (ERROR, "\33[0;35m")

/* The later, the worse. */
typedef enum
{
#define RESULT(NAME, color) AUTOMAKE_##NAME,
  AUTOMAKE_RESULTS (RESULT)
#undef RESULT
      N_AUTOMAKE_RESULTS
} AutomakeResult;

typedef struct
{
  const char *plan;     /* borrowed: its name in a Makefile */
  bool for_people;      /* else for make */
  bool color;           /* of people's lines */
  bool expects_failure; /* it is one of XFAIL_TESTS */
  bool no_hard_errors;  /* an error is a failure like others */
  bool fail_on_flaky;
} AutomakeStyle;

/* A line for each test, when it has ended, and for a layer that failed. */
Report *automake_report_new (int fd, const AutomakeStyle *style);

/* One for what no test tells.  @result is PASS, SKIP, FAIL or ERROR; @name:
 * what is behind it, or NULL; @reason: why, or NULL. */
void automake_append_result (GString *out, const AutomakeStyle *style,
                             AutomakeResult result, const char *name,
                             const char *reason);

/* How many there are of each in @lines, which were for make. */
void automake_count (const char *lines, unsigned n_results[N_AUTOMAKE_RESULTS]);

/* Whether the plan is run again, shown in test-suite.log, ... */
void automake_append_end (GString *out,
                          const unsigned n_results[N_AUTOMAKE_RESULTS]);
