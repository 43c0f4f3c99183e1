/* environ.h - the environment of the children, one change after the other */
#pragma once

#include "front/emit.h"

/* "NAME=VALUE"; false if it is not, which was told. */
bool environ_assign (Emit *emit, const PlanEnv **env, const PlanText *text,
                     SrcSpan span);
bool environ_unset (Emit *emit, const PlanEnv **env, const PlanText *name,
                    SrcSpan span);
/* The same as @env, with "NAME=VALUE"s, a NULL behind them, that were there
 * before. */
const PlanEnv *environ_put_under (Emit *emit, const PlanEnv *env,
                                  const char *const *assignments);
void environ_clear (Emit *emit, const PlanEnv **env);
