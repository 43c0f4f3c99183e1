#include "config.h"

#include "report/report.h"

#include "base/visible.h"
#include "report/diagnostics.h"
#include "report/record.h"

#include <string.h>

/* A subtest stands further in than what it belongs to, and YAML further in
 * than its test. */
#define SUBTEST "    "
#define MARGIN  SUBTEST "  "

typedef struct
{
  Report report;
  Records *records;        /* owned */
  const ReportTest *tests; /* borrowed: all, those of a plan together */
  unsigned n_tests;
  unsigned n_all_ended;
  unsigned n_plans; /* that were begun */
  /* Of the plan that is running: */
  unsigned n_in_plan;
  unsigned n_ended;
  unsigned n_bad;
} TapReport;

/* Text that may hold anything, as a description or a reason: "#" would begin a
 * directive. */
static void
append_escaped (GString *out, const char *text, size_t n_text)
{
  g_autoptr (GString) shown = g_string_new (NULL);

  visible_append (shown, text, n_text);
  for (const char *at = shown->str; *at != '\0'; at++)
    {
      if (*at == '#' || *at == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *at);
    }
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

  tap->tests = tests;
  tap->n_tests = n_tests;
  for (unsigned i = 0; i < n_tests; i += count_in_plan (tap, i))
    n_plans++;
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
  append_escaped (out, test->plan->path, strlen (test->plan->path));
  g_string_append_printf (out, "\n" SUBTEST "1..%u\n", tap->n_in_plan);
}

static void
end_plan (TapReport *tap, const ReportTest *test)
{
  GString *const out = tap->report.out;

  g_string_append_printf (out, "%sok %u - ", tap->n_bad > 0 ? "not " : "",
                          tap->n_plans);
  append_escaped (out, test->plan->path, strlen (test->plan->path));
  g_string_append_c (out, '\n');
}

static void
append_comment (GString *out, const char *what, const RecordText *text)
{
  g_string_append_printf (out, SUBTEST "# %s: ", what);
  visible_append (out, text->bytes, text->n_bytes);
  g_string_append_c (out, '\n');
}

/* --- Tests ------------------------------------------------------------- */

static void
end_test (TapReport *tap, const ReportTest *test, const Record *record)
{
  GString *const out = tap->report.out;
  const bool was_skipped = record->verdict == VERDICT_SKIPPED;
  const bool is_bad = !was_skipped && record->verdict != VERDICT_PASSED
                      && record->verdict != VERDICT_NOT_RUN;

  if (tap->n_ended == tap->n_in_plan)
    begin_plan (tap, test);

  for (unsigned i = 0; i < record->log_lines->len; i++)
    append_comment (out, "log",
                    &g_array_index (record->log_lines, RecordText, i));
  tap->n_ended++;
  tap->n_all_ended++;
  tap->n_bad += is_bad;
  g_string_append_printf (out, SUBTEST "%sok %u - ", is_bad ? "not " : "",
                          tap->n_ended);
  append_escaped (out, test->test->name, strlen (test->test->name));
  if (was_skipped)
    {
      g_string_append (out, " # SKIP ");
      append_escaped (out, record->skip_reason.bytes,
                      record->skip_reason.n_bytes);
    }
  else if (record->verdict == VERDICT_NOT_RUN)
    {
      g_string_append_printf (out, " # SKIP %s",
                              verdict_name (record->verdict));
    }
  g_string_append_c (out, '\n');
  if (is_bad)
    diagnostics_append (out, MARGIN, test, record);
  if (record->logs.n_bytes > 0)
    append_comment (out, "logs", &record->logs);
  if (tap->n_ended == tap->n_in_plan)
    end_plan (tap, test);
}

static void
tap_on_event (Report *report, const ReportTest *test, const Event *event)
{
  TapReport *const tap = (TapReport *)report;
  Record *const record = records_add (tap->records, test, event);

  if (event->kind != EVENT_TEST_END)
    return;

  end_test (tap, test, record);
  records_remove (tap->records, test);
}

/* Whoever reads it must not take half a run for a whole one. */
static void
tap_end (Report *report, const ReportCounts *counts)
{
  TapReport *const tap = (TapReport *)report;

  if (counts->n_verdicts[VERDICT_INTERRUPTED] > 0)
    g_string_append (report->out, "Bail out! interrupted\n");
  else if (tap->n_all_ended < tap->n_tests)
    g_string_append (report->out, "Bail out! not all tests were run\n");
}

static void
tap_free (Report *report)
{
  records_free (((TapReport *)report)->records);
}

static const ReportClass tap_class = {
  .begin = tap_begin, .on_event = tap_on_event, .end = tap_end, .free = tap_free
};

Report *
tap_report_new (int fd)
{
  TapReport *tap = g_new0 (TapReport, 1);

  tap->report.class = &tap_class;
  tap->report.fd = fd;
  tap->report.out = g_string_new (NULL);
  tap->records = records_new ();
  return &tap->report;
}
