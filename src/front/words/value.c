#include "config.h"

#include "front/check.h"
#include "front/late.h"
#include "front/stream.h"

#include <unistd.h>

enum
{
  PROCESS,
  STREAM
};

/* The value that the line gives, under its name; PLAN_NONE: that is wrong. */
static uint32_t
add_value (Emit *emit, const Call *call)
{
  const uint32_t value = late_add (emit, call->ast->name);

  if (value == PLAN_NONE)
    late_add_broken (emit, call->ast);
  return value;
}

void
word_freePort (Emit *emit, const Call *call)
{
  const uint32_t value = add_value (emit, call);

  if (value != PLAN_NONE)
    emit_op (emit, OP_FREE_PORT, call->span)->value = value;
}

void
word_pid (Emit *emit, const Call *call)
{
  const uint32_t value = add_value (emit, call);

  if (value != PLAN_NONE)
    emit_process_op (emit, OP_PID, call->span, call->args[PROCESS].process)
        ->value
        = value;
}

void
word_output (Emit *emit, const Call *call)
{
  const Arg *const process = &call->args[PROCESS];
  const Arg *const stream = &call->args[STREAM];
  const int number = stream->ast != NULL ? stream->stream : STDOUT_FILENO;
  const SrcSpan span = (stream->ast != NULL ? stream : process)->ast->span;
  const uint32_t value = add_value (emit, call);

  if (!stream_is_logged (emit, process->process, number, span)
      || value == PLAN_NONE)
    return;

  PlanOp *const op
      = emit_process_op (emit, OP_OUTPUT, call->span, process->process);

  op->stream = (uint16_t)number;
  op->value = value;
}
