/* environment.h - the environments of children, and their search paths */
#pragma once

#include "plan/plan.h"
#include "vm/values.h"

#include <glib.h>

typedef struct Environments Environments;

/* @values is borrowed. */
Environments *environments_new (Values *values);
void environments_free (Environments *environments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Environments, environments_free)

/* What execve(2) takes.  It lives as long as @environments, or, if it has
 * values in it that may be others the next time, as long as @strings. */
const char *const *environments_get (Environments *environments,
                                     const PlanEnv *env, GPtrArray *strings,
                                     GError **error);

/* The paths that a program may have, in the order in which execvp(3) tries
 * them.  *@searched is the PATH that they are made from.  Both live as long as
 * @environments. */
const char *const *environments_search (Environments *environments,
                                        const char *const *envp,
                                        const char *program,
                                        const char **searched);
