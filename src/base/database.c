#include "config.h"

#include "base/database.h"

#include "base/syserror.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

struct Database
{
  sqlite3 *sqlite; /* owned */
};

struct DatabaseQuery
{
  sqlite3_stmt *statement; /* owned */
  sqlite3 *sqlite;         /* borrowed */
};

/* --- Errors ------------------------------------------------------------ */

static bool
refuse (GError **error, GFileError code, const char *reason)
{
  g_set_error_literal (error, G_FILE_ERROR, (int)code, reason);
  return false;
}

/* Tells why SQLite returned @result. */
static bool
refuse_result (sqlite3 *sqlite, int result, GError **error)
{
  const int number = sqlite != NULL ? sqlite3_system_errno (sqlite) : 0;

  switch (result & 0xff)
    {
    case SQLITE_BUSY:
      return refuse (error, G_FILE_ERROR_AGAIN,
                     "another process keeps it locked");
    case SQLITE_NOTADB:
      return refuse (error, G_FILE_ERROR_INVAL, "it is no database");
    case SQLITE_CORRUPT:
      return refuse (error, G_FILE_ERROR_INVAL, "it is damaged");
    case SQLITE_READONLY:
      return refuse (error, G_FILE_ERROR_ROFS, "it cannot be changed");
    case SQLITE_FULL:
      return refuse (error, G_FILE_ERROR_NOSPC, g_strerror (ENOSPC));
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      if (number == 0)
        break;
      syserror_set_reason (error, number);
      return false;
    default:
      break;
    }
  return refuse (error, G_FILE_ERROR_FAILED,
                 sqlite != NULL ? sqlite3_errmsg (sqlite)
                                : sqlite3_errstr (result));
}

/* --- The file ---------------------------------------------------------- */

/* SQLite would make a file that others may read; it would wait for whoever
 * opens the other end of a pipe, and tells little of what is no file.  Its
 * journal gets the mode of the file. */
static bool
check_file (const char *path, DatabaseMode mode, GError **error)
{
  struct stat info;

  if (stat (path, &info) != 0)
    {
      if (errno != ENOENT || mode == DATABASE_READ)
        {
          syserror_set_reason (error, errno);
          return false;
        }

      const int fd = open (path, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC,
                           S_IRUSR | S_IWUSR);

      if (fd < 0 || fstat (fd, &info) != 0)
        {
          syserror_set_reason (error, errno);
          if (fd >= 0)
            (void)close (fd); /* nothing was written */
          return false;
        }
      (void)close (fd); /* nothing was written */
    }
  return S_ISREG (info.st_mode)
         || refuse (error, G_FILE_ERROR_INVAL, "it is no regular file");
}

Database *
database_open (const char *path, DatabaseMode mode, GError **error)
{
  if (!check_file (path, mode, error))
    return NULL;

  g_autoptr (Database) database = g_new0 (Database, 1);
  /* Reading needs writing too where somebody was killed in the middle of a
   * change, which is taken back then; if it may not be written, it is read all
   * the same. */
  const int result
      = sqlite3_open_v2 (path, &database->sqlite,
                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

  if (result != SQLITE_OK)
    {
      (void)refuse_result (database->sqlite, result, error);
      return NULL;
    }
  if (mode == DATABASE_WRITE && sqlite3_db_readonly (database->sqlite, NULL))
    {
      (void)refuse_result (NULL, SQLITE_READONLY, error);
      return NULL;
    }
  (void)sqlite3_extended_result_codes (database->sqlite, 1);
  database_set_patience (database, DATABASE_PATIENCE);
  return g_steal_pointer (&database);
}

void
database_free (Database *database)
{
  if (database == NULL)
    return;

  (void)sqlite3_close_v2 (database->sqlite); /* what fails is told before */
  g_free (database);
}

void
database_set_patience (Database *database, int64_t microsecs)
{
  (void)sqlite3_busy_timeout (database->sqlite, /* it cannot fail */
                              (int)(microsecs / 1000));
}

bool
database_run (Database *database, const char *sql, GError **error)
{
  const int result = sqlite3_exec (database->sqlite, sql, NULL, NULL, NULL);

  return result == SQLITE_OK || refuse_result (database->sqlite, result, error);
}

/* At once for writing: of two who read first and write then, one would have to
 * give up.  That the disk is not waited for is said only here, as saying it
 * reads the file, and may have to wait for others. */
bool
database_begin (Database *database, GError **error)
{
  return database_run (database, "PRAGMA synchronous = OFF", error)
         && database_run (database, "BEGIN IMMEDIATE", error);
}

bool
database_commit (Database *database, GError **error)
{
  return database_run (database, "COMMIT", error);
}

int64_t
database_last_id (const Database *database)
{
  return sqlite3_last_insert_rowid (database->sqlite);
}

/* --- Queries ----------------------------------------------------------- */

DatabaseQuery *
database_query_new (Database *database, const char *sql, GError **error)
{
  sqlite3_stmt *statement;
  const int result
      = sqlite3_prepare_v2 (database->sqlite, sql, -1, &statement, NULL);

  if (result != SQLITE_OK)
    {
      (void)refuse_result (database->sqlite, result, error);
      return NULL;
    }

  DatabaseQuery *query = g_new (DatabaseQuery, 1);

  *query
      = (DatabaseQuery){ .statement = statement, .sqlite = database->sqlite };
  return query;
}

void
database_query_free (DatabaseQuery *query)
{
  if (query == NULL)
    return;

  (void)sqlite3_finalize (query->statement); /* tells of the last step again */
  g_free (query);
}

void
database_query_set_text (DatabaseQuery *query, unsigned place, const char *text)
{
  const int result = sqlite3_bind_text (query->statement, (int)place + 1, text,
                                        -1, SQLITE_STATIC);

  g_assert (result == SQLITE_OK);
}

void
database_query_set_number (DatabaseQuery *query, unsigned place, int64_t number)
{
  const int result
      = sqlite3_bind_int64 (query->statement, (int)place + 1, number);

  g_assert (result == SQLITE_OK);
}

DatabaseStep
database_query_step (DatabaseQuery *query, GError **error)
{
  const int result = sqlite3_step (query->statement);

  if (result == SQLITE_ROW)
    return DATABASE_ROW;
  if (result != SQLITE_DONE)
    (void)refuse_result (query->sqlite, result, error);
  database_query_reset (query);
  return result == SQLITE_DONE ? DATABASE_DONE : DATABASE_FAILED;
}

void
database_query_reset (DatabaseQuery *query)
{
  (void)sqlite3_reset (query->statement); /* tells of the last step again */
}

int64_t
database_query_number (const DatabaseQuery *query, unsigned column)
{
  return sqlite3_column_int64 (query->statement, (int)column);
}

const char *
database_query_text (const DatabaseQuery *query, unsigned column)
{
  const unsigned char *const text
      = sqlite3_column_text (query->statement, (int)column);

  return text != NULL ? (const char *)text : "";
}

bool
database_query_one (DatabaseQuery *query, int64_t otherwise, int64_t *number,
                    GError **error)
{
  const DatabaseStep step = database_query_step (query, error);

  *number = step == DATABASE_ROW ? database_query_number (query, 0) : otherwise;
  if (step == DATABASE_ROW)
    database_query_reset (query);
  return step != DATABASE_FAILED;
}
