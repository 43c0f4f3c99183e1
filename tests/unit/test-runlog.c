#include "config.h"

#include "suite/schedule/runlog.h"

#include "sample.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  Sources *sources;
  Plan *plan;
  ReportTest tests[2];
  SuiteOptions options;
  char *top;
  char *logdir; /* in @top; not there */
  PlanDirs *dirs;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  static const char *const names[] = { "one", "two", NULL };
  (void)data;

  fixture->sources = sources_new ();
  fixture->plan = sample_plan (fixture->sources, "p.plan", names);
  for (unsigned i = 0; i < 2; i++)
    fixture->tests[i] = (ReportTest){ .plan = fixture->plan,
                                      .test = &fixture->plan->tests[i],
                                      .number = i + 1 };
  fixture->options = (SuiteOptions){ .tests = fixture->tests, .n_tests = 2 };
  fixture->top = g_dir_make_tmp ("test-runlog-XXXXXX", NULL);
  fixture->logdir = g_build_filename (fixture->top, "logs", NULL);
  fixture->dirs = plan_dirs_new (fixture->logdir);
}

/* Nothing may be left. */
static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  plan_dirs_free (fixture->dirs);
  g_assert_cmpint (g_rmdir (fixture->top), ==, 0);
  g_free (fixture->logdir);
  g_free (fixture->top);
  plan_free (fixture->plan);
  sources_free (fixture->sources);
}

/* The names of all there is, which is one, or two.  The caller's. */
static char **
list_logs (const Fixture *fixture)
{
  GDir *logs = g_dir_open (fixture->logdir, 0, NULL);
  GPtrArray *paths = g_ptr_array_new ();
  const char *name;

  while (logs != NULL && (name = g_dir_read_name (logs)) != NULL)
    {
      g_assert_true (g_str_has_prefix (name, "run-"));
      g_assert_true (g_str_has_suffix (name, ".json"));
      g_ptr_array_add (paths, g_build_filename (fixture->logdir, name, NULL));
    }
  if (logs != NULL)
    g_dir_close (logs);
  g_ptr_array_add (paths, NULL);
  return (char **)g_ptr_array_free (paths, FALSE);
}

static void
assert_has (const Fixture *fixture, unsigned n_lines, const char *expected)
{
  g_auto (GStrv) paths = list_logs (fixture);
  g_autofree char *text = NULL;

  g_assert_cmpuint (g_strv_length (paths), ==, 1);
  g_assert_true (g_file_get_contents (paths[0], &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  g_assert_cmpuint (g_strv_length (lines), ==, n_lines + 1);
  g_assert_nonnull (strstr (lines[n_lines - 1], expected));
}

static void
remove_logs (const Fixture *fixture)
{
  g_auto (GStrv) paths = list_logs (fixture);

  for (char **path = paths; *path != NULL; path++)
    g_assert_cmpint (g_unlink (*path), ==, 0);
}

static void
test_one_test (Fixture *fixture, const void *data)
{
  (void)data;

  fixture->options.n_tests = 1;
  RunLog *log = run_log_new (fixture->dirs, &fixture->options);
  g_assert_null (log);
  g_assert_null (run_log_report (log));
  run_log_free (log, true);
  g_assert_false (g_file_test (fixture->logdir, G_FILE_TEST_EXISTS));
}

/* Each event is in the file before the next one happens. */
static void
test_while_it_runs (Fixture *fixture, const void *data)
{
  const ReportTest *test = &fixture->tests[1];
  const ReportCounts counts = { .n_tests = 2 };
  RunLog *log = run_log_new (fixture->dirs, &fixture->options);
  (void)data;

  g_assert_nonnull (log);
  Report *report = run_log_report (log);
  report_begin (report, fixture->tests, 2);
  assert_has (fixture, 1, "2");
  const Event begin = event_of_test (EVENT_TEST_BEGIN, test->test, 0, "two");
  report_event (report, test, &begin);
  assert_has (fixture, 2, "\"test\":\"p.plan:two\"");
  const Event end
      = event_of_test (EVENT_TEST_END, test->test, VERDICT_PASSED, "");
  report_event (report, test, &end);
  assert_has (fixture, 3, "\"test\":\"p.plan:two\"");
  report_end (report, &counts);
  assert_has (fixture, 4, "end");
  g_assert_cmpint (report->write_errno, ==, 0);
  run_log_free (log, false);
}

static void
test_stays (Fixture *fixture, const void *data)
{
  RunLog *log = run_log_new (fixture->dirs, &fixture->options);
  (void)data;

  report_begin (run_log_report (log), fixture->tests, 2);
  run_log_free (log, true);
  g_clear_pointer (&fixture->dirs, plan_dirs_free);
  assert_has (fixture, 1, "2");
  remove_logs (fixture);
  g_assert_cmpint (g_rmdir (fixture->logdir), ==, 0);
}

static void
test_removed (Fixture *fixture, const void *data)
{
  RunLog *log = run_log_new (fixture->dirs, &fixture->options);
  (void)data;

  report_begin (run_log_report (log), fixture->tests, 2);
  run_log_free (log, false);
  g_auto (GStrv) paths = list_logs (fixture);
  g_assert_cmpuint (g_strv_length (paths), ==, 0);
}

/* Two runs that began in the same second. */
static void
test_two (Fixture *fixture, const void *data)
{
  RunLog *log = run_log_new (fixture->dirs, &fixture->options);
  RunLog *other = run_log_new (fixture->dirs, &fixture->options);
  (void)data;

  g_auto (GStrv) paths = list_logs (fixture);
  g_assert_cmpuint (g_strv_length (paths), ==, 2);
  report_begin (run_log_report (log), fixture->tests, 2);
  run_log_free (other, false);
  assert_has (fixture, 1, "2");
  run_log_free (log, false);
}

static void
test_cannot_be_made (Fixture *fixture, const void *data)
{
  (void)data;

  g_assert_true (g_file_set_contents (fixture->logdir, "", 0, NULL));
  g_assert_null (run_log_new (fixture->dirs, &fixture->options));
  g_assert_cmpint (g_unlink (fixture->logdir), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                        \
  g_test_add ("/runlog/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("none/of-one-test", test_one_test);
  ADD ("none/cannot-be-made", test_cannot_be_made);
  ADD ("there/while-it-runs", test_while_it_runs);
  ADD ("there/two-at-once", test_two);
  ADD ("end/stays", test_stays);
  ADD ("end/is-removed", test_removed);
  return g_test_run ();
}
