#include "config.h"

#include "vm/state.h"

/* --- What catches a failure -------------------------------------------------
 */

/* The innermost `eventually` of the thread that has @op in it, and time. */
static Try *
find_try (const Thread *thread, uint32_t op)
{
  for (guint i = thread->tries->len; i-- > 0;)
    {
      Try *attempt = thread->tries->pdata[i];
      if (attempt->block->kind == BLOCK_EVENTUALLY && !attempt->is_late
          && block_has (attempt->block, op))
        return attempt;
    }
  return NULL;
}

Catcher
vm_find_catcher (const Vm *vm, const Thread *thread)
{
  uint32_t op = vm->failing_op != PLAN_NONE ? vm->failing_op : thread->pc;

  if (vm->is_final)
    return (Catcher){ NULL, NULL };
  while (thread != NULL)
    {
      Try *attempt = find_try (thread, op);
      if (attempt != NULL)
        return (Catcher){ .attempt = attempt, .thread = attempt->thread };
      if (thread->block != NULL && thread->block->is_quiet)
        return (Catcher){ .thread = (Thread *)thread };
      if (thread->block != NULL)
        op = thread->block->first_op;
      thread = thread->starter;
    }
  return (Catcher){ NULL, NULL };
}

/* --- The way on --------------------------------------------------------------
 */

/* The block is begun again, once what it has started is gone. */
static void
go_back (Vm *vm, Try *attempt)
{
  Thread *thread = attempt->thread;

  threads_cut (vm, attempt->block);
  while (thread->tries->pdata[thread->tries->len - 1] != attempt)
    g_ptr_array_set_size (thread->tries, (int)thread->tries->len - 1);
  attempt->has_failed = true;
  attempt->failed_at = 0;
  thread_jump (thread, attempt->block->first_op);
}

static void
end_quiet (Vm *vm, Thread *thread)
{
  threads_cut (vm, thread->block);
  vm_end_block_processes (vm, thread->block);
  thread->has_failed = true;
  thread_end (thread);
}

/* Where the first section may begin that is gone to from @pc: one that waits
 * for the workers of a layer goes on with that. */
static uint32_t
first_to_go_to (const Vm *vm, uint32_t pc)
{
  return pc < plan_test_end (vm->test) && vm->plan->ops[pc].code == OP_RELEASE
             ? pc
             : pc + 1;
}

void
vm_abort (Vm *vm)
{
  const PlanTest *test = vm->test;
  Thread *main_thread = threads_main (vm);
  const uint32_t first = first_to_go_to (vm, main_thread->pc);

  vm_tell_states (vm);
  vm->is_aborted = true;
  vm->is_final = false;
  vm->thread = main_thread;
  threads_cut (vm, NULL);
  g_ptr_array_set_size (main_thread->tries, 0);
  for (uint32_t i = 0; i < test->n_sections; i++)
    if (test->sections[i].first_op >= first && vm->is_registered[i])
      {
        thread_jump (main_thread, test->sections[i].first_op);
        return;
      }
  thread_go_to (main_thread, plan_test_end (test));
}

/* Nothing fails the test by a process whose failure would be caught, were the
 * block still there that catches it. */
static void
forgive_caught (Vm *vm)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    {
      Proc *proc = &vm->procs[i];
      const Thread *thread = threads_find (vm, proc->plan->spawn_op);

      if (proc->state == PROC_NEW || proc->origin != NULL)
        continue;
      vm->failing_op = proc->plan->spawn_op;
      const Catcher catcher
          = vm_find_catcher (vm, thread != NULL ? thread : threads_main (vm));
      proc->is_judged |= catcher.attempt != NULL || catcher.thread != NULL;
    }
  vm->failing_op = PLAN_NONE;
}

void
vm_cut_short (Vm *vm)
{
  if (vm->threads->len > 1 || threads_main (vm)->tries->len > 0)
    forgive_caught (vm);
  vm_abort (vm);
}

void
vm_unwind (Vm *vm)
{
  const Catcher catcher = vm_find_catcher (vm, vm->thread);

  vm->thread = catcher.thread != NULL ? catcher.thread : threads_main (vm);
  if (catcher.attempt != NULL)
    go_back (vm, catcher.attempt);
  else if (catcher.thread != NULL)
    end_quiet (vm, catcher.thread);
  else
    vm_abort (vm);
  vm->holder = NULL;
  vm->failing_op = PLAN_NONE;
}
