#include "config.h"

#include "front/check.h"
#include "front/text.h"

void
word_sleep (Emit *emit, const Call *call)
{
  emit_op (emit, OP_SLEEP, call->span)->microsecs = call->args[0].microsecs;
}

/* All the words, with a blank between, as echo(1) would say them. */
static void
emit_text (Emit *emit, const Call *call, OpCode code)
{
  const PlanText *const text
      = text_join (emit, call->args[0].ast, call->args[0].n);

  if (text != NULL)
    emit_op (emit, code, call->span)->text = text;
}

void
word_log (Emit *emit, const Call *call)
{
  emit_text (emit, call, OP_LOG);
}

void
word_skip (Emit *emit, const Call *call)
{
  if (emit->is_cleaning_up)
    {
      emit_error (emit, call->span, "a cleanup cannot skip the test");
      emit_note (emit, call->span,
                 "the verdict is known when a \"defer\" or a \"teardown\" "
                 "begins; \"skip\" stands in the test or in its \"setup\"");
      return;
    }
  emit_text (emit, call, OP_SKIP);
}

void
word_fail (Emit *emit, const Call *call)
{
  emit_text (emit, call, OP_FAIL);
}
