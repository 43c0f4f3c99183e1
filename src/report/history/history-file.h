/* history-file.h - the inside of a history, for the files that are it
 *
 *   history.c        where it is, and what is in it
 *   history-read.c   what was before
 *   history-store.c  what is now
 *
 * Its tables:
 *
 *     runs     when, where, and by which proctor
 *     tests    the real path of the plan, and the name
 *     results  of each test, numbered from 1 on: the newest are kept
 *
 * Verdicts are there by name, times in microseconds, points in time since 1970.
 */
#pragma once

#include "base/database.h"
#include "report/history/history.h"

#define HISTORY_N_RUNS 10000 /* that are kept */
/* A test that was not run for so long is forgotten. */
#define HISTORY_MICROSECS (400 * INT64_C (86400) * G_USEC_PER_SEC)

/* Opens it; one that is new gets its tables.  So long it is waited for others.
 * NULL and no @error: there is none, and nothing is to be done. */
Database *history_open (const History *history, DatabaseMode mode,
                        int64_t patience_microsecs, GError **error);

/* "cannot do so: it is damaged", in front of what went wrong. */
void history_explain (const History *history, const char *what, GError **error);

/* What can be done about it. */
const char *history_advice (const GError *error);

/* The path by which a plan's tests are known; NULL: they are not, it came from
 * standard input. */
char *history_plan_path (const char *path);

/* Whether it is a result, and not that there was none. */
bool history_keeps (Verdict verdict);

/* The other way round: by name.  False: it is none that is kept. */
bool history_verdict (const char *name, Verdict *verdict);
