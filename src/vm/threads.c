#include "config.h"

#include "vm/state.h"

bool
block_has (const PlanBlock *block, uint32_t op)
{
  return op >= block->first_op && op - block->first_op < block->n_ops;
}

static const PlanBlock *
block_of (const Vm *vm, const PlanOp *op)
{
  return &vm->test->blocks[op->block];
}

/* The first step from @pc on, on the way of one thread: it passes over those
 * that it starts, and ends where it ends. */
static uint32_t
find_step (const Vm *vm, uint32_t pc)
{
  const uint32_t end = plan_test_end (vm->test);

  while (pc < end)
    {
      const PlanOp *op = &vm->plan->ops[pc];
      if (op->code == OP_CHECK_EXITS)
        return pc;
      if (op->code == OP_END && block_of (vm, op)->kind == BLOCK_THREAD)
        break;
      pc += op->code == OP_THREAD ? block_of (vm, op)->n_ops : 1;
    }
  return PLAN_NONE;
}

Thread *
thread_new (Vm *vm, Thread *starter, const PlanBlock *block, uint32_t pc)
{
  Thread *thread = g_new0 (Thread, 1);

  thread->vm = vm;
  thread->starter = starter;
  thread->block = block;
  thread->tries = g_ptr_array_new_with_free_func (try_free);
  thread->pc = pc;
  thread->step = PLAN_NONE;
  thread->next_step = find_step (vm, pc);
  return thread;
}

/* The operation in progress is over. */
static void
leave_op (Thread *thread)
{
  timers_remove (thread->vm->timers, thread->timer);
  timers_remove (thread->vm->timers, thread->again_timer);
  thread->timer = 0;
  thread->again_timer = 0;
  thread->time_has_passed = false;
  thread->is_begun = false;
  if (thread->free_state != NULL)
    thread->free_state (thread->state);
  thread->state = NULL;
  thread->free_state = NULL;
}

void
thread_free (void *data)
{
  Thread *thread = data;

  leave_op (thread);
  g_ptr_array_unref (thread->tries);
  vm_forget (&thread->held);
  g_free (thread);
}

void
thread_go_to (Thread *thread, uint32_t pc)
{
  leave_op (thread);
  thread->pc = pc;
}

void
thread_jump (Thread *thread, uint32_t pc)
{
  thread_go_to (thread, pc);
  thread->next_step = find_step (thread->vm, pc);
}

void
thread_end (Thread *thread)
{
  leave_op (thread);
  g_ptr_array_set_size (thread->tries, 0);
  thread->is_over = true;
  thread->vm->is_woken = true; /* somebody may wait for it */
}

void
threads_cut (Vm *vm, const PlanBlock *block)
{
  for (guint i = vm->threads->len; i-- > 1;)
    {
      const Thread *thread = vm->threads->pdata[i];
      if (block == NULL
          || (thread->block != block
              && block_has (block, thread->block->first_op)))
        (void)g_ptr_array_remove_index (vm->threads, i);
    }
}

bool
threads_judge (Vm *vm)
{
  bool is_first = true;

  for (guint i = 1; i < vm->threads->len; i++)
    {
      Thread *thread = vm->threads->pdata[i];
      if (thread->is_joined)
        continue;
      if (is_first)
        (void)vm_fail (vm, FAILURE_LEFT_BEHIND, thread->block->span, PLAN_NONE,
                       "the thread \"%s\" is left behind: nothing has waited "
                       "for it",
                       thread->block->name);
      else
        vm_note (vm, thread->block->span, "and so is the thread \"%s\"",
                 thread->block->name);
      is_first = false;
      if (!thread->is_over)
        vm_note (vm, vm->plan->ops[thread->pc].span, "\"%s\" is still here",
                 thread->block->name);
    }
  return is_first;
}
Thread *
threads_main (const Vm *vm)
{
  return vm->threads->pdata[0];
}

Thread *
threads_find (const Vm *vm, uint32_t op)
{
  Thread *found = threads_main (vm);

  /* What is started later stands further inside, or beside. */
  for (guint i = 1; i < vm->threads->len; i++)
    {
      Thread *thread = vm->threads->pdata[i];
      if (!block_has (thread->block, op))
        continue;
      if (found->block == NULL || thread->block == found->block
          || block_has (found->block, thread->block->first_op))
        found = thread;
    }
  for (uint32_t i = 0; i < vm->test->n_blocks; i++)
    {
      const PlanBlock *block = &vm->test->blocks[i];
      if (block->kind == BLOCK_THREAD && block_has (block, op)
          && op != block->first_op
          && (found->block == NULL
              || (block != found->block
                  && block_has (found->block, block->first_op))))
        return NULL; /* one that was not started yet */
    }
  return found->is_over ? NULL : found;
}

/* --- What operations do with them ------------------------------------------
 */

OpStatus
vm_start_thread (Vm *vm, const PlanOp *op)
{
  const PlanBlock *block = block_of (vm, op);
  Thread *thread = thread_new (vm, vm->thread, block, block->first_op + 1);

  g_ptr_array_add (vm->threads, thread);
  /* The machine counts one on. */
  thread_go_to (vm->thread, block->first_op + block->n_ops - 1);
  return OP_DONE;
}

/* The last one that was started from this block. */
static Thread *
find_started (const Vm *vm, const PlanBlock *block)
{
  for (guint i = vm->threads->len; i-- > 1;)
    {
      Thread *thread = vm->threads->pdata[i];
      if (thread->block == block)
        return thread;
    }
  return NULL;
}

static bool
status_fits (const Vm *vm, const PlanOp *op, const Thread *thread)
{
  return plan_status_has (&vm->plan->statuses[op->status],
                          thread->has_failed ? 1 << 8 : 0);
}

static OpStatus
judge_thread (Vm *vm, const PlanOp *op, Thread *thread)
{
  thread->is_joined = true;
  if (status_fits (vm, op, thread))
    return OP_DONE;

  (void)vm_fail (vm, FAILURE_WRONG_STATUS, op->span, PLAN_NONE,
                 "the thread \"%s\" has %s; the plan wants %s",
                 thread->block->name, thread->has_failed ? "failed" : "passed",
                 vm->plan->statuses[op->status].text);
  if (thread->held != NULL)
    for (guint i = 0; i < thread->held->len; i++)
      {
        const Event *event = thread->held->pdata[i];
        vm_note (vm, event->span, "%s", event->text);
      }
  return OP_FAILED;
}

OpStatus
vm_join_thread (Vm *vm, const PlanOp *op)
{
  Thread *thread = find_started (vm, block_of (vm, op));

  if (thread == NULL) /* the test only cleans up */
    return OP_DONE; /* What a quiet one has started is ended when it has failed.
                     */
  if (thread->is_over
      && (!thread->has_failed || vm_is_block_idle (vm, thread->block)))
    return judge_thread (vm, op, thread);
  if (vm_begins (vm))
    vm_set_time (vm, vm_scale (vm, op->microsecs), false);
  if (!vm_time_has_passed (vm))
    return OP_PENDING;
  g_autoptr (GString) limit = g_string_new (NULL);
  vm_append_limit (vm, op->microsecs, limit);
  (void)vm_fail (vm, FAILURE_TIMED_OUT, op->span, PLAN_NONE,
                 "the thread \"%s\" has not ended %s", thread->block->name,
                 limit->str);
  vm_note (vm, vm->plan->ops[thread->pc].span, "\"%s\" is still here",
           thread->block->name);
  return OP_FAILED;
}
