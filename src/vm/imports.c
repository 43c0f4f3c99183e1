#include "config.h"

#include "vm/state.h"

#include <unistd.h>

/* What is a layer's may be one that it has from another layer itself. */
static Vm *
find_owner (Vm *const *layers, const PlanProcess *plan, uint32_t *number)
{
  Vm *owner = layers[plan->layer];

  *number = plan->number;
  for (;;)
    {
      const PlanProcess *theirs = &owner->test->processes[*number];
      if ((theirs->flags & PLAN_OF_LAYER) == 0)
        return owner;
      *number = theirs->number;
      owner = owner->options.layers[theirs->layer];
    }
}

static void
import_process (Vm *vm, uint32_t process)
{
  const PlanProcess *plan = &vm->test->processes[process];
  uint32_t number;

  if ((plan->flags & PLAN_OF_LAYER) == 0)
    return;
  if (vm->owners == NULL)
    vm->owners = g_new0 (Vm *, vm->test->n_processes);

  Vm *owner = find_owner (vm->options.layers, plan, &number);
  vm->owners[process] = owner;
  proc_import (&vm->procs[process], &owner->procs[number], owner->pid,
               owner->options.log_dir);
}

void
imports_init (Vm *vm)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    import_process (vm, i);
  for (uint32_t i = 0; i < vm->test->n_values; i++)
    {
      const PlanValue *value = &vm->test->values[i];
      if (value->layer != PLAN_NONE)
        values_import (vm->values, i, vm->options.layers[value->layer]->values,
                       value->number);
    }
}

/* --- Whose a process is ------------------------------------------------------
 */

static const Vm *
owner_of (const Vm *vm, const Proc *proc)
{
  return proc->origin != NULL ? vm->owners[proc->number] : vm;
}

const char *
imports_layer (const Vm *vm, const Proc *proc)
{
  return owner_of (vm, proc)->test->name;
}

int
vm_log_dir (const Vm *vm, const Proc *proc)
{
  return owner_of (vm, proc)->options.log_dir;
}

pid_t
vm_parent (const Vm *vm, const Proc *proc)
{
  return owner_of (vm, proc)->pid;
}

const Proc *
vm_sibling (const Vm *vm, const Proc *proc, pid_t child)
{
  return g_hash_table_lookup (owner_of (vm, proc)->by_pid,
                              GINT_TO_POINTER (child));
}

/* Which workers there are is known where they are forked.  Elsewhere they are
 * known by their session, which they have from the host, and which no process
 * of a plan stays in. */
bool
vm_is_foreign (const Vm *vm, const Proc *proc, pid_t child)
{
  const Vm *owner = owner_of (vm, proc);

  return owner == vm ? vm_is_worker (vm, child)
                     : getsid (child) == getsid (owner->pid);
}

void
vm_await_kills (const Vm *vm)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    proc_await_kill (&vm->procs[i]);
}

OpStatus
vm_fail_gone (Vm *vm, const PlanOp *op)
{
  const Proc *proc = vm_proc (vm, op->process);

  (void)vm_fail (vm, FAILURE_SAID_SO, op->span, op->process,
                 "the process \"%s\" of the layer \"%s\" has ended",
                 proc->plan->name, imports_layer (vm, proc));
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}

/* Behind what the layer itself has read of it, or the run began with. */
int64_t
vm_stream_begin (const Vm *vm, const Proc *proc, int stream)
{
  const unsigned slot = stream == STDERR_FILENO;
  const Vm *owner = owner_of (vm, proc);

  if (owner == vm
      || proc->streams[slot].n_moves != proc->origin->streams[slot].n_moves)
    return proc->log_begin[slot];

  const Listening *theirs = &owner->streams[2 * proc->origin->number + slot];
  return theirs->stream != NULL
                 && theirs->n_moves == proc->streams[slot].n_moves
             ? (int64_t)stream_cursor (theirs->stream)
             : proc->log_begin[slot];
}
