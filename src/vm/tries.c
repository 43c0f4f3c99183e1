#include "config.h"

#include "vm/descendants.h"
#include "vm/inspect.h"
#include "vm/state.h"

#include <signal.h>

/* From SIGTERM to SIGKILL, for what a failed try has started. */
#define GRACE_MICROSECS (2 * G_USEC_PER_SEC)

void
try_free (void *data)
{
  Try *attempt = data;

  timers_remove (attempt->vm->timers, attempt->timer);
  vm_forget (&attempt->held);
  if (attempt->strays != NULL)
    g_array_unref (attempt->strays);
  g_free (attempt);
}

/* --- The limit -------------------------------------------------------------
 */

/* What an attempt of this thread is at. */
static void
note_progress (Vm *vm, const Thread *thread)
{
  const PlanOp *op = &vm->plan->ops[thread->pc];

  if (op->code != OP_EVENTUALLY)
    vm_note (vm, op->span, "it was here");
}

static void
fail_late (Vm *vm, const Try *attempt)
{
  const PlanBlock *block = attempt->block;
  g_autoptr (GString) limit = g_string_new (NULL);
  vm_append_limit (vm, block->microsecs, limit);
  (void)vm_fail (vm, FAILURE_TIMED_OUT, block->span, PLAN_NONE,
                 block->kind == BLOCK_JOIN
                     ? "what was started in this \"join\" has not ended "
                       "%s"
                     : "this has not passed %s",
                 limit->str);
  note_progress (vm, attempt->thread);
}

static void
on_late (void *data)
{
  Try *attempt = data;
  Vm *vm = attempt->vm;

  attempt->timer = 0;
  attempt->is_late = true;
  vm->thread = attempt->thread;
  if (attempt->held == NULL)
    fail_late (vm, attempt);
  else
    {
      g_autoptr (GString) limit = g_string_new (NULL);
      const unsigned n = attempt->n_tries;
      vm_append_limit (vm, attempt->block->microsecs, limit);
      vm_release (vm, attempt->held);
      vm_note (vm, attempt->block->span,
               "it was tried %u time%s %s, and has not passed", n,
               n == 1 ? "" : "s", limit->str);
    }
  vm_unwind (vm);
  vm_go_on (vm);
}

/* --- Between two tries ------------------------------------------------------
 */

/* Of the children of ours, those that were started in the block; and orphans,
 * if nothing else runs that they can be of. */
typedef struct
{
  Vm *vm;
  const PlanBlock *block;
  bool is_alone;
} Inside;

static bool
is_inside (pid_t pid, void *data)
{
  const Inside *inside = data;
  const Proc *proc
      = g_hash_table_lookup (inside->vm->by_pid, GINT_TO_POINTER (pid));

  return proc != NULL ? block_has (inside->block, proc->plan->spawn_op)
                      : inside->is_alone;
}

/* Whether nothing runs but what was started in the block. */
static bool
is_alone (const Vm *vm, const PlanBlock *block)
{
  if (vm->threads->len > 1)
    return false;
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    if (vm->procs[i].state != PROC_NEW
        && !block_has (block, vm->procs[i].plan->spawn_op))
      return false;
  return true;
}
void
vm_end_block_processes (Vm *vm, const PlanBlock *block)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    {
      Proc *proc = &vm->procs[i];
      if (proc->state == PROC_NEW || !block_has (block, proc->plan->spawn_op))
        continue;
      proc->is_judged = true;
      if (proc->state != PROC_RUNNING)
        continue;
      proc_end_by_us (proc, SIGTERM);
      proc_end_by_us (proc, SIGCONT);
      timers_remove (vm->timers, proc->kill_timer);
      vm_kill_after (vm, i, GRACE_MICROSECS, true);
    }
}

/* Those that a try has left behind do not see the next one. */
static void
kill_strays (Try *attempt)
{
  for (guint i = 0; i < attempt->strays->len; i++)
    {
      const Descendant *stray = &g_array_index (attempt->strays, Descendant, i);
      InspectStat stat;
      if (inspect_stat (stray->pid, &stat)
          && stat.start_ticks == stray->start_ticks)
        (void)kill (stray->pid, SIGKILL); /* it has ended meanwhile */
    }
  g_clear_pointer (&attempt->strays, g_array_unref);
}

bool
vm_is_block_idle (const Vm *vm, const PlanBlock *block)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    if (vm->procs[i].state == PROC_RUNNING
        && block_has (block, vm->procs[i].plan->spawn_op))
      return false;
  return true;
}

/* Whether all that the last try has started is gone. */
static bool
is_cleared (Vm *vm, Try *attempt)
{
  if (!vm_is_block_idle (vm, attempt->block))
    return false;
  if (attempt->strays != NULL)
    kill_strays (attempt);
  return true;
}

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
  attempt->has_failed = false;
  attempt->n_tries++;
}

/* The last try has failed. */
static OpStatus
try_again (Vm *vm, Try *attempt)
{
  if (attempt->failed_at == 0)
    {
      Inside inside = { .vm = vm,
                        .block = attempt->block,
                        .is_alone = is_alone (vm, attempt->block) };
      attempt->failed_at = timers_now (vm->timers);
      attempt->strays = descendants_find (is_inside, &inside);
      vm_end_block_processes (vm, attempt->block);
    }
  if (!is_cleared (vm, attempt))
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
