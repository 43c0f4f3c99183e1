#include "config.h"

#include "report/history/history-store.h"

#include "report/history/history-file.h"

/* One in so many tidies up, so that it costs nobody much. */
#define RESULTS_A_TIDYING 100
#define RUNS_A_TIDYING    100

struct HistoryStore
{
  Database *database; /* owned, as the queries */
  DatabaseQuery *add_run;
  DatabaseQuery *find;
  DatabaseQuery *add_test; /* NULL: not needed yet */
  DatabaseQuery *add_result;
  int64_t run;
  int64_t began;
};

static const char find_sql[]
    = "SELECT id, coalesce((SELECT max(number) FROM results WHERE test = id),"
      " 0) FROM tests WHERE plan = ? AND name = ?";
static const char add_test_sql[]
    = "INSERT INTO tests (plan, name) VALUES (?, ?)";
static const char add_result_sql[]
    = "INSERT INTO results (test, number, run, began, microsecs, verdict,"
      " tries) VALUES (?, ?, ?, ?, ?, ?, ?)";
static const char add_run_sql[]
    = "INSERT INTO runs (began, microsecs, directory, host, version)"
      " VALUES (?, ?, ?, ?, ?)";
static const char forget_results_sql[]
    = "DELETE FROM results WHERE test = ? AND number <= ?";
static const char forget_tests_sql[]
    = "DELETE FROM tests WHERE coalesce((SELECT began FROM results"
      " WHERE test = id ORDER BY number DESC LIMIT 1), 0) < ?";
static const char forget_lost_results_sql[]
    = "DELETE FROM results WHERE test NOT IN (SELECT id FROM tests)";

/* --- Its life ---------------------------------------------------------- */

void
history_store_free (HistoryStore *store)
{
  if (store == NULL)
    return;

  database_query_free (store->add_run);
  database_query_free (store->find);
  database_query_free (store->add_test);
  database_query_free (store->add_result);
  database_free (store->database);
  g_free (store);
}

static bool
prepare (HistoryStore *store, const char *sql, DatabaseQuery **query,
         GError **error)
{
  if (*query == NULL)
    *query = database_query_new (store->database, sql, error);
  return *query != NULL;
}

HistoryStore *
history_store_open (const History *history, int64_t patience_microsecs,
                    GError **error)
{
  Database *const database
      = history_open (history, DATABASE_WRITE, patience_microsecs, error);

  if (database == NULL)
    return NULL;

  g_autoptr (HistoryStore) store = g_new0 (HistoryStore, 1);

  store->database = database;
  if (!prepare (store, add_run_sql, &store->add_run, error)
      || !prepare (store, find_sql, &store->find, error)
      || !prepare (store, add_result_sql, &store->add_result, error))
    return NULL;
  return g_steal_pointer (&store);
}

/* --- Writing ----------------------------------------------------------- */

bool
history_store_begin (HistoryStore *store, int64_t began, int64_t microsecs,
                     GError **error)
{
  g_autofree char *directory = g_get_current_dir ();
  DatabaseQuery *const query = store->add_run;

  database_set_patience (store->database, DATABASE_PATIENCE);
  if (!database_begin (store->database, error))
    return false;

  database_query_set_number (query, 0, began);
  database_query_set_number (query, 1, microsecs);
  database_query_set_text (query, 2, directory);
  database_query_set_text (query, 3, g_get_host_name ());
  database_query_set_text (query, 4, PACKAGE_VERSION);
  if (database_query_step (query, error) != DATABASE_DONE)
    return false;

  store->run = database_last_id (store->database);
  store->began = began;
  return true;
}

static bool
add_test (HistoryStore *store, const char *plan, const char *name, int64_t *id,
          GError **error)
{
  if (!prepare (store, add_test_sql, &store->add_test, error))
    return false;

  database_query_set_text (store->add_test, 0, plan);
  database_query_set_text (store->add_test, 1, name);
  if (database_query_step (store->add_test, error) != DATABASE_DONE)
    return false;
  *id = database_last_id (store->database);
  return true;
}

/* The test's id, and how many results it has had. */
static bool
find_test (HistoryStore *store, const char *plan, const char *name, int64_t *id,
           int64_t *n_results, GError **error)
{
  database_query_set_text (store->find, 0, plan);
  database_query_set_text (store->find, 1, name);

  const DatabaseStep step = database_query_step (store->find, error);

  if (step == DATABASE_FAILED)
    return false;
  if (step == DATABASE_DONE)
    {
      *n_results = 0;
      return add_test (store, plan, name, id, error);
    }
  *id = database_query_number (store->find, 0);
  *n_results = database_query_number (store->find, 1);
  database_query_reset (store->find);
  return true;
}

/* @second may stand for nothing. */
static bool
forget (HistoryStore *store, const char *sql, int64_t first,
        const int64_t *second, GError **error)
{
  g_autoptr (DatabaseQuery) query
      = database_query_new (store->database, sql, error);

  if (query == NULL)
    return false;
  database_query_set_number (query, 0, first);
  if (second != NULL)
    database_query_set_number (query, 1, *second);
  return database_query_step (query, error) == DATABASE_DONE;
}

bool
history_store_add (HistoryStore *store, const char *plan, const char *name,
                   const HistoryResult *result, GError **error)
{
  DatabaseQuery *const query = store->add_result;
  int64_t test;
  int64_t n_before;

  if (!find_test (store, plan, name, &test, &n_before, error))
    return false;

  database_query_set_number (query, 0, test);
  database_query_set_number (query, 1, n_before + 1);
  database_query_set_number (query, 2, store->run);
  database_query_set_number (query, 3, result->began);
  database_query_set_number (query, 4, result->microsecs);
  database_query_set_text (query, 5, verdict_name (result->verdict));
  database_query_set_number (query, 6, result->n_tries);
  if (database_query_step (query, error) != DATABASE_DONE)
    return false;

  const int64_t n_forgotten = n_before + 1 - HISTORY_N_RESULTS;

  return n_forgotten <= 0 || n_forgotten % RESULTS_A_TIDYING != 0
         || forget (store, forget_results_sql, test, &n_forgotten, error);
}

/* Forgets the oldest runs, and tests that are not run any more. */
static bool
tidy (HistoryStore *store, GError **error)
{
  return forget (store, "DELETE FROM runs WHERE id <= ?",
                 store->run - HISTORY_N_RUNS, NULL, error)
         && forget (store, forget_tests_sql, store->began - HISTORY_MICROSECS,
                    NULL, error)
         && database_run (store->database, forget_lost_results_sql, error);
}

bool
history_store_end (HistoryStore *store, GError **error)
{
  return (store->run % RUNS_A_TIDYING != 0 || tidy (store, error))
         && database_commit (store->database, error);
}
