/* par.h - the lines in the blocks of spawnPar and waitPar */
#pragma once

#include "front/emit.h"

/* "[NAME =] [OPTION...] COMMAND ARGUMENT..." */
void par_spawn_line (Emit *emit, const AstCall *call);

/* "PROCESS [STATUS]" */
void par_wait_line (Emit *emit, const AstCall *call);
