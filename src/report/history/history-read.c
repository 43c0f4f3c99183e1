#include "config.h"

#include "report/history/history-file.h"
#include "report/history/history-past.h"

#include <string.h>

/* Among so many results those that passed are looked for. */
#define N_LOOKED_AT 30

/* The columns are verdict, tries, began, microsecs. */
static bool
read_results (DatabaseQuery *query, GArray *results, GError **error)
{
  DatabaseStep step;

  while ((step = database_query_step (query, error)) == DATABASE_ROW)
    {
      HistoryResult result
          = { .n_tries = (unsigned)database_query_number (query, 1),
              .began = database_query_number (query, 2),
              .microsecs = database_query_number (query, 3) };

      if (history_verdict (database_query_text (query, 0), &result.verdict))
        g_array_append_val (results, result);
    }
  return step == DATABASE_DONE;
}

static const char look_up_sql[]
    = "SELECT verdict, tries, began, microsecs FROM tests"
      " JOIN results ON test = id WHERE plan = ? AND name = ?"
      " ORDER BY number DESC LIMIT ?";
/* However often it was skipped since. */
static const char last_run_sql[]
    = "SELECT verdict, tries, began, microsecs FROM tests"
      " JOIN results ON test = id WHERE plan = ? AND name = ?"
      " AND verdict <> 'skipped' ORDER BY number DESC LIMIT ?";

static HistoryOfTest
sum_up (const GArray *results)
{
  HistoryOfTest sum = { .usual_microsecs = history_usual_microsecs (results),
                        .is_known = results->len > 0 };

  for (unsigned i = 0; i < results->len; i++)
    {
      const Verdict verdict = g_array_index (results, HistoryResult, i).verdict;

      if (verdict == VERDICT_SKIPPED)
        continue;
      sum.has_failed = history_is_failure (verdict);
      sum.was_interrupted = verdict == VERDICT_INTERRUPTED;
      break;
    }
  return sum;
}

static bool
read_newest (DatabaseQuery *query, const char *path, const char *name,
             unsigned n_results, GArray *results, GError **error)
{
  database_query_set_text (query, 0, path);
  database_query_set_text (query, 1, name);
  database_query_set_number (query, 2, n_results);
  return read_results (query, results, error);
}

static bool
are_all_skipped (const GArray *results)
{
  for (unsigned i = 0; i < results->len; i++)
    {
      if (g_array_index (results, HistoryResult, i).verdict != VERDICT_SKIPPED)
        return false;
    }
  return true;
}

typedef struct
{
  DatabaseQuery *newest;
  DatabaseQuery *last_run;
} LookUp;

static bool
read_test (const LookUp *queries, const char *path, const char *name,
           GArray *results, GError **error)
{
  g_array_set_size (results, 0);
  if (!read_newest (queries->newest, path, name, N_LOOKED_AT, results, error))
    return false;
  return results->len < N_LOOKED_AT || !are_all_skipped (results)
         || read_newest (queries->last_run, path, name, 1, results, error);
}

static bool
look_up (const LookUp *queries, const ReportTest *tests, unsigned n_tests,
         HistoryOfTest *found, GError **error)
{
  g_autoptr (GArray) results
      = g_array_new (FALSE, FALSE, sizeof (HistoryResult));
  g_autofree char *path = NULL;

  for (unsigned i = 0; i < n_tests; i++)
    {
      if (i == 0 || tests[i].plan != tests[i - 1].plan)
        {
          g_free (path);
          path = history_plan_path (tests[i].plan->path);
        }
      if (path == NULL || tests[i].layer != NULL)
        continue;

      if (!read_test (queries, path, tests[i].test->name, results, error))
        return false;
      found[i] = sum_up (results);
    }
  return true;
}

bool
history_look_up (History *history, const ReportTest *tests, unsigned n_tests,
                 HistoryOfTest *found, GError **error)
{
  for (unsigned i = 0; i < n_tests; i++)
    found[i] = (HistoryOfTest){ .usual_microsecs = -1 };

  g_autoptr (GError) reason = NULL;
  g_autoptr (Database) database
      = history_open (history, DATABASE_READ, DATABASE_PATIENCE, &reason);
  g_autoptr (DatabaseQuery) newest
      = database != NULL ? database_query_new (database, look_up_sql, &reason)
                         : NULL;
  g_autoptr (DatabaseQuery) last_run
      = newest != NULL ? database_query_new (database, last_run_sql, &reason)
                       : NULL;
  const LookUp queries = { .newest = newest, .last_run = last_run };

  /* One transaction, so that the file is locked once, not for each test. */
  if (last_run == NULL || !database_run (database, "BEGIN", &reason)
      || !look_up (&queries, tests, n_tests, found, &reason))
    {
      if (reason == NULL)
        return true;
      for (unsigned i = 0; i < n_tests; i++)
        found[i] = (HistoryOfTest){ .usual_microsecs = -1 };
      history_explain (history, "read", &reason);
      g_propagate_error (error, g_steal_pointer (&reason));
      return false;
    }
  return true;
}

/* --- Reading all of a directory ---------------------------------------- */

static const char tests_sql[]
    = "SELECT id, plan, name FROM tests"
      " WHERE plan = ? OR (plan > ? AND plan < ?) ORDER BY plan, name";
static const char results_sql[]
    = "SELECT verdict, tries, began, microsecs FROM results WHERE test = ?"
      " ORDER BY number DESC LIMIT ?";

static void
free_test (HistoryTest *test)
{
  g_free (test->plan);
  g_free (test->name);
  g_array_unref (test->results);
  g_free (test);
}

static bool
read_tests (DatabaseQuery *of_tests, DatabaseQuery *of_results,
            unsigned n_results, GPtrArray *tests, GError **error)
{
  DatabaseStep step;

  while ((step = database_query_step (of_tests, error)) == DATABASE_ROW)
    {
      HistoryTest *test = g_new (HistoryTest, 1);

      *test = (HistoryTest){
        .plan = g_strdup (database_query_text (of_tests, 1)),
        .name = g_strdup (database_query_text (of_tests, 2)),
        .results = g_array_new (FALSE, FALSE, sizeof (HistoryResult)),
      };
      g_ptr_array_add (tests, test);
      database_query_set_number (of_results, 0,
                                 database_query_number (of_tests, 0));
      database_query_set_number (of_results, 1, n_results);
      if (!read_results (of_results, test->results, error))
        return false;
    }
  return step == DATABASE_DONE;
}

GPtrArray *
history_read (const History *history, const char *path, unsigned n_results,
              GError **error)
{
  g_autofree char *below
      = g_strconcat (path, g_str_has_suffix (path, "/") ? "" : "/", NULL);
  g_autofree char *behind = g_strdup (below);
  g_autoptr (GError) reason = NULL;
  g_autoptr (Database) database
      = history_open (history, DATABASE_READ, DATABASE_PATIENCE, &reason);
  g_autoptr (GPtrArray) tests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)free_test);

  behind[strlen (behind) - 1]++;
  if (database != NULL)
    {
      g_autoptr (DatabaseQuery) of_tests
          = database_query_new (database, tests_sql, &reason);
      g_autoptr (DatabaseQuery) of_results
          = of_tests != NULL
                ? database_query_new (database, results_sql, &reason)
                : NULL;

      if (of_results != NULL)
        {
          database_query_set_text (of_tests, 0, path);
          database_query_set_text (of_tests, 1, below);
          database_query_set_text (of_tests, 2, behind);
          (void)read_tests (of_tests, of_results, n_results, tests, &reason);
        }
    }
  if (reason == NULL)
    return database != NULL ? g_steal_pointer (&tests) : NULL;
  history_explain (history, "read", &reason);
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}
