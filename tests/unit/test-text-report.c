#include "config.h"

#include "telling.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const ReportStyle plain = { .verbosity = 0 };
static const ReportStyle quiet = { .verbosity = -1 };
static const ReportStyle quiet_with_logs
    = { .verbosity = -1, .tells_logs = true };
static const ReportStyle verbose = { .verbosity = 1 };
static const ReportStyle colored = { .color = true };

static void
set_up (Telling *telling, const void *data)
{
  static const char *const names[] = { "one", "two", "three", NULL };

  telling_init (telling);
  telling_add_plan (telling, "echo.plan", names);
  telling_begin (telling, text_report_new (telling->fd, data));
}

static void
test_passed (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_STARTED, 0, "");
  tell (telling, 0, EVENT_OUTPUT, STDOUT_FILENO, "hello\n");
  tell (telling, 0, EVENT_ENDED, 0, "exited with 0");
  assert_told (telling, "");
  tell (telling, 0, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "ok      echo.plan:one  0.012s\n");
}

static void
test_kept (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_LOGS, 0, "/logs/\necho");
  tell (telling, 0, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "ok      echo.plan:one  0.012s\n"
                        "  logs: /logs/\\necho\n");
}

static void
test_skipped (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_SKIPPED, 0, "no psql\n");
  tell (telling, 0, EVENT_TEST_END, VERDICT_SKIPPED, "");
  assert_told (telling, "skip    echo.plan:one  (no psql\\n)\n");
}

#define FAILURE_TEXT                                                           \
  "FAIL    echo.plan:two  0.012s\n"                                            \
  "echo.plan:2:5: error: \"echo\" exited with 3\n"                             \
  "    2 |     wait echo 0\n"                                                  \
  "      |     ^~~~~~~~~~~\n"                                                  \
  "echo.plan:2:5: note: spawned here\n"                                        \
  "    2 |     wait echo 0\n"                                                  \
  "      |     ^~~~~~~~~~~\n"                                                  \
  "  echo: exited with 3\n"                                                    \
  "    stdout| hello\n"                                                        \
  "    stdout| world\n"                                                        \
  "    stderr| \\x1b[31moh no\n"                                               \
  "    stderr| ok 1\n"                                                         \
  "  left behind: pid 4711, sleep 100\n"                                       \
  "  logs: /logs/echo\n"

static void
test_failed (Telling *telling, const void *data)
{
  (void)data;
  tell_failure (telling, 1);
  assert_told (telling, FAILURE_TEXT);
}

/* Each test has its own. */
static void
test_two_at_once (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 1, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 1, EVENT_FAILED, FAILURE_SAID_SO, "bad");
  tell (telling, 0, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "ok      echo.plan:one  0.012s\n");
  tell (telling, 1, EVENT_TEST_END, VERDICT_FAILED, "");
  assert_told (telling, "FAIL    echo.plan:two  0.012s\n"
                        "echo.plan:2:5: error: bad\n"
                        "    2 |     wait echo 0\n"
                        "      |     ^~~~~~~~~~~\n");
}

static void
test_other_verdicts (Telling *telling, const void *data)
{
  (void)data;
  tell_test (telling, 0, VERDICT_INTERRUPTED);
  tell_test (telling, 1, VERDICT_ERROR);
  tell_test (telling, 2, VERDICT_NOT_RUN);
  assert_told (telling, "stopped echo.plan:one  0.012s\n"
                        "ERROR   echo.plan:two  0.012s\n"
                        "not run echo.plan:three\n");
}

static void
test_more_processes (Telling *telling, const void *data)
{
  const ReportTest *const test = &g_array_index (telling->tests, ReportTest, 0);

  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  report_event (telling->report, test,
                &(Event){ .kind = EVENT_STATE,
                          .process = PLAN_NONE,
                          .text = "and 5 more",
                          .n_text = 10 });
  tell (telling, 0, EVENT_TEST_END, VERDICT_FAILED, "");
  assert_told (telling, "FAIL    echo.plan:one  0.012s\n  and 5 more\n");
}

/* A heading, and what it is about. */
static void
test_note_of_lines (Telling *telling, const void *data)
{
  (void)data;
  tell_note_of_lines (telling, 0);
  assert_told (telling, "FAIL    echo.plan:one  0.012s\n"
                        "echo.plan:2:5: error: bad\n"
                        "    2 |     wait echo 0\n"
                        "      |     ^~~~~~~~~~~\n"
                        "  note: how they differ:\n"
                        "    --- a\n"
                        "    @@ \\x1b @@\n"
                        "    +b\n");
}

static void
test_log (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_LOG, 0, "about to\33 fail over");
  assert_told (telling, "log     echo.plan:one  about to\\x1b fail over\n");
  tell (telling, 0, EVENT_TEST_END, VERDICT_FAILED, "");
  assert_told (telling, "FAIL    echo.plan:one  0.012s\n");
}

static void
test_summary (Telling *telling, const void *data)
{
  const ReportCounts counts
      = { .n_tests = 3, .n_verdicts = { [VERDICT_PASSED] = 3 } };
  const ReportCounts all = { .n_tests = 21,
                             .n_verdicts = { 1, 2, 7, 3, 4, 5, 6 },
                             .n_layers_failed = 2,
                             .microsecs = 61234567 };

  (void)data;
  telling_end (telling, &counts);
  assert_told (telling, "3 passed (0.000s)\n");
  telling_end (telling, &all);
  assert_told (telling, "1 passed, 7 flaky, 3 failed, 4 errors, 2 skipped, "
                        "5 interrupted, 6 not run, 2 layers failed "
                        "(61.235s)\n");
}

static void
test_quiet (Telling *telling, const void *data)
{
  const ReportCounts counts
      = { .n_verdicts = { [VERDICT_PASSED] = 1, [VERDICT_FAILED] = 1 } };

  (void)data;
  tell_test (telling, 0, VERDICT_PASSED);
  tell_test (telling, 0, VERDICT_SKIPPED);
  tell_test (telling, 0, VERDICT_NOT_RUN);
  tell (telling, 0, EVENT_LOG, 0, "hm");
  tell (telling, 0, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "");
  tell_failure (telling, 1);
  assert_told (telling, FAILURE_TEXT);
  tell (telling, 2, EVENT_LOG, 0, "hm");
  tell (telling, 2, EVENT_TEST_END, VERDICT_INTERRUPTED, "");
  telling_end (telling, &counts);

  g_autofree char *text = telling_take (telling);

  g_assert_nonnull (strstr (text, "\n  log: hm\n1 passed, 1 failed ("));
}

/* What --update has done is told even so. */
static void
test_quiet_with_logs (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_LOG, 0, "updated");
  assert_told (telling, "log     echo.plan:one  updated\n");
  tell (telling, 0, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "");
}

static void
test_verbose (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_OP, 0, "");
  tell (telling, 0, EVENT_STARTED, 0, "");
  tell (telling, 0, EVENT_SIGNALLED, 15, "");
  assert_told (telling, "run     echo.plan:one\n"
                        "  [4/4] wait echo 0 within 20s\n"
                        "  echo: started (pid 4711)\n"
                        "  echo: sent SIGTERM (pid 4711)\n");
  tell (telling, 0, EVENT_OUTPUT, STDOUT_FILENO, "hel");
  tell (telling, 0, EVENT_OUTPUT, STDERR_FILENO, "oh ");
  assert_told (telling, "");
  tell (telling, 0, EVENT_OUTPUT, STDOUT_FILENO, "lo\r\n\nwor\33");
  assert_told (telling, "echo| hello\necho| \n");
  tell (telling, 0, EVENT_OUTPUT, STDERR_FILENO, "no\n");
  assert_told (telling, "echo! oh no\n");
  tell (telling, 0, EVENT_ENDED, 0, "exited with 0");
  assert_told (telling, "echo| wor\\x1b\n"
                        "  echo: exited with 0 (pid 4711)\n");
  tell (telling, 0, EVENT_OUTPUT, STDOUT_FILENO, "late");
  tell (telling, 0, EVENT_TEST_END, VERDICT_PASSED, "");
  assert_told (telling, "echo| late\nok      echo.plan:one  0.012s\n");
}

/* A line of 256 MiB is not kept. */
static void
test_long_line (Telling *telling, const void *data)
{
  g_autofree char *chunk = g_strnfill (65536, 'x');
  size_t n_total = 0;

  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  g_free (telling_take (telling));
  for (unsigned i = 0; i < 4096; i++)
    {
      tell_bytes (telling, 0, EVENT_OUTPUT, STDOUT_FILENO, chunk, 65536);
      n_total += (size_t)lseek (telling->fd, 0, SEEK_CUR);
      g_free (telling_take (telling));
    }
  g_assert_cmpuint (n_total, >=, (size_t)4095 * 65536);
  tell (telling, 0, EVENT_OUTPUT, STDOUT_FILENO, "\nend\n");

  g_autofree char *text = telling_take (telling);

  g_assert_true (g_str_has_prefix (text, "echo|...xxxx"));
  g_assert_true (g_str_has_suffix (text, "xxx\necho| end\n"));
}

/* A piece does not end within a character. */
static void
test_long_line_characters (Telling *telling, const void *data)
{
  g_autoptr (GString) line = g_string_new ("a");

  (void)data;
  while (line->len < 100000)
    g_string_append (line, "\u4e2d");
  tell (telling, 0, EVENT_OUTPUT, STDOUT_FILENO, line->str);
  tell (telling, 0, EVENT_OUTPUT, STDOUT_FILENO, "\n");

  g_autofree char *text = telling_take (telling);

  g_assert_null (strchr (text, '\\'));
  g_assert_nonnull (strstr (text, "\u4e2d...\necho|...\u4e2d"));
}

static void
test_color (Telling *telling, const void *data)
{
  (void)data;
  tell_test (telling, 0, VERDICT_PASSED);
  assert_told (telling, "\33[32mok      \33[mecho.plan:one  0.012s\n");
}

/* --- Many --------------------------------------------------------------- */

static void
test_many_failures (Telling *telling, const void *data)
{
  (void)data;
  for (unsigned i = 0; i < 20; i++)
    tell_failure (telling, 0);
  g_free (telling_take (telling));
  tell_failure (telling, 1);
  assert_told (telling, "FAIL    echo.plan:two  0.012s\n"
                        "echo.plan:2:5: error: \"echo\" exited with 3\n"
                        "  logs: /logs/echo\n");
}

static void
test_many_not_run (Telling *telling, const void *data)
{
  const ReportCounts counts = { .n_verdicts = { [VERDICT_NOT_RUN] = 1000 } };

  (void)data;
  for (unsigned i = 0; i < 1000; i++)
    tell_test (telling, 0, VERDICT_NOT_RUN);
  telling_end (telling, &counts);

  g_autofree char *text = telling_take (telling);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);

  g_assert_cmpuint (g_strv_length (lines), ==, 10 + 2 + 1);
  g_assert_cmpstr (lines[10], ==, "not run 990 more");
}

/* --- Writing -------------------------------------------------------------- */

static void
test_odd_names (void)
{
  static const char *const names[] = { "a\nok b\33", NULL };
  Telling telling;

  telling_init (&telling);
  telling_add_plan (&telling, "p\n", names);
  telling_begin (&telling, text_report_new (telling.fd, &plain));
  tell_test (&telling, 0, VERDICT_PASSED);
  assert_told (&telling, "ok      p\\n:a\\nok b\\x1b  0.012s\n");
  report_free (telling.report);
  telling_clear (&telling);
}

static void
test_write_error (void)
{
  static const char *const names[] = { "a", NULL };
  const int full = open ("/dev/full", O_WRONLY | O_CLOEXEC);
  const ReportCounts counts = { .n_tests = 1 };
  Telling telling;

  telling_init (&telling);
  telling_add_plan (&telling, "p", names);
  telling_begin (&telling, text_report_new (full, &plain));
  g_assert_cmpint (telling.report->write_errno, ==, 0);
  tell_test (&telling, 0, VERDICT_PASSED);
  g_assert_cmpint (telling.report->write_errno, ==, ENOSPC);
  telling.report->fd = -1; /* the first error is remembered */
  telling_end (&telling, &counts);
  g_assert_cmpint (telling.report->write_errno, ==, ENOSPC);
  report_free (telling.report);
  telling_clear (&telling);
  close (full);
}

static void
test_closed (void)
{
  static const char *const names[] = { "a", NULL };
  Telling telling;

  telling_init (&telling);
  telling_add_plan (&telling, "p", names);
  telling_begin (&telling, text_report_new (-1, &plain));
  tell_test (&telling, 0, VERDICT_PASSED);
  g_assert_cmpint (telling.report->write_errno, ==, EBADF);
  report_free (telling.report);
  telling_clear (&telling);
}

/* A reader that is slow, behind a pipe that does not wait for it. */
static void
test_non_blocking (void)
{
  static const char *const names[] = { "a", NULL };
  g_autofree char *chunk = g_strnfill (1 << 20, 'x');
  Telling telling;
  int ends[2];

  g_assert_cmpint (pipe2 (ends, O_NONBLOCK | O_CLOEXEC), ==, 0);

  const pid_t reader = fork ();

  if (reader == 0)
    {
      size_t n_read = 0;
      char bytes[1000];
      ssize_t n = 0;

      close (ends[1]);
      (void)fcntl (ends[0], F_SETFL, 0);
      while ((n = read (ends[0], bytes, sizeof bytes)) > 0)
        n_read += (size_t)n;
      _exit (n_read > 1 << 20 ? 0 : 1);
    }

  close (ends[0]);
  telling_init (&telling);
  telling_add_plan (&telling, "p", names);
  telling_begin (&telling, text_report_new (ends[1], &verbose));
  tell (&telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell_bytes (&telling, 0, EVENT_OUTPUT, STDOUT_FILENO, chunk, 1 << 20);
  tell (&telling, 0, EVENT_TEST_END, VERDICT_PASSED, "");
  g_assert_cmpint (telling.report->write_errno, ==, 0);
  report_free (telling.report);
  telling_clear (&telling);
  close (ends[1]);

  int status;

  g_assert_cmpint (waitpid (reader, &status, 0), ==, reader);
  g_assert_cmpint (status, ==, 0);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    const ReportStyle *style;
    void (*func) (Telling *telling, const void *data);
  } tests[] = {
    { "/report/text/passed", &plain, test_passed },
    { "/report/text/kept", &plain, test_kept },
    { "/report/text/skipped", &plain, test_skipped },
    { "/report/text/failed", &plain, test_failed },
    { "/report/text/two-at-once", &plain, test_two_at_once },
    { "/report/text/other-verdicts", &plain, test_other_verdicts },
    { "/report/text/more-processes", &plain, test_more_processes },
    { "/report/text/log", &plain, test_log },
    { "/report/text/summary", &plain, test_summary },
    { "/report/text/quiet", &quiet, test_quiet },
    { "/report/text/quiet-with-logs", &quiet_with_logs, test_quiet_with_logs },
    { "/report/text/note-of-lines", &plain, test_note_of_lines },
    { "/report/text/verbose", &verbose, test_verbose },
    { "/report/text/long-line", &verbose, test_long_line },
    { "/report/text/long-line/characters", &verbose,
      test_long_line_characters },
    { "/report/text/color", &colored, test_color },
    { "/report/text/many-failures", &plain, test_many_failures },
    { "/report/text/many-not-run", &plain, test_many_not_run },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Telling, tests[i].style, set_up, tests[i].func,
                telling_tear_down);
  g_test_add_func ("/report/text/odd-names", test_odd_names);
  g_test_add_func ("/report/text/write-error", test_write_error);
  g_test_add_func ("/report/text/closed", test_closed);
  g_test_add_func ("/report/text/non-blocking", test_non_blocking);
  return g_test_run ();
}
