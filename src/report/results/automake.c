#include "config.h"

#include "report/results/automake.h"

#include "base/visible.h"
#include "report/record.h"

#include <string.h>

#define RESULT_FIELD ":test-result: "

typedef struct
{
  Report report;
  AutomakeStyle style;
  Records *records; /* owned */
} AutomakeReport;

static const struct
{
  const char *name;
  const char *color;
} looks[N_AUTOMAKE_RESULTS] = {
#define RESULT(NAME, color) { #NAME, color },
  AUTOMAKE_RESULTS (RESULT)
#undef RESULT
};

/* --- Lines -------------------------------------------------------------- */

/* As automake's own drivers see it. */
static AutomakeResult
judge (const AutomakeStyle *style, AutomakeResult result)
{
  if (result == AUTOMAKE_ERROR && style->no_hard_errors)
    result = AUTOMAKE_FAIL;
  if (result == AUTOMAKE_FAIL && style->expects_failure)
    return AUTOMAKE_XFAIL;
  if (result == AUTOMAKE_PASS && style->expects_failure)
    return AUTOMAKE_XPASS;
  return result;
}

void
automake_append_result (GString *out, const AutomakeStyle *style,
                        AutomakeResult result, const char *name,
                        const char *reason)
{
  const AutomakeResult judged = judge (style, result);
  const bool color = style->for_people && style->color;

  g_string_append_printf (out, "%s%s%s%s",
                          style->for_people ? "" : RESULT_FIELD,
                          color ? looks[judged].color : "", looks[judged].name,
                          color ? "\33[m" : "");
  if (style->for_people)
    {
      g_string_append (out, ": ");
      visible_append (out, style->plan, strlen (style->plan));
    }
  if (name != NULL)
    {
      g_string_append_c (out, style->for_people ? ':' : ' ');
      visible_append (out, name, strlen (name));
    }
  if (reason != NULL)
    {
      g_string_append (out, " # ");
      visible_append (out, reason, strlen (reason));
    }
  g_string_append_c (out, '\n');
}

static AutomakeResult
result_of (const AutomakeStyle *style, Verdict verdict)
{
  switch (verdict)
    {
    case VERDICT_PASSED:
      return AUTOMAKE_PASS;
    case VERDICT_FLAKY:
      return style->fail_on_flaky ? AUTOMAKE_FAIL : AUTOMAKE_PASS;
    case VERDICT_FAILED:
      return AUTOMAKE_FAIL;
    case VERDICT_SKIPPED:
    case VERDICT_NOT_RUN: /* what stopped the run is told by another line */
      return AUTOMAKE_SKIP;
    default:
      return AUTOMAKE_ERROR;
    }
}

/* --- The report --------------------------------------------------------- */

static void
automake_begin (Report *report, const ReportTest *tests, unsigned n_tests)
{
  (void)report;
  (void)tests; /* each has its line when it has ended */
  (void)n_tests;
}

/* NULL: its result says all.  What fails in a test is in the log. */
static const char *
find_reason (const ReportTest *test, const Record *record)
{
  const GArray *const failures = record->failures;

  if (record->verdict == VERDICT_SKIPPED)
    return record->skip_reason.bytes;
  if (failures->len > 0
      && (test->layer != NULL || record->verdict == VERDICT_ERROR
          || record->verdict == VERDICT_INTERRUPTED))
    return g_array_index (failures, RecordFailure, 0).text.bytes;
  return record->verdict == VERDICT_PASSED || record->verdict == VERDICT_FAILED
             ? NULL
             : verdict_name (record->verdict);
}

static void
append_test (AutomakeReport *automake, const ReportTest *test,
             const Record *record)
{
  const AutomakeResult result = result_of (&automake->style, record->verdict);
  g_autoptr (GString) name = g_string_new (test->layer != NULL ? "layer " : "");

  g_string_append (name, test->test->name);
  if (test->round > 0)
    g_string_append_printf (name, " round %u", test->round);
  automake_append_result (automake->report.out, &automake->style,
                          test->layer != NULL ? AUTOMAKE_ERROR : result,
                          name->str, find_reason (test, record));
}

static void
automake_on_event (Report *report, const ReportTest *test, const Event *event)
{
  AutomakeReport *const automake = (AutomakeReport *)report;
  const Record *const record = records_add (automake->records, test, event);

  if (event->kind != EVENT_TEST_END)
    return;

  /* A layer is no test, but must not fail unseen. */
  if (test->layer == NULL || record_is_worth_telling (record))
    append_test (automake, test, record);
  records_remove (automake->records, test);
}

static void
automake_end (Report *report, const ReportCounts *counts)
{
  (void)report; /* see automake_append_end() */
  (void)counts;
}

static void
automake_free (Report *report)
{
  records_free (((AutomakeReport *)report)->records);
}

static const ReportClass automake_class = { .begin = automake_begin,
                                            .on_event = automake_on_event,
                                            .end = automake_end,
                                            .free = automake_free };

Report *
automake_report_new (int fd, const AutomakeStyle *style)
{
  AutomakeReport *automake = g_new0 (AutomakeReport, 1);

  automake->report.class = &automake_class;
  automake->report.fd = fd;
  automake->report.out = g_string_new (NULL);
  automake->style = *style;
  automake->records = records_new ();
  return &automake->report;
}

/* --- What they come to -------------------------------------------------- */

static void
count_line (const char *line, unsigned n_results[N_AUTOMAKE_RESULTS])
{
  const char *const result = line + strlen (RESULT_FIELD);
  const size_t n = strcspn (result, " ");

  for (unsigned i = 0; i < N_AUTOMAKE_RESULTS; i++)
    n_results[i] += strlen (looks[i].name) == n
                    && strncmp (looks[i].name, result, n) == 0;
}

void
automake_count (const char *lines, unsigned n_results[N_AUTOMAKE_RESULTS])
{
  g_auto (GStrv) split = g_strsplit (lines, "\n", -1);

  memset (n_results, 0, N_AUTOMAKE_RESULTS * sizeof *n_results);
  for (char **line = split; *line != NULL; line++)
    {
      if (g_str_has_prefix (*line, RESULT_FIELD))
        count_line (*line, n_results);
    }
}

/* The worst, but a plan of which some was run was not skipped. */
static AutomakeResult
sum_up (const unsigned n_results[N_AUTOMAKE_RESULTS])
{
  unsigned worst = N_AUTOMAKE_RESULTS - 1;

  while (worst > AUTOMAKE_PASS && n_results[worst] == 0)
    worst--;
  if (worst == AUTOMAKE_SKIP && n_results[AUTOMAKE_PASS] > 0)
    return AUTOMAKE_PASS;
  return (AutomakeResult)worst;
}

void
automake_append_end (GString *out, const unsigned n_results[N_AUTOMAKE_RESULTS])
{
  const AutomakeResult result = sum_up (n_results);
  const bool is_good = result == AUTOMAKE_PASS && n_results[AUTOMAKE_SKIP] == 0;

  g_string_append_printf (out, ":global-test-result: %s\n", looks[result].name);
  g_string_append_printf (out, ":recheck: %s\n",
                          result > AUTOMAKE_XFAIL ? "yes" : "no");
  g_string_append_printf (out, ":copy-in-global-log: %s\n",
                          is_good ? "no" : "yes");
}
