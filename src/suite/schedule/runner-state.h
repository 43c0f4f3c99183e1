/* runner-state.h - the inside of a runner, for the files that are it
 *
 *   runner.c       its begin, and what it is told
 *   runner-hear.c  what is heard of it, up to its end
 *   runner-lost.c  what is told in its place
 */
#pragma once

#include "suite/schedule/runner.h"

struct Runner
{
  GSource source;
  const WorkerShare *share;
  const RunnerFuncs *funcs;
  const ReportTest *test; /* NULL: it is parked */
  Runner *host;           /* whose worker has forked it; NULL: we have */
  void *data;
  uint32_t number;
  uint32_t slot;
  char *plan_path; /* owned: of the directory for its logs */
  pid_t pid;       /* 0: it is the host's */
  int fd;          /* owned: our end of the channel */
  GString *in;     /* owned: what came and is no whole record yet */
  char *lost;      /* owned: why nothing is known of its end; NULL: it is */
  void *tag;       /* of fd in the loop; NULL: not attached */
  bool is_paused;
  bool is_closed;
  bool has_begun; /* TEST_BEGIN was told */
  bool has_ended; /* TEST_END has come */
  bool is_nonsense;
  bool is_interrupted; /* it was told to end at once */
  bool is_reaped;
  bool is_part;      /* of a record the rest has not come yet */
  unsigned n_stalls; /* how often it was waited for in vain */
  Verdict verdict;
  int wait_status;
};

/* The source that hears it. */
extern GSourceFuncs runner_source_funcs;

/* The rest of a record is waited for, but not for ever; @has_come: some of it
 * did. */
void runner_watch_part (Runner *runner, bool has_come);

/* An event of its test. */
void runner_tell (Runner *runner, const Event *event);

/* In the place of a worker that could not: all that is missing. */
void runner_tell_lost (Runner *runner);
