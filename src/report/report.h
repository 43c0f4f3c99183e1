/* report.h - turns what happened into what people and programs read
 *
 * A report is told everything by the scheduler: report_begin(), then the
 * events of each test, then report_end().  It writes to the descriptor it was
 * made with and remembers the first write that failed.
 */
#pragma once

#include "base/writer.h"
#include "plan/event.h"

/* A test of the run, or a layer that was set up for some. */
typedef struct
{
  const Plan *plan;
  const PlanTest *test;   /* a layer's unit is one */
  const PlanLayer *layer; /* NULL: it is a test */
  unsigned number;        /* from 1, in the order of the run; of layers too */
  unsigned round;         /* of --repeat, from 1; 0: there is but one */
  unsigned n_retries;     /* how often it may be tried again when it fails */
  int64_t slow_microsecs; /* if it runs longer it is named; 0: as the style of
                           * the report says */
} ReportTest;

typedef struct
{
  unsigned n_tests;                /* all that were chosen */
  unsigned n_verdicts[N_VERDICTS]; /* of tests */
  unsigned n_layers_failed; /* set-ups and tear-downs, and layers that broke */
  int64_t microsecs;        /* how long all took */
  const char *ended_by;     /* what has ended the run before its end, "SIGTERM";
                             * NULL: nothing has */
} ReportCounts;

/* What a running test, or a layer in its set-up or tear-down, is doing right
 * now. */
typedef struct
{
  const ReportTest *test;
  uint32_t op;             /* in plan->ops; PLAN_NONE: not begun */
  int64_t microsecs;       /* for how long */
  int64_t test_microsecs;  /* for how long the test runs */
  int64_t usual_microsecs; /* how long it took before; -1: that is not known */
  const char *processes;   /* lines about those that run; NULL: not asked for */
} ReportRunning;

typedef struct
{
  const ReportRunning *running; /* those that began first, first */
  unsigned n_running;
  const ReportCounts *counts;
  bool is_interrupted;    /* what runs is being ended */
  int64_t microsecs;      /* since all began */
  int64_t left_microsecs; /* until all will have ended, as far as is known from
                           * earlier runs; -1: it is not known */
} ReportProgress;

typedef struct Report Report;

typedef struct
{
  bool may_fail; /* what it tells is not missed */
  void (*begin) (Report *report, const ReportTest *tests, unsigned n_tests);
  void (*on_event) (Report *report, const ReportTest *test, const Event *event);
  /* NULL: it shows no progress. */
  void (*on_progress) (Report *report, const ReportProgress *progress);
  /* Somebody asks who is doing what (SIGUSR1); NULL: it does not say. */
  void (*on_status) (Report *report, const ReportProgress *progress);
  /* What it passes all on to; NULL: it does not. */
  Report *(*inner) (Report *report);
  /* NULL: there is nothing to hide. */
  void (*on_hide) (Report *report);
  void (*end) (Report *report, const ReportCounts *counts);
  void (*free) (Report *report);
} ReportClass;

struct Report
{
  const ReportClass *class;
  int fd;
  Writer *writer;  /* borrowed; NULL: who writes waits */
  int write_errno; /* of the first write that failed; 0: none did */
  GString *out;    /* owned: collected by a call, written at its end */
};

/* How a report shows that there is life, while it has nothing to tell. */
typedef enum
{
  SIGNS_NONE,
  SIGNS_DOTS, /* something once a second, which stays */
  SIGNS_LIVE  /* a terminal: what runs is shown there, and redrawn */
} ReportSigns;

typedef struct
{
  int verbosity;   /* -1: -q, 0, 1: -v */
  bool tells_logs; /* what the plan logs, with -q too */
  bool color;
  ReportSigns signs;
  int64_t slow_microsecs; /* a test that runs longer is named; 0: 10 seconds */
  unsigned columns;       /* of the terminal; 0: unknown */
} ReportStyle;

/* For people. */
Report *text_report_new (int fd, const ReportStyle *style);
/* TAP version 14 (testanything.org). */
Report *tap_report_new (int fd, ReportSigns signs);
/* JUnit's XML (doc/junit.xsd), written at the end of all. */
Report *junit_report_new (int fd);
/* One JSON object a line, as it happens (doc/events.md). */
Report *json_report_new (int fd);
/* Annotations that GitHub shows beside the plan: "::error file=...". */
Report *github_report_new (int fd);
/* What @inner is told of is in the order of the tests: what comes too early
 * waits, but for operations and output, which nobody reads along any more and
 * are dropped.  Layers are told of at once.  Takes @inner. */
Report *ordered_report_new (Report *inner);

void report_free (Report *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Report, report_free)

/* The report that writes: itself, or what it passes all on to. */
Report *report_innermost (Report *report);
/* From now on nobody waits until what it tells is read. */
void report_set_writer (Report *report, Writer *writer);
/* Whether all that it has told was written; 0, or the errno. */
int report_errno (Report *report);

/* Each writes what it made before it returns, or gives it to the writer.
 * Progress is not told while that keeps something. */
void report_begin (Report *report, const ReportTest *tests, unsigned n_tests);
void report_event (Report *report, const ReportTest *test, const Event *event);
void report_progress (Report *report, const ReportProgress *progress);
void report_status (Report *report, const ReportProgress *progress);
/* Takes away what shows progress: somebody else is to write there. */
void report_hide_progress (Report *report);
void report_end (Report *report, const ReportCounts *counts);
