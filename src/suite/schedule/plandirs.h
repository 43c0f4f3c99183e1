/* plandirs.h - the directories for the logs of each plan
 *
 * LOGDIR/PLAN-DATE, made when the first test of the plan begins, removed when
 * none is left that may use it, if nothing was kept in it.
 */
#pragma once

#include "plan/plan.h"

typedef struct PlanDirs PlanDirs;

PlanDirs *plan_dirs_new (const char *logdir);
void plan_dirs_free (PlanDirs *dirs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlanDirs, plan_dirs_free)

/* One more may use it; one less. */
void plan_dirs_hold (PlanDirs *dirs, const Plan *plan);
void plan_dirs_release (PlanDirs *dirs, const Plan *plan);

/* The descriptor of the plan's, borrowed; -1 and @error if it cannot be
 * made. */
int plan_dirs_open (PlanDirs *dirs, const Plan *plan, GError **error);
/* The path of what was opened. */
const char *plan_dirs_path (PlanDirs *dirs, const Plan *plan);

/* Makes a file beside them, NAME and SUFFIX, or with -1, -2... in between; its
 * name is then the caller's.  Returns its descriptor; -1 and @error on
 * failure. */
int plan_dirs_make_file (PlanDirs *dirs, const char *wish, const char *suffix,
                         char **name, GError **error);
void plan_dirs_remove_file (PlanDirs *dirs, const char *name);
