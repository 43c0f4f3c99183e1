/* database.h - a file of SQLite's
 *
 * Several processes may have it open at once: whoever changes it does so
 * between database_begin() and database_commit(), and waits for the others
 * there, for seconds at the most.  What was begun and not committed never
 * was, also if we are killed.  A machine that loses its power may lose what was
 * committed last, or the whole file: it is not waited until things are on the
 * disk, so this is for what can be done without.
 *
 * Errors are G_FILE_ERRORs with the reason alone as their message:
 *
 *     NOENT  there is no such file
 *     AGAIN  another process did not let us in
 *     INVAL  it is no database, or a damaged one
 *     ROFS   it cannot be changed
 *     ...    what else the system refused
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Database Database;
typedef struct DatabaseQuery DatabaseQuery;

typedef enum
{
  DATABASE_READ, /* it must be there */
  DATABASE_WRITE /* made, for this user only, if it is not there */
} DatabaseMode;

/* How long others are waited for, if nothing is said. */
#define DATABASE_PATIENCE (5 * INT64_C (1000000))

/* A link is followed, and what is in the file is not read yet.  Not to be used
 * in a process forked later. */
Database *database_open (const char *path, DatabaseMode mode, GError **error);
/* After its queries. */
void database_free (Database *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Database, database_free)

void database_set_patience (Database *database, int64_t microsecs);

/* Runs statements that give nothing back. */
bool database_run (Database *database, const char *sql, GError **error);

/* database_free() takes back what was begun and not committed. */
bool database_begin (Database *database, GError **error);
bool database_commit (Database *database, GError **error);

/* The number by which the row that was added last is known. */
int64_t database_last_id (const Database *database);

/* A statement to be run, perhaps often, with values for its "?". */
DatabaseQuery *database_query_new (Database *database, const char *sql,
                                   GError **error);
void database_query_free (DatabaseQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DatabaseQuery, database_query_free)

/* The values, from 0 on.  A text is borrowed until the query is reset. */
void database_query_set_text (DatabaseQuery *query, unsigned place,
                              const char *text);
void database_query_set_number (DatabaseQuery *query, unsigned place,
                                int64_t number);

typedef enum
{
  DATABASE_ROW,  /* its columns can be read */
  DATABASE_DONE, /* there is no more */
  DATABASE_FAILED
} DatabaseStep;

/* The next row.  After the last one, and after a failure, it is reset. */
DatabaseStep database_query_step (DatabaseQuery *query, GError **error);
/* To run it again from the beginning. */
void database_query_reset (DatabaseQuery *query);

/* Columns, from 0 on.  A text is valid until the next step; "" where there
 * is none. */
int64_t database_query_number (const DatabaseQuery *query, unsigned column);
const char *database_query_text (const DatabaseQuery *query, unsigned column);

/* Runs a query of one number: that of its first row, or @otherwise. */
bool database_query_one (DatabaseQuery *query, int64_t otherwise,
                         int64_t *number, GError **error);
