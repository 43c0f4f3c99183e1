#include "config.h"

#include "telling.h"

#include <string.h>
#include <unistd.h>

static void
set_up (Telling *telling, const void *data)
{
  static const char *const first[] = { "one", "two", NULL };
  static const char *const second[] = { "three", NULL };

  (void)data;
  telling_init (telling);
  telling_add_plan (telling, "a.plan", first);
  telling_add_plan (telling, "b.plan", second);
  telling_begin (telling, tap_report_new (telling->fd, SIGNS_NONE));
}

static void
test_passed (Telling *telling, const void *data)
{
  const ReportCounts counts = { .n_tests = 3, .n_verdicts = { 3 } };

  (void)data;
  assert_told (telling, "TAP version 14\n1..2\n");
  tell_test (telling, 0, VERDICT_PASSED);
  tell_test (telling, 1, VERDICT_PASSED);
  assert_told (telling, "# Subtest: a.plan\n"
                        "    1..2\n"
                        "    ok 1 - one\n"
                        "    ok 2 - two\n"
                        "ok 1 - a.plan\n");
  tell_test (telling, 2, VERDICT_PASSED);
  telling_end (telling, &counts);
  assert_told (telling, "# Subtest: b.plan\n"
                        "    1..1\n"
                        "    ok 1 - three\n"
                        "ok 2 - b.plan\n");
}

static void
test_failed (Telling *telling, const void *data)
{
  (void)data;
  g_free (telling_take (telling));
  tell_failure (telling, 2);
  assert_told (telling, "# Subtest: b.plan\n"
                        "    1..1\n"
                        "    not ok 1 - three\n"
                        "      ---\n"
                        "      message: \"\\\"echo\\\" exited with 3\"\n"
                        "      severity: \"fail\"\n"
                        "      at:\n"
                        "        file: \"b.plan\"\n"
                        "        line: 2\n"
                        "        column: 5\n"
                        "      failure: \"wrong status\"\n"
                        "      notes:\n"
                        "      - message: \"spawned here\"\n"
                        "        at:\n"
                        "          file: \"b.plan\"\n"
                        "          line: 2\n"
                        "          column: 5\n"
                        "      duration_ms: 12\n"
                        "      processes:\n"
                        "      - name: \"echo\"\n"
                        "        state: \"exited with 3\"\n"
                        "        stdout: |\n"
                        "          hello\n"
                        "          world\n"
                        "        stderr: |\n"
                        "          \\x1b[31moh no\\r\n"
                        "          ok 1\n"
                        "      leftovers:\n"
                        "      - pid: 4711\n"
                        "        what: \"sleep 100\"\n"
                        "      ...\n"
                        "    # logs: /logs/echo\n"
                        "not ok 1 - b.plan\n");
}

static void
test_note_of_lines (Telling *telling, const void *data)
{
  (void)data;
  tell_note_of_lines (telling, 2);

  g_autofree char *told = telling_take (telling);

  g_assert_nonnull (strstr (told, "      - message: |\n"
                                  "          how they differ:\n"
                                  "          --- a\n"
                                  "          @@ \\x1b @@\n"
                                  "          +b\n"));
}

static void
test_several_failures (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 2, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 2, EVENT_FAILED, FAILURE_TROUBLE, "first");
  tell (telling, 2, EVENT_FAILED, FAILURE_LEFT_BEHIND, "second");
  tell (telling, 2, EVENT_TEST_END, VERDICT_FAILED, "");

  g_autofree char *text = telling_take (telling);

  g_assert_nonnull (strstr (text, "      message: \"first\"\n"
                                  "      severity: \"error\"\n"));
  g_assert_nonnull (strstr (text, "      also:\n"
                                  "      - message: \"second\"\n"));
}

static void
test_skipped (Telling *telling, const void *data)
{
  (void)data;
  g_free (telling_take (telling));
  tell (telling, 2, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 2, EVENT_SKIPPED, 0, "no psql\n#1");
  tell (telling, 2, EVENT_TEST_END, VERDICT_SKIPPED, "");
  assert_told (telling, "# Subtest: b.plan\n"
                        "    1..1\n"
                        "    ok 1 - three # SKIP no psql\\\\n\\#1\n"
                        "ok 1 - b.plan\n");
}

static void
test_log (Telling *telling, const void *data)
{
  (void)data;
  g_free (telling_take (telling));
  tell (telling, 2, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 2, EVENT_LOG, 0, "now\nok 2");
  tell (telling, 2, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "# Subtest: b.plan\n"
                        "    1..1\n"
                        "    # log: now\\nok 2\n"
                        "    ok 1 - three\n"
                        "ok 1 - b.plan\n");
}

static void
test_flaky (Telling *telling, const void *data)
{
  (void)data;
  g_array_index (telling->tests, ReportTest, 2).n_retries = 2;
  g_free (telling_take (telling));
  tell (telling, 2, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 2, EVENT_FAILED, FAILURE_SAID_SO, "bad");
  tell (telling, 2, EVENT_LOGS, 0, "/logs/1");
  tell (telling, 2, EVENT_AGAIN, VERDICT_FAILED, "try 1 of 3");
  tell_test (telling, 2, VERDICT_FLAKY);
  assert_told (telling, "# Subtest: b.plan\n"
                        "    1..1\n"
                        "    ok 1 - three\n"
                        "      ---\n"
                        "      flaky: \"passed at try 2 of 3\"\n"
                        "      duration_ms: 12\n"
                        "      tries:\n"
                        "      - message: \"bad\"\n"
                        "        severity: \"fail\"\n"
                        "        at:\n"
                        "          file: \"b.plan\"\n"
                        "          line: 2\n"
                        "          column: 5\n"
                        "        failure: \"failed by the plan\"\n"
                        "        duration_ms: 0\n"
                        "        logs: \"/logs/1\"\n"
                        "      ...\n"
                        "    # flaky: b.plan:three\n"
                        "ok 1 - b.plan\n");
}

static void
test_round (Telling *telling, const void *data)
{
  (void)data;
  g_array_index (telling->tests, ReportTest, 2).round = 3;
  g_free (telling_take (telling));
  tell (telling, 2, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 2, EVENT_LEFTOVER, 0, "sleep 100");
  tell (telling, 2, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "# Subtest: b.plan\n"
                        "    1..1\n"
                        "    ok 1 - three \\#3\n"
                        "    # left behind: sleep 100\n"
                        "ok 1 - b.plan\n");
}

/* --- Layers ------------------------------------------------------------- */

static void
set_up_layers (Telling *telling, const void *data)
{
  static const char *const names[] = { "one", "two", NULL };

  (void)data;
  telling_init (telling);
  telling_add_plan (telling, "a.plan", names);
  ((Plan *)g_ptr_array_index (telling->plans, 0))->tests[1].n_layers = 1;
  telling_begin (telling, tap_report_new (telling->fd, SIGNS_NONE));
  assert_told (telling, "TAP version 14\n1..2\n");
}

#define PLACE                                                                  \
  "      at:\n"                                                                \
  "        file: \"a.plan\"\n"                                                 \
  "        line: 2\n"                                                          \
  "        column: 5\n"

static void
test_layer (Telling *telling, const void *data)
{
  const ReportCounts counts = { .n_tests = 2, .n_verdicts = { 2 } };

  (void)data;
  tell_layer (telling, EVENT_TEST_BEGIN, 0, 0, "");
  tell_layer (telling, EVENT_UP, 0, 0, "");
  tell_test (telling, 0, VERDICT_PASSED);
  tell_test (telling, 1, VERDICT_PASSED);
  tell_layer (telling, EVENT_TEST_END, VERDICT_PASSED, 0, "");
  assert_told (telling, "# Subtest: a.plan\n"
                        "    1..2\n"
                        "    ok 1 - one\n"
                        "    ok 2 - two\n"
                        "ok 1 - a.plan\n");
  telling_end (telling, &counts);
  assert_told (telling, "# Subtest: layers\n"
                        "    1..1\n"
                        "    ok 1 - database\n"
                        "ok 2 - layers\n");
}

static void
test_no_layer (Telling *telling, const void *data)
{
  const ReportCounts counts = { .n_tests = 2, .n_verdicts = { 2 } };

  (void)data;
  tell_test (telling, 0, VERDICT_SKIPPED);
  tell_test (telling, 1, VERDICT_SKIPPED);
  g_free (telling_take (telling));
  telling_end (telling, &counts);
  assert_told (telling, "ok 2 - layers # SKIP none was set up\n");
}

/* It fails where all tests have passed. */
static void
test_layer_tear_down (Telling *telling, const void *data)
{
  const ReportCounts counts = { .n_tests = 2, .n_verdicts = { 2 } };

  (void)data;
  tell_test (telling, 0, VERDICT_PASSED);
  g_free (telling_take (telling));
  tell_layer (telling, EVENT_TEST_BEGIN, 0, 0, "");
  tell_layer (telling, EVENT_UP, 0, 0, "");
  tell_layer (telling, EVENT_FAILED, FAILURE_TIMED_OUT, 4, "\"db\" hangs");
  tell_layer (telling, EVENT_TEST_END, VERDICT_FAILED, 0, "");
  assert_told (telling, "    # ERROR   layer a.plan:database  0.012s  "
                        "(could not be torn down)\n"
                        "    # a.plan:2:5: error: \"db\" hangs\n"
                        "    #     2 |     wait echo 0\n"
                        "    #       |     ^~~~~~~~~~~\n");
  tell_test (telling, 1, VERDICT_PASSED);
  g_free (telling_take (telling));
  telling_end (telling, &counts);
  assert_told (telling, "# Subtest: layers\n"
                        "    1..1\n"
                        "    not ok 1 - database\n"
                        "      ---\n"
                        "      message: \"\\\"db\\\" hangs\"\n"
                        "      severity: \"fail\"\n" PLACE
                        "      failure: \"timed out\"\n"
                        "      duration_ms: 12\n"
                        "      ...\n"
                        "not ok 2 - layers\n");
}

static void
test_spoiled (Telling *telling, const void *data)
{
  (void)data;
  tell_test (telling, 0, VERDICT_PASSED);
  g_free (telling_take (telling));
  tell (telling, 1, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 1, EVENT_FAILED, FAILURE_LAYER, "no layer");
  tell (telling, 1, EVENT_TEST_END, VERDICT_ERROR, "");
  assert_told (telling, "    not ok 2 - two\n"
                        "      ---\n"
                        "      message: \"no layer\"\n"
                        "      severity: \"error\"\n" PLACE
                        "      failure: \"a layer has failed\"\n"
                        "      duration_ms: 12\n"
                        "      ...\n"
                        "not ok 1 - a.plan\n");
}

static void
test_interrupted (Telling *telling, const void *data)
{
  const ReportCounts counts
      = { .n_tests = 3, .n_verdicts = { [VERDICT_INTERRUPTED] = 1 } };

  (void)data;
  g_free (telling_take (telling));
  tell_test (telling, 0, VERDICT_INTERRUPTED);
  tell_test (telling, 1, VERDICT_NOT_RUN);
  telling_end (telling, &counts);
  assert_told (telling, "# Subtest: a.plan\n"
                        "    1..2\n"
                        "    not ok 1 - one\n"
                        "      ---\n"
                        "      message: \"interrupted\"\n"
                        "      severity: \"error\"\n"
                        "      at:\n"
                        "        file: \"a.plan\"\n"
                        "        line: 1\n"
                        "        column: 1\n"
                        "      duration_ms: 12\n"
                        "      ...\n"
                        "    ok 2 - two # SKIP not run\n"
                        "not ok 1 - a.plan\n"
                        "Bail out! interrupted\n");
}

static void
test_cut_short (Telling *telling, const void *data)
{
  const ReportCounts counts = { .n_tests = 3, .n_verdicts = { 1 } };

  (void)data;
  tell_test (telling, 0, VERDICT_PASSED);
  telling_end (telling, &counts);

  g_autofree char *text = telling_take (telling);

  g_assert_true (
      g_str_has_suffix (text, "\nBail out! not all tests were run\n"));
}

static void
test_odd_names (void)
{
  static const char *const names[] = { "a # SKIP\nok 1 \\ \33", NULL };
  Telling telling;

  telling_init (&telling);
  telling_add_plan (&telling, "p#.plan", names);
  telling_begin (&telling, tap_report_new (telling.fd, SIGNS_NONE));
  tell_test (&telling, 0, VERDICT_PASSED);
  assert_told (&telling, "TAP version 14\n"
                         "1..1\n"
                         "# Subtest: p\\#.plan\n"
                         "    1..1\n"
                         "    ok 1 - a \\# SKIP\\\\nok 1 \\\\ \\\\x1b\n"
                         "ok 1 - p\\#.plan\n");
  report_free (telling.report);
  telling_clear (&telling);
}

/* Output that looks like YAML, or like TAP. */
static void
test_odd_output (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 2, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 2, EVENT_FAILED, FAILURE_SAID_SO, "true\xff");
  tell (telling, 2, EVENT_STATE, 0, "123");
  tell_bytes (telling, 2, EVENT_TAIL, STDOUT_FILENO, "...\n---\nnot ok 1\n\0",
              17);
  tell (telling, 2, EVENT_TAIL, STDERR_FILENO, "");
  tell (telling, 2, EVENT_TEST_END, VERDICT_FAILED, "");

  g_autofree char *text = telling_take (telling);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_nonnull (strstr (text, "message: \"true\\\\xff\"\n"));
  g_assert_nonnull (strstr (text, "state: \"123\"\n"));
  g_assert_null (strstr (text, "\nnot ok 1\n"));
  g_assert_null (strstr (text, "\n...\n"));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Telling *telling, const void *data);
  } tests[] = {
    { "/report/tap/passed", test_passed },
    { "/report/tap/failed", test_failed },
    { "/report/tap/note-of-lines", test_note_of_lines },
    { "/report/tap/several-failures", test_several_failures },
    { "/report/tap/skipped", test_skipped },
    { "/report/tap/log", test_log },
    { "/report/tap/flaky", test_flaky },
    { "/report/tap/round", test_round },
    { "/report/tap/interrupted", test_interrupted },
    { "/report/tap/cut-short", test_cut_short },
    { "/report/tap/odd-output", test_odd_output },
  };

  static const struct
  {
    const char *path;
    void (*func) (Telling *telling, const void *data);
  } layer_tests[] = {
    { "/report/tap/layer", test_layer },
    { "/report/tap/layer/none", test_no_layer },
    { "/report/tap/layer/tear-down", test_layer_tear_down },
    { "/report/tap/layer/spoiled", test_spoiled },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Telling, NULL, set_up, tests[i].func,
                telling_tear_down);
  for (unsigned i = 0; i < G_N_ELEMENTS (layer_tests); i++)
    g_test_add (layer_tests[i].path, Telling, NULL, set_up_layers,
                layer_tests[i].func, telling_tear_down);
  g_test_add_func ("/report/tap/odd-names", test_odd_names);
  return g_test_run ();
}
