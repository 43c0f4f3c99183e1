/* unit.h - what is expanded by itself: a test, or a layer
 *
 * unit_begin(), the layers that it uses, unit_enter(), its lines,
 * unit_finish().
 */
#pragma once

#include "front/tests.h"

/* Goes to where it stands; emit->layer says whether it is a layer. */
void unit_begin (Emit *emit, const char *name, const State *state);

/* What it names itself begins here.  Without a scope of its own the file's is
 * its: the file is the test. */
void unit_enter (Emit *emit, bool has_scope);

/* Expands the cleanup sections, and ends it.  @is_certain: all of its lines
 * could be read. */
PlanTest unit_finish (Emit *emit, SrcSpan span, uint32_t first_op,
                      bool is_certain);

/* Whether a line that says something of a test stands in one, where it is
 * still of use; if not, this was told. */
bool unit_may_say (Emit *emit, const AstCall *call);
