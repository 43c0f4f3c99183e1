/* frame.h - from where a line is expanded: macros, and rounds of loops
 *
 * The block of a thread is one too, for the names of what is started in it.
 *
 * frame_new(), frame_enter(), the lines, frame_leave(), frame_release().  What
 * goes back to a place later keeps its frames, and enters them again.
 */
#pragma once

#include "front/emit.h"

/* A macro that is being expanded, a round of a loop, or a thread's block. */
struct Frame
{
  Frame *outer;
  SrcSpan span;         /* of the call */
  Macro *macro;         /* NULL: a loop */
  const char *variable; /* of the loop; NULL: `repeat` */
  const PlanText *value;
  uint64_t round;     /* from 1 */
  uint32_t number;    /* no other has it; 0: none is meant */
  uint32_t first_op;  /* of those that were expanded from it */
  uint32_t end_op;    /* behind them; PLAN_NONE: they are being expanded */
  uint32_t expansion; /* its row in the plan's expansions */
  bool is_thread;
  bool is_kept; /* something goes back to it later */
};

/* A new one; once it is left and not kept, it can be released. */
Frame *frame_new (Emit *emit);
void frame_release (Emit *emit, Frame *frame);

void frame_enter (Emit *emit, Frame *frame, SrcSpan span);
void frame_leave (Emit *emit);

/* Whether the operation was expanded from it, or is of the cleanup section that
 * goes back to it. */
bool frame_has_op (const Emit *emit, const Frame *frame, uint32_t op);

/* The innermost macro or round; NULL: there is none. */
Frame *frame_of_line (const Emit *emit);

/* "expanded from "startNode", called here". */
void frame_append (const Emit *emit, const Frame *frame, GString *out);

/* All that is entered now; it can be entered again. */
Frame *frame_keep_all (Emit *emit);
void frame_reenter (Emit *emit, Frame *frame, const Frame *outermost);
void frame_leave_all (Emit *emit, const Frame *outermost);
