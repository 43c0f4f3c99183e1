/* blocks.h - the blocks that are operations, and the threads of a test
 *
 * The lines of an `eventually`, `join` or `spawnThread` stand between the
 * operation that begins the block and its OP_END: blocks_begin(), the lines,
 * blocks_end().
 *
 * A thread runs beside what follows it, until it is waited for.  Thread 0 is
 * the test itself.  What one thread has done another may use only if it was
 * done before for certain.
 */
#pragma once

#include "front/emit.h"

typedef struct
{
  const char *name;
  SrcSpan span;     /* where it is started */
  SrcSpan joined;   /* where it is waited for; SRC_SPAN_NONE: nowhere yet */
  uint32_t block;   /* PLAN_NONE: the test itself */
  uint32_t starter; /* the thread that it is started in */
  uint32_t joiner;  /* that waits for it */
  uint32_t join_op; /* with this operation */
  bool is_quiet;    /* its failure is none of the test */
  bool may_fail;    /* what waits for it accepts that */
} ThreadLife;

void blocks_init (Emit *emit);
/* When a test begins. */
void blocks_reset (Emit *emit);

/* The new one is valid until the next. */
PlanBlock *blocks_begin (Emit *emit, OpCode code, SrcSpan span);
void blocks_end (Emit *emit);

bool blocks_is_thread (const Emit *emit, uint32_t block);

/* Whether the process was spawned before the innermost `eventually`. */
bool blocks_is_outside (const Emit *emit, uint32_t process);

/* A thread whose lines follow; it ends with the block. */
uint32_t threads_begin (Emit *emit, const char *name, bool is_quiet,
                        SrcSpan span);
void threads_end (Emit *emit, uint32_t thread);
ThreadLife *threads_get (const Emit *emit, uint32_t thread);

/* Whether all that the thread has done so far was done before what comes
 * now. */
bool threads_is_before (const Emit *emit, uint32_t thread);

/* Whether all that @thread has ever done was done before the thread @at comes
 * to the operation @op. */
bool threads_was_before (const Emit *emit, uint32_t thread, uint32_t at,
                         uint32_t op);

/* The same, and that a process of @owner which it has waited for is over for
 * certain: a thread that fails before it waits ends only what is its own. */
bool threads_had_ended (const Emit *emit, uint32_t thread, uint32_t owner,
                        uint32_t at, uint32_t op);

/* That it is before now, and has passed for certain. */
bool threads_is_certain (const Emit *emit, uint32_t thread);

/* Whether a thread has, if it was before, passed for certain: what it gave and
 * spawned is there.  If not, this was told of @what. */
bool threads_has_passed (Emit *emit, uint32_t thread, const char *what,
                         SrcSpan span);

/* Whether the thread may be waited for here; if not, this was told. */
bool threads_may_wait (Emit *emit, uint32_t thread, SrcSpan span);
/* Waits for it. */
void threads_wait (Emit *emit, uint32_t thread, uint16_t status,
                   int64_t microsecs, SrcSpan span);

/* Notes under an error about what @thread did: who must wait for it. */
void threads_note_wait (Emit *emit, uint32_t thread);

/* Those that nothing waits for: an error for each that was started in the
 * `eventually` that ends here, a warning for the others at the end. */
void threads_tell_tried (Emit *emit);
void threads_warn (Emit *emit);
