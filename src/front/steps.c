#include "config.h"

#include "front/steps.h"

#include "front/blocks.h"

/* What a step waits for is anticipated by the step before, too.  The steps of a
 * thread are a way of their own; what starts it goes on behind its end.  While
 * a layer is up, nothing of its tear-down is anticipated. */
void
steps_link (Emit *emit, uint32_t first_op)
{
  g_autoptr (GArray) outer = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  uint32_t next = PLAN_NONE;

  for (uint32_t i = emit->n_ops; i-- > first_op;)
    {
      PlanOp *const op = &emit->ops[i];

      if (op->code == OP_CHECK_EXITS)
        {
          op->next = next;
          next = i;
        }
      else if (op->code == OP_HOLD)
        {
          next = PLAN_NONE;
        }
      else if (op->code == OP_END && blocks_is_thread (emit, op->block))
        {
          g_array_append_val (outer, next);
          next = PLAN_NONE;
        }
      else if (op->code == OP_THREAD)
        {
          next = g_array_index (outer, uint32_t, outer->len - 1);
          g_array_set_size (outer, outer->len - 1);
        }
    }
}
