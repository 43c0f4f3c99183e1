#include "config.h"

#include "front/blocks.h"

/* As wait(2) would have it: exited with 1. */
#define THREAD_FAILED (1 << 8)

void
blocks_init (Emit *emit)
{
  emit->blocks = g_array_new (FALSE, TRUE, sizeof (PlanBlock));
  emit->threads = g_array_new (FALSE, TRUE, sizeof (ThreadLife));
}

void
blocks_reset (Emit *emit)
{
  const ThreadLife itself = { .block = PLAN_NONE };

  g_array_set_size (emit->blocks, 0);
  g_array_set_size (emit->threads, 0);
  g_array_append_val (emit->threads, itself);
  emit->block = PLAN_NONE;
  emit->attempt = PLAN_NONE;
  emit->thread = 0;
}

/* --- Blocks ----------------------------------------------------------- */

static PlanBlock *
get_block (const Emit *emit, uint32_t block)
{
  return &g_array_index (emit->blocks, PlanBlock, block);
}

static PlanBlockKind
kind_of (OpCode code)
{
  return code == OP_EVENTUALLY ? BLOCK_EVENTUALLY
         : code == OP_JOIN     ? BLOCK_JOIN
                               : BLOCK_THREAD;
}

PlanBlock *
blocks_begin (Emit *emit, OpCode code, SrcSpan span)
{
  const PlanBlock block = { .kind = kind_of (code),
                            .span = span,
                            .first_op = emit->n_ops,
                            .outer = emit->block };

  g_array_append_val (emit->blocks, block);
  emit->block = emit->blocks->len - 1;
  if (code == OP_EVENTUALLY)
    emit->attempt = emit->block;
  emit_op (emit, code, span)->block = emit->block;
  return get_block (emit, emit->block);
}

void
blocks_end (Emit *emit)
{
  PlanBlock *const block = get_block (emit, emit->block);
  uint32_t outer = block->outer;

  emit_op (emit, OP_END, block->span)->block = emit->block;
  block->n_ops = emit->n_ops - block->first_op;
  emit->block = outer;
  if (block->kind != BLOCK_EVENTUALLY)
    return;

  while (outer != PLAN_NONE
         && get_block (emit, outer)->kind != BLOCK_EVENTUALLY)
    outer = get_block (emit, outer)->outer;
  emit->attempt = outer;
}

bool
blocks_is_thread (const Emit *emit, uint32_t block)
{
  return get_block (emit, block)->kind == BLOCK_THREAD;
}

bool
blocks_is_outside (const Emit *emit, uint32_t process)
{
  return emit->attempt != PLAN_NONE
         && g_array_index (emit->processes, PlanProcess, process).spawn_op
                < get_block (emit, emit->attempt)->first_op;
}

/* --- Threads ---------------------------------------------------------- */

ThreadLife *
threads_get (const Emit *emit, uint32_t thread)
{
  return &g_array_index (emit->threads, ThreadLife, thread);
}

uint32_t
threads_begin (Emit *emit, const char *name, bool is_quiet, SrcSpan span)
{
  const ThreadLife life = { .name = name,
                            .span = span,
                            .block = emit->blocks->len,
                            .starter = emit->thread,
                            .is_quiet = is_quiet };

  g_array_append_val (emit->threads, life);
  emit->thread = emit->threads->len - 1;
  return emit->thread;
}

void
threads_end (Emit *emit, uint32_t thread)
{
  emit->thread = threads_get (emit, thread)->starter;
}

/* Whether @at is the thread, or was started in it. */
static bool
is_part_of (const Emit *emit, uint32_t at, uint32_t thread)
{
  while (at > thread) /* what starts a thread has a lower number */
    at = threads_get (emit, at)->starter;
  return at == thread;
}

/* Whether the lines that are expanded stand in it. */
static bool
stands_in (const Emit *emit, uint32_t thread)
{
  return is_part_of (emit, emit->thread, thread);
}

bool
threads_is_before (const Emit *emit, uint32_t thread)
{
  if (emit->is_cleaning_up)
    return true;
  while (thread != 0 && !stands_in (emit, thread))
    {
      const ThreadLife *const life = threads_get (emit, thread);

      if (life->joined.end == 0)
        return false;
      thread = life->joiner;
    }
  return true;
}

/* @owner: PLAN_NONE: threads that may fail are as good as others. */
static bool
was_before (const Emit *emit, uint32_t thread, uint32_t owner, uint32_t at,
            uint32_t op)
{
  if (op >= emit->n_body_ops) /* behind all threads */
    return true;
  while (!is_part_of (emit, at, thread))
    {
      const ThreadLife *const life = threads_get (emit, thread);

      if (life->joined.end == 0 || life->join_op >= op
          || (life->may_fail && owner != PLAN_NONE
              && !is_part_of (emit, owner, thread)))
        return false;
      thread = life->joiner;
    }
  return true;
}

bool
threads_was_before (const Emit *emit, uint32_t thread, uint32_t at, uint32_t op)
{
  return was_before (emit, thread, PLAN_NONE, at, op);
}

bool
threads_had_ended (const Emit *emit, uint32_t thread, uint32_t owner,
                   uint32_t at, uint32_t op)
{
  return was_before (emit, thread, owner, at, op);
}

/* The first on its way to us that was allowed to fail; NULL: none was. */
static const ThreadLife *
find_failing (const Emit *emit, uint32_t thread)
{
  while (thread != 0 && !emit->is_cleaning_up && !stands_in (emit, thread))
    {
      const ThreadLife *const life = threads_get (emit, thread);

      if (life->may_fail)
        return life;
      thread = life->joiner;
    }
  return NULL;
}

bool
threads_is_certain (const Emit *emit, uint32_t thread)
{
  return threads_is_before (emit, thread)
         && find_failing (emit, thread) == NULL;
}

bool
threads_has_passed (Emit *emit, uint32_t thread, const char *what, SrcSpan span)
{
  const ThreadLife *const life = find_failing (emit, thread);

  if (life == NULL)
    return true;
  emit_error (emit, span, "%s, which may have failed before", what);
  emit_note (emit, life->joined,
             "\"wait %s 0\" here makes sure that it has "
             "passed",
             life->name);
  return false;
}

void
threads_note_wait (Emit *emit, uint32_t thread)
{
  const ThreadLife *life = threads_get (emit, thread);

  while (life->joined.end != 0)
    life = threads_get (emit, life->joiner);
  emit_note (emit, life->span,
             "this thread runs at the same time: wait for it first, with "
             "\"wait %s\"",
             life->name);
}

static void
tell_itself (Emit *emit, uint32_t thread, SrcSpan span)
{
  const ThreadLife *const life = threads_get (emit, thread);

  if (thread == emit->thread)
    emit_error (emit, span, "the thread \"%s\" waits for itself", life->name);
  else
    emit_error (emit, span,
                "the thread \"%s\" waits for the thread \"%s\", which it is a "
                "part of",
                threads_get (emit, emit->thread)->name, life->name);
  emit_note (emit, life->span, "it is started here");
}

static void
tell_joined (Emit *emit, const ThreadLife *life, SrcSpan span)
{
  emit_error (emit, span, "the thread \"%s\" has been waited for already",
              life->name);
  emit_note (emit, life->joined, "here");
}

bool
threads_may_wait (Emit *emit, uint32_t thread, SrcSpan span)
{
  const ThreadLife *const life = threads_get (emit, thread);

  if (stands_in (emit, thread))
    tell_itself (emit, thread, span);
  else if (life->joined.end != 0)
    tell_joined (emit, life, span);
  else if (emit->is_cleaning_up)
    {
      emit_error (emit, span,
                  "the thread \"%s\" must be waited for before the test ends",
                  life->name);
      emit_note (emit, life->span, "it is started here");
    }
  else if (!threads_is_before (emit, life->starter))
    {
      emit_error (emit, span, "the thread \"%s\" is started in a thread",
                  life->name);
      threads_note_wait (emit, life->starter);
    }
  else if (emit->attempt != PLAN_NONE && life->block < emit->attempt)
    {
      emit_error (emit, span,
                  "the thread \"%s\" can end only once, and this may be tried "
                  "again",
                  life->name);
      emit_note (emit, life->span, "it is started here, before the block");
    }
  else
    return true;
  return false;
}

void
threads_wait (Emit *emit, uint32_t thread, uint16_t status, int64_t microsecs,
              SrcSpan span)
{
  ThreadLife *const life = threads_get (emit, thread);
  PlanOp *const op = emit_op (emit, OP_WAIT_THREAD, span);

  op->block = life->block;
  op->status = status;
  op->microsecs = microsecs;
  life->joined = span;
  life->joiner = emit->thread;
  life->join_op = emit->n_ops - 1;
  life->may_fail = plan_status_has (
      &g_array_index (emit->statuses, PlanStatus, status), THREAD_FAILED);
}
