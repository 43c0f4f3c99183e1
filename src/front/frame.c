#include "config.h"

#include "front/emit.h"

#include "front/names.h"

/* The row of operations that were expanded from it is begun here, so that the
 * outer stands before the inner. */
void
emit_enter (Emit *emit, Frame *frame, SrcSpan span)
{
  frame->outer = emit->frame;
  frame->span = span;
  frame->expansion = emit->expansions->len;
  emit->frame = frame;
  g_array_set_size (emit->expansions, emit->expansions->len + 1);

  PlanExpansion *const row
      = &g_array_index (emit->expansions, PlanExpansion, frame->expansion);

  row->first_op = emit->n_ops;
  row->span = span;
}

void
emit_leave (Emit *emit)
{
  Frame *const frame = emit->frame;
  PlanExpansion *const row
      = &g_array_index (emit->expansions, PlanExpansion, frame->expansion);

  row->n_ops = emit->n_ops - row->first_op;
  if (row->n_ops == 0)
    {
      g_array_set_size (emit->expansions, frame->expansion);
    }
  else
    {
      g_string_truncate (emit->text, 0);
      emit_append_frame (frame, emit->text);
      row->text
          = arena_strndup (emit->plan->arena, emit->text->str, emit->text->len);
    }
  names_leave (emit, frame);
  emit->frame = frame->outer;
}

Frame *
emit_keep_frames (Emit *emit)
{
  for (Frame *frame = emit->frame; frame != NULL; frame = frame->outer)
    frame->is_kept = true;
  return emit->frame;
}

/* Enters the outer ones first. */
void
emit_reenter (Emit *emit, Frame *frame, const Frame *outermost)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new ();

  for (; frame != outermost; frame = frame->outer)
    g_ptr_array_add (frames, frame);
  for (unsigned i = frames->len; i-- > 0;)
    {
      Frame *const kept = g_ptr_array_index (frames, i);

      emit_enter (emit, kept, kept->span);
      names_reenter (emit, kept);
    }
}

void
emit_leave_all (Emit *emit, const Frame *outermost)
{
  while (emit->frame != outermost)
    emit_leave (emit);
}
