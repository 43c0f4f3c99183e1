/* check-content.h - checks of texts, files and what processes have printed */
#pragma once

#include "vm/machine.h"

/* An operation, called as they are. */
OpStatus check_content (Vm *vm, const PlanOp *op);
