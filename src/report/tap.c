#include "config.h"

#include "report/report.h"

#include "base/visible.h"
#include "report/diagnostics.h"
#include "report/doing.h"
#include "report/entry.h"
#include "report/failure.h"
#include "report/label.h"
#include "report/record.h"
#include "report/signs.h"
#include "report/tap-layers.h"
#include "report/tap-text.h"

#include <string.h>

typedef struct
{
  Report report;
  Records *records;        /* owned */
  const ReportTest *tests; /* borrowed: all, those of a plan together */
  unsigned n_tests;
  unsigned n_all_ended;
  unsigned n_plans;  /* that were begun */
  TapLayers *layers; /* owned; NULL: the tests use none */
  Signs *signs;      /* owned; NULL: none are given */
  /* Of the plan that is running: */
  unsigned n_in_plan;
  unsigned n_ended;
  unsigned n_bad;
} TapReport;

/* Where a comment may stand now. */
static const char *
margin_now (const TapReport *tap)
{
  return tap->n_ended < tap->n_in_plan ? TAP_SUBTEST : "";
}

/* How many tests from there on are of the same plan. */
static unsigned
count_in_plan (const TapReport *tap, unsigned first)
{
  unsigned n = 0;

  while (first + n < tap->n_tests
         && tap->tests[first + n].plan == tap->tests[first].plan)
    n++;
  return n;
}

static void
tap_begin (Report *report, const ReportTest *tests, unsigned n_tests)
{
  TapReport *const tap = (TapReport *)report;
  unsigned n_plans = 0;
  bool has_layers = false;

  tap->tests = tests;
  tap->n_tests = n_tests;
  for (unsigned i = 0; i < n_tests; i += count_in_plan (tap, i))
    n_plans++;
  for (unsigned i = 0; i < n_tests && !has_layers; i++)
    has_layers = tests[i].test->n_layers > 0;
  if (has_layers)
    tap->layers = tap_layers_new (++n_plans);
  g_string_append_printf (report->out, "TAP version 14\n1..%u\n", n_plans);
}

static void
begin_plan (TapReport *tap, const ReportTest *test)
{
  GString *const out = tap->report.out;

  tap->n_in_plan = count_in_plan (tap, (unsigned)(test - tap->tests));
  tap->n_ended = 0;
  tap->n_bad = 0;
  tap->n_plans++;
  g_string_append (out, "# Subtest: ");
  tap_append_escaped (out, test->plan->path, strlen (test->plan->path));
  g_string_append_printf (out, "\n" TAP_SUBTEST "1..%u\n", tap->n_in_plan);
}

static void
end_plan (TapReport *tap, const ReportTest *test)
{
  GString *const out = tap->report.out;

  g_string_append_printf (out, "%sok %u - ", tap->n_bad > 0 ? "not " : "",
                          tap->n_plans);
  tap_append_escaped (out, test->plan->path, strlen (test->plan->path));
  g_string_append_c (out, '\n');
}

static void
append_comment (GString *out, const char *what, const RecordText *text)
{
  g_string_append_printf (out, TAP_SUBTEST "# %s: ", what);
  visible_append (out, text->bytes, text->n_bytes);
  g_string_append_c (out, '\n');
}

/* --- Tests ------------------------------------------------------------- */

static void
append_point (TapReport *tap, const ReportTest *test, const Record *record)
{
  GString *const out = tap->report.out;

  tap_append_point (out, TAP_SUBTEST, !verdict_is_bad (record->verdict),
                    tap->n_ended, test);
  if (record->verdict == VERDICT_SKIPPED)
    {
      g_string_append (out, " # SKIP ");
      tap_append_escaped (out, record->skip_reason.bytes,
                          record->skip_reason.n_bytes);
    }
  else if (record->verdict == VERDICT_NOT_RUN)
    {
      g_string_append_printf (out, " # SKIP %s",
                              verdict_name (record->verdict));
    }
  g_string_append_c (out, '\n');
}

/* What is to be known of a test that passed. */
static void
append_remarks (GString *out, const ReportTest *test, const Record *record)
{
  for (unsigned i = 0; i < record->leftovers->len; i++)
    append_comment (out, "left behind",
                    &g_array_index (record->leftovers, RecordLeftover, i).text);
  failure_append_killed (out, TAP_SUBTEST "# ", test, record);
  if (record->verdict != VERDICT_FLAKY)
    return;

  g_string_append (out, TAP_SUBTEST "# flaky: ");
  label_append_test (out, test);
  g_string_append_c (out, '\n');
}

static void
end_test (TapReport *tap, const ReportTest *test, const Record *record)
{
  GString *const out = tap->report.out;
  const bool bad = verdict_is_bad (record->verdict);

  if (tap->n_ended == tap->n_in_plan)
    begin_plan (tap, test);

  for (unsigned i = 0; i < record->log_lines->len; i++)
    append_comment (out, "log",
                    &g_array_index (record->log_lines, RecordText, i));
  tap->n_ended++;
  tap->n_all_ended++;
  tap->n_bad += bad;
  append_point (tap, test, record);
  if (bad || record->verdict == VERDICT_FLAKY)
    diagnostics_append (out, TAP_SUBTEST "  ", test, record);
  if (!bad)
    append_remarks (out, test, record);
  if (record->logs.n_bytes > 0)
    append_comment (out, "logs", &record->logs);
  if (tap->n_ended == tap->n_in_plan)
    end_plan (tap, test);
}

/* Why the tests that come next could not be run, for people. */
static void
end_layer (TapReport *tap, const ReportTest *test, Record *record)
{
  if (record_is_worth_telling (record) || record->killed->len > 0)
    {
      g_autoptr (GString) entry = g_string_new (NULL);

      entry_append (entry, test, record, false, false);
      tap_append_comments (tap->report.out, margin_now (tap), entry->str);
    }
  if (tap->layers != NULL)
    tap_layers_add (tap->layers, test, record);
  else
    record_free (record);
}

static void
tap_on_event (Report *report, const ReportTest *test, const Event *event)
{
  TapReport *const tap = (TapReport *)report;
  Record *const record = records_add (tap->records, test, event);

  if (event->kind == EVENT_TEST_END && test->layer != NULL)
    {
      end_layer (tap, test, records_steal (tap->records, test));
    }
  else if (event->kind == EVENT_TEST_END)
    {
      end_test (tap, test, record);
      records_remove (tap->records, test);
    }
  if (tap->signs == NULL)
    return;

  if (event->kind == EVENT_TEST_END || event->kind == EVENT_AGAIN)
    signs_forget (tap->signs, test);
  signs_make_way (tap->signs, report->out);
}

static void
tap_on_progress (Report *report, const ReportProgress *progress)
{
  TapReport *const tap = (TapReport *)report;

  if (tap->signs != NULL)
    signs_add (tap->signs, progress, margin_now (tap), report->out);
}

static void
tap_on_status (Report *report, const ReportProgress *progress)
{
  TapReport *const tap = (TapReport *)report;
  g_autofree char *margin = g_strconcat (margin_now (tap), "# ", NULL);

  doing_append_status (report->out, margin, progress);
  if (tap->signs != NULL)
    signs_make_way (tap->signs, report->out);
}

/* Whoever reads it must not take half a run for a whole one. */
static void
tap_end (Report *report, const ReportCounts *counts)
{
  TapReport *const tap = (TapReport *)report;

  if (counts->ended_by != NULL)
    g_string_append_printf (report->out, "Bail out! interrupted by %s\n",
                            counts->ended_by);
  else if (counts->n_verdicts[VERDICT_INTERRUPTED] > 0
           || (tap->layers != NULL && tap_layers_are_interrupted (tap->layers)))
    g_string_append (report->out, "Bail out! interrupted\n");
  else if (tap->n_all_ended < tap->n_tests)
    g_string_append (report->out, "Bail out! not all tests were run\n");
  else if (tap->layers != NULL)
    tap_layers_end (tap->layers, report->out);
}

static void
tap_free (Report *report)
{
  TapReport *const tap = (TapReport *)report;

  records_free (tap->records);
  tap_layers_free (tap->layers);
  signs_free (tap->signs);
}

static const ReportClass tap_class = { .begin = tap_begin,
                                       .on_event = tap_on_event,
                                       .on_progress = tap_on_progress,
                                       .on_status = tap_on_status,
                                       .end = tap_end,
                                       .free = tap_free };

Report *
tap_report_new (int fd, ReportSigns signs)
{
  TapReport *tap = g_new0 (TapReport, 1);

  tap->report.class = &tap_class;
  tap->report.fd = fd;
  tap->report.out = g_string_new (NULL);
  tap->records = records_new ();
  if (signs == SIGNS_DOTS)
    tap->signs = signs_new (SIGNS_AS_COMMENTS, 0);
  return &tap->report;
}
