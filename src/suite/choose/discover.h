/* discover.h - which plans does an argument of the command line name? */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct
{
  char *path;    /* owned; "-": standard input */
  char *test;    /* owned; NULL: all of its tests */
  bool is_named; /* by itself, not by its directory */
} Target;

/* A list of Targets that frees them. */
GPtrArray *targets_new (void);

/* Adds what @argument names: a file, FILE:TEST, or a directory with all its
 * *.plan files, sorted.  G_FILE_ERROR on failure. */
bool discover (const char *argument, GPtrArray *targets, GError **error);
