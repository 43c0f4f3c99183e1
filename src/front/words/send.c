#include "config.h"

#include "front/blocks.h"
#include "front/check.h"
#include "front/order.h"
#include "front/stream.h"

#include <string.h>

enum
{
  PROCESS,
  TEXT,
  LIMIT
};

void
word_send (Emit *emit, const Call *call)
{
  const Arg *const process = &call->args[PROCESS];
  PlanSend send;

  if (!stream_takes_input (emit, process->process, process->ast->span))
    return;
  order_send (emit, process->process, call->span);
  memset (&send, 0, sizeof send); /* padding too: it is stored once */
  send.text = call->args[TEXT].text;
  send.microsecs = check_limit (emit, &call->args[LIMIT]);
  emit_process_op (emit, OP_SEND, call->span, process->process)->send
      = emit_bytes (emit, &send, sizeof send);
}

/* An end that comes only once. */
static bool
may_close (Emit *emit, const Arg *process, SrcSpan span)
{
  const Life *const life = &g_array_index (emit->lives, Life, process->process);

  if (!order_close (emit, process->process, span))
    return false;
  if (!blocks_is_outside (emit, process->process))
    return true;
  emit_error (emit, process->ast->span,
              "this can be closed only once, and this may be tried again");
  emit_note (emit, life->spawned, "it is spawned here, before the block");
  return false;
}

void
word_close (Emit *emit, const Call *call)
{
  const Arg *const process = &call->args[PROCESS];
  const uint32_t number = process->process;

  if (!stream_takes_input (emit, number, process->ast->span))
    return;
  if (!stream_is_terminal (emit, number))
    {
      if (!may_close (emit, process, call->span))
        return;
      g_array_index (emit->lives, Life, number).closed = call->span;
    }
  (void)emit_process_op (emit, OP_CLOSE, call->span, number);
}
