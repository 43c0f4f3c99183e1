#include "config.h"

#include "front/unit.h"

#include "base/units.h"
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
unit_enter (Emit *emit, const AstBlock *block)
{
  emit->own_lines = block;
  emit->longest_within = 0;
  emit->own_depth = 0;
  if (block != NULL)
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
  return unit_may_say_of_any (emit, call);
}

bool
unit_may_say_of_any (Emit *emit, const AstCall *call)
{
  const AstArg *const word = call->first;

  if (!emit->is_cleaning_up)
    return true;
  emit_error (emit, word->span,
              "\"%s\" comes too late in what is done when the %s",
              emit_shown_arg (emit, word),
              emit->layer != NULL ? "layer is torn down" : "test ends");
  return false;
}

bool
unit_may_say_of_whole (Emit *emit, const AstCall *call)
{
  const AstArg *const word = call->first;

  if (!unit_may_say_of_any (emit, call))
    return false;
  if (emit->lines == LINES_OF_FILE || emit->block == PLAN_NONE)
    return true;
  emit_error (emit, word->span,
              "\"%s\" holds for the whole test, and cannot stand in this "
              "block",
              emit_shown_arg (emit, word));
  return false;
}

/* --- How long it may take --------------------------------------------- */

static bool
is_in (SrcSpan outer, SrcSpan inner)
{
  return inner.begin >= outer.begin && inner.end <= outer.end;
}

/* Not those of macros, and not what a file does around each of its tests. */
static bool
is_own_line (const Emit *emit, SrcSpan span)
{
  const GPtrArray *const around[] = { emit->setups, emit->teardowns };

  if (emit->own_lines != NULL)
    return is_in (emit->own_lines->span, span);
  for (const Frame *frame = emit->frame; frame != NULL; frame = frame->outer)
    if (frame->macro != NULL)
      return false;
  for (unsigned i = 0; i < G_N_ELEMENTS (around); i++)
    for (unsigned j = 0; j < around[i]->len; j++)
      if (is_in (((const AstCall *)around[i]->pdata[j])->span, span))
        return false;
  return true;
}

void
unit_note_within (Emit *emit, int64_t microsecs, SrcSpan span)
{
  if (microsecs <= emit->longest_within || !is_own_line (emit, span))
    return;
  emit->longest_within = microsecs;
  emit->longest_within_span = span;
}

static void
check_limit_of_whole (Emit *emit, const Settings *settings)
{
  const char *const what = emit->layer != NULL ? "layer" : "test";
  g_autoptr (GString) limit = g_string_new (NULL);
  g_autoptr (GString) within = g_string_new (NULL);

  if (settings->limit_span.end == 0
      || emit->longest_within <= settings->limit_microsecs)
    return;
  duration_append (limit, settings->limit_microsecs);
  duration_append (within, emit->longest_within);
  emit_error (emit, emit->longest_within_span,
              "this may take %s, and the whole %s %s", within->str, what,
              limit->str);
  emit_note (emit, settings->limit_span,
             "that limit is set here; the %s needs a longer one, or the line a "
             "shorter one",
             what);
}

/* Where nobody has said it: twice the longest that one of the lines may take,
 * so that it is that line which is told, and not the test, if it takes too
 * long. */
static void
find_limit (const Emit *emit, const Settings *settings, PlanTest *made)
{
  int64_t longest_sleep = 0;
  int64_t longest = 0;

  made->limit_span = settings->limit_span;
  if (settings->limit_microsecs > 0)
    {
      made->limit_microsecs = settings->limit_microsecs == PLAN_NO_LIMIT
                                  ? 0
                                  : settings->limit_microsecs;
      return;
    }
  for (uint32_t i = 0; i < made->n_ops; i++)
    {
      const PlanOp *const op = &emit->ops[made->first_op + i];
      const int64_t microsecs = plan_op_microsecs (made, op);

      longest = MAX (longest, microsecs);
      if (op->code == OP_SLEEP)
        longest_sleep = MAX (longest_sleep, microsecs);
    }
  made->limit_microsecs
      = MAX (PLAN_DEFAULT_LIMIT, 2 * MIN (longest, INT64_MAX / 2));
  made->least_microsecs = MAX (1, 2 * MIN (longest_sleep, INT64_MAX / 2));
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
                    .grace_microsecs = settings->grace_microsecs,
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
  check_limit_of_whole (emit, &settings);
  find_limit (emit, &settings, &made);
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
