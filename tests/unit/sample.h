/* sample.h - plans made by hand, for tests of what reads plans
 *
 * Each test of a sample spawns "echo" and waits for it:
 *
 *     check-exits ()
 *     spawn echo: /bin/echo "hello world"
 *     check-exits (echo)
 *     wait echo 0 within 20s
 */
#pragma once

#include "report/report.h"

#define SAMPLE_N_OPS 4

/* The line that its operations are in. */
#define SAMPLE_LINE "    wait echo 0"

const PlanText *sample_text (Arena *arena, const char *text);

/* A plan with the tests of these names, ended by NULL. */
Plan *sample_plan (Sources *sources, const char *path,
                   const char *const *names);

/* The place of "wait echo 0". */
SrcSpan sample_span (const Plan *plan);
