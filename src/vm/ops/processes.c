#include "config.h"

#include "vm/child/inspect.h"
#include "vm/child/reaper.h"
#include "vm/machine.h"

#include <signal.h>

OpStatus
op_spawn (Vm *vm, const PlanOp *op)
{
  return vm_start (vm, op);
}

OpStatus
op_kill (Vm *vm, const PlanOp *op)
{
  OpStatus status = vm_look (vm, op);
  if (status != OP_PENDING)
    return status;

  status = vm_signal (vm, op, op->signal, (op->flags & OP_FLAG_GROUP) != 0);
  if (status != OP_DONE)
    return status;
  vm_proc (vm, op->process)->is_kill_sent = true;
  if (op->microsecs > 0)
    vm_kill_after (vm, op->process, vm_scale (vm, op->microsecs),
                   (op->flags & OP_FLAG_GROUP) != 0);
  return OP_DONE;
}

/* As vm_look(); but a layer's that has ended could be there no more, and the
 * plan cannot have known. */
static OpStatus
look (Vm *vm, const PlanOp *op)
{
  const OpStatus status = vm_look (vm, op);

  return status == OP_DONE && vm_proc (vm, op->process)->origin != NULL
                 && !vm_is_aborted (vm)
             ? vm_fail_gone (vm, op)
             : status;
}

OpStatus
op_signal (Vm *vm, const PlanOp *op)
{
  const OpStatus status = look (vm, op);
  return status == OP_PENDING
             ? vm_signal (vm, op, op->signal, (op->flags & OP_FLAG_GROUP) != 0)
             : status;
}

/* One that was stopped before is not reported as stopped again. */
static bool
is_stopped (pid_t pid)
{
  return reaper_is_stopped (pid) || inspect_is_stopped (pid);
}

static void
note_begin (Vm *vm)
{
  int64_t *began = g_new (int64_t, 1);

  *began = vm_now (vm);
  vm_set_state (vm, began, g_free);
}

OpStatus
op_stop (Vm *vm, const PlanOp *op)
{
  const Proc *proc = vm_proc (vm, op->process);

  if (vm_begins (vm))
    {
      OpStatus status = look (vm, op);
      if (status != OP_PENDING)
        return status;
      status = vm_signal (vm, op, SIGSTOP, false);
      if (status != OP_DONE)
        return status;
      vm_set_time (vm, vm_scale (vm, op->microsecs), false);
      note_begin (vm);
    }
  if (proc->state == PROC_RUNNING && is_stopped (proc->pid))
    return OP_DONE;
  if (proc->state == PROC_ENDED && vm_is_aborted (vm))
    return OP_DONE;
  if (proc->origin != NULL && look (vm, op) == OP_FAILED)
    return OP_FAILED;
  if (proc->origin != NULL) /* its stop is told to its parent alone */
    vm_poll (vm, *(const int64_t *)vm_state (vm));
  return vm_time_has_passed (vm) ? vm_fail_late (vm, op, "has not stopped")
                                 : OP_PENDING;
}

OpStatus
op_cont (Vm *vm, const PlanOp *op)
{
  const OpStatus status = look (vm, op);
  return status == OP_PENDING ? vm_signal (vm, op, SIGCONT, false) : status;
}
