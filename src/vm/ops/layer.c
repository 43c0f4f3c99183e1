#include "config.h"

#include "vm/machine.h"

/* So long what was started may take to come to its exec before the layer counts
 * as up all the same. */
#define SETTLE_MICROSECS (1 * G_USEC_PER_SEC)

typedef struct
{
  int64_t began;
  bool is_up;
} Hold;

static OpStatus
come_up (Vm *vm, Hold *hold)
{
  const OpStatus status = vm_settle (vm);

  if (status == OP_FAILED)
    return OP_FAILED;
  if (status == OP_PENDING && vm_now (vm) - hold->began < SETTLE_MICROSECS)
    {
      vm_poll (vm, hold->began);
      return OP_PENDING;
    }
  hold->is_up = true;
  vm_be_up (vm);
  return OP_DONE;
}

OpStatus
op_hold (Vm *vm, const PlanOp *op)
{
  const VmOptions *options = vm_options (vm);
  Hold *hold = vm_state (vm);
  (void)op;

  g_assert (options->host != NULL);
  if (hold == NULL)
    {
      hold = g_new0 (Hold, 1);
      hold->began = vm_now (vm);
      vm_set_state (vm, hold, g_free);
    }
  if (!hold->is_up)
    {
      const OpStatus status = come_up (vm, hold);
      if (status != OP_DONE)
        return status;
    }
  return options->host->is_wanted (options->host_data) ? OP_PENDING : OP_DONE;
}

/* No limit: whoever has started the workers ends them, too.  A signal from
 * somebody else has ended the layer under tests that still need it. */
OpStatus
op_release (Vm *vm, const PlanOp *op)
{
  const VmOptions *options = vm_options (vm);

  g_assert (options->host != NULL);
  if (vm_begins (vm) && vm_is_ended_by_stranger (vm) && !vm_has_failed (vm)
      && options->host->is_wanted (options->host_data))
    (void)vm_fail (vm, FAILURE_SAID_SO, op->span, PLAN_NONE,
                   "the layer was ended with a signal while it was up");
  if (!options->host->is_free (options->host_data))
    return OP_PENDING;
  vm_begin_tear_down (vm);
  return OP_DONE;
}
