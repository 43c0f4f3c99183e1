#include "config.h"

#include "telling.h"

#include <string.h>

#define OP "operation 4 of 4"

static const ReportStyle dots = { .signs = SIGNS_DOTS };
static const ReportStyle soon
    = { .signs = SIGNS_DOTS, .slow_microsecs = 2 * G_USEC_PER_SEC };

static void
begin (Telling *telling)
{
  static const char *const names[] = { "one", "two", "three", NULL };

  telling_init (telling);
  telling_add_plan (telling, "p", names);
}

static void
set_up (Telling *telling, const void *style)
{
  begin (telling);
  telling_begin (telling, text_report_new (telling->fd, style));
}

static void
set_up_tap (Telling *telling, const void *data)
{
  (void)data;
  begin (telling);
  telling_begin (telling, tap_report_new (telling->fd, SIGNS_DOTS));
  g_free (telling_take (telling));
}

/* What is told at a time, and what is written then. */
typedef struct
{
  double seconds;
  const char *running;
  const char *expected;
} Moment;

static void
go_through (Telling *telling, const Moment *moments)
{
  for (const Moment *at = moments; at->running != NULL; at++)
    {
      tell_progress (telling, at->seconds, at->running);
      assert_told (telling, at->expected);
    }
}

static void
test_dots (Telling *telling, const void *style)
{
  static const Moment moments[] = {
    { 0.1, "0@0", "" },
    { 0.8, "0@0.8", "" },
    { 0.9, "0@0.9", "running p:one  1s, " OP " ." },
    { 1.0, "0@1", "" },
    { 1.7, "0@1.7", "" },
    { 1.8, "0@1.8", "." },
    { 2.8, "0@2.8 1-1", "." },
    { 3.8, "1-2", "\nrunning p:two  2s ." },
    { 4.8, "1-3 0@0 2@0", "." },
    { 13.7, "1-3 0@0 2@0", "." },
    { 14.7, "1-4 0@0 2@0", "\nrunning p:two  4s, and 2 more ." },
    { 15.7, "", "\nrunning nothing ." },
    { 16.7, "", "." },
    { 0, NULL, NULL },
  };

  (void)style;
  go_through (telling, moments);
}

/* Never is a second silent, whenever within it something was written. */
static void
test_every_second (Telling *telling, const void *style)
{
  int silent = 0;

  (void)style;
  for (unsigned i = 0; i < 600; i++)
    {
      const bool has_event = i % 37 == 5 || i % 51 == 0;

      tell_progress (telling, 0.1 * i, "0@0");

      g_autofree char *text = telling_take (telling);

      silent = *text == '\0' ? silent + 1 : 0;
      g_assert_cmpint (silent, <, 10);
      if (has_event)
        {
          tell_test (telling, 1, VERDICT_PASSED);
          g_free (telling_take (telling));
          silent = 0;
        }
    }
}

static void
test_events (Telling *telling, const void *style)
{
  const ReportCounts counts = { .n_verdicts = { 2 } };

  (void)style;
  tell_progress (telling, 1, "0-1");
  assert_told (telling, "running p:one  1s .");
  tell (telling, 1, EVENT_TEST_BEGIN, 0, "");
  assert_told (telling, "");
  tell (telling, 1, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "\nok      p:two  0.012s\n");
  tell_progress (telling, 1.1, "0-1.1");
  assert_told (telling, "");
  tell_progress (telling, 2, "0-2");
  assert_told (telling, "running p:one  2s .");
  report_hide_progress (telling->report);
  assert_told (telling, "\n");
  tell_progress (telling, 3, "0-3");
  assert_told (telling, "running p:one  3s .");
  telling->counts.n_tests = 3;
  tell_status (telling, 3, "");
  assert_told (telling, "\nstatus  0 of 3 tests ended, 0 running, 0:03\n");
  tell_progress (telling, 4, "0-4");
  assert_told (telling, "running p:one  4s .");
  telling_end (telling, &counts);
  assert_told (telling, "\n2 passed (0.000s)\n");
}

static void
test_slow (Telling *telling, const void *style)
{
  static const Moment moments[] = {
    { 1, "0@1 1@1", "running p:one  1s, " OP ", and 1 more ." },
    { 2, "0@2 1@1.9", "\nslow    p:one  2s, " OP ": wait echo 0 within 20s\n" },
    { 2.1, "0@2.1 1-2", "slow    p:two  2s\n" },
    { 2.2, "0@2.2 1-2.1", "" },
    { 3.1, "0@3.1 1-3", "running p:one  3s, " OP ", and 1 more ." },
    { 9, "0-9~3", "\nslow    p:one  9s (usually 3.000s)\n" },
    { 9.1, "0-15.9", "" },
    { 9.2, "0-16", "slow    p:one  16s\n" },
    { 0, NULL, NULL },
  };

  (void)style;
  go_through (telling, moments);

  /* Another try is another test. */
  tell (telling, 0, EVENT_AGAIN, VERDICT_FAILED, "try 1 of 2");
  tell_progress (telling, 9.3, "0-2");
  assert_told (telling, "slow    p:one  2s\n");
}

static void
test_tap (Telling *telling, const void *data)
{
  (void)data;
  tell_progress (telling, 1, "0@1 1@1");
  assert_told (telling, "# 1s: p:one 1s, " OP ", and 1 more\n");
  tell_progress (telling, 2, "");
  assert_told (telling, "# 2s: nothing\n");
  tell_test (telling, 0, VERDICT_PASSED);
  assert_told (telling, "# Subtest: p\n    1..3\n    ok 1 - one\n");
  tell_progress (telling, 2.8, "1-2");
  assert_told (telling, "");
  tell_progress (telling, 2.9, "1-2");
  assert_told (telling, "    # 3s: p:two 2s\n");
  tell_progress (telling, 10, "1@10");
  assert_told (telling,
               "    # slow: p:two  10s, " OP ": wait echo 0 within 20s\n");
  telling->counts.n_tests = 3;
  tell_status (telling, 10, "1-10");
  assert_told (telling, "    # status  0 of 3 tests ended, 1 running, 0:10\n"
                        "    #   p:two  10s\n"
                        "    #     echo: pid 4711, runs for 3s\n"
                        "    #     \\x1b left: pid 4712\n");
  tell_test (telling, 1, VERDICT_PASSED);
  tell_test (telling, 2, VERDICT_PASSED);
  g_free (telling_take (telling));
  tell_progress (telling, 11, "");
  assert_told (telling, "# 11s: nothing\n");
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
    { "/report/signs/dots", &dots, test_dots },
    { "/report/signs/every-second", &dots, test_every_second },
    { "/report/signs/events", &dots, test_events },
    { "/report/signs/slow", &soon, test_slow },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Telling, tests[i].style, set_up, tests[i].func,
                telling_tear_down);
  g_test_add ("/report/signs/tap", Telling, NULL, set_up_tap, test_tap,
              telling_tear_down);
  return g_test_run ();
}
