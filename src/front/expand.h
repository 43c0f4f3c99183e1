/* expand.h - lines, and what makes many of few: loops and macros */
#pragma once

#include "front/check.h"
#include "front/emit.h"

/* Expands the lines of a block as lines of what stands around it. */
void expand_block (Emit *emit, const AstBlock *block);

/* One line, or up to @end, not including it. */
void expand_call (Emit *emit, const AstCall *call);
void expand_lines (Emit *emit, const AstCall *call, const AstCall *end);

/* How much was wrong so far, told or to be told at the end of the test. */
unsigned expand_n_troubles (const Emit *emit);

/* As lines of another kind. */
void expand_block_as (Emit *emit, const AstBlock *block, LineKind kind);

/* A round of a loop; false: no more rounds, something is wrong in it.
 * @variable: NULL for none. */
typedef struct
{
  const AstBlock *block;
  SrcSpan span;
  SrcSpan variable_span;
  const char *variable; /* NULL: none */
  Frame *frame;         /* of the last round */
  uint64_t n_rounds;
} Loop;

bool expand_round (Emit *emit, Loop *loop, const PlanText *value);
