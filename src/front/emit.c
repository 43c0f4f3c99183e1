#include "config.h"

#include "front/emit.h"

#include "front/frame.h"

#include <stdarg.h>
#include <string.h>

/* Frames that a message tells of. */
#define MAX_FRAME_NOTES 4
/* Bytes of the user's text in a message. */
#define MAX_SHOWN 60

/* A plan that takes more memory is too large as well. */
#define MAX_ARENA ((size_t)512 << 20)

/* --- Messages --------------------------------------------------------- */

/* They are told behind the other notes of the message, that is, when the next
 * message begins. */
typedef struct
{
  SrcSpan span;
  char *text; /* owned */
} OwedNote;

void
emit_pay_notes (Emit *emit)
{
  for (unsigned i = 0; i < emit->owed_notes->len; i++)
    {
      OwedNote *const note = &g_array_index (emit->owed_notes, OwedNote, i);

      diag_note (emit->diag, note->span, "%s", note->text);
      g_free (note->text);
    }
  g_array_set_size (emit->owed_notes, 0);
}

static void
owe_frames (Emit *emit)
{
  for (const Frame *frame = emit->frame;
       frame != NULL && emit->owed_notes->len < MAX_FRAME_NOTES;
       frame = frame->outer)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      if (frame->macro == NULL && frame->variable == NULL)
        continue;
      frame_append (emit, frame, text);

      const OwedNote note
          = { .span = frame->span, .text = g_strdup (text->str) };

      g_array_append_val (emit->owed_notes, note);
    }
}

void
emit_init_notes (Emit *emit)
{
  emit->owed_notes = g_array_new (FALSE, TRUE, sizeof (OwedNote));
}

void
emit_error (Emit *emit, SrcSpan span, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  emit_pay_notes (emit);
  diag_error (emit->diag, span, "%s", text);
  owe_frames (emit);
}

void
emit_warning (Emit *emit, SrcSpan span, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  emit_pay_notes (emit);
  diag_warning (emit->diag, span, "%s", text);
  owe_frames (emit);
}

void
emit_note (Emit *emit, SrcSpan span, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  diag_note (emit->diag, span, "%s", text);
}

const char *
emit_shown (Emit *emit, const char *text, size_t n_text)
{
  if (n_text <= MAX_SHOWN)
    return arena_strndup (emit->scratch, text, n_text);

  size_t n = MAX_SHOWN;

  while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
    n--;

  g_autofree char *cut = g_strdup_printf ("%.*s...", (int)n, text);

  return arena_strndup (emit->scratch, cut, strlen (cut));
}

const char *
emit_shown_arg (Emit *emit, const AstArg *arg)
{
  if (arg->kind == AST_PLAIN && !arg->is_here_document)
    return emit_shown (emit, arg->text, arg->n_text);

  const Source *const source = sources_find (emit->sources, arg->span.begin);

  return emit_shown (emit, source->text + (arg->span.begin - source->base),
                     arg->span.end - arg->span.begin);
}

/* --- Operations ------------------------------------------------------- */

static void
tell_too_large (Emit *emit, SrcSpan span)
{
  if (emit->is_full)
    return;

  emit->is_full = true;
  emit_error (emit, span, "the plan becomes too large here");
  if (emit->n_ops == MAX_OPS)
    emit_note (emit, span, "it may have %d operations", MAX_OPS);
  else if (emit->expansions->len > MAX_OPS)
    emit_note (emit, span, "its loops and macros may be expanded %d times",
               MAX_OPS);
  else if (arena_size (emit->plan->arena) > MAX_ARENA)
    emit_note (emit, span, "its texts and processes may take 512 MiB");
  else
    emit_note (emit, span, "%u lines were expanded for %u operations",
               emit->n_lines, emit->n_ops);
}

bool
emit_count_line (Emit *emit, SrcSpan span)
{
  if (++emit->n_lines / MAX_LINES_PER_OP
          > emit->n_ops + MAX_IDLE_LINES / MAX_LINES_PER_OP
      || emit->expansions->len > MAX_OPS
      || arena_size (emit->plan->arena) > MAX_ARENA)
    tell_too_large (emit, span);
  return !emit->is_full;
}

PlanOp *
emit_op (Emit *emit, OpCode code, SrcSpan span)
{
  if (emit->n_ops == emit->n_ops_room)
    {
      emit->n_ops_room = MAX (emit->n_ops_room * 2, 256);
      emit->ops = g_renew (PlanOp, emit->ops, emit->n_ops_room);
    }

  PlanOp *op = &emit->spare_op;

  if (emit->n_ops < MAX_OPS)
    op = &emit->ops[emit->n_ops++];
  else
    tell_too_large (emit, span);
  memset (op, 0, sizeof *op);
  op->code = (uint8_t)code;
  op->process = PLAN_NONE;
  op->span = span;
  return op;
}

PlanOp *
emit_process_op (Emit *emit, OpCode code, SrcSpan span, uint32_t process)
{
  PlanOp *const op = emit_op (emit, code, span);

  op->process = process;
  return op;
}

PlanOp *
emit_wait (Emit *emit, SrcSpan span, uint32_t process, uint16_t status,
           int64_t microsecs)
{
  PlanOp *const op = emit_process_op (emit, OP_WAIT, span, process);

  op->status = status;
  op->microsecs = microsecs;
  g_array_index (emit->processes, PlanProcess, process).wait_op
      = emit->n_ops - 1;

  Life *const life = &g_array_index (emit->lives, Life, process);

  life->gone = span;
  life->gone_thread = emit->thread;
  return op;
}

/* --- What is stored once ---------------------------------------------- */

const PlanText *
emit_plain_text (Emit *emit, const char *text, size_t n_text)
{
  InternEntry *const entry = intern_add (emit->texts, text, n_text);

  if (entry->key == NULL)
    {
      PlanText *const made
          = arena_alloc (emit->plan->arena, sizeof *made + n_text + 1);

      made->n_bytes = (uint32_t)n_text;
      memcpy (made->bytes, text, n_text);
      entry->key = made->bytes;
      entry->value = made;
    }
  return entry->value;
}

const char *
emit_string (Emit *emit, const char *text, size_t n_text)
{
  return emit_plain_text (emit, text, n_text)->bytes;
}

const void *
emit_bytes (Emit *emit, const void *bytes, size_t n_bytes)
{
  return intern_bytes (emit->blobs, emit->plan->arena, bytes, n_bytes);
}

void *
emit_keep_array (Emit *emit, const GArray *array)
{
  const size_t n_bytes
      = array->len * g_array_get_element_size ((GArray *)array);
  void *const copy = arena_alloc (emit->plan->arena, n_bytes);

  if (n_bytes > 0)
    memcpy (copy, array->data, n_bytes);
  return copy;
}

void
emit_add_tag (Emit *emit, const Tag **tags, const char *name)
{
  const Tag *same = *tags;

  while (same != NULL && strcmp (same->name, name) != 0)
    same = same->older;
  if (same != NULL)
    return;

  Tag *const tag = ARENA_NEW (emit->scratch, Tag);

  tag->older = *tags;
  tag->name = emit_string (emit, name, strlen (name));
  *tags = tag;
}
