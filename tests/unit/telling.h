/* telling.h - tells a report of tests that never ran, and reads what it wrote
 */
#pragma once

#include "sample.h"

typedef struct
{
  Sources *sources; /* owned */
  GPtrArray *plans; /* owned; of Plan */
  GArray *tests;    /* owned; of ReportTest */
  Report *report;   /* owned by the test */
  int fd;           /* a file in memory */
  PlanLayer layer;  /* of the first plan, "database" */
  PlanSection sections[2];
  ReportTest layer_test;
  ReportCounts counts; /* that progress tells */
  int64_t left_microsecs;
} Telling;

void telling_init (Telling *telling);
void telling_clear (Telling *telling);

/* One more plan with tests of these names, ended by NULL. */
void telling_add_plan (Telling *telling, const char *path,
                       const char *const *names);

/* Tells @report of all tests. */
void telling_begin (Telling *telling, Report *report);
void telling_end (Telling *telling, const ReportCounts *counts);

/* An event of the test with this number, from 0.  Processes and operations
 * are those of samples; @number and @text are the event's. */
void tell (Telling *telling, unsigned test, EventKind kind, int number,
           const char *text);

/* One with bytes of any value. */
void tell_bytes (Telling *telling, unsigned test, EventKind kind, int number,
                 const char *bytes, size_t n_bytes);

/* A test from its beginning to its end, 12 ms later. */
void tell_test (Telling *telling, unsigned test, Verdict verdict);

/* A test that failed, with all that can be said about it. */
void tell_failure (Telling *telling, unsigned test);

/* A test that failed, with a note of several lines and no place. */
void tell_note_of_lines (Telling *telling, unsigned test);

/* An event of the layer "database" that the first plan has; the first four of
 * its operations set it up, the others tear it down. */
void tell_layer (Telling *telling, EventKind kind, int number, uint32_t op,
                 const char *text);

/* It was so many seconds since all began, and the tests of @running run: "0@3
 * 2@1.5~0.5" are the first since 3 seconds, and the third since 1.5, which
 * took half a second before; "L" is the layer.  Each is at its operation 4
 * since its beginning, but with "0-3" at none. */
void tell_progress (Telling *telling, double seconds, const char *running);

/* The same, as the answer to who asked; each test has a process. */
void tell_status (Telling *telling, double seconds, const char *running);

/* What was written since it was asked for last. */
char *telling_take (Telling *telling);

/* That this was written since, and nothing else. */
void assert_told (Telling *telling, const char *expected);

/* Of a fixture: frees the report, and the rest. */
void telling_tear_down (Telling *telling, const void *data);
