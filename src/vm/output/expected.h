/* expected.h - what an `expect` looks for, and what it says when that does not
 * come */
#pragma once

#include "base/pattern.h"
#include "vm/machine.h"

/* With its values.  NULL: it is none, which was told. */
Pattern *expected_pattern (Vm *vm, const PlanOp *op, const PlanText *text);

/* It has not come in time; or the process has ended.  @stream: what was looked
 * at, which tells what came instead. */
OpStatus expected_fail_late (Vm *vm, const PlanOp *op, const Stream *stream);
OpStatus expected_fail_ended (Vm *vm, const PlanOp *op, const Stream *stream);

/* What must not come came first. */
OpStatus expected_fail_unwanted (Vm *vm, const PlanOp *op,
                                 const PatternMatch *match);

/* It cannot be looked for (stream_search_on()). */
OpStatus expected_fail_search (Vm *vm, const PlanOp *op, const Stream *stream,
                               const GError *error);
