#include "config.h"

#include "front/frame.h"

#include <string.h>

/* Of a value, when it is shown. */
#define MAX_SHOWN 60

void
frame_append (const Emit *emit, const Frame *frame, GString *out)
{
  if (frame->macro != NULL)
    {
      g_string_append (out, "expanded from \"");
      g_string_append (out, frame->macro->name);
      g_string_append (out, "\", called here");
      return;
    }

  char digits[24];
  char *digit = digits + sizeof digits;

  /* For every round of every loop: printf is too slow. */
  *--digit = '\0';
  for (uint64_t n = frame->round; n > 0; n /= 10)
    *--digit = (char)('0' + n % 10);
  if (frame->variable == NULL)
    {
      g_string_append (out, "in round ");
      g_string_append (out, digit);
    }
  else
    {
      g_string_append (out, "with ");
      g_string_append (out, frame->variable);
      g_string_append (out, " = ");
      if (frame->value->n_slots > 0)
        plan_append_text (frame->value, (const PlanValue *)emit->values->data,
                          out);
      else
        g_string_append_len (out, frame->value->bytes,
                             MIN (frame->value->n_bytes, MAX_SHOWN));
    }
}

Frame *
frame_new (Emit *emit)
{
  Frame *const frame = emit->free_frames;

  if (frame == NULL)
    return ARENA_NEW (emit->scratch, Frame);
  emit->free_frames = frame->outer;
  memset (frame, 0, sizeof *frame);
  return frame;
}

void
frame_release (Emit *emit, Frame *frame)
{
  if (frame == NULL || frame->is_kept)
    return;
  frame->outer = emit->free_frames;
  emit->free_frames = frame;
}

/* What a row says.  A macro's is stored once. */
static const char *
row_text (Emit *emit, const Frame *frame)
{
  if (frame->macro != NULL && frame->macro->text != NULL)
    return frame->macro->text;

  g_string_truncate (emit->text, 0);
  frame_append (emit, frame, emit->text);

  const char *const text
      = arena_strndup (emit->plan->arena, emit->text->str, emit->text->len);

  if (frame->macro != NULL)
    frame->macro->text = text;
  return text;
}

/* The row of operations that were expanded from it is begun here, so that the
 * outer stands before the inner. */
static void
begin_row (Emit *emit, Frame *frame)
{
  frame->expansion = emit->expansions->len;
  g_array_set_size (emit->expansions, emit->expansions->len + 1);

  PlanExpansion *const row
      = &g_array_index (emit->expansions, PlanExpansion, frame->expansion);

  row->first_op = emit->n_ops;
  row->span = frame->span;
}

static void
end_row (Emit *emit, const Frame *frame)
{
  PlanExpansion *const row
      = &g_array_index (emit->expansions, PlanExpansion, frame->expansion);

  row->n_ops = emit->n_ops - row->first_op;
  if (row->n_ops == 0)
    g_array_set_size (emit->expansions, frame->expansion);
  else
    row->text = row_text (emit, frame);
}

static void
enter (Emit *emit, Frame *frame)
{
  frame->outer = emit->frame;
  emit->frame = frame;
  if (!frame->is_thread)
    begin_row (emit, frame);
}

void
frame_enter (Emit *emit, Frame *frame, SrcSpan span)
{
  frame->span = span;
  frame->number = ++emit->n_frames;
  frame->first_op = emit->n_ops;
  frame->end_op = PLAN_NONE;
  enter (emit, frame);
}

void
frame_leave (Emit *emit)
{
  Frame *const frame = emit->frame;

  if (!frame->is_thread)
    end_row (emit, frame);
  if (frame->end_op == PLAN_NONE)
    frame->end_op = emit->n_ops;
  emit->frame = frame->outer;
}

bool
frame_has_op (const Emit *emit, const Frame *frame, uint32_t op)
{
  return op >= frame->first_op
         && (op < frame->end_op || op >= emit->place.first_op);
}

Frame *
frame_of_line (const Emit *emit)
{
  Frame *frame = emit->frame;

  while (frame != NULL && frame->is_thread)
    frame = frame->outer;
  return frame;
}

Frame *
frame_keep_all (Emit *emit)
{
  for (Frame *frame = emit->frame; frame != NULL; frame = frame->outer)
    frame->is_kept = true;
  return emit->frame;
}

/* Enters the outer ones first. */
void
frame_reenter (Emit *emit, Frame *frame, const Frame *outermost)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new ();

  for (; frame != outermost; frame = frame->outer)
    g_ptr_array_add (frames, frame);
  for (unsigned i = frames->len; i-- > 0;)
    enter (emit, g_ptr_array_index (frames, i));
}

void
frame_leave_all (Emit *emit, const Frame *outermost)
{
  while (emit->frame != outermost)
    frame_leave (emit);
}
