#include "config.h"

#include "base/database.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_PROCESSES 8
#define N_CHANGES   50

typedef struct
{
  char *directory; /* owned */
  char *path;      /* owned: of no file yet */
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->directory = g_dir_make_tmp ("database-XXXXXX", NULL);
  g_assert_nonnull (fixture->directory);
  fixture->path = g_build_filename (fixture->directory, "db", NULL);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  (void)g_remove (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static Database *
open_it (const Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  Database *database = database_open (fixture->path, DATABASE_WRITE, &error);

  g_assert_no_error (error);
  return database;
}

static void
run (Database *database, const char *sql)
{
  g_autoptr (GError) error = NULL;

  database_run (database, sql, &error);
  g_assert_no_error (error);
}

static int64_t
count (Database *database)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DatabaseQuery) query
      = database_query_new (database, "SELECT count(*) FROM t", &error);
  int64_t n = -1;

  g_assert_no_error (error);
  g_assert_true (database_query_one (query, 0, &n, &error));
  return n;
}

static void
expect_refusal (const Fixture *fixture, DatabaseMode mode, GFileError code,
                const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Database) database = database_open (fixture->path, mode, &error);

  if (database != NULL)
    g_assert_false (database_run (database, "SELECT * FROM t", &error));
  g_assert_error (error, G_FILE_ERROR, (int)code);
  g_assert_cmpstr (error->message, ==, reason);
}

/* --- Tests ------------------------------------------------------------- */

static void
test_values (Fixture *fixture, const void *data)
{
  g_autoptr (Database) database = open_it (fixture);
  g_autoptr (GError) error = NULL;

  (void)data;
  run (database, "CREATE TABLE t (name TEXT, number INTEGER)");

  g_autoptr (DatabaseQuery) insert = database_query_new (
      database, "INSERT INTO t VALUES (?, ?), (NULL, 2)", &error);

  g_assert_no_error (error);
  database_query_set_text (insert, 0, "\xff of any bytes");
  database_query_set_number (insert, 1, INT64_MIN);
  g_assert_cmpint (database_query_step (insert, &error), ==, DATABASE_DONE);
  g_assert_cmpint (database_last_id (database), ==, 2);

  g_autoptr (DatabaseQuery) all = database_query_new (
      database, "SELECT number, name FROM t ORDER BY number", &error);

  g_assert_no_error (error);
  for (unsigned i = 0; i < 2; i++)
    {
      g_assert_cmpint (database_query_step (all, &error), ==, DATABASE_ROW);
      g_assert_cmpint (database_query_number (all, 0), ==, INT64_MIN);
      g_assert_cmpstr (database_query_text (all, 1), ==, "\xff of any bytes");
      g_assert_cmpint (database_query_step (all, &error), ==, DATABASE_ROW);
      g_assert_cmpint (database_query_number (all, 0), ==, 2);
      g_assert_cmpstr (database_query_text (all, 1), ==, "");
      g_assert_cmpint (database_query_step (all, &error), ==, DATABASE_DONE);
    }
  g_assert_no_error (error);
}

/* What was not committed is taken back. */
static void
test_rollback (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  Database *database = open_it (fixture);

  (void)data;
  run (database, "CREATE TABLE t (number INTEGER)");
  g_assert_true (database_begin (database, &error));
  run (database, "INSERT INTO t VALUES (1)");
  database_free (database);

  g_autoptr (Database) again = open_it (fixture);

  g_assert_cmpint (count (again), ==, 0);
}

/* It is for its owner alone. */
static void
test_mode (Fixture *fixture, const void *data)
{
  struct stat info;
  g_autoptr (Database) database = open_it (fixture);

  (void)data;
  g_assert_cmpint (stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
}

static void
test_missing (Fixture *fixture, const void *data)
{
  (void)data;
  expect_refusal (fixture, DATABASE_READ, G_FILE_ERROR_NOENT,
                  "No such file or directory");
  g_assert_cmpint (g_access (fixture->path, F_OK), ==, -1);
}

static void
test_directory (Fixture *fixture, const void *data)
{
  (void)data;
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  expect_refusal (fixture, DATABASE_WRITE, G_FILE_ERROR_INVAL,
                  "it is no regular file");
}

/* Nobody has its other end open. */
static void
test_fifo (Fixture *fixture, const void *data)
{
  (void)data;
  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0);
  expect_refusal (fixture, DATABASE_WRITE, G_FILE_ERROR_INVAL,
                  "it is no regular file");
  expect_refusal (fixture, DATABASE_READ, G_FILE_ERROR_INVAL,
                  "it is no regular file");
}

static void
test_text (Fixture *fixture, const void *data)
{
  g_autofree char *text = NULL;

  (void)data;
  g_assert_true (
      g_file_set_contents (fixture->path, "a text, and not short", -1, NULL));
  expect_refusal (fixture, DATABASE_WRITE, G_FILE_ERROR_INVAL,
                  "it is no database");
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "a text, and not short");
}

/* Its first page is there, and nothing else. */
static void
test_damaged (Fixture *fixture, const void *data)
{
  (void)data;
  {
    g_autoptr (Database) database = open_it (fixture);

    run (database, "CREATE TABLE t (text TEXT);"
                   "INSERT INTO t VALUES (zeroblob (100000))");
  }
  g_assert_cmpint (truncate (fixture->path, 4096), ==, 0);
  expect_refusal (fixture, DATABASE_WRITE, G_FILE_ERROR_INVAL, "it is damaged");
}

static void
change_often (const char *path)
{
  for (unsigned i = 0; i < N_CHANGES; i++)
    {
      g_autoptr (Database) database
          = database_open (path, DATABASE_WRITE, NULL);

      if (database == NULL || !database_begin (database, NULL)
          || !database_run (database, "INSERT INTO t VALUES (1)", NULL)
          || !database_commit (database, NULL))
        _exit (1);
    }
  _exit (0);
}

/* Of what many processes write nothing is lost. */
static void
test_many (Fixture *fixture, const void *data)
{
  pid_t pids[N_PROCESSES];

  (void)data;
  database_free (open_it (fixture));
  {
    g_autoptr (Database) database = open_it (fixture);

    run (database, "CREATE TABLE t (number INTEGER)");
  }
  for (unsigned i = 0; i < N_PROCESSES; i++)
    {
      pids[i] = fork ();
      if (pids[i] == 0)
        change_often (fixture->path);
    }
  for (unsigned i = 0; i < N_PROCESSES; i++)
    {
      int status;

      g_assert_cmpint (waitpid (pids[i], &status, 0), ==, pids[i]);
      g_assert_cmpint (status, ==, 0);
    }

  g_autoptr (Database) database = open_it (fixture);

  g_assert_cmpint (count (database), ==, N_PROCESSES * N_CHANGES);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, const void *);
  } tests[] = {
    { "/database/values", test_values },
    { "/database/takes-back", test_rollback },
    { "/database/mode", test_mode },
    { "/database/missing", test_missing },
    { "/database/directory", test_directory },
    { "/database/fifo", test_fifo },
    { "/database/text", test_text },
    { "/database/damaged", test_damaged },
    { "/database/many", test_many },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
