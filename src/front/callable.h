/* callable.h - what a line can begin with: words and macros */
#pragma once

#include "front/emit.h"

/* One of both. */
typedef struct
{
  const Word *word;
  Macro *macro;
} Callable;

void callable_add_words (Emit *emit);

/* False if there is a word or a macro of that name, which was told. */
bool callable_add_macro (Emit *emit, Macro *macro);

/* Remembers the name of a macro whose definition is wrong: its uses are no
 * errors.  @call: the `def`. */
void callable_add_broken (Emit *emit, const AstCall *call);

/* NULL: there is none of that name. */
const Callable *callable_find (const Emit *emit, const AstArg *word);

/* Tells so, and what may have been meant. */
void callable_tell_unknown (Emit *emit, const AstArg *word);
