/* program.h - whether programs are there, as the children will see it */
#pragma once

#include "front/emit.h"

/* In PATH, or, with a slash in it, there. */
bool program_exists (Emit *emit, const char *name);

/* Warns if a command is not there; nothing is said where that is known only
 * when the test runs. */
void program_check (Emit *emit, const PlanContext *context,
                    const PlanText *command, SrcSpan span);
