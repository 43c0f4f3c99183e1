#include "config.h"

#include "telling.h"

#include <pty.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ERASE "\r\33[J"
/* Behind a line, and behind the last of one, two, three. */
#define NEXT "\33[K\n"
#define END1 "\33[J\r"
#define END2 "\33[J\r\33[1A"
#define END3 "\33[J\r\33[2A"

static const ReportStyle live = { .signs = SIGNS_LIVE, .columns = 60 };
static const ReportStyle colored
    = { .signs = SIGNS_LIVE, .columns = 60, .color = true };
static const ReportStyle none = { .columns = 60 };

static void
set_up (Telling *telling, const void *style)
{
  static const char *const names[]
      = { "one",   "two",   "three", "four", "five", "six",
          "seven", "eight", "nine",  "ten",  NULL };

  telling_init (telling);
  telling_add_plan (telling, "p", names);
  telling_begin (telling, text_report_new (telling->fd, style));
}

#define COUNTS "\r[0/10, 0 passed] "

static void
test_lines (Telling *telling, const void *style)
{
  (void)style;
  tell_progress (telling, 0, "0-0");
  assert_told (telling, COUNTS "1 running, 0:00" NEXT "  p:one  0s" END2);
  tell_progress (telling, 3.2, "0@3.1 1@0");
  assert_told (telling, COUNTS
               "2 running, 0:03" NEXT
               "  p:one  3s, operation 4 of 4: wait echo 0 within 20s" NEXT
               "  p:two  0s, operation 4 of 4: wait echo 0 within 20s" END3);
}

/* Nothing is drawn that is there already. */
static void
test_same (Telling *telling, const void *style)
{
  (void)style;
  tell_progress (telling, 1, "0-1");
  g_free (telling_take (telling));
  tell_progress (telling, 1.1, "0-1.1");
  assert_told (telling, "");
  tell_progress (telling, 2, "0-2");
  assert_told (telling, COUNTS "1 running, 0:02" NEXT "  p:one  2s" END2);
}

static void
test_nothing_runs (Telling *telling, const void *style)
{
  (void)style;
  tell_progress (telling, 1, "");
  assert_told (telling, COUNTS "0 running, 0:01" END1);
}

static void
test_counts (Telling *telling, const void *style)
{
  (void)style;
  telling->counts = (ReportCounts){
    .n_verdicts = { [VERDICT_PASSED] = 3,
                    [VERDICT_SKIPPED] = 1,
                    [VERDICT_FLAKY] = 1,
                    [VERDICT_FAILED] = 1,
                    [VERDICT_ERROR] = 1 },
    .n_layers_failed = 1,
  };
  telling->left_microsecs = INT64_C (3600) * G_USEC_PER_SEC;
  tell_progress (telling, 61, "");
  assert_told (telling, "\r[7/10, 3 passed, 1 flaky, 2 failed, 1 layer failed] "
                        "0 runni" END1);
  telling->counts = (ReportCounts){ 0 };
  tell_progress (telling, 61, "");
  assert_told (telling, COUNTS "0 running, 1:01 of about 1:01:01" END1);
}

/* What is written stands above, and the lines below it at once. */
static void
test_events (Telling *telling, const void *style)
{
  const ReportCounts counts = { .n_verdicts = { 1 } };

  (void)style;
  tell_progress (telling, 1, "0-1");
  g_free (telling_take (telling));
  tell_test (telling, 1, VERDICT_PASSED);
  assert_told (telling, ERASE "ok      p:two  0.012s\n" COUNTS
                              "1 running, 0:01" NEXT "  p:one  1s" END2);
  report_hide_progress (telling->report);
  assert_told (telling, ERASE);
  report_hide_progress (telling->report);
  assert_told (telling, "");
  tell_test (telling, 2, VERDICT_PASSED);
  assert_told (telling, "ok      p:three  0.012s\n");
  tell_progress (telling, 1, "0-1");
  g_free (telling_take (telling));
  telling_end (telling, &counts);
  assert_told (telling, ERASE "1 passed (0.000s)\n");
}

static void
test_slow (Telling *telling, const void *style)
{
  (void)style;
  tell_progress (telling, 12, "0-11 1-3~1.4 2-3~1.6 3-0.9~0.1");
  assert_told (telling,
               COUNTS "4 running, 0:12" NEXT "! p:one  11s" NEXT
                      "! p:two  3s (usually 1.400s)" NEXT "  p:three  3s" NEXT
                      "  p:four  1s\33[J\r\33[4A");
}

static void
test_slow_color (Telling *telling, const void *style)
{
  (void)style;
  tell_progress (telling, 12, "0-11 1-3");
  assert_told (telling,
               COUNTS "2 running, 0:12" NEXT "\33[33m! p:one  11s\33[m" NEXT
                      "  p:two  3s" END3);
}

static void
test_many (Telling *telling, const void *style)
{
  (void)style;
  tell_progress (telling, 0, "0-0 1-0 2-0 3-0 4-0 5-0 6-0 7-0 8-0 9-0");

  g_autofree char *text = telling_take (telling);

  g_assert_nonnull (
      strstr (text, NEXT "  p:seven  0s" NEXT "  and 3 more\33[J\r\33[8A"));
  tell_progress (telling, 0, "0-0 1-0 2-0 3-0 4-0 5-0 6-0 7-0");

  g_autofree char *all = telling_take (telling);

  g_assert_nonnull (strstr (all, NEXT "  p:eight  0s\33[J\r\33[8A"));
}

static void
test_status (Telling *telling, const void *style)
{
  (void)style;
  telling->counts.n_tests = 10;
  tell_progress (telling, 1, "");
  g_free (telling_take (telling));
  tell_status (telling, 3, "1@2 3-0");
  assert_told (telling, ERASE
               "status  0 of 10 tests ended, 2 running, 0:03\n"
               "  p:two  2s, operation 4 of 4 for 2s: wait echo 0 within 20s\n"
               "    echo: pid 4711, runs for 3s\n"
               "    \\x1b left: pid 4712\n"
               "  p:four  0s\n"
               "    echo: pid 4711, runs for 3s\n"
               "    \\x1b left: pid 4712\n" COUNTS "0 running, 0:01" END1);
}

static void
test_none (Telling *telling, const void *style)
{
  (void)style;
  tell_progress (telling, 5, "0@5");
  assert_told (telling, "");
}

/* It is as wide and as high as the terminal is now. */
static void
test_on_terminal (void)
{
  static const char *const names[]
      = { "\u4e2d\u4e2d\u4e2d", "two", "three", NULL };
  static const struct
  {
    unsigned short rows;
    unsigned short columns;
    const char *expected;
  } cases[] = {
    { 24, 80,
      "\r[0/3, 0 passed] 3 running, 0:00" NEXT
      "  p:\u4e2d\u4e2d\u4e2d  0s, operation 4 of 4: wait echo 0 within "
      "20s" NEXT "  p:two  0s" NEXT "  p:three  0s\33[J\r\33[3A" },
    { 6, 11,
      "\r[0/3, 0 pa" NEXT "  p:\u4e2d\u4e2d\u4e2d" NEXT "  and 2 mo" END3 },
    { 6, 10, "\r[0/3, 0 p" NEXT "  p:\u4e2d\u4e2d" NEXT "  and 2 m" END3 },
    { 5, 10, "\r[0/3, 0 p" NEXT "  p:\u4e2d\u4e2d" END2 },
    { 2, 10, "\r[0/3, 0 p" END1 },
    { 2, 1, "\r" END1 },
  };
  Telling telling;
  int terminal, ours;

  g_assert_cmpint (openpty (&terminal, &ours, NULL, NULL, NULL), ==, 0);
  telling_init (&telling);
  telling_add_plan (&telling, "p", names);
  telling_begin (&telling, text_report_new (ours, &live));
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const struct winsize size
          = { .ws_row = cases[i].rows, .ws_col = cases[i].columns };
      char bytes[400] = "";

      g_assert_cmpint (ioctl (ours, TIOCSWINSZ, &size), ==, 0);
      tell_progress (&telling, 0, "0@0 1-0 2-0");
      g_assert_cmpint (read (terminal, bytes, sizeof bytes - 1), >, 0);

      /* The terminal makes two characters of the end of a line. */
      g_auto (GStrv) parts = g_strsplit (bytes, "\r\n", 0);
      g_autofree char *text = g_strjoinv ("\n", parts);

      g_assert_cmpstr (text + (i > 0 ? strlen (ERASE) : 0), ==,
                       cases[i].expected);
      g_assert_true (i == 0 || g_str_has_prefix (text, ERASE));
    }
  report_free (telling.report);
  telling_clear (&telling);
  close (ours);
  close (terminal);
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
    { "/report/live/lines", &live, test_lines },
    { "/report/live/same", &live, test_same },
    { "/report/live/nothing-runs", &live, test_nothing_runs },
    { "/report/live/counts", &live, test_counts },
    { "/report/live/events", &live, test_events },
    { "/report/live/slow", &live, test_slow },
    { "/report/live/slow/color", &colored, test_slow_color },
    { "/report/live/many", &live, test_many },
    { "/report/live/status", &live, test_status },
    { "/report/live/none", &none, test_none },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Telling, tests[i].style, set_up, tests[i].func,
                telling_tear_down);
  g_test_add_func ("/report/live/on-terminal", test_on_terminal);
  return g_test_run ();
}
