/* values.h - the values of variables that are known only when a test runs */
#pragma once

#include "plan/plan.h"

typedef struct Values Values;

/* @log_dir is the descriptor of the test's log directory, @path its absolute
 * path; both are borrowed and must outlive it. */
Values *values_new (int log_dir, const char *path);
void values_free (Values *values);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Values, values_free)

/* The text with its values in it: its own bytes if it has none, else a new
 * string that is added to @strings, which owns it.  NULL and @error if a value
 * cannot be had ($tmp: the directory cannot be made). */
const char *values_expand (Values *values, const PlanText *text,
                           GPtrArray *strings, GError **error);
