/* helper.h - a program that does some of our work in a process of its own
 *
 *   1. helper_new() starts it: in a session of its own, with a pipe that stays
 *      silent as its standard input;
 *   2. what it writes on its standard output is told line by line, or kept;
 *   3. it ends: that is told, once, with all that it wrote;
 *   4. helper_free() kills it if it still runs, and reaps it.
 *
 * It cannot outlive us: the kernel kills it when we die.  The plan knows
 * nothing of it, so its owner frees it before the test ends; else it is found
 * as one that was left behind.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct
{
  int error;          /* errno: it could not be executed; else 0 */
  int wait_status;    /* as wait(2) gives it; -1: nobody knows */
  const char *output; /* what no line function was told */
  size_t n_output;
} HelperEnd;

typedef struct
{
  /* Without its line feed.  NULL: all of it is told at the end. */
  void (*on_line) (const char *line, void *data);
  void (*on_end) (const HelperEnd *end, void *data);
  /* How a child that somebody else has reaped has ended; false: that is not
   * known.  NULL: nobody else reaps. */
  bool (*find_end) (pid_t pid, int *wait_status, void *data);
} HelperFuncs;

typedef struct Helper Helper;

/* Starts argv[0], looked for in PATH if it is no path.  @funcs is borrowed;
 * the functions may free the helper (but find_end()).  @has_errors: what it
 * writes on its standard error is output too; else that is ours. */
Helper *helper_new (const char *const *argv, bool has_errors,
                    const HelperFuncs *funcs, void *data, GError **error);
void helper_free (Helper *helper);

/* 0: it has ended. */
pid_t helper_pid (const Helper *helper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Helper, helper_free)
