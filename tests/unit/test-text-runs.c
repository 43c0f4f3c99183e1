#include "config.h"

#include "telling.h"

#include <string.h>

/* Tests that are run more than once, beside each other, and with layers. */

static const ReportStyle plain = { .verbosity = 0 };
static const ReportStyle quiet = { .verbosity = -1 };
static const ReportStyle verbose = { .verbosity = 1 };

static void
set_up (Telling *telling, const void *style)
{
  static const char *const names[] = { "one", "two", "three", NULL };

  telling_init (telling);
  telling_add_plan (telling, "echo.plan", names);
  telling_begin (telling, text_report_new (telling->fd, style));
}

#define LINES                                                                  \
  "    2 |     wait echo 0\n"                                                  \
  "      |     ^~~~~~~~~~~\n"

/* --- More than once ------------------------------------------------------- */

static void
fail_once (Telling *telling, const char *text, const char *logs,
           const char *again)
{
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_FAILED, FAILURE_SAID_SO, text);
  tell (telling, 0, EVENT_STATE, 0, "exited with 3");
  tell (telling, 0, EVENT_LEFTOVER, 0, "sleep 100");
  tell (telling, 0, EVENT_LOGS, 0, logs);
  tell (telling, 0, EVENT_AGAIN, VERDICT_FAILED, again);
}

static void
test_flaky (Telling *telling, const void *style)
{
  (void)style;
  g_array_index (telling->tests, ReportTest, 0).n_retries = 2;
  fail_once (telling, "bad", "/logs/1", "try 1 of 3");
  assert_told (telling, "");
  tell_test (telling, 0, VERDICT_FLAKY);
  assert_told (telling, "flaky   echo.plan:one  0.012s  "
                        "(passed at try 2 of 3)\n"
                        "  try 1: echo.plan:2:5: error: bad\n"
                        "  try 1: logs: /logs/1\n");
}

static void
test_retries (Telling *telling, const void *style)
{
  (void)style;
  g_array_index (telling->tests, ReportTest, 0).n_retries = 2;
  fail_once (telling, "bad", "/logs/1", "try 1 of 3");
  fail_once (telling, "worse", "", "try 2 of 3");
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_FAILED, FAILURE_SAID_SO, "worst");
  tell (telling, 0, EVENT_TEST_END, VERDICT_FAILED, "");
  assert_told (telling, "FAIL    echo.plan:one  0.012s  (try 3 of 3)\n"
                        "echo.plan:2:5: error: worst\n" LINES
                        "  try 1: echo.plan:2:5: error: bad\n"
                        "  try 1: logs: /logs/1\n"
                        "  try 2: echo.plan:2:5: error: worse\n");
}

/* As --until-fail does it: of what went well nothing is kept. */
static void
test_rounds_until_fail (Telling *telling, const void *style)
{
  (void)style;
  for (unsigned i = 1; i <= 17; i++)
    {
      g_autofree char *round = g_strdup_printf ("round %u", i);

      tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
      tell (telling, 0, EVENT_LEFTOVER, 0, "sleep 100");
      tell (telling, 0, EVENT_LOGS, 0, "/logs/1");
      tell (telling, 0, EVENT_AGAIN, VERDICT_PASSED, round);
    }
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_FAILED, FAILURE_SAID_SO, "bad");
  tell (telling, 0, EVENT_TEST_END, VERDICT_FAILED, "");
  assert_told (telling, "FAIL    echo.plan:one  0.012s  (after round 17)\n"
                        "echo.plan:2:5: error: bad\n" LINES);
}

static void
test_round (Telling *telling, const void *style)
{
  (void)style;
  g_array_index (telling->tests, ReportTest, 1).round = 2;
  tell_test (telling, 1, VERDICT_PASSED);
  assert_told (telling, "ok      echo.plan:two #2  0.012s\n");
}

static void
test_again_verbose (Telling *telling, const void *style)
{
  (void)style;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_OUTPUT, 1, "hel");
  tell (telling, 0, EVENT_AGAIN, VERDICT_FAILED, "try 1 of 3");
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  assert_told (telling, "run     echo.plan:one\n"
                        "echo| hel\n"
                        "again   echo.plan:one  0.000s  (failed, try 1 of 3)\n"
                        "run     echo.plan:one\n");
}

static void
test_leftovers (Telling *telling, const void *style)
{
  (void)style;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_LEFTOVER, 0, "sleep 100");
  tell (telling, 0, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "ok      echo.plan:one  0.012s\n"
                        "  left behind: pid 4711, sleep 100\n");
}

/* --- Beside each other ---------------------------------------------------- */

static void
test_story (Telling *telling, const void *style)
{
  (void)style;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_STARTED, 0, "");
  tell (telling, 0, EVENT_OUTPUT, 1, "hel");
  tell (telling, 1, EVENT_TEST_BEGIN, 0, "");
  assert_told (telling, "run     echo.plan:one\n"
                        "  echo: started (pid 4711)\n"
                        "run     echo.plan:two\n");
  tell (telling, 1, EVENT_OUTPUT, 1, "a\nb");
  tell (telling, 0, EVENT_OUTPUT, 1, "lo\n\n");
  tell (telling, 1, EVENT_OP, 0, "");
  assert_told (telling, "[echo.plan:two] echo| a\n"
                        "[echo.plan:one] echo| hello\n"
                        "[echo.plan:one] echo| \n"
                        "[echo.plan:two]   [4/4] wait echo 0 within 20s\n");
  tell (telling, 1, EVENT_TEST_END, VERDICT_PASSED, "");
  tell (telling, 0, EVENT_OUTPUT, 1, "late");
  tell (telling, 0, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "[echo.plan:two] echo| b\n"
                        "ok      echo.plan:two  0.012s\n"
                        "[echo.plan:one] echo| late\n"
                        "ok      echo.plan:one  0.012s\n");
}

static void
test_story_in_turn (Telling *telling, const void *style)
{
  (void)style;
  tell_test (telling, 0, VERDICT_PASSED);
  tell (telling, 1, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 1, EVENT_OUTPUT, 1, "b\n");
  assert_told (telling, "run     echo.plan:one\n"
                        "ok      echo.plan:one  0.012s\n"
                        "run     echo.plan:two\n"
                        "echo| b\n");
}

/* --- Layers --------------------------------------------------------------- */

static void
test_layer_verbose (Telling *telling, const void *style)
{
  (void)style;
  tell_layer (telling, EVENT_TEST_BEGIN, 0, 0, "");
  tell_layer (telling, EVENT_OUTPUT, 1, 0, "ready\n");
  tell_layer (telling, EVENT_UP, 0, 0, "");
  assert_told (telling, "run     layer echo.plan:database\n"
                        "echo| ready\n"
                        "up      layer echo.plan:database  0.000s\n");
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell_layer (telling, EVENT_OUTPUT, 1, 0, "a query\n");
  tell (telling, 0, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "run     echo.plan:one\n"
                        "[layer echo.plan:database] echo| a query\n"
                        "ok      echo.plan:one  0.012s\n");
  tell_layer (telling, EVENT_TEST_END, VERDICT_PASSED, 0, "");
  assert_told (telling, "down    layer echo.plan:database  0.012s\n");
}

static void
test_layer (Telling *telling, const void *style)
{
  (void)style;
  tell_layer (telling, EVENT_TEST_BEGIN, 0, 0, "");
  tell_layer (telling, EVENT_UP, 0, 0, "");
  tell_layer (telling, EVENT_TEST_END, VERDICT_PASSED, 0, "");
  assert_told (telling, "");
}

/* When it failed says what of it did. */
static void
test_layer_failed (Telling *telling, const void *style)
{
  static const struct
  {
    bool is_up;
    Failure failure;
    uint32_t op;
    const char *trouble;
  } cases[] = {
    { false, FAILURE_TIMED_OUT, 1, "could not be set up" },
    { false, FAILURE_TIMED_OUT, 4, "could not be set up" },
    { false, FAILURE_LEFT_BEHIND, PLAN_NONE, "could not be set up" },
    { true, FAILURE_UNEXPECTED_EXIT, 2, "broke while it was up" },
    { true, FAILURE_TIMED_OUT, 3, "broke while it was up" },
    { true, FAILURE_TROUBLE, PLAN_NONE, "broke while it was up" },
    { true, FAILURE_TIMED_OUT, 4, "could not be torn down" },
    { true, FAILURE_LEFT_BEHIND, PLAN_NONE, "could not be torn down" },
  };

  (void)style;
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *expected
          = g_strdup_printf ("ERROR   layer echo.plan:database  0.012s  (%s)\n"
                             "echo.plan:2:5: error: no db\n" LINES,
                             cases[i].trouble);

      tell_layer (telling, EVENT_TEST_BEGIN, 0, 0, "");
      if (cases[i].is_up)
        tell_layer (telling, EVENT_UP, 0, 0, "");
      tell_layer (telling, EVENT_FAILED, (int)cases[i].failure, cases[i].op,
                  "no db");
      tell_layer (telling, EVENT_TEST_END, VERDICT_FAILED, 0, "");
      assert_told (telling, expected);
    }
}

/* The reason is told once; and the tests that it spoils, however many, do not
 * make the failures after them brief. */
static void
test_spoiled (Telling *telling, const void *style)
{
  static const char failed[] = "FAIL    echo.plan:two  0.012s\n"
                               "echo.plan:2:5: error: \"db\" exited\n" LINES;

  (void)style;
  for (unsigned i = 0; i < 30; i++)
    {
      tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
      tell (telling, 0, EVENT_FAILED, FAILURE_LAYER, "no layer \"database\"");
      tell (telling, 0, EVENT_TEST_END, VERDICT_ERROR, "");
      assert_told (telling, "ERROR   echo.plan:one  (no layer \"database\")\n");
    }
  tell (telling, 1, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 1, EVENT_FAILED, FAILURE_LAYER, "\"db\" exited");
  tell (telling, 1, EVENT_TEST_END, VERDICT_FAILED, "");
  assert_told (telling, failed);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    const ReportStyle *style;
    void (*func) (Telling *telling, const void *style);
  } tests[] = {
    { "/report/text/flaky", &plain, test_flaky },
    { "/report/text/flaky/quiet", &quiet, test_flaky },
    { "/report/text/retries", &plain, test_retries },
    { "/report/text/until-fail", &plain, test_rounds_until_fail },
    { "/report/text/round", &plain, test_round },
    { "/report/text/again-verbose", &verbose, test_again_verbose },
    { "/report/text/leftovers", &plain, test_leftovers },
    { "/report/text/story", &verbose, test_story },
    { "/report/text/story/in-turn", &verbose, test_story_in_turn },
    { "/report/text/layer", &plain, test_layer },
    { "/report/text/layer/verbose", &verbose, test_layer_verbose },
    { "/report/text/layer/failed", &plain, test_layer_failed },
    { "/report/text/layer/failed-quiet", &quiet, test_layer_failed },
    { "/report/text/layer/spoiled", &plain, test_spoiled },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Telling, tests[i].style, set_up, tests[i].func,
                telling_tear_down);
  return g_test_run ();
}
