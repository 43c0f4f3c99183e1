#include "config.h"

#include "front/blocks.h"
#include "front/check.h"
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
  memset (&send, 0, sizeof send); /* padding too: it is stored once */
  send.text = call->args[TEXT].text;
  send.microsecs = check_limit (emit, &call->args[LIMIT]);
  emit_process_op (emit, OP_SEND, call->span, process->process)->send
      = emit_bytes (emit, &send, sizeof send);
}

void
word_close (Emit *emit, const Call *call)
{
  const Arg *const process = &call->args[PROCESS];
  Life *const life = &g_array_index (emit->lives, Life, process->process);

  if (!stream_takes_input (emit, process->process, process->ast->span))
    return;
  if (blocks_is_outside (emit, process->process))
    {
      emit_error (emit, process->ast->span,
                  "this can be closed only once, and this may be tried again");
      emit_note (emit, life->spawned, "it is spawned here, before the block");
      return;
    }
  life->closed = call->span;
  (void)emit_process_op (emit, OP_CLOSE, call->span, process->process);
}
