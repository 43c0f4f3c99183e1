#include "config.h"

#include "front/check.h"
#include "front/names.h"
#include "front/text.h"

enum
{
  SIGNAL,
  GROUP,
  PROCESSES
};

/* Emits an operation for each of the processes, behind one check. */
static void
emit_each (Emit *emit, const Call *call, const Arg *processes, OpCode code)
{
  const NamesUse use = code == OP_SIGNAL ? NAMES_SIGNAL : NAMES_USE;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (TextItem));
  const int64_t limit = emit->settings.timeout_microsecs;

  if (!text_eval_all (emit, processes->ast, processes->n, items)
      || ast_has_wrong (processes->ast))
    return;

  (void)emit_op (emit, OP_CHECK_EXITS, call->span);
  for (unsigned i = 0; i < items->len; i++)
    {
      const TextItem *const item = &g_array_index (items, TextItem, i);
      uint32_t process;

      if (!text_is_known (emit, item->text, item->span, "a process")
          || !names_find (emit, item->text->bytes, item->text->n_bytes,
                          item->span, use, &process))
        continue;

      PlanOp *const op = emit_process_op (emit, code, call->span, process);

      if (code == OP_SIGNAL)
        op->signal = (uint16_t)call->args[SIGNAL].signal;
      if (code == OP_SIGNAL && call->args[GROUP].ast != NULL)
        op->flags = OP_FLAG_GROUP;
      if (code == OP_STOP)
        op->microsecs = limit;
    }
}

void
word_signal (Emit *emit, const Call *call)
{
  const SrcSpan span = call->ast->first->span;

  if (call->args[SIGNAL].ast == NULL)
    {
      emit_error (emit, span, "\"signal\" needs a signal");
      emit_note (emit, span, "it stands before the process: signal -HUP %s",
                 emit_shown_arg (emit, call->args[PROCESSES].ast));
      return;
    }
  emit_each (emit, call, &call->args[PROCESSES], OP_SIGNAL);
}

void
word_stop (Emit *emit, const Call *call)
{
  emit_each (emit, call, &call->args[0], OP_STOP);
}

void
word_cont (Emit *emit, const Call *call)
{
  emit_each (emit, call, &call->args[0], OP_CONT);
}
