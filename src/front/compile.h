/* compile.h - from the text of a plan to its operations */
#pragma once

#include "base/diag.h"
#include "base/source.h"
#include "plan/plan.h"

/* What holds for a test, where the plan itself says nothing. */
typedef struct
{
  int64_t timeout_microsecs; /* of a wait */
  int64_t limit_microsecs;   /* of a whole test; or PLAN_NO_LIMIT */
  unsigned level;            /* 0: 1 */
  int leftovers;             /* PlanLeftovers */
  const char *const *env;    /* "NAME=VALUE", then NULL; NULL: none */
  const char *const *tags;   /* in addition to its own; the same */
} CompileDefaults;

/* Of the test of this name, or, if that is NULL, of the layers; NULL: there
 * are none.  What it returns lives as long as the options. */
typedef const CompileDefaults *
CompileDefaultsFunc (void *data, const char *plan_path, const char *test_name);

typedef struct
{
  int64_t timeout_microsecs;          /* of a wait, where the plan sets none */
  int64_t limit_microsecs;            /* of a test, the same; 0: not said */
  const char *builddir;               /* absolute: where proctor was started */
  CompileDefaultsFunc *find_defaults; /* NULL: these are all */
  void *data;
} CompileOptions;

/* Compiles one source with all that it includes (read into @sources).  All
 * errors and warnings go to @diag.  Returns NULL when there were errors.  A
 * plan that only defines things for others to include has no tests. */
Plan *compile_plan (const Source *source, Sources *sources,
                    const CompileOptions *options, Diag *diag);
