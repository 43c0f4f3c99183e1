#include "config.h"

#include "vm/machine.h"

OpStatus
op_check_exits (Vm *vm, const PlanOp *op)
{
  vm_begin_step (vm, op);
  return (op->flags & OP_FLAG_PAR) != 0 ? vm_judge_earlier (vm, op) : OP_DONE;
}

OpStatus
op_wait (Vm *vm, const PlanOp *op)
{
  Proc *proc = vm_proc (vm, op->process);

  if (vm_has_ended (vm, proc))
    return vm_judge_end (vm, proc);
  if (vm_begins (vm))
    vm_set_time (vm, vm_scale (vm, op->microsecs),
                 (op->flags & OP_FLAG_PAR) != 0);
  return vm_time_has_passed (vm) ? vm_fail_late (vm, op, "has not ended")
                                 : OP_PENDING;
}
