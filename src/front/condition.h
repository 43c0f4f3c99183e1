/* condition.h - what `if` and `requires` ask for */
#pragma once

#include "front/emit.h"

/* "[not] set NAME | program NAME | file PATH | A == B | A != B", the first
 * @n_args arguments.  False if it is none, which was told. */
bool condition_eval (Emit *emit, const AstArg *arg, unsigned n_args,
                     SrcSpan span, bool *holds);
