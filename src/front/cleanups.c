#include "config.h"

#include "front/cleanups.h"

#include "front/expand.h"
#include "front/frame.h"
#include "front/late.h"
#include "front/tests.h"

/* As many as a PlanOp can count. */
#define MAX_CLEANUPS UINT16_MAX

/* In the order in which they are registered. */
typedef struct
{
  const AstBlock *block; /* NULL: the end of a layer */
  SrcSpan span;
  State state;
  uint32_t defer_op;
  uint32_t n_values; /* that had been given */
  uint32_t thread;   /* in whose lines it stands */
  bool is_teardown;
} Cleanup;

void
cleanups_init (Emit *emit)
{
  emit->cleanups = g_array_new (FALSE, TRUE, sizeof (Cleanup));
}

void
cleanups_reset (Emit *emit)
{
  g_array_set_size (emit->cleanups, 0);
}

/* --- Registering ------------------------------------------------------ */

void
cleanups_add (Emit *emit, SrcSpan span, const AstBlock *block, bool is_teardown)
{
  if (emit->cleanups->len == MAX_CLEANUPS)
    {
      emit_error (emit, span, "a test can have %d \"defer\" blocks, not more",
                  MAX_CLEANUPS);
      return;
    }
  (void)emit_op (emit, OP_DEFER, span);

  const Cleanup cleanup = { .block = block,
                            .span = span,
                            .state = tests_save (emit),
                            .defer_op = emit->n_ops - 1,
                            .n_values = emit->values->len,
                            .thread = emit->thread,
                            .is_teardown = is_teardown };

  g_array_append_val (emit->cleanups, cleanup);
}

void
cleanups_add_release (Emit *emit, SrcSpan span)
{
  cleanups_add (emit, span, NULL, false);
}

void
cleanups_defer (Emit *emit, SrcSpan span, const AstBlock *block)
{
  if (emit->is_cleaning_up)
    emit_error (emit, span,
                "what is done when the test ends cannot defer more");
  else if (emit->attempt != PLAN_NONE)
    emit_error (emit, span,
                "what may be tried again cannot defer: each try would");
  else
    cleanups_add (emit, span, block, false);
}

/* --- Expanding -------------------------------------------------------- */

/* @end: what is visible at the end of the body. */
static void
expand_cleanup (Emit *emit, const Cleanup *cleanup, ScopeMark end,
                uint32_t n_values)
{
  const bool is_teardown = cleanup->is_teardown;

  if (cleanup->block == NULL)
    {
      (void)emit_op (emit, OP_RELEASE, cleanup->span);
      return;
    }
  emit->settings
      = is_teardown ? emit->settings_of_teardown : cleanup->state.settings;
  emit->place
      = (NamesPlace){ .op = is_teardown ? emit->n_body_ops : cleanup->defer_op,
                      .thread = is_teardown ? PLAN_NONE : cleanup->thread,
                      .first_op = emit->n_ops };
  vars_go_to (emit, is_teardown ? end : cleanup->state.scope);
  (void)vars_enter (emit);
  late_go_to (emit, is_teardown ? n_values : cleanup->n_values);
  frame_reenter (emit, cleanup->state.frame, emit->outer_frame);
  expand_block (emit, cleanup->block);
  frame_leave_all (emit, emit->outer_frame);
}

/* The last registered runs first. */
const PlanSection *
cleanups_expand (Emit *emit)
{
  const unsigned n = emit->cleanups->len;
  PlanSection *const sections
      = ARENA_NEW_ARRAY (emit->plan->arena, PlanSection, n);
  const ScopeMark end = vars_mark (emit);
  const uint32_t n_values = emit->values->len;

  emit->is_cleaning_up = true;
  emit->n_body_ops = emit->n_ops;
  emit->n_rewound = n_values;
  for (unsigned i = 0; i < n; i++)
    {
      const Cleanup *const cleanup
          = &g_array_index (emit->cleanups, Cleanup, n - 1 - i);
      PlanSection *const section = &sections[i];

      emit->ops[cleanup->defer_op].section = (uint16_t)i;
      section->first_op = emit->n_ops;
      expand_cleanup (emit, cleanup, end, n_values);
      section->n_ops = emit->n_ops - section->first_op;
      section->defer_op = cleanup->defer_op;
      section->is_teardown = cleanup->is_teardown;
    }
  emit->is_cleaning_up = false;
  emit->place.first_op = PLAN_NONE;
  vars_go_to (emit, end);
  return sections;
}
