#include "config.h"

#include "vm/state.h"

void
try_free (void *data)
{
  Try *attempt = data;

  timers_remove (attempt->vm->timers, attempt->timer);
  vm_forget (&attempt->held);
  try_give_up_clearing (attempt);
  g_free (attempt);
}

/* --- The limit -------------------------------------------------------------
 */

/* Where those are that were started in the block. */
static void
note_threads (Vm *vm, const PlanBlock *block)
{
  for (guint i = 1; i < vm->threads->len; i++)
    {
      const Thread *thread = vm->threads->pdata[i];
      if (!thread->is_over && thread->block != block
          && block_has (block, thread->block->first_op))
        vm_note (vm, vm->plan->ops[thread->pc].span, "\"%s\" is still here",
                 thread->block->name);
    }
}

/* What the last try was at. */
static void
note_progress (Vm *vm, const Try *attempt, uint32_t pc)
{
  const SrcSpan span = vm->plan->ops[pc].span;

  if (attempt->has_failed)
    return;
  if (span.begin != attempt->block->span.begin)
    vm_note (vm, span,
             attempt->n_tries > 1 ? "the last try was here" : "it was here");
  note_threads (vm, attempt->block);
}

static void
fail_late (Vm *vm, const Try *attempt)
{
  const PlanBlock *block = attempt->block;
  g_autoptr (GString) limit = g_string_new (NULL);

  vm_append_limit (vm, block->microsecs, limit);
  if (attempt->held == NULL)
    {
      (void)vm_fail (vm, FAILURE_TIMED_OUT, block->span, PLAN_NONE,
                     block->kind == BLOCK_JOIN
                         ? "what was started in this \"join\" has not ended %s"
                         : "this has not passed %s",
                     limit->str);
      return;
    }
  vm_release (vm, attempt->held);
  vm_note (vm, block->span, "it was tried %u time%s %s, and has not passed",
           attempt->n_tries, attempt->n_tries == 1 ? "" : "s", limit->str);
}

/* Out of the blocks in it.  The last failure in them is the last in it. */
static void
leave_inner (Thread *thread, Try *attempt)
{
  GPtrArray *tries = thread->tries;

  while (tries->pdata[tries->len - 1] != attempt)
    {
      Try *inner = tries->pdata[tries->len - 1];
      if (attempt->held == NULL && attempt->block->kind == BLOCK_EVENTUALLY)
        attempt->held = g_steal_pointer (&inner->held);
      g_ptr_array_set_size (tries, (int)tries->len - 1);
    }
}

static void
on_late (void *data)
{
  Try *attempt = data;
  Vm *vm = attempt->vm;
  Thread *thread = attempt->thread;
  const uint32_t pc = thread->pc;

  attempt->timer = 0;
  if (vm->phase != PHASE_RUN)
    return;
  attempt->is_late = true;
  leave_inner (thread, attempt);

  /* It is a failure of the block itself. */
  vm->thread = thread;
  thread->pc = attempt->block->first_op;
  fail_late (vm, attempt);
  note_progress (vm, attempt, pc);
  vm_unwind (vm);
  vm_go_on (vm);
}

/* --- Between two tries ------------------------------------------------------
 */

static void
begin_try (Vm *vm, Try *attempt)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    {
      Proc *proc = &vm->procs[i];
      if (proc->state == PROC_NEW
          || !block_has (attempt->block, proc->plan->spawn_op))
        continue;
      (void)g_ptr_array_remove (vm->unjudged, proc);
      proc_reset (proc);
      streams_forget (vm, i);
    }
  try_note_orphans (attempt);
  attempt->has_failed = false;
  attempt->n_tries++;
}

/* The last try has failed. */
static OpStatus
try_again (Vm *vm, Try *attempt)
{
  if (attempt->failed_at == 0)
    {
      attempt->failed_at = timers_now (vm->timers);
      try_begin_clearing (attempt);
    }
  if (!try_is_cleared (attempt))
    return OP_PENDING;

  const int64_t age = timers_now (vm->timers) - attempt->failed_at;
  const int64_t pause = attempt->block->every_microsecs - age;
  if (pause > 0)
    {
      vm_call_again (vm, pause);
      return OP_PENDING;
    }
  begin_try (vm, attempt);
  return OP_DONE;
}

/* --- What operations do with them -------------------------------------------
 */

OpStatus
vm_begin_block (Vm *vm, const PlanOp *op)
{
  const PlanBlock *block = &vm->test->blocks[op->block];
  GPtrArray *tries = vm->thread->tries;
  Try *attempt = tries->len > 0 ? tries->pdata[tries->len - 1] : NULL;

  if (attempt != NULL && attempt->block == block)
    return try_again (vm, attempt);

  attempt = g_new0 (Try, 1);
  attempt->vm = vm;
  attempt->thread = vm->thread;
  attempt->block = block;
  attempt->n_tries = 1;
  if (block->kind == BLOCK_EVENTUALLY)
    try_note_orphans (attempt);
  if (block->microsecs > 0)
    attempt->timer = timers_add (vm->timers, vm_scale (vm, block->microsecs),
                                 on_late, attempt);
  g_ptr_array_add (tries, attempt);
  return OP_DONE;
}

OpStatus
vm_end_block (Vm *vm, const PlanOp *op)
{
  Thread *thread = vm->thread;

  if (vm->test->blocks[op->block].kind == BLOCK_THREAD)
    {
      thread_end (thread);
      return OP_PENDING;
    }
  g_ptr_array_set_size (thread->tries, (int)thread->tries->len - 1);
  return OP_DONE;
}
