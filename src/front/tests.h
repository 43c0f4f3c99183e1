/* tests.h - the tests of a plan, from their blocks to their operations
 *
 * While the file is gone through, its tests are noted, with what holds where
 * they stand.  At its end each is expanded: the file's `teardown`s are
 * registered, its `setup`s expanded, then the test's own lines; then the
 * cleanup sections, in the order in which they run.
 */
#pragma once

#include "front/emit.h"
#include "front/vars.h"

/* What holds at a place, to go back to it. */
typedef struct
{
  Settings settings;
  ScopeMark scope;
  Frame *frame;
} State;

void tests_init (Emit *emit);

State tests_save (Emit *emit);

/* A `test` block. */
void tests_add (Emit *emit, const char *name, SrcSpan span,
                const AstBlock *block);

/* A line outside of tests: if it is of a test, it is taken as one of the test
 * that the file is when it has no other, and true. */
bool tests_take_loose (Emit *emit, const AstCall *call);

/* Expands all of them. */
void tests_expand (Emit *emit);
