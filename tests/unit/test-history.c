#include "config.h"

#include "report/history/history-file.h"
#include "report/history/history-past.h"
#include "report/history/history-store.h"
#include "telling.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_PROCESSES 8
#define N_RUNS      50

typedef struct
{
  char *directory; /* owned */
  char *path;      /* owned: of no file yet */
  History *history;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->directory = g_dir_make_tmp ("history-XXXXXX", NULL);
  g_assert_nonnull (fixture->directory);
  fixture->path = g_build_filename (fixture->directory, "h.sqlite", NULL);
  fixture->history = history_new (fixture->path);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  history_free (fixture->history);
  (void)g_remove (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->path);
  g_free (fixture->directory);
}

/* --- Runs -------------------------------------------------------------- */

static void
add_plan (Telling *telling, const char *path)
{
  const char *const names[] = { "one", "two", "three", NULL };

  telling_add_plan (telling, path, names);
}

/* A run of tests that end so; "" if there was no warning. */
static char *
run (Telling *telling, History *history, const Verdict *verdicts, unsigned n)
{
  const ReportCounts counts = { .microsecs = 1000 };
  g_autoptr (Report) report = history_report_new (history, telling->fd);

  telling_begin (telling, report);
  for (unsigned i = 0; i < n; i++)
    tell_test (telling, i, verdicts[i]);
  telling_end (telling, &counts);
  g_assert_cmpint (report->write_errno, ==, 0);
  return telling_take (telling);
}

static void
run_well (Telling *telling, History *history, const Verdict *verdicts,
          unsigned n)
{
  g_autofree char *warnings = run (telling, history, verdicts, n);

  g_assert_cmpstr (warnings, ==, "");
}

static void
look_up (Telling *telling, History *history, HistoryOfTest *found)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (history_look_up (history, (ReportTest *)telling->tests->data,
                                  telling->tests->len, found, &error));
  g_assert_no_error (error);
}

static void
test_runs (Fixture *fixture, const void *data)
{
  const Verdict first[] = { VERDICT_PASSED, VERDICT_FAILED, VERDICT_SKIPPED };
  const Verdict second[] = { VERDICT_ERROR, VERDICT_SKIPPED, VERDICT_NOT_RUN };
  const Verdict third[]
      = { VERDICT_INTERRUPTED, VERDICT_NOT_RUN, VERDICT_NOT_RUN };
  HistoryOfTest found[3];
  Telling telling;
  struct stat info;

  (void)data;
  telling_init (&telling);
  add_plan (&telling, "no/such.plan");

  look_up (&telling, fixture->history, found);
  g_assert_false (found[0].is_known);
  g_assert_cmpint (g_access (fixture->path, F_OK), ==, -1);

  run_well (&telling, fixture->history, first, 3);
  g_assert_cmpint (stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  look_up (&telling, fixture->history, found);
  g_assert_cmpint (found[0].usual_microsecs, ==, 12000);
  g_assert_true (found[0].is_known);
  g_assert_false (found[0].has_failed);
  g_assert_true (found[1].has_failed);
  g_assert_cmpint (found[1].usual_microsecs, ==, -1);
  g_assert_true (found[2].is_known);
  g_assert_false (found[2].has_failed);

  run_well (&telling, fixture->history, second, 3);
  look_up (&telling, fixture->history, found);
  g_assert_true (found[0].has_failed);
  g_assert_true (found[1].has_failed);
  g_assert_false (found[2].has_failed);
  g_assert_false (found[0].was_interrupted);

  run_well (&telling, fixture->history, third, 3);
  look_up (&telling, fixture->history, found);
  g_assert_false (found[0].has_failed);
  g_assert_true (found[0].was_interrupted);
  g_assert_cmpint (found[0].usual_microsecs, ==, 12000);
  g_assert_true (found[1].has_failed);
  g_assert_false (found[1].was_interrupted);
  telling_clear (&telling);
}

/* One that failed, and was skipped since, however often, has failed. */
static void
test_skipped_since (Fixture *fixture, const void *data)
{
  const Verdict first[]
      = { VERDICT_FAILED, VERDICT_INTERRUPTED, VERDICT_SKIPPED };
  const Verdict later[] = { VERDICT_SKIPPED, VERDICT_SKIPPED, VERDICT_SKIPPED };
  HistoryOfTest found[3];
  Telling telling;

  (void)data;
  telling_init (&telling);
  add_plan (&telling, "no/such.plan");
  run_well (&telling, fixture->history, first, 3);
  for (unsigned i = 0; i < 100; i++)
    run_well (&telling, fixture->history, later, 3);
  look_up (&telling, fixture->history, found);
  g_assert_true (found[0].has_failed);
  g_assert_true (found[1].was_interrupted);
  g_assert_true (found[2].is_known);
  g_assert_false (found[2].has_failed);
  telling_clear (&telling);
}

static GPtrArray *
read_all (const Fixture *fixture, const char *path)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *tests = history_read (fixture->history, path, 2000, &error);

  g_assert_no_error (error);
  g_assert_nonnull (tests);
  return tests;
}

/* What is told of a test that is tried again, and of one that runs again. */
static void
test_again (Fixture *fixture, const void *data)
{
  const ReportCounts counts = { .n_tests = 0 };
  Telling telling;

  (void)data;
  telling_init (&telling);
  add_plan (&telling, "/no/such.plan");
  {
    g_autoptr (Report) report
        = history_report_new (fixture->history, telling.fd);

    telling_begin (&telling, report);
    tell (&telling, 0, EVENT_TEST_BEGIN, 0, "");
    tell (&telling, 0, EVENT_AGAIN, VERDICT_FAILED, "try 1 of 3");
    tell_test (&telling, 0, VERDICT_FLAKY);
    tell (&telling, 1, EVENT_TEST_BEGIN, 0, "");
    tell (&telling, 1, EVENT_AGAIN, VERDICT_PASSED, "round 1");
    tell_test (&telling, 1, VERDICT_FAILED);
    tell (&telling, 2, EVENT_TEST_BEGIN, 0, "");
    tell (&telling, 2, EVENT_TEST_END, VERDICT_INTERRUPTED, "");
    telling_end (&telling, &counts);
  }

  g_autoptr (GPtrArray) tests = read_all (fixture, "/");

  g_assert_cmpuint (tests->len, ==, 3);

  const HistoryTest *const one = g_ptr_array_index (tests, 0);
  const HistoryTest *const three = g_ptr_array_index (tests, 1);
  const HistoryTest *const two = g_ptr_array_index (tests, 2);

  g_assert_cmpstr (one->plan, ==, "/no/such.plan");
  g_assert_cmpstr (one->name, ==, "one");
  g_assert_cmpuint (one->results->len, ==, 1);
  g_assert_cmpuint (g_array_index (one->results, HistoryResult, 0).n_tries, ==,
                    2);
  g_assert_cmpuint (two->results->len, ==, 2);
  g_assert_cmpint (g_array_index (two->results, HistoryResult, 0).verdict, ==,
                   VERDICT_FAILED);
  g_assert_cmpuint (g_array_index (two->results, HistoryResult, 0).n_tries, ==,
                    1);
  g_assert_cmpint (g_array_index (three->results, HistoryResult, 0).verdict, ==,
                   VERDICT_INTERRUPTED);
  telling_clear (&telling);
}

/* Of a directory and a plan; standard input has no path. */
static void
test_paths (Fixture *fixture, const void *data)
{
  static const struct
  {
    const char *path;
    unsigned n_tests;
  } places[]
      = { { "/", 9 },     { "/no", 9 }, { "/no/a", 3 },     { "/no/a/", 3 },
          { "/no/b", 0 }, { "/n", 0 },  { "/no/b.plan", 3 } };
  const Verdict verdicts[12] = { VERDICT_PASSED };
  Telling telling;

  (void)data;
  telling_init (&telling);
  add_plan (&telling, "/no/../no/a/x.plan");
  add_plan (&telling, "/no/b.plan");
  add_plan (&telling, "-");
  add_plan (&telling, "/no/a0.plan");
  run_well (&telling, fixture->history, verdicts, 12);
  for (unsigned i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GPtrArray) tests = read_all (fixture, places[i].path);

      g_assert_cmpuint (tests->len, ==, places[i].n_tests);
    }
  telling_clear (&telling);
}

/* --- What is kept ------------------------------------------------------ */

static void
store (const Fixture *fixture, const char *name, int64_t began, unsigned n)
{
  const HistoryResult result
      = { .verdict = VERDICT_PASSED, .n_tries = 1, .began = began };
  g_autoptr (GError) error = NULL;
  g_autoptr (HistoryStore) open
      = history_store_open (fixture->history, DATABASE_PATIENCE, &error);

  g_assert_no_error (error);
  g_assert_true (history_store_begin (open, began, 1, &error));
  for (unsigned i = 0; i < n; i++)
    g_assert_true (history_store_add (open, "/x.plan", name, &result, &error));
  g_assert_true (history_store_end (open, &error));
}

static void
test_oldest (Fixture *fixture, const void *data)
{
  (void)data;
  store (fixture, "a", HISTORY_MICROSECS, 2 * HISTORY_N_RESULTS);

  g_autoptr (GPtrArray) tests = read_all (fixture, "/");
  const HistoryTest *const test = g_ptr_array_index (tests, 0);

  g_assert_cmpuint (test->results->len, ==, HISTORY_N_RESULTS);
}

/* A test that is not run any more is forgotten in time. */
static void
test_forgotten (Fixture *fixture, const void *data)
{
  (void)data;
  store (fixture, "old", 1, 3);
  for (unsigned i = 1; i < 100; i++)
    store (fixture, "new", HISTORY_MICROSECS + 2, 1);

  g_autoptr (GPtrArray) tests = read_all (fixture, "/");

  g_assert_cmpuint (tests->len, ==, 1);
  g_assert_cmpstr (((HistoryTest *)g_ptr_array_index (tests, 0))->name, ==,
                   "new");
}

static void
run_often (const Fixture *fixture)
{
  const Verdict verdicts[] = { VERDICT_PASSED, VERDICT_PASSED, VERDICT_FAILED };
  Telling telling;

  telling_init (&telling);
  add_plan (&telling, "/no/such.plan");
  for (unsigned i = 0; i < N_RUNS; i++)
    {
      g_autofree char *warnings = run (&telling, fixture->history, verdicts, 3);

      if (*warnings != '\0')
        _exit (1);
    }
  _exit (0);
}

static void
test_many (Fixture *fixture, const void *data)
{
  pid_t pids[N_PROCESSES];

  (void)data;
  for (unsigned i = 0; i < N_PROCESSES; i++)
    {
      pids[i] = fork ();
      if (pids[i] == 0)
        run_often (fixture);
    }
  for (unsigned i = 0; i < N_PROCESSES; i++)
    {
      int status;

      g_assert_cmpint (waitpid (pids[i], &status, 0), ==, pids[i]);
      g_assert_cmpint (status, ==, 0);
    }

  g_autoptr (GPtrArray) tests = read_all (fixture, "/no/such.plan");

  g_assert_cmpuint (tests->len, ==, 3);
  for (unsigned i = 0; i < 3; i++)
    {
      const HistoryTest *const test = g_ptr_array_index (tests, i);

      g_assert_cmpuint (test->results->len, ==, N_PROCESSES * N_RUNS);
    }
}

/* --- Trouble ----------------------------------------------------------- */

/* There is a warning, and nothing is known, nor is the file changed. */
static void
expect_warning (Fixture *fixture, const char *reason)
{
  const Verdict verdicts[] = { VERDICT_PASSED, VERDICT_PASSED, VERDICT_PASSED };
  g_autofree char *warning
      = g_strdup_printf ("proctor: warning: cannot write the history \"%s\": "
                         "%s\nproctor: note: \"--history\" names another file",
                         fixture->path, reason);
  HistoryOfTest found[3] = { { .is_known = true } };
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  size_t n_before = 0;
  size_t n_after = 0;
  Telling telling;

  telling_init (&telling);
  add_plan (&telling, "no/such.plan");
  (void)g_file_get_contents (fixture->path, &before, &n_before, NULL);

  g_autofree char *told = run (&telling, fixture->history, verdicts, 3);

  g_assert_true (g_str_has_prefix (told, warning));
  (void)g_file_get_contents (fixture->path, &after, &n_after, NULL);
  g_assert_cmpmem (before, n_before, after, n_after);
  g_assert_false (history_look_up (
      fixture->history, (ReportTest *)telling.tests->data, 3, found, &error));
  g_assert_nonnull (strstr (error->message, reason));
  g_assert_false (found[0].is_known);
  telling_clear (&telling);
}

static void
test_directory (Fixture *fixture, const void *data)
{
  (void)data;
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  expect_warning (fixture, "it is no regular file");
}

static void
test_text (Fixture *fixture, const void *data)
{
  (void)data;
  g_assert_true (
      g_file_set_contents (fixture->path, "a text, and not short", -1, NULL));
  expect_warning (fixture, "it is no database");
}

static void
change (const Fixture *fixture, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Database) database
      = database_open (fixture->path, DATABASE_WRITE, &error);

  g_assert_no_error (error);
  database_run (database, sql, &error);
  g_assert_no_error (error);
}

static void
test_newer (Fixture *fixture, const void *data)
{
  (void)data;
  store (fixture, "a", 1, 1);
  change (fixture, "PRAGMA user_version = 1000");
  expect_warning (fixture, "a newer proctor has made it");
}

static void
test_other (Fixture *fixture, const void *data)
{
  (void)data;
  change (fixture, "CREATE TABLE tests (id INTEGER)");
  expect_warning (fixture, "it is a database of another program");
}

static void
test_damaged (Fixture *fixture, const void *data)
{
  (void)data;
  store (fixture, "a", 1, 2000);
  g_assert_cmpint (truncate (fixture->path, 4096), ==, 0);
  expect_warning (fixture, "it is damaged");
}

/* Others are waited for when all tests have ended, not before. */
static void
test_locked (Fixture *fixture, const void *data)
{
  const ReportCounts counts = { .n_tests = 3 };
  g_autoptr (GError) error = NULL;
  Telling telling;

  (void)data;
  store (fixture, "a", 1, 1);
  telling_init (&telling);
  add_plan (&telling, "/no/such.plan");

  g_autoptr (Report) report = history_report_new (fixture->history, telling.fd);
  Database *database = database_open (fixture->path, DATABASE_WRITE, &error);

  g_assert_true (database_run (database, "BEGIN EXCLUSIVE", &error));

  const int64_t before = g_get_monotonic_time ();

  g_assert_null (history_store_open (fixture->history, 0, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
  telling_begin (&telling, report);
  for (unsigned i = 0; i < 3; i++)
    tell_test (&telling, i, VERDICT_PASSED);
  g_assert_cmpint (g_get_monotonic_time () - before, <, DATABASE_PATIENCE);
  database_free (database);
  telling_end (&telling, &counts);

  g_autofree char *warnings = telling_take (&telling);
  g_autoptr (GPtrArray) tests = read_all (fixture, "/no");

  g_assert_cmpstr (warnings, ==, "");
  g_assert_cmpuint (tests->len, ==, 3);
  telling_clear (&telling);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, const void *);
  } tests[] = {
    { "/history/runs", test_runs },
    { "/history/again", test_again },
    { "/history/skipped-since", test_skipped_since },
    { "/history/paths", test_paths },
    { "/history/keeps-newest", test_oldest },
    { "/history/forgets", test_forgotten },
    { "/history/many", test_many },
    { "/history/locked", test_locked },
    { "/history/directory", test_directory },
    { "/history/text", test_text },
    { "/history/newer", test_newer },
    { "/history/other-program", test_other },
    { "/history/damaged", test_damaged },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
