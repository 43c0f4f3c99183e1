#include "config.h"

#include "base/database.h"
#include "base/diag.h"
#include "report/history/history-file.h"
#include "report/history/history-store.h"

/* What became of a test. */
typedef struct
{
  const ReportTest *test;
  HistoryResult result;
} Ended;

/* A test that runs. */
typedef struct
{
  int64_t began;      /* this try; CLOCK_MONOTONIC */
  int64_t began_time; /* the same, as event_time() has it */
  unsigned n_tries;
  bool was_begun;
} Running;

typedef struct
{
  Report report;
  const History *history;  /* borrowed */
  const ReportTest *tests; /* borrowed */
  Running *running;        /* owned: of each test */
  GArray *ended;           /* owned; of Ended */
  GHashTable *paths;       /* owned; of char, owned, or NULL, by Plan */
  int64_t began;           /* since 1970 */
  int64_t epoch;           /* what CLOCK_MONOTONIC lacks for that */
  unsigned n_not_begun;    /* tests */
  HistoryStore *store;     /* owned */
  GError *error; /* owned; told at the end, when nothing else is shown */
} HistoryReport;

/* --- While the tests run ----------------------------------------------- */

static void
on_begin (Report *base, const ReportTest *tests, unsigned n_tests)
{
  HistoryReport *const report = (HistoryReport *)base;

  report->tests = tests;
  report->running = g_new0 (Running, n_tests);
  report->began = g_get_real_time ();
  for (unsigned i = 0; i < n_tests; i++)
    report->n_not_begun += tests[i].layer == NULL;
  report->epoch = report->began - g_get_monotonic_time ();
}

/* NULL: it is not known by any. */
static const char *
find_path (HistoryReport *report, const ReportTest *test)
{
  void *path;

  if (!g_hash_table_lookup_extended (report->paths, test->plan, NULL, &path))
    {
      path = history_plan_path (test->plan->path);
      g_hash_table_insert (report->paths, (void *)test->plan, path);
    }
  return path;
}

static void
keep_result (HistoryReport *report, const ReportTest *test,
             const Running *running, const Event *event)
{
  const Ended ended
      = { .test = test,
          .result = { .verdict = (Verdict)event->number,
                      .n_tries = running->n_tries,
                      .began = running->began + report->epoch,
                      .microsecs = event_time (event) - running->began_time } };

  if (history_keeps (ended.result.verdict))
    g_array_append_val (report->ended, ended);
}

/* While the last test runs there is time for it, and nothing is forked any
 * more, which would take longer then.  There is none to wait for others. */
static void
open_early (HistoryReport *report)
{
  report->store = history_store_open (report->history, 0, &report->error);
  if (g_error_matches (report->error, G_FILE_ERROR, G_FILE_ERROR_AGAIN))
    g_clear_error (&report->error);
}

static void
begin_test (HistoryReport *report, Running *running, const Event *event)
{
  const bool is_first = !running->was_begun;

  running->was_begun = true;
  running->began = event->microsecs;
  running->began_time = event_time (event);
  running->n_tries++;
  if (is_first && --report->n_not_begun == 0)
    open_early (report);
}

static void
on_event (Report *base, const ReportTest *test, const Event *event)
{
  HistoryReport *const report = (HistoryReport *)base;

  if (test->layer != NULL
      || (event->kind != EVENT_TEST_BEGIN && event->kind != EVENT_AGAIN
          && event->kind != EVENT_TEST_END)
      || find_path (report, test) == NULL)
    return;

  Running *const running = &report->running[test - report->tests];

  if (event->kind == EVENT_TEST_BEGIN)
    {
      begin_test (report, running, event);
      return;
    }
  /* A test that failed is tried again, and what counts is how that ends; one
   * that passed is run again until it fails. */
  if (event->kind == EVENT_AGAIN && history_is_failure ((Verdict)event->number))
    return;
  keep_result (report, test, running, event);
  running->n_tries = 0;
}

/* --- When all have ended ----------------------------------------------- */

static bool
write_results (HistoryReport *report, int64_t microsecs, GError **error)
{
  if (report->store == NULL)
    report->store
        = history_store_open (report->history, DATABASE_PATIENCE, error);
  if (report->store == NULL)
    return *error == NULL; /* there is no place for it */
  if (!history_store_begin (report->store, report->began, microsecs, error))
    return false;

  for (unsigned i = 0; i < report->ended->len; i++)
    {
      const Ended *const ended = &g_array_index (report->ended, Ended, i);
      const char *const path = find_path (report, ended->test);

      if (!history_store_add (report->store, path, ended->test->test->name,
                              &ended->result, error))
        return false;
    }
  return history_store_end (report->store, error);
}

/* A run is not lost by what it is about, so neither if this cannot be
 * written. */
static void
tell_trouble (HistoryReport *report)
{
  g_autoptr (Sources) sources = sources_new ();
  GString *const out = report->report.out;

  history_explain (report->history, "write", &report->error);
  diag_print_headline (sources, DIAG_WARNING, SRC_SPAN_NONE,
                       report->error->message, out, false);
  diag_print_headline (sources, DIAG_NOTE, SRC_SPAN_NONE,
                       history_advice (report->error), out, false);
}

static void
on_end (Report *base, const ReportCounts *counts)
{
  HistoryReport *const report = (HistoryReport *)base;

  if (report->error == NULL && report->ended->len > 0)
    (void)write_results (report, counts->microsecs, &report->error);
  g_clear_pointer (&report->store, history_store_free);
  if (report->error != NULL)
    tell_trouble (report);
}

static void
on_free (Report *base)
{
  HistoryReport *const report = (HistoryReport *)base;

  history_store_free (report->store);
  g_clear_error (&report->error);
  g_hash_table_unref (report->paths);
  g_array_unref (report->ended);
  g_free (report->running);
}

Report *
history_report_new (History *history, int fd)
{
  static const ReportClass class = { .may_fail = true,
                                     .begin = on_begin,
                                     .on_event = on_event,
                                     .end = on_end,
                                     .free = on_free };
  HistoryReport *report = g_new0 (HistoryReport, 1);

  report->report.class = &class;
  report->report.fd = fd;
  report->report.out = g_string_new (NULL);
  report->history = history;
  report->ended = g_array_new (FALSE, FALSE, sizeof (Ended));
  report->paths = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return &report->report;
}
