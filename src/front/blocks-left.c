#include "config.h"

#include "front/blocks.h"

void
threads_tell_tried (Emit *emit)
{
  const SrcSpan block
      = g_array_index (emit->blocks, PlanBlock, emit->block).span;

  for (uint32_t i = emit->threads->len;
       i-- > 1 && threads_get (emit, i)->block > emit->block;)
    {
      const ThreadLife *const life = threads_get (emit, i);

      if (life->joined.end != 0)
        continue;
      emit_error (emit, life->span,
                  "the thread \"%s\" may still run when the block that is "
                  "tried has passed",
                  life->name);
      emit_note (emit, block, "wait for it in this block, with \"wait %s\"",
                 life->name);
    }
}

void
threads_warn (Emit *emit)
{
  SrcSpan last = SRC_SPAN_NONE;

  for (uint32_t i = 1; i < emit->threads->len; i++)
    {
      const ThreadLife *const life = threads_get (emit, i);

      if (life->joined.end != 0 || life->span.begin == last.begin)
        continue;
      emit_warning (emit, life->span, "nothing waits for the thread \"%s\"",
                    life->name);
      emit_note (emit, life->span,
                 "one that was not waited for when the test ends fails it");
      last = life->span;
    }
}
