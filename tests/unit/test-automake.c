#include "config.h"

#include "report/results/automake.h"
#include "telling.h"

static const AutomakeStyle for_make = { .plan = "a.plan" };
static const AutomakeStyle for_people
    = { .plan = "a.plan", .for_people = true };

static void
begin (Telling *telling, const AutomakeStyle *style)
{
  static const char *const names[] = { "one", "two", "three", NULL };

  telling_init (telling);
  telling_add_plan (telling, "../src/a.plan", names);
  telling_begin (telling, automake_report_new (telling->fd, style));
}

static void
end (Telling *telling)
{
  report_free (telling->report);
  telling_clear (telling);
}

/* --- A test each -------------------------------------------------------- */

static const struct
{
  const char *path;
  Verdict verdict;
  AutomakeStyle style;
  const char *told;
} verdicts[] = {
  { "/report/automake/passed", VERDICT_PASSED, { .plan = "" }, "PASS two" },
  { "/report/automake/failed", VERDICT_FAILED, { .plan = "" }, "FAIL two" },
  { "/report/automake/error",
    VERDICT_ERROR,
    { .plan = "" },
    "ERROR two # error" },
  { "/report/automake/interrupted",
    VERDICT_INTERRUPTED,
    { .plan = "" },
    "ERROR two # interrupted" },
  { "/report/automake/not-run",
    VERDICT_NOT_RUN,
    { .plan = "" },
    "SKIP two # not run" },
  { "/report/automake/flaky",
    VERDICT_FLAKY,
    { .plan = "" },
    "PASS two # flaky" },
  { "/report/automake/flaky-fails",
    VERDICT_FLAKY,
    { .plan = "", .fail_on_flaky = true },
    "FAIL two # flaky" },
  { "/report/automake/passed-unexpectedly",
    VERDICT_PASSED,
    { .plan = "", .expects_failure = true },
    "XPASS two" },
  { "/report/automake/failed-as-expected",
    VERDICT_FAILED,
    { .plan = "", .expects_failure = true },
    "XFAIL two" },
  { "/report/automake/error-is-not-expected",
    VERDICT_ERROR,
    { .plan = "", .expects_failure = true },
    "ERROR two # error" },
  { "/report/automake/no-hard-errors",
    VERDICT_ERROR,
    { .plan = "", .no_hard_errors = true },
    "FAIL two # error" },
  { "/report/automake/no-hard-errors-expected",
    VERDICT_ERROR,
    { .plan = "", .no_hard_errors = true, .expects_failure = true },
    "XFAIL two # error" },
};

static void
test_verdict (const void *data)
{
  const unsigned i = GPOINTER_TO_UINT (data);
  Telling telling;
  g_autofree char *told
      = g_strdup_printf (":test-result: %s\n", verdicts[i].told);

  begin (&telling, &verdicts[i].style);
  tell_test (&telling, 1, verdicts[i].verdict);
  assert_told (&telling, told);
  end (&telling);
}

/* Each at once, in the order in which they end. */
static void
test_for_people (void)
{
  const ReportCounts counts = { .n_tests = 3, .n_verdicts = { 2 } };
  Telling telling;

  begin (&telling, &for_people);
  tell_test (&telling, 1, VERDICT_PASSED);
  assert_told (&telling, "PASS: a.plan:two\n");
  tell_failure (&telling, 0);
  assert_told (&telling, "FAIL: a.plan:one\n");
  telling_end (&telling, &counts);
  assert_told (&telling, "");
  end (&telling);
}

static void
test_color (void)
{
  const AutomakeStyle style
      = { .plan = "a.plan", .for_people = true, .color = true };
  Telling telling;

  begin (&telling, &style);
  tell_test (&telling, 0, VERDICT_FAILED);
  assert_told (&telling, "\33[0;31mFAIL\33[m: a.plan:one\n");
  end (&telling);
}

/* What is in a reason must not look like a line of ours. */
static void
test_skipped (void)
{
  Telling telling;

  begin (&telling, &for_make);
  tell (&telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (&telling, 0, EVENT_SKIPPED, 0, "no psql\n:recheck: no");
  tell (&telling, 0, EVENT_TEST_END, VERDICT_SKIPPED, "");
  assert_told (&telling, ":test-result: SKIP one # no psql\\n:recheck: no\n");
  end (&telling);
}

static void
test_error (void)
{
  Telling telling;

  begin (&telling, &for_make);
  tell (&telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (&telling, 0, EVENT_FAILED, FAILURE_LAYER, "no database");
  tell (&telling, 0, EVENT_FAILED, FAILURE_LAYER, "and more");
  tell (&telling, 0, EVENT_TEST_END, VERDICT_ERROR, "");
  assert_told (&telling, ":test-result: ERROR one # no database\n");
  end (&telling);
}

static void
test_layer (void)
{
  Telling telling;

  begin (&telling, &for_make);

  ReportTest *const test = &g_array_index (telling.tests, ReportTest, 0);
  const PlanLayer layer = { .sharing = SHARING_SHARED };

  test->layer = &layer;
  tell_test (&telling, 0, VERDICT_PASSED);
  assert_told (&telling, "");
  tell_failure (&telling, 0);
  assert_told (&telling,
               ":test-result: ERROR layer one # \"echo\" exited with 3\n");
  end (&telling);
}

static void
test_round (void)
{
  Telling telling;

  begin (&telling, &for_make);
  g_array_index (telling.tests, ReportTest, 0).round = 2;
  tell_test (&telling, 0, VERDICT_PASSED);
  assert_told (&telling, ":test-result: PASS one round 2\n");
  end (&telling);
}

static void
test_of_no_test (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  automake_append_result (out, &for_make, AUTOMAKE_ERROR, NULL, "no\nfile");
  automake_append_result (out, &for_people, AUTOMAKE_SKIP, NULL, NULL);
  g_assert_cmpstr (out->str, ==,
                   ":test-result: ERROR # no\\nfile\n"
                   "SKIP: a.plan\n");
}

/* --- What they come to -------------------------------------------------- */

static const struct
{
  const char *path;
  const char *lines;
  const char *global;
  const char *recheck;
  const char *copy;
} sums[] = {
  { "/report/automake/end/passed",
    ":test-result: PASS a\n:test-result: PASS FAIL\n", "PASS", "no", "no" },
  { "/report/automake/end/some-skipped",
    ":test-result: PASS a\n:test-result: SKIP b # c\n", "PASS", "no", "yes" },
  { "/report/automake/end/all-skipped",
    ":test-result: SKIP\n:test-result: SKIP b\n", "SKIP", "no", "yes" },
  { "/report/automake/end/failed",
    ":test-result: PASS a\n:test-result: FAIL b\n:test-result: XFAIL c\n",
    "FAIL", "yes", "yes" },
  { "/report/automake/end/error",
    ":test-result: FAIL a\n:test-result: ERROR b\n", "ERROR", "yes", "yes" },
  { "/report/automake/end/expected", ":test-result: XFAIL a\n", "XFAIL", "no",
    "yes" },
  { "/report/automake/end/unexpected",
    ":test-result: XPASS a\n:test-result: XFAIL b\n", "XPASS", "yes", "yes" },
};

static void
test_sum (const void *data)
{
  const unsigned i = GPOINTER_TO_UINT (data);
  unsigned n_results[N_AUTOMAKE_RESULTS];
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *expected = g_strdup_printf (
      ":global-test-result: %s\n:recheck: %s\n:copy-in-global-log: %s\n",
      sums[i].global, sums[i].recheck, sums[i].copy);

  automake_count (sums[i].lines, n_results);
  automake_append_end (out, n_results);
  g_assert_cmpstr (out->str, ==, expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (verdicts); i++)
    g_test_add_data_func (verdicts[i].path, GUINT_TO_POINTER (i), test_verdict);
  for (unsigned i = 0; i < G_N_ELEMENTS (sums); i++)
    g_test_add_data_func (sums[i].path, GUINT_TO_POINTER (i), test_sum);
  g_test_add_func ("/report/automake/for-people", test_for_people);
  g_test_add_func ("/report/automake/color", test_color);
  g_test_add_func ("/report/automake/skipped", test_skipped);
  g_test_add_func ("/report/automake/error-reason", test_error);
  g_test_add_func ("/report/automake/layer", test_layer);
  g_test_add_func ("/report/automake/round", test_round);
  g_test_add_func ("/report/automake/of-no-test", test_of_no_test);
  return g_test_run ();
}
