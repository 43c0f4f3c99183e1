#include "config.h"

#include "front/check.h"

#include "front/checking.h"

#include <string.h>

/* Only what has no opposite needs to be turned round when it runs. */
static void
turn (Checking *checking)
{
  PlanCheck *const check = &checking->check;
  const PlanCompare opposite = checking_compares[check->compare].opposite;

  if (!checking->is_not)
    return;
  check->is_not = opposite == check->compare;
  check->compare = (uint8_t)opposite;
}

void
word_check (Emit *emit, const Call *call)
{
  const AstArg *const arg = call->ast->first->next;
  const AstArg *const block = ast_find_block (arg);
  Checking checking = { .emit = emit, .process = PLAN_NONE };

  memset (&checking.check, 0, sizeof checking.check); /* it is stored once */
  if (block != NULL)
    {
      emit_error (emit, (SrcSpan){ block->span.begin, block->span.begin + 1 },
                  "\"check\" takes no block");
      return;
    }
  if (!checking_split (&checking, arg, call->span))
    return;

  const bool is_left_good = checking_read_left (&checking);

  if (!checking_read_right (&checking) || !is_left_good)
    return;
  turn (&checking);
  if (checking.check.subject == CHECK_MEASURE)
    checking.check.microsecs = emit->settings.timeout_microsecs;
  emit_process_op (emit, OP_CHECK, call->span, checking.process)->check
      = emit_bytes (emit, &checking.check, sizeof checking.check);
}
