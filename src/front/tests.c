#include "config.h"

#include "front/tests.h"

#include "front/blocks.h"
#include "front/callable.h"
#include "front/early.h"
#include "front/expand.h"
#include "front/frame.h"
#include "front/late.h"
#include "front/look.h"
#include "front/names.h"
#include "front/steps.h"

#include <string.h>

/* As many as a PlanOp can count. */
#define MAX_CLEANUPS UINT16_MAX

typedef struct
{
  const char *name;
  SrcSpan span;
  const AstBlock *block; /* NULL: the lines outside of tests */
  State state;
} TestSource;

/* Lines of the same block, outside of tests. */
typedef struct
{
  const AstCall *first;
  const AstCall *last;
} LooseRun;

/* A `defer` or `teardown`, in the order in which they are registered. */
typedef struct
{
  const AstBlock *block;
  State state;
  uint32_t defer_op;
  uint32_t n_values; /* that had been given */
  bool is_teardown;
} Cleanup;

void
tests_init (Emit *emit)
{
  emit->tests = g_array_new (FALSE, TRUE, sizeof (TestSource));
  emit->loose = g_array_new (FALSE, TRUE, sizeof (LooseRun));
  emit->cleanups = g_array_new (FALSE, TRUE, sizeof (Cleanup));
}

State
tests_save (Emit *emit)
{
  return (State){ .settings = emit->settings,
                  .scope = vars_mark (emit),
                  .frame = frame_keep_all (emit) };
}

/* --- While the file is gone through ----------------------------------- */

void
tests_add (Emit *emit, const char *name, SrcSpan span, const AstBlock *block)
{
  const TestSource test = { .name = emit_string (emit, name, strlen (name)),
                            .span = span,
                            .block = block,
                            .state = tests_save (emit) };
  InternEntry *const entry = intern_add (emit->test_names, name, strlen (name));

  if (entry->key == NULL)
    {
      SrcSpan *const first = ARENA_NEW (emit->scratch, SrcSpan);

      *first = span;
      entry->key = test.name;
      entry->value = first;
      g_array_append_val (emit->tests, test);
      return;
    }
  emit_error (emit, span, "there is a test \"%s\" already", test.name);
  emit_note (emit, *(const SrcSpan *)entry->value, "it stands here");
}

static bool
is_loose (Emit *emit, const AstCall *call)
{
  const LookResult found = look_at_call (emit, call);

  if (callable_find (emit, call->first) == NULL)
    return true; /* most likely it is a mistyped word of a test */
  if (found.has_of_file)
    return false;
  return found.has_of_test || emit->loose->len > 0;
}

bool
tests_take_loose (Emit *emit, const AstCall *call)
{
  if (!is_loose (emit, call))
    return false;

  if (emit->loose->len > 0)
    {
      LooseRun *const last
          = &g_array_index (emit->loose, LooseRun, emit->loose->len - 1);

      if (last->last->next == call)
        {
          last->last = call;
          return true;
        }
    }

  const LooseRun run = { .first = call, .last = call };

  g_array_append_val (emit->loose, run);
  return true;
}

/* --- One test --------------------------------------------------------- */

static void
register_cleanup (Emit *emit, SrcSpan span, const AstBlock *block,
                  bool is_teardown)
{
  if (emit->cleanups->len == MAX_CLEANUPS)
    {
      emit_error (emit, span, "a test can have %d \"defer\" blocks, not more",
                  MAX_CLEANUPS);
      return;
    }
  (void)emit_op (emit, OP_DEFER, span);

  const Cleanup cleanup = { .block = block,
                            .state = tests_save (emit),
                            .defer_op = emit->n_ops - 1,
                            .n_values = emit->values->len,
                            .is_teardown = is_teardown };

  g_array_append_val (emit->cleanups, cleanup);
}

void
tests_defer (Emit *emit, SrcSpan span, const AstBlock *block)
{
  if (emit->is_cleaning_up)
    emit_error (emit, span,
                "what is done when the test ends cannot defer more");
  else if (emit->attempt != PLAN_NONE)
    emit_error (emit, span,
                "what may be tried again cannot defer: each try would");
  else
    register_cleanup (emit, span, block, false);
}

static const AstBlock *
block_of (const AstCall *call)
{
  return ast_find_block (call->first)->block;
}

/* The lines of the test, those of `setup` before them.  A block's settings end
 * with it, but those of `setup` are for the test. */
static void
expand_body (Emit *emit, const TestSource *test)
{
  for (unsigned i = 0; i < emit->setups->len; i++)
    expand_block (emit, block_of (g_ptr_array_index (emit->setups, i)));
  emit->settings_of_teardown = emit->settings;

  if (test->block != NULL)
    {
      expand_block (emit, test->block);
      return;
    }
  for (unsigned i = 0; i < emit->loose->len; i++)
    {
      const LooseRun *const run = &g_array_index (emit->loose, LooseRun, i);

      expand_lines (emit, run->first, run->last->next);
    }
}

/* The last registered runs first. */
static const PlanSection *
expand_cleanups (Emit *emit)
{
  const unsigned n = emit->cleanups->len;
  PlanSection *const sections
      = ARENA_NEW_ARRAY (emit->plan->arena, PlanSection, n);
  const ScopeMark end = vars_mark (emit);
  const uint32_t n_values = emit->values->len;

  emit->is_cleaning_up = true;
  emit->n_rewound = n_values;
  for (unsigned i = 0; i < n; i++)
    {
      const Cleanup *const cleanup
          = &g_array_index (emit->cleanups, Cleanup, n - 1 - i);
      PlanSection *const section = &sections[i];

      emit->ops[cleanup->defer_op].section = (uint16_t)i;
      emit->settings = cleanup->is_teardown ? emit->settings_of_teardown
                                            : cleanup->state.settings;
      vars_go_to (emit, cleanup->is_teardown ? end : cleanup->state.scope);
      (void)vars_enter (emit);
      late_go_to (emit, cleanup->is_teardown ? n_values : cleanup->n_values);
      section->first_op = emit->n_ops;
      frame_reenter (emit, cleanup->state.frame, emit->outer_frame);
      expand_block (emit, cleanup->block);
      frame_leave_all (emit, emit->outer_frame);
      section->n_ops = emit->n_ops - section->first_op;
      section->defer_op = cleanup->defer_op;
      section->is_teardown = cleanup->is_teardown;
    }
  emit->is_cleaning_up = false;
  vars_go_to (emit, end);
  return sections;
}

static void
warn_not_awaited (Emit *emit)
{
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
      emit_note (emit, span,
                 "one that still runs at the end of the test fails it; "
                 "--daemon allows that");
      last = span;
    }
}

static const char *const *
copy_tags (Emit *emit, uint32_t *n_tags)
{
  uint32_t n = 0;

  for (const Tag *tag = emit->settings.tags; tag != NULL; tag = tag->older)
    n++;

  const char **const tags
      = ARENA_NEW_ARRAY (emit->plan->arena, const char *, n);

  *n_tags = n;
  for (const Tag *tag = emit->settings.tags; tag != NULL; tag = tag->older)
    tags[--n] = tag->name;
  return tags;
}

static void
finish_test (Emit *emit, const TestSource *test, uint32_t first_op,
             const PlanSection *sections)
{
  PlanTest made = { .name = test->name,
                    .span = test->span,
                    .first_op = first_op,
                    .n_ops = emit->n_ops - first_op,
                    .processes = emit_keep_array (emit, emit->processes),
                    .n_processes = emit->processes->len,
                    .blocks = emit_keep_array (emit, emit->blocks),
                    .n_blocks = emit->blocks->len,
                    .values = emit_keep_array (emit, emit->values),
                    .n_values = emit->values->len,
                    .sections = sections,
                    .n_sections = emit->cleanups->len,
                    .level = emit->settings.level,
                    .skip_reason = emit->settings.skip_reason };

  made.tags = copy_tags (emit, &made.n_tags);
  g_array_append_val (emit->plan_tests, made);
}

/* @is_certain: all of its lines could be read. */
static void
expand_test (Emit *emit, const TestSource *test, bool is_certain)
{
  const uint32_t first_op = emit->n_ops;
  const unsigned n_errors = diag_n_errors (emit->diag);

  names_begin (emit);
  g_array_set_size (emit->cleanups, 0);
  emit->lines = LINES_OF_TEST;
  emit->settings = test->state.settings;
  emit->test_name = test->name;
  vars_go_to (emit, test->state.scope);
  if (test->block != NULL) /* else the file is the test, and its scope is */
    (void)vars_enter (emit);
  emit->own_scope = emit->scope;
  frame_reenter (emit, test->state.frame, NULL);
  emit->outer_frame = emit->frame;

  for (unsigned i = 0; i < emit->teardowns->len; i++)
    {
      const AstCall *const call = g_ptr_array_index (emit->teardowns, i);

      register_cleanup (emit, call->span, block_of (call), true);
    }
  expand_body (emit, test);
  finish_test (emit, test, first_op, expand_cleanups (emit));
  steps_link (emit, first_op);
  early_tell_all (emit);
  if (is_certain && diag_n_errors (emit->diag) == n_errors)
    {
      warn_not_awaited (emit);
      threads_warn (emit);
    }
  frame_leave_all (emit, NULL);
}

/* --- All of them ------------------------------------------------------ */

static void
tell_outside (Emit *emit)
{
  const TestSource *const test = &g_array_index (emit->tests, TestSource, 0);
  bool is_told = false;

  for (unsigned i = 0; i < emit->loose->len; i++)
    {
      const LooseRun *const run = &g_array_index (emit->loose, LooseRun, i);

      for (const AstCall *call = run->first; call != run->last->next;
           call = call->next)
        {
          if (callable_find (emit, call->first) == NULL)
            callable_tell_unknown (emit, call->first);
          else if (!is_told && look_at_call (emit, call).has_of_test)
            {
              emit_error (emit, call->span, "this stands outside of the tests");
              emit_note (emit, test->span,
                         "only a plan without \"test\" blocks is one test as a "
                         "whole");
              is_told = true;
            }
        }
    }
}

void
tests_expand (Emit *emit)
{
  const State state = tests_save (emit);

  if (emit->loose->len > 0 && emit->tests->len > 0)
    tell_outside (emit);
  if (emit->loose->len > 0 && emit->tests->len == 0)
    {
      const LooseRun *const run = &g_array_index (emit->loose, LooseRun, 0);
      const TestSource test = { .name = emit->plan_name,
                                .span = run->first->span,
                                .state = state };

      g_array_append_val (emit->tests, test);
    }

  const bool is_certain = diag_n_errors (emit->diag) == emit->n_errors;

  for (unsigned i = 0; i < emit->tests->len && !emit->is_full; i++)
    expand_test (emit, &g_array_index (emit->tests, TestSource, i), is_certain);
}
