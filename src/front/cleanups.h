/* cleanups.h - the cleanup sections of a test or a layer
 *
 * `defer` and `teardown` blocks are registered where the operations come to
 * them; their own operations stand behind the body, the last registered first.
 */
#pragma once

#include "front/emit.h"

void cleanups_init (Emit *emit);
/* When a test or a layer begins. */
void cleanups_reset (Emit *emit);

void cleanups_add (Emit *emit, SrcSpan span, const AstBlock *block,
                   bool is_teardown);
/* What a layer does as soon as it is not to be up any more. */
void cleanups_add_release (Emit *emit, SrcSpan span);

/* A `defer` block. */
void cleanups_defer (Emit *emit, SrcSpan span, const AstBlock *block);

/* Expands all of them; the sections are in the plan's arena. */
const PlanSection *cleanups_expand (Emit *emit);
