/* laid.h - a plan with a layer, made by hand, and a directory for its logs
 *
 * The layer "database" has a process "db", which prints "ready", and a test
 * that uses it:
 *
 *     layer database {
 *         setup { db = spawn sh -c SCRIPT; expect db ready }
 *         teardown { kill db }
 *     }
 *     test user {
 *         uses database
 *         number = pid db
 *         stop db; cont db; signal -USR1 db
 *         expect db '(ready|usr1)' -> seen
 *         log $number $seen $database.tmp $database.logdir
 *     }
 */
#pragma once

#include "vm/vm.h"

/* Some of its operations: the last is the wait for the end of "db". */
#define LAID_DEFER        0
#define LAID_EXPECT_READY 3
#define LAID_WAIT         9

typedef struct
{
  Plan plan;
  char *dir;      /* owned */
  char *log_path; /* owned */
  int log_dir;    /* owned */
} Laid;

void laid_init (Laid *laid, const char *script);
void laid_clear (Laid *laid);

/* Another place for logs. */
void laid_make_dir (Laid *laid, const char *name);
void laid_remove_dir (Laid *laid);

/* "db" is another program. */
void laid_set_program (Laid *laid, const char *program);

/* Its test runs the script itself, to its end, and that is all. */
void laid_make_run (Laid *laid);
