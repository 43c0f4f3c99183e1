/* machine.h - the machine as an operation sees it
 *
 * An operation is called when it begins, and again whenever a process has
 * ended, was stopped, or the time that the operation set has passed, as long
 * as it returns OP_PENDING.  It never blocks.
 */
#pragma once

#include "vm/proc.h"
#include "vm/vm.h"

typedef enum
{
  OP_DONE,
  OP_PENDING,
  OP_FAILED,
  OP_ENDED /* the test ends here, without a failure */
} OpStatus;

typedef OpStatus OpFunc (Vm *vm, const PlanOp *op);

#define OP(NAME, name, text, operands) OpFunc op_##name;
#include "plan/ops.def"
#undef OP

/* --- What it may look at ---------------------------------------------- */

Proc *vm_proc (Vm *vm, uint32_t process);

/* Whether this is the first call of the operation in progress. */
bool vm_begins (const Vm *vm);

/* Whether the test goes its way no more: it has failed, was skipped or
 * interrupted, and only cleans up.  Processes may then be anything. */
bool vm_is_aborted (const Vm *vm);

/* How long a limit of the plan is here and now: --timeout-multiplier. */
int64_t vm_scale (const Vm *vm, int64_t microsecs);

/* --- What it may do ---------------------------------------------------- */

/* A step begins: its limit counts from now. */
void vm_begin_step (Vm *vm, const PlanOp *op);

/* Sets the time of the operation in progress, on its first call; with @is_par
 * it counts from the begin of the step. */
void vm_set_time (Vm *vm, int64_t microsecs, bool is_par);
bool vm_time_has_passed (const Vm *vm);

/* Starts and signals processes, and tells so; a refusal is a failure. */
OpStatus vm_start (Vm *vm, const PlanOp *op);
OpStatus vm_signal (Vm *vm, const PlanOp *op, int number, bool to_group);

/* SIGKILL for a process, or its group, that still runs @microsecs from now. */
void vm_kill_after (Vm *vm, uint32_t process, int64_t microsecs, bool to_group);

/* Whether the operation's process is there to be signalled, as the kernel sees
 * it now.  OP_DONE: it is not, and need not be (it is --optional, or the test
 * only cleans up); OP_FAILED: it has ended unexpectedly, and that was told;
 * OP_PENDING: it is. */
OpStatus vm_look (Vm *vm, const PlanOp *op);

/* Whether a process that is waited for has ended, as far as is known. */
bool vm_has_ended (Vm *vm, Proc *proc);

/* Judges an end that the plan waits for. */
OpStatus vm_judge_end (Vm *vm, Proc *proc);

/* A text with its values; where a value cannot be had, why. */
char *vm_text (Vm *vm, const PlanText *text);

/* Tells the operation's text. */
void vm_tell_text (Vm *vm, EventKind kind, const PlanText *text);

/* The test is skipped, with the operation's text as the reason. */
void vm_skip (Vm *vm, const PlanOp *op);

/* A failure of the test; the messages after it add to it.  @process may be
 * PLAN_NONE.  Returns OP_FAILED. */
OpStatus vm_fail (Vm *vm, Failure failure, SrcSpan span, uint32_t process,
                  const char *format, ...) G_GNUC_PRINTF (5, 6);
/* The time of the operation has passed: "WHO has not ended within 20s". */
OpStatus vm_fail_late (Vm *vm, const PlanOp *op, const char *what);
void vm_note (Vm *vm, SrcSpan span, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
