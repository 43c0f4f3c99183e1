/* logdir.h - the directories that logs lie in
 *
 *     LOGDIR/PLAN-DATE/TEST/
 *
 * Each is new (a name that is taken gets -1, -2 ... added), for us alone, and
 * reached by descriptors, never through a link.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct
{
  int fd;     /* owned; -1: not open */
  char *path; /* owned: absolute */
  char *name; /* owned: in its parent */
} LogDir;

void logdir_clear (LogDir *dir);

/* Makes LOGDIR, with the directories above it, if it is not there. */
bool logdir_open_root (LogDir *root, const char *path, GError **error);

/* Makes a new directory, named after @wish as far as that is a safe name. */
bool logdir_make (LogDir *dir, const LogDir *parent, const char *wish,
                  GError **error);

/* One that another process has opened; takes @fd.  @path: NULL or "": not
 * known. */
bool logdir_from_fd (LogDir *dir, int fd, const char *path, GError **error);

/* "echo-20261121T101500Z" for "plans/echo.plan", now. */
char *logdir_plan_name (const char *plan_path);

/* Removes the directory with all that is in it, and clears @dir. */
bool logdir_remove (LogDir *dir, const LogDir *parent, GError **error);

/* Removes it if it is empty; clears @dir. */
void logdir_remove_empty (LogDir *dir, const LogDir *parent);
