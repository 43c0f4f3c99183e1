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
