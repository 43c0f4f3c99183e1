/* patterns.h - regular expressions that stand in plans */
#pragma once

#include "front/emit.h"

/* Compiles the pattern that @arg says, as far as it is known: each once.  False
 * if it is wrong, which was told. */
bool patterns_check (Emit *emit, const AstArg *arg, const PlanText *pattern);

/* Whether it has groups for @n_names names, of which @names is the first; if
 * not, this was told. */
bool patterns_has_groups (Emit *emit, const PlanText *pattern,
                          const AstArg *names, unsigned n_names);

/* Warns of a pattern that matches wherever one looks. */
void patterns_warn_empty (Emit *emit, const AstArg *arg,
                          const PlanText *pattern);
