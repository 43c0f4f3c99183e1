#include "config.h"

#include "front/order.h"

#include "front/blocks.h"

#include <unistd.h>

static Life *
life_of (const Emit *emit, uint32_t process)
{
  return &g_array_index (emit->lives, Life, process);
}

static void
note_other (Emit *emit, const ThreadUse *other)
{
  emit_note (emit, other->span, "here");
  threads_note_wait (emit, other->thread);
}

static const char *
name_of (const Emit *emit, uint32_t process)
{
  return g_array_index (emit->processes, PlanProcess, process).name;
}

/* What is behind the last one is behind those before it, too. */
bool
order_expect (Emit *emit, uint32_t process, int stream, SrcSpan span)
{
  const bool is_stderr = stream == STDERR_FILENO;
  ThreadUse *const last = &life_of (emit, process)->expects[is_stderr];
  const bool is_behind = threads_is_before (emit, last->thread);

  if (!is_behind)
    {
      emit_error (emit, span,
                  "a thread expects from the standard %s of \"%s\" at the "
                  "same time, and what each finds is up to chance",
                  is_stderr ? "error" : "output", name_of (emit, process));
      note_other (emit, last);
    }
  *last = (ThreadUse){ .thread = emit->thread, .span = span };
  return is_behind;
}

/* The test itself is before its threads, and goes on behind what it does. */
void
order_send (Emit *emit, uint32_t process, SrcSpan span)
{
  Life *const life = life_of (emit, process);

  if (emit->thread == 0
      || (life->sends != NULL && life->sends->thread == emit->thread))
    return;

  ThreadUse *const use = ARENA_NEW (emit->scratch, ThreadUse);

  *use = (ThreadUse){ .older = life->sends,
                      .thread = emit->thread,
                      .span = span };
  life->sends = use;
}

bool
order_close (Emit *emit, uint32_t process, SrcSpan span)
{
  const ThreadUse *use = life_of (emit, process)->sends;

  while (use != NULL && threads_is_before (emit, use->thread))
    use = use->older;
  if (use == NULL)
    return true;

  emit_error (
      emit, span,
      "a thread sends to \"%s\" at the same time, and may come too late",
      name_of (emit, process));
  note_other (emit, use);
  return false;
}
