/* compile.h - from the text of a plan to its operations */
#pragma once

#include "base/diag.h"
#include "base/source.h"
#include "plan/plan.h"

typedef struct
{
  int64_t timeout_microsecs; /* of a wait, where the plan sets none */
  const char *builddir;      /* absolute: where proctor was started */
} CompileOptions;

/* Compiles one source with all that it includes (read into @sources).  All
 * errors and warnings go to @diag.  Returns NULL when there were errors.  A
 * plan that only defines things for others to include has no tests. */
Plan *compile_plan (const Source *source, Sources *sources,
                    const CompileOptions *options, Diag *diag);
