#include "config.h"

#include "report/history/history.h"

#include "report/history/history-file.h"
#include "report/history/history-past.h"

#include <stdlib.h>
#include <string.h>

/* Who changes the tables gives this a new number, and changes old tables in
 * create(). */
#define FORMAT 1
/* The first letters of "proctor", so that no other program's file is taken for
 * ours. */
#define APPLICATION 0x70726f63

struct History
{
  char *path;    /* owned; NULL: there is none */
  bool is_named; /* by the user: no directory is made for it */
};

static const char tables[]
    = "CREATE TABLE runs (id INTEGER PRIMARY KEY, began INTEGER NOT NULL,"
      " microsecs INTEGER NOT NULL, directory TEXT NOT NULL,"
      " host TEXT NOT NULL, version TEXT NOT NULL);"
      "CREATE TABLE tests (id INTEGER PRIMARY KEY, plan TEXT NOT NULL,"
      " name TEXT NOT NULL, UNIQUE (plan, name));"
      "CREATE TABLE results (test INTEGER NOT NULL, number INTEGER NOT NULL,"
      " run INTEGER NOT NULL, began INTEGER NOT NULL,"
      " microsecs INTEGER NOT NULL, verdict TEXT NOT NULL,"
      " tries INTEGER NOT NULL, PRIMARY KEY (test, number)) WITHOUT ROWID;"
      "PRAGMA application_id = " G_STRINGIFY (
          APPLICATION) ";"
                       "PRAGMA user_version = " G_STRINGIFY (FORMAT) ";";

/* --- Where it is ------------------------------------------------------- */

/* As XDG's "Base Directory Specification" has it, which wants relative paths
 * ignored. */
static char *
find_path (void)
{
  const char *const state = g_getenv ("XDG_STATE_HOME");
  const char *const home = g_getenv ("HOME");

  if (state != NULL && g_path_is_absolute (state))
    return g_build_filename (state, "proctor", "history.sqlite", NULL);
  if (home != NULL && g_path_is_absolute (home))
    return g_build_filename (home, ".local", "state", "proctor",
                             "history.sqlite", NULL);
  return NULL;
}

History *
history_new (const char *path)
{
  History *history = g_new (History, 1);

  /* Absolute, so that SQLite takes no name for something special. */
  history->path
      = path != NULL ? g_canonicalize_filename (path, NULL) : find_path ();
  history->is_named = path != NULL;
  return history;
}

void
history_free (History *history)
{
  if (history == NULL)
    return;

  g_free (history->path);
  g_free (history);
}

const char *
history_path (const History *history)
{
  return history->path;
}

/* --- What is in it ----------------------------------------------------- */

static bool
read_number (Database *database, const char *sql, int64_t *number,
             GError **error)
{
  g_autoptr (DatabaseQuery) query = database_query_new (database, sql, error);

  return query != NULL && database_query_one (query, 0, number, error);
}

typedef enum
{
  KIND_UNKNOWN, /* @error says why */
  KIND_EMPTY,
  KIND_HISTORY
} Kind;

static Kind
find_kind (Database *database, GError **error)
{
  int64_t format;
  int64_t application;
  int64_t n_tables = 0;

  if (!read_number (database, "PRAGMA user_version", &format, error)
      || !read_number (database, "PRAGMA application_id", &application, error)
      || (application == 0
          && !read_number (database, "SELECT count(*) FROM sqlite_master",
                           &n_tables, error)))
    return KIND_UNKNOWN;

  if (application == 0 && format == 0 && n_tables == 0)
    return KIND_EMPTY;
  if (application == APPLICATION && format == FORMAT)
    return KIND_HISTORY;
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                       application == APPLICATION && format > FORMAT
                           ? "a newer proctor has made it"
                           : "it is a database of another program");
  return KIND_UNKNOWN;
}

/* Of what is there at one moment: another process may be about to make it. */
static Kind
find_kind_now (Database *database, GError **error)
{
  if (!database_run (database, "BEGIN", error))
    return KIND_UNKNOWN;

  const Kind kind = find_kind (database, error);

  return kind != KIND_UNKNOWN && database_commit (database, error)
             ? kind
             : KIND_UNKNOWN;
}

/* Others may be about to do the same. */
static bool
create (Database *database, GError **error)
{
  if (!database_begin (database, error))
    return false;

  const Kind kind = find_kind (database, error);

  return kind != KIND_UNKNOWN
         && (kind == KIND_HISTORY || database_run (database, tables, error))
         && database_commit (database, error);
}

Database *
history_open (const History *history, DatabaseMode mode,
              int64_t patience_microsecs, GError **error)
{
  if (history->path == NULL)
    return NULL;

  if (mode == DATABASE_WRITE && !history->is_named)
    {
      g_autofree char *directory = g_path_get_dirname (history->path);

      (void)g_mkdir_with_parents (directory, 0700); /* to open it tells why */
    }

  g_autoptr (GError) reason = NULL;
  g_autoptr (Database) database = database_open (history->path, mode, &reason);

  if (database != NULL)
    database_set_patience (database, patience_microsecs);

  const Kind kind
      = database != NULL ? find_kind_now (database, &reason) : KIND_UNKNOWN;

  if (kind == KIND_HISTORY
      || (kind == KIND_EMPTY && mode == DATABASE_WRITE
          && create (database, &reason)))
    return g_steal_pointer (&database);
  if (reason != NULL
      && !(mode == DATABASE_READ
           && g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT)))
    g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

void
history_explain (const History *history, const char *what, GError **error)
{
  g_prefix_error (error, "cannot %s the history \"%s\": ", what, history->path);
}

const char *
history_advice (const GError *error)
{
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_INVAL))
    return "\"--history\" names another file, \"--no-history\" does without; "
           "if you move this one away, a new one is begun";
  return "\"--history\" names another file, \"--no-history\" does without";
}

/* NULL: it does not lead anywhere. */
static char *
resolve (const char *path)
{
  char *const real = realpath (path, NULL);
  char *const copy = g_strdup (real);

  free (real);
  return copy;
}

char *
history_real_path (const char *path)
{
  char *const real = resolve (path);
  if (real != NULL)
    return real;

  /* It is gone; perhaps its directory is still there. */
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *place = resolve (directory);

  return place != NULL ? g_build_filename (place, name, NULL)
                       : g_canonicalize_filename (path, NULL);
}

char *
history_plan_path (const char *path)
{
  return strcmp (path, "-") == 0 ? NULL : history_real_path (path);
}

bool
history_keeps (Verdict verdict)
{
  return verdict != VERDICT_NOT_RUN;
}

bool
history_verdict (const char *name, Verdict *verdict)
{
  for (unsigned i = 0; i < N_VERDICTS; i++)
    {
      *verdict = (Verdict)i;
      if (strcmp (verdict_name (*verdict), name) == 0)
        return history_keeps (*verdict);
    }
  return false;
}
