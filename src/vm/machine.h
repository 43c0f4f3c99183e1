/* machine.h - the machine as an operation sees it
 *
 * An operation is called when it begins, and again whenever a process has
 * ended, was stopped, the time that the operation set has passed, or vm_wake()
 * was called, as long as it returns OP_PENDING.  It never blocks.  It first
 * looks for what it waits for, then at the time.
 *
 * A plan may have several threads; an operation sees that which it is in.
 */
#pragma once

#include "vm/child/proc.h"
#include "vm/output/stream.h"
#include "vm/values.h"
#include "vm/vm.h"
#include "vm/watches.h"

typedef enum
{
  OP_DONE,
  OP_PENDING,
  OP_FAILED,
  OP_ENDED,  /* the test ends here, without a failure */
  OP_REFUSED /* for now: it is called again a little later, and no end is judged
              * before that, as if proctor were slow */
} OpStatus;

typedef OpStatus OpFunc (Vm *vm, const PlanOp *op);

#define OP(NAME, name, text, operands) OpFunc op_##name;
#include "plan/ops.def"
#undef OP

/* --- What it may look at ---------------------------------------------- */

Proc *vm_proc (Vm *vm, uint32_t process);
const PlanTest *vm_test (const Vm *vm);
const VmOptions *vm_options (const Vm *vm);

/* Where files are waited for; what it calls may call vm_wake(). */
Watches *vm_watches (Vm *vm);
Values *vm_values (Vm *vm);

/* Whether this is the first call of the operation in progress. */
bool vm_begins (const Vm *vm);

/* In which directory the logs of a process are. */
int vm_log_dir (const Vm *vm, const Proc *proc);

/* --- Around a process: its machine may be that of a layer ---------------- */

/* The process that its machine is in. */
pid_t vm_parent (const Vm *vm, const Proc *proc);
/* The process of that machine's plan that a child of that is; or NULL. */
const Proc *vm_sibling (const Vm *vm, const Proc *proc, pid_t child);
/* Whether a child of that is a worker: neither of the plan, nor left behind by
 * one of it. */
bool vm_is_foreign (const Vm *vm, const Proc *proc, pid_t child);
/* "the process "db" of the layer "database" has ended"; OP_FAILED. */
OpStatus vm_fail_gone (Vm *vm, const PlanOp *op);

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
int64_t vm_now (const Vm *vm);
void vm_set_time (Vm *vm, int64_t microsecs, bool is_par);
bool vm_time_has_passed (const Vm *vm);

/* The operation in progress is called again when this time has passed, at the
 * latest; for one that must ask again and again, or wait for a pause. */
void vm_call_again (Vm *vm, int64_t microsecs);

/* The same for one that waits for nothing, but has so much to do that the loop
 * must have a turn. */
void vm_work_on (Vm *vm);

/* The same for one that nothing tells: soon at first, later more seldom, as it
 * has waited since @began. */
void vm_poll (Vm *vm, int64_t began);

/* All operations that wait are called again: from now on, or, in one of them,
 * soon.  For watches (GSources) that an operation has made. */
void vm_wake (Vm *vm);

/* What the operation in progress keeps from call to call; freed with @free
 * when it is over, however that is. */
void vm_set_state (Vm *vm, void *state /* takes */, GDestroyNotify free);
void *vm_state (Vm *vm); /* NULL: none yet */

/* Starts a block of the plan, or ends the innermost one (ops/blocks.c). */
OpStatus vm_begin_block (Vm *vm, const PlanOp *op);
OpStatus vm_end_block (Vm *vm, const PlanOp *op);
OpStatus vm_start_thread (Vm *vm, const PlanOp *op);
OpStatus vm_join_thread (Vm *vm, const PlanOp *op);

/* Starts and signals processes, and tells so; a refusal is a failure. */
OpStatus vm_start (Vm *vm, const PlanOp *op);
OpStatus vm_signal (Vm *vm, const PlanOp *op, int number, bool to_group);

/* SIGKILL for a process, or its group, that still runs @microsecs from now; a
 * time that was set before holds no more. */
void vm_kill_after (Vm *vm, uint32_t process, int64_t microsecs, bool to_group);

/* Whether the operation's process is there to be signalled, as the kernel sees
 * it now.  OP_DONE: it is not, and need not be (it is --optional or a layer's,
 * or the test only cleans up); OP_FAILED: it has ended unexpectedly, and that
 * was told; OP_PENDING: it is. */
OpStatus vm_look (Vm *vm, const PlanOp *op);

/* Whether a process that is waited for has ended, as far as is known. */
bool vm_has_ended (Vm *vm, Proc *proc);

/* Makes a process of @pid, a child of ours that the plan did not spawn. */
void vm_adopt (Vm *vm, uint32_t process, pid_t pid);

/* How one that fell to us, as the plan's processes do not, has ended; false:
 * that is not known. */
bool vm_orphan_end (Vm *vm, pid_t pid, int *wait_status);

/* An operation has seen that a process is dead before its end was heard of: if
 * it is one of the plan, it is judged here, and not by what comes next.
 * OP_FAILED: it has ended unexpectedly, and that was told. */
OpStatus vm_judge_seen (Vm *vm, pid_t pid);

/* How many processes of the plan run, but for those of layers, as the kernel
 * sees it now.  OP_FAILED: one has ended unexpectedly, and that was told. */
OpStatus vm_count_active (Vm *vm, unsigned *n);

/* The layer is about to be up: whether all that it has started has come to its
 * exec, or to its end.  OP_FAILED: one has ended that may not. */
OpStatus vm_settle (Vm *vm);
/* It is: tells so. */
void vm_be_up (Vm *vm);
/* No test needs it any more: what tears it down has its time from now on. */
void vm_begin_tear_down (Vm *vm);
/* The last SIGTERM came from another process than the one that has forked this
 * one. */
bool vm_is_ended_by_stranger (const Vm *vm);

/* A cleanup section is due at the end. */
void vm_register (Vm *vm, const PlanOp *op);

/* Judges an end that the plan waits for. */
OpStatus vm_judge_end (Vm *vm, Proc *proc);
/* The same of all that the step waits for and that are over, when it begins: of
 * several that are waited for at once, one may have ended long ago (it is
 * --optional), and is not to wait for the others. */
OpStatus vm_judge_earlier (Vm *vm, const PlanOp *step);

/* What the operation's process prints, with the cursor of the plan; NULL: it
 * has none, which was told. */
Stream *vm_stream (Vm *vm, const PlanOp *op, int stream);

/* A daemon that was adopted writes elsewhere now: its stream is to be opened
 * anew, and the old one used no more.  It may come as long as
 * proc_may_move(). */
bool vm_has_stream_moved (Vm *vm, const PlanOp *op, int stream);

/* Calls the operations that wait when it grows, until it is let go.  Returns 1
 * if it was watched all the time since it was last let go; 0 if it may have
 * grown meanwhile; -1 and @error if it cannot be watched. */
int vm_watch_stream (Vm *vm, const PlanOp *op, int stream, GError **error);
void vm_let_stream_go (Vm *vm, const PlanOp *op, int stream);

/* How often growth was heard of. */
unsigned vm_n_growths (Vm *vm, const PlanOp *op, int stream);
/* Whether a process below us can still write to it: what the process has left
 * behind. */
bool vm_is_log_held (Vm *vm, Proc *proc, int stream);
/* Where it is read from at first. */
int64_t vm_stream_begin (const Vm *vm, const Proc *proc, int stream);
/* A text with its values; where a value cannot be had, why. */
char *vm_text (Vm *vm, const PlanText *text);

/* The same; NULL, and a failure of the operation in progress was told, where a
 * value cannot be had. */
char *vm_expand (Vm *vm, const PlanOp *op, const PlanText *text);

/* The same for a path, relative to @cwd, and that to where we were started.
 * NULL: as above. */
char *vm_expand_path (Vm *vm, const PlanOp *op, const PlanText *cwd,
                      const PlanText *path);

/* Tells the operation's text. */
void vm_tell_text (Vm *vm, EventKind kind, const PlanText *text);

/* The test is skipped, with the operation's text as the reason: OP_ENDED.  What
 * cleans up has no say in that any more: OP_FAILED. */
OpStatus vm_skip (Vm *vm, const PlanOp *op);

/* A failure of the test; the messages after it add to it.  @process may be
 * PLAN_NONE.  Returns OP_FAILED. */
OpStatus vm_fail (Vm *vm, Failure failure, SrcSpan span, uint32_t process,
                  const char *format, ...) G_GNUC_PRINTF (5, 6);
/* The time of the operation has passed: "WHO has not ended within 20s". */
/* What kind of failure that error is: TROUBLE for a shortage, which says
 * nothing of what is tested. */
Failure vm_failure_of (const GError *error, Failure otherwise);
OpStatus vm_fail_late (Vm *vm, const PlanOp *op, const char *what);
/* "within 20s", as a limit of the plan is here and now. */
void vm_append_limit (const Vm *vm, int64_t microsecs, GString *out);
/* "\"web\" was spawned here" */
void vm_note_spawned (Vm *vm, const Proc *proc);
/* The last failure was about the end of this process: it is not told again. */
void vm_end_is_told (Vm *vm, Proc *proc);
/* False, and a failure of the operation, if the log of its process is found to
 * have lost lines: to be asked before it is read. */
bool vm_check_log (Vm *vm, const PlanOp *op, int stream);
/* To be asked before that: whether all that its process has written up to now
 * is in the log, which, of a layer's process, is for another process to see to.
 * @n_wanted is 0 at first, and stays the operation's while it waits. */
OpStatus vm_await_log (Vm *vm, const PlanOp *op, int stream,
                       uint64_t *n_wanted);
/* The last failure was about that: it is not told again. */
void vm_note_loss (Vm *vm, Proc *proc, int stream);
/* How it comes that a log is emptied. */
void vm_note_emptied (Vm *vm, const Proc *proc, int stream);
void vm_note (Vm *vm, SrcSpan span, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
