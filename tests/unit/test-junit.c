#include "config.h"

#include "telling.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void
set_up (Telling *telling, const void *data)
{
  static const char *const first[] = { "one", "two", NULL };
  static const char *const second[] = { "three", NULL };

  (void)data;
  telling_init (telling);
  telling_add_plan (telling, "./plans/net/a.b.plan", first);
  telling_add_plan (telling, "b.plan", second);
  telling_begin (telling, junit_report_new (telling->fd));
}

/* Without what differs on another day or another machine, and with single
 * quotes. */
static char *
end (Telling *telling)
{
  const ReportCounts counts = { .n_tests = 3 };

  telling_end (telling, &counts);
  g_assert_cmpint (telling->report->write_errno, ==, 0);

  g_autofree char *text = telling_take (telling);
  g_autoptr (GRegex) varying
      = g_regex_new ("timestamp=\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\" "
                     "hostname=\"[^\"]+\" |"
                     "<property name=\"proctor\" value=\"[^\"]+\" />\n",
                     0, 0, NULL);
  char *shown = g_regex_replace_literal (varying, text, -1, 0, "", 0, NULL);

  return g_strdelimit (shown, "\"", '\'');
}

/* However they were told, tests come in their order. */
static void
test_verdicts (Telling *telling, const void *data)
{
  (void)data;
  tell_failure (telling, 2);
  tell (telling, 1, EVENT_TEST_BEGIN, 0, "");
  tell_test (telling, 0, VERDICT_PASSED);
  tell (telling, 1, EVENT_SKIPPED, 0, "no psql\n\33");
  tell (telling, 1, EVENT_TEST_END, VERDICT_SKIPPED, "");

  g_autofree char *text = end (telling);

  g_assert_cmpstr (
      text, ==,
      "<?xml version='1.0' encoding='utf-8'?>\n"
      "<testsuites>\n"
      "<testsuite id='0' package='plans.net.a' name='./plans/net/a.b.plan' "
      "tests='2' failures='0' errors='0' skipped='1' time='0.024000'>\n"
      "<properties>\n"
      "</properties>\n"
      "<testcase name='one' classname='plans.net.a.b' time='0.012000' />\n"
      "<testcase name='two' classname='plans.net.a.b' time='0.012000'>\n"
      "<skipped message='no psql' />\n"
      "</testcase>\n"
      "<system-out />\n"
      "<system-err />\n"
      "</testsuite>\n"
      "<testsuite id='1' package='' name='b.plan' "
      "tests='1' failures='1' errors='0' skipped='0' time='0.012000'>\n"
      "<properties>\n"
      "</properties>\n"
      "<testcase name='three' classname='b' time='0.012000'>\n"
      "<failure message='&quot;echo&quot; exited with 3'"
      " type='wrong status'>"
      "b.plan:2:5: error: &quot;echo&quot; exited with 3\n"
      "    2 |     wait echo 0\n"
      "      |     ^~~~~~~~~~~\n"
      "b.plan:2:5: note: spawned here\n"
      "    2 |     wait echo 0\n"
      "      |     ^~~~~~~~~~~\n"
      "  echo: exited with 3\n"
      "    stdout| hello\n"
      "    stdout| world\n"
      "    stderr| \\x1b[31moh no\n"
      "    stderr| ok 1\n"
      "  left behind: pid 4711, sleep 100\n"
      "  logs: /logs/echo\n"
      "</failure>\n"
      "</testcase>\n"
      "<system-out />\n"
      "<system-err />\n"
      "</testsuite>\n"
      "</testsuites>\n");
}

/* Not a test is lost, also when the run was. */
static void
test_not_told (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 1, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 1, EVENT_TEST_END, VERDICT_INTERRUPTED, "");

  g_autofree char *text = end (telling);

  g_assert_nonnull (strstr (text,
                            "tests='2' failures='0' errors='1' skipped='1' "
                            "time='0.012000'>\n"));
  g_assert_nonnull (
      strstr (text, "<testcase name='one' classname='plans.net.a.b' "
                    "time='0.000000'>\n"
                    "<skipped message='not run' />\n"
                    "</testcase>\n"
                    "<testcase name='two' classname='plans.net.a.b' "
                    "time='0.012000'>\n"
                    "<error message='interrupted' type='interrupted' />\n"
                    "</testcase>\n"));
  g_assert_nonnull (
      strstr (text, "<testcase name='three' classname='b' time='0.000000'>\n"
                    "<skipped message='not run' />\n"));
}

static void
test_flaky (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 2, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 2, EVENT_FAILED, FAILURE_SAID_SO, "at first");
  tell (telling, 2, EVENT_AGAIN, VERDICT_FAILED, "try 1 of 2");
  tell_test (telling, 2, VERDICT_FLAKY);

  g_autofree char *text = end (telling);

  g_assert_nonnull (
      strstr (text, "<property name='flaky' value='three' />\n"
                    "</properties>\n"
                    "<testcase name='three' classname='b' time='0.012000' />\n"
                    "<system-out>flaky: three\n"
                    "try 1 failed\n"
                    "b.plan:2:5: error: at first\n"));
}

/* All tries are in the text of one that failed in the end. */
static void
test_tries (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 2, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 2, EVENT_AGAIN, VERDICT_PASSED, "round 1");
  tell (telling, 2, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 2, EVENT_FAILED, FAILURE_SAID_SO, "at first");
  tell (telling, 2, EVENT_AGAIN, VERDICT_ERROR, "try 2 of 3");
  tell_failure (telling, 2);

  g_autofree char *text = end (telling);
  const char *const last = strstr (text, "error: &quot;echo&quot; exited");

  g_assert_nonnull (last);
  g_assert_nonnull (strstr (last, "  logs: /logs/echo\n"
                                  "try 2 error\n"
                                  "b.plan:2:5: error: at first\n"));
  g_assert_nonnull (strstr (text, "failures='1' errors='0'"));
}

/* --- Layers -------------------------------------------------------------- */

static void
tell_a_layer (Telling *telling, ReportTest *test, const PlanLayer *layer,
              bool is_up, uint32_t op, Verdict verdict)
{
  const Event events[] = {
    { .kind = EVENT_TEST_BEGIN },
    { .kind = is_up ? EVENT_UP : EVENT_OP },
    { .kind = EVENT_FAILED,
      .op = op,
      .number = FAILURE_TIMED_OUT,
      .span = SRC_SPAN_NONE,
      .text = "no",
      .n_text = 2 },
    { .kind = EVENT_TEST_END, .number = (int32_t)verdict },
  };

  *test = g_array_index (telling->tests, ReportTest, 2);
  test->test = &layer->unit;
  test->layer = layer;
  for (unsigned i = 0; i < G_N_ELEMENTS (events); i++)
    if (events[i].kind != EVENT_FAILED || verdict != VERDICT_PASSED)
      report_event (telling->report, test, &events[i]);
}

static void
test_layers (Telling *telling, const void *data)
{
  const PlanSection section = { .first_op = 1, .n_ops = 1 };
  PlanLayer layer
      = { .unit = *g_array_index (telling->tests, ReportTest, 2).test };
  ReportTest tests[3];

  (void)data;
  layer.unit.name = "database";
  layer.unit.sections = &section;
  layer.unit.n_sections = 1;
  tell_test (telling, 2, VERDICT_PASSED);
  tell_a_layer (telling, &tests[0], &layer, false, 0, VERDICT_FAILED);
  tell_a_layer (telling, &tests[1], &layer, true, 0, VERDICT_PASSED);
  /* The same is set up again. */
  tell_a_layer (telling, &tests[1], &layer, true, 0, VERDICT_ERROR);
  tell_a_layer (telling, &tests[2], &layer, true, 2, VERDICT_FAILED);

  g_autofree char *text = end (telling);

  g_assert_nonnull (strstr (
      text, "tests='4' failures='2' errors='1' skipped='0' time='0.012000'>\n"
            "<properties>\n"
            "</properties>\n"
            "<testcase name='layer database (set-up)' classname='b' "
            "time='0.000000'>\n"
            "<failure message='no' type='timed out'>proctor: error: no\n"
            "</failure>\n"
            "</testcase>\n"
            "<testcase name='layer database (while it was up)' classname='b' "
            "time='0.000000'>\n"
            "<error message='no' type='timed out'>proctor: error: no\n"
            "</error>\n"
            "</testcase>\n"
            "<testcase name='layer database (tear-down)' classname='b' "
            "time='0.000000'>\n"
            "<failure message='no' type='timed out'>proctor: error: no\n"
            "</failure>\n"
            "</testcase>\n"
            "<testcase name='three' classname='b' time='0.012000' />\n"
            "<system-out />\n"));
}

/* --- Odd texts ------------------------------------------------------------ */

static void
test_odd_texts (Telling *telling, const void *data)
{
  static const char odd[]
      = "]]>&amp;<a b='\"'>\t\0\1\33\x7f\xff\xc2\x9b\xed\xa0\x80\r\n"
        "\xef\xbf\xbf\xe2\x80\xae\xf0\x9f\x98\x80--><?x?>";

  (void)data;
  tell (telling, 2, EVENT_TEST_BEGIN, 0, "");
  tell_bytes (telling, 2, EVENT_FAILED, FAILURE_SAID_SO, odd, sizeof odd - 1);
  tell (telling, 2, EVENT_STATE, 0, "<&>");
  tell_bytes (telling, 2, EVENT_TAIL, STDOUT_FILENO, odd, sizeof odd - 1);
  tell (telling, 2, EVENT_TEST_END, VERDICT_FAILED, "");

  g_autofree char *text = end (telling);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *at = text; *at != '\0'; at++)
    g_assert_true ((unsigned char)*at >= 0x20 || *at == '\n' || *at == '\t');
  g_assert_nonnull (strstr (
      text, "  echo: &lt;&amp;&gt;\n"
            "    stdout| ]]&gt;&amp;amp;&lt;a b='&quot;'&gt;\t"
            "\\x00\\x01\\x1b\\x7f\\xff\\u009b\\xed\\xa0\\x80\n"
            "    stdout| \\uffff\\u202e\xf0\x9f\x98\x80--&gt;&lt;?x?&gt;\n"));
}

static void
test_long (Telling *telling, const void *data)
{
  g_autofree char *line = g_strnfill (1000000, '\1');

  (void)data;
  tell (telling, 2, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 2, EVENT_FAILED, FAILURE_SAID_SO, "no");
  tell (telling, 2, EVENT_STATE, 0, "x");
  tell (telling, 2, EVENT_TAIL, STDOUT_FILENO, line);
  tell (telling, 2, EVENT_TEST_END, VERDICT_FAILED, "");

  g_autofree char *text = end (telling);

  g_assert_cmpuint (strlen (text), >, 4000000);
  g_assert_true (g_str_has_suffix (text, "</testsuites>\n"));
}

static void
test_odd_names (void)
{
  static const char *const names[] = { "\"<&>'\n\33", NULL };
  Telling telling;

  telling_init (&telling);
  telling_add_plan (&telling, "../<x>/\"\xff\".plan", names);
  telling_begin (&telling, junit_report_new (telling.fd));
  tell_test (&telling, 0, VERDICT_PASSED);

  g_autofree char *text = end (&telling);

  g_assert_nonnull (strstr (text,
                            "package='&lt;x&gt;' "
                            "name='../&lt;x&gt;/&quot;\\xff&quot;.plan'"));
  g_assert_nonnull (strstr (text,
                            "<testcase name='&quot;&lt;&amp;&gt;'\\n\\x1b' "
                            "classname='&lt;x&gt;.&quot;\\xff&quot;' "));
  telling_tear_down (&telling, NULL);
}

/* A disk that is full: half a document is none. */
static void
test_full (Telling *telling, const void *data)
{
  const ReportCounts counts = { .n_tests = 3 };
  struct rlimit before;

  (void)data;
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);

  const struct rlimit limit = { .rlim_cur = 100, .rlim_max = before.rlim_max };

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  telling_end (telling, &counts);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpint (telling->report->write_errno, ==, EFBIG);
  g_assert_cmpint (lseek (telling->fd, 0, SEEK_END), ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Telling *telling, const void *data);
  } tests[] = {
    { "/report/junit/verdicts", test_verdicts },
    { "/report/junit/not-told", test_not_told },
    { "/report/junit/flaky", test_flaky },
    { "/report/junit/tries", test_tries },
    { "/report/junit/layers", test_layers },
    { "/report/junit/odd-texts", test_odd_texts },
    { "/report/junit/long", test_long },
    { "/report/junit/full", test_full },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Telling, NULL, set_up, tests[i].func,
                telling_tear_down);
  g_test_add_func ("/report/junit/odd-names", test_odd_names);
  return g_test_run ();
}
