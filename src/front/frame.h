/* frame.h - from where a line is expanded: macros, and rounds of loops
 *
 * frame_new(), frame_enter(), the lines, frame_leave(), frame_release().  What
 * goes back to a place later keeps its frames, and enters them again.
 */
#pragma once

#include "front/emit.h"

/* A macro that is being expanded, or a round of a loop. */
struct Frame
{
  Frame *outer;
  SrcSpan span;         /* of the call */
  Macro *macro;         /* NULL: a loop */
  const char *variable; /* of the loop; NULL: `repeat` */
  const PlanText *value;
  uint64_t round;     /* from 1 */
  Alias *aliases;     /* of the processes spawned in it */
  uint32_t expansion; /* its row in the plan's expansions */
  bool is_kept;       /* something goes back to it later */
};

/* A new one; once it is left and not kept, it can be released. */
Frame *frame_new (Emit *emit);
void frame_release (Emit *emit, Frame *frame);

void frame_enter (Emit *emit, Frame *frame, SrcSpan span);
void frame_leave (Emit *emit);

/* "expanded from "startNode", called here". */
void frame_append (const Emit *emit, const Frame *frame, GString *out);

/* All that is entered now; it can be entered again. */
Frame *frame_keep_all (Emit *emit);
void frame_reenter (Emit *emit, Frame *frame, const Frame *outermost);
void frame_leave_all (Emit *emit, const Frame *outermost);
