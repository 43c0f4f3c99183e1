#include "config.h"

#include "front/unit.h"

#include "front/blocks.h"
#include "front/cleanups.h"
#include "front/defaults.h"
#include "front/early.h"
#include "front/frame.h"
#include "front/layer.h"
#include "front/names.h"
#include "front/steps.h"

void
unit_begin (Emit *emit, const char *name, const State *state)
{
  names_begin (emit);
  cleanups_reset (emit);
  g_array_set_size (emit->used, 0);
  emit->n_units++;
  emit->settings = state->settings;
  defaults_apply (emit, emit->layer == NULL ? name : NULL);
  emit->test_name = name;
  vars_go_to (emit, state->scope);
  frame_reenter (emit, state->frame, NULL);
  emit->outer_frame = emit->frame;
}

void
unit_enter (Emit *emit, bool has_scope)
{
  emit->own_depth = 0;
  if (has_scope)
    {
      emit->own_depth = vars_depth (emit);
      (void)vars_enter (emit);
    }
  emit->own_scope = emit->scope;
}

bool
unit_may_say (Emit *emit, const AstCall *call)
{
  const AstArg *const word = call->first;

  if (emit->layer != NULL)
    {
      emit_error (emit, word->span, "\"%s\" is said of tests, not of a layer",
                  emit_shown_arg (emit, word));
      if (ast_arg_is (word, "uses"))
        emit_note (emit, word->span,
                   "a layer stands on others with \"extends\", outside of its "
                   "\"setup\"");
      return false;
    }
  if (!emit->is_cleaning_up)
    return true;
  emit_error (emit, word->span,
              "\"%s\" comes too late in what is done when the test ends",
              emit_shown_arg (emit, word));
  return false;
}

/* --- The end ---------------------------------------------------------- */

static void
warn_not_awaited (Emit *emit)
{
  const char *const end
      = emit->layer != NULL
            ? "one that still runs when the layer is torn down fails it"
            : "one that still runs at the end of the test fails it";
  SrcSpan last = SRC_SPAN_NONE;

  for (unsigned i = 0; i < emit->processes->len; i++)
    {
      const PlanProcess *const process
          = &g_array_index (emit->processes, PlanProcess, i);
      const SrcSpan span = g_array_index (emit->lives, Life, i).spawned;

      if (process->wait_op != PLAN_NONE
          || (process->flags & ~PLAN_EXPECTED) != 0 || span.begin == last.begin)
        continue;
      emit_warning (emit, span, "nothing waits for the process \"%s\"",
                    process->name);
      emit_note (emit, span, "%s; --daemon allows that", end);
      last = span;
    }
}

static const char *const *
copy_tags (Emit *emit, const Tag *last, uint32_t *n_tags)
{
  uint32_t n = 0;

  for (const Tag *tag = last; tag != NULL; tag = tag->older)
    n++;

  const char **const tags
      = ARENA_NEW_ARRAY (emit->plan->arena, const char *, n);

  *n_tags = n;
  for (const Tag *tag = last; tag != NULL; tag = tag->older)
    tags[--n] = tag->name;
  return tags;
}

static PlanTest
make_test (Emit *emit, const Settings *settings)
{
  const bool is_test = emit->layer == NULL;
  PlanTest made = { .name = emit->test_name,
                    .processes = emit_keep_array (emit, emit->processes),
                    .n_processes = emit->processes->len,
                    .blocks = emit_keep_array (emit, emit->blocks),
                    .n_blocks = emit->blocks->len,
                    .values = emit_keep_array (emit, emit->values),
                    .n_values = emit->values->len,
                    .layers = layer_keep_used (emit),
                    .n_layers = emit->used->len,
                    .level = is_test ? settings->level : 1,
                    .leftovers = (PlanLeftovers)settings->leftovers,
                    .skip_reason = settings->skip_reason };

  made.tags = copy_tags (emit, is_test ? settings->tags : NULL, &made.n_tags);
  made.locks
      = copy_tags (emit, is_test ? settings->locks : NULL, &made.n_locks);
  return made;
}

/* What was said of the test is what holds at the end of its body: a cleanup
 * section goes back to where it was registered. */
PlanTest
unit_finish (Emit *emit, SrcSpan span, uint32_t first_op, bool is_certain)
{
  const Settings settings = emit->settings;
  const unsigned n_errors = diag_n_errors (emit->diag);
  const PlanSection *const sections = cleanups_expand (emit);
  PlanTest made = make_test (emit, &settings);

  made.span = span;
  made.first_op = first_op;
  made.n_ops = emit->n_ops - first_op;
  made.sections = sections;
  made.n_sections = emit->cleanups->len;
  steps_link (emit, first_op);
  early_tell_all (emit);
  if (is_certain && diag_n_errors (emit->diag) == n_errors)
    {
      warn_not_awaited (emit);
      threads_warn (emit);
    }
  frame_leave_all (emit, NULL);
  return made;
}
