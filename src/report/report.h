/* report.h - turns what happened into what people and programs read
 *
 * A report is told everything by the scheduler: report_begin(), then the
 * events of each test, then report_end().  It writes to the descriptor it was
 * made with and remembers the first write that failed.
 */
#pragma once

#include "plan/event.h"

/* A test of the run. */
typedef struct
{
  const Plan *plan;
  const PlanTest *test;
  unsigned number; /* from 1, in the order of the run */
} ReportTest;

typedef struct
{
  unsigned n_tests; /* all that were chosen */
  unsigned n_verdicts[N_VERDICTS];
  int64_t microsecs; /* how long all took */
} ReportCounts;

/* What a running test is doing right now. */
typedef struct
{
  uint32_t op;            /* in plan->ops; PLAN_NONE: not begun */
  int64_t microsecs;      /* for how long */
  int64_t test_microsecs; /* for how long the test runs */
} ReportProgress;

typedef struct Report Report;

typedef struct
{
  void (*begin) (Report *report, const ReportTest *tests, unsigned n_tests);
  void (*on_event) (Report *report, const ReportTest *test, const Event *event);
  /* NULL: it shows no progress. */
  void (*on_progress) (Report *report, const ReportTest *test,
                       const ReportProgress *progress,
                       const ReportCounts *counts);
  /* NULL: there is nothing to hide. */
  void (*on_hide) (Report *report);
  void (*end) (Report *report, const ReportCounts *counts);
  void (*free) (Report *report);
} ReportClass;

struct Report
{
  const ReportClass *class;
  int fd;
  int write_errno; /* of the first write that failed; 0: none did */
  GString *out;    /* owned: collected by a call, written at its end */
};

typedef struct
{
  int verbosity;   /* -1: -q, 0, 1: -v */
  bool tells_logs; /* what the plan logs, with -q too */
  bool color;
  bool is_live;     /* a terminal: a line of progress is shown and redrawn */
  unsigned columns; /* of the terminal; 0: unknown */
} ReportStyle;

/* For people. */
Report *text_report_new (int fd, const ReportStyle *style);
/* TAP version 14 (testanything.org). */
Report *tap_report_new (int fd);

void report_free (Report *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Report, report_free)

/* Each writes what it made before it returns. */
void report_begin (Report *report, const ReportTest *tests, unsigned n_tests);
void report_event (Report *report, const ReportTest *test, const Event *event);
void report_progress (Report *report, const ReportTest *test,
                      const ReportProgress *progress,
                      const ReportCounts *counts);
/* Takes away what shows progress: somebody else is to write there. */
void report_hide_progress (Report *report);
void report_end (Report *report, const ReportCounts *counts);
