#include "config.h"

#include "vm/machine.h"

OpStatus
op_sleep (Vm *vm, const PlanOp *op)
{
  if (vm_begins (vm))
    vm_set_time (vm, op->microsecs, false);
  return vm_time_has_passed (vm) ? OP_DONE : OP_PENDING;
}

OpStatus
op_log (Vm *vm, const PlanOp *op)
{
  vm_tell_text (vm, EVENT_LOG, op->text);
  return OP_DONE;
}

OpStatus
op_skip (Vm *vm, const PlanOp *op)
{
  return vm_skip (vm, op);
}

OpStatus
op_fail (Vm *vm, const PlanOp *op)
{
  g_autofree char *text = vm_text (vm, op->text);
  return vm_fail (vm, FAILURE_SAID_SO, op->span, PLAN_NONE, "%s", text);
}

OpStatus
op_defer (Vm *vm, const PlanOp *op)
{
  vm_register (vm, op);
  return OP_DONE;
}
