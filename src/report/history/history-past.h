/* history-past.h - the results that a history has of tests */
#pragma once

#include "report/history/history.h"

/* So many results of a test are kept. */
#define HISTORY_N_RESULTS 1000

typedef struct
{
  Verdict verdict;
  unsigned n_tries; /* more than one: it failed before */
  int64_t began;    /* microseconds since 1970 */
  int64_t microsecs;
} HistoryResult;

typedef struct
{
  char *plan;      /* owned: its real path */
  char *name;      /* owned */
  GArray *results; /* owned; of HistoryResult, the newest first */
} HistoryTest;

/* The tests of the plan with this real path, or of those in this directory and
 * below, by plan and name, each with its newest results.  NULL and no @error:
 * there is no history. */
GPtrArray *history_read (const History *history, const char *path,
                         unsigned n_results, GError **error);

/* How plans are known there: a path without links, or, of what is not there, as
 * near to that as can be told. */
char *history_real_path (const char *path);

/* The median of the last ones that passed; -1: none did. */
int64_t history_usual_microsecs (const GArray *results);

/* How long the slowest took; -1: there is none that ran. */
int64_t history_most_microsecs (const GArray *results);

/* How many of them passed, in which try ever; and how many ran. */
unsigned history_n_passed (const GArray *results);
unsigned history_n_run (const GArray *results);

/* How many were flaky, and how often the others changed from passed to failed
 * and back: of a test that was broken once that is 1, and if it was mended 2.
 */
unsigned history_n_unsteady (const GArray *results);

/* How often it has failed since it passed last; 0: it did not, or it has never
 * passed.  @since: the first of them. */
unsigned history_n_failed_since (const GArray *results,
                                 const HistoryResult **since);

/* That verdict is a failure. */
bool history_is_failure (Verdict verdict);
/* It ran to its end: it was neither skipped nor interrupted. */
bool history_has_end (Verdict verdict);
