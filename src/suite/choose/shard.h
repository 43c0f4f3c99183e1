/* shard.h - a part of the tests, as one of several machines runs it
 *
 * Each test is in exactly one part.  By hash, that follows from its name
 * alone.  By time, all machines must be given the same tests and the same
 * history: else a test may be run twice, or not at all.
 */
#pragma once

#include "report/report.h"

typedef struct
{
  unsigned index; /* from 0 */
  unsigned n;
  const char *system; /* whose variables were read: "GitLab CI"; NULL: the
                       * user said it */
  char detail[160];   /* "CI_NODE_INDEX=2, CI_NODE_TOTAL=5"; "" without one */
} Shard;

/* @text: "2/5", the second of five; "env", as the variables of the CI system
 * say; "env/5", the same, with the number of parts for a system that does not
 * tell.  Tells Bazel that we know of its parts.  G_OPTION_ERROR, or
 * G_FILE_ERROR. */
bool shard_parse (const char *text, Shard *shard, GError **error);

/* Keeps the tests (GArray of ReportTest) that belong to it, with new numbers.
 * @usual_microsecs: by place, -1: unknown; or NULL: all are. */
void shard_cut (GArray *tests, const Shard *shard, bool by_time,
                const int64_t *usual_microsecs);
