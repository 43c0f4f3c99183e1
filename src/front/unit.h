/* unit.h - what is expanded by itself: a test, or a layer
 *
 * unit_begin(), the layers that it uses, unit_enter(), its lines,
 * unit_finish().
 */
#pragma once

#include "front/tests.h"

/* Goes to where it stands; emit->layer says whether it is a layer. */
void unit_begin (Emit *emit, const char *name, const State *state);

/* What it names itself begins here.  Without a block (NULL) the scope of the
 * file is its: the file is the test. */
void unit_enter (Emit *emit, const AstBlock *block);

/* Expands the cleanup sections, and ends it.  @is_certain: all of its lines
 * could be read. */
PlanTest unit_finish (Emit *emit, SrcSpan span, uint32_t first_op,
                      bool is_certain);

/* Whether a line that says something of a test stands in one, where it is
 * still of use; if not, this was told. */
bool unit_may_say (Emit *emit, const AstCall *call);
/* The same of what can be said of a layer, too. */
bool unit_may_say_of_any (Emit *emit, const AstCall *call);
/* The same of what holds for all of it, and so stands in no block that may be
 * tried again, or runs beside it. */
bool unit_may_say_of_whole (Emit *emit, const AstCall *call);

/* A line has this limit of its own. */
void unit_note_within (Emit *emit, int64_t microsecs, SrcSpan span);
