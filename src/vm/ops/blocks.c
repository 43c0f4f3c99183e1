#include "config.h"

#include "vm/machine.h"

OpStatus
op_eventually (Vm *vm, const PlanOp *op)
{
  return vm_begin_block (vm, op);
}

OpStatus
op_join (Vm *vm, const PlanOp *op)
{
  return vm_begin_block (vm, op);
}

OpStatus
op_thread (Vm *vm, const PlanOp *op)
{
  return vm_start_thread (vm, op);
}

OpStatus
op_end (Vm *vm, const PlanOp *op)
{
  return vm_end_block (vm, op);
}

OpStatus
op_wait_thread (Vm *vm, const PlanOp *op)
{
  return vm_join_thread (vm, op);
}
