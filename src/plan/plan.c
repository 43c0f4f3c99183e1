#include "config.h"

#include "plan/plan.h"

#include <sys/resource.h>
#include <sys/wait.h>

void
plan_free (Plan *plan)
{
  if (plan != NULL)
    arena_free (plan->arena);
}

bool
plan_status_has (const PlanStatus *status, int wait_status)
{
  if (WIFEXITED (wait_status))
    {
      const unsigned code = (unsigned)WEXITSTATUS (wait_status);

      return (status->codes[code / 64] >> code % 64 & 1) != 0;
    }
  if (WIFSIGNALED (wait_status))
    return (status->signals >> (WTERMSIG (wait_status) - 1) & 1) != 0;
  return false;
}

const PlanLimitKind plan_limit_kinds[] = {
#define LIMIT(name, resource, unit) { name, resource, PLAN_LIMIT_##unit },
#include "plan/limits.def"
#undef LIMIT
  { NULL, 0, 0 }
};

const char *
leftovers_name (PlanLeftovers leftovers)
{
  static const char *const names[N_LEFTOVERS] = {
#define LEFTOVER(NAME, name) name,
    LEFTOVERS (LEFTOVER)
#undef LEFTOVER
  };

  g_assert ((unsigned)leftovers < N_LEFTOVERS);
  return names[leftovers];
}

const char *
sharing_name (PlanSharing sharing)
{
  static const char *const names[N_SHARINGS] = {
#define SHARING(NAME, name) name,
    SHARINGS (SHARING)
#undef SHARING
  };

  g_assert ((unsigned)sharing < N_SHARINGS);
  return names[sharing];
}

static const struct
{
  const char *name;
  unsigned operands;
} ops[N_OPS] = {
#define OP(NAME, name, text, operands) { text, operands },
#include "plan/ops.def"
#undef OP
};

const char *
op_name (OpCode code)
{
  g_assert ((unsigned)code < N_OPS);
  return ops[code].name;
}

unsigned
op_operands (OpCode code)
{
  g_assert ((unsigned)code < N_OPS);
  return ops[code].operands;
}

int64_t
plan_op_microsecs (const PlanTest *test, const PlanOp *op)
{
  const unsigned operands = op_operands (op->code);

  if (operands & (OP_HAS_LIMIT | OP_HAS_GRACE | OP_HAS_TIME))
    return op->microsecs;
  if (operands & OP_HAS_EXPECT)
    return op->expect->microsecs;
  if (operands & OP_HAS_AWAIT)
    return op->await->microsecs;
  if (operands & OP_HAS_SEND)
    return op->send->microsecs;
  if (operands & OP_HAS_ADOPT)
    return op->adopt->microsecs;
  if (operands & OP_HAS_CHECK && op->check->microsecs > 0)
    return op->check->microsecs;
  if (operands & OP_HAS_BLOCK && op->code != OP_END
      && test->blocks[op->block].kind != BLOCK_THREAD)
    return test->blocks[op->block].microsecs;
  return -1;
}
