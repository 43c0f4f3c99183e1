#include "config.h"

#include "front/tests.h"

#include "front/callable.h"
#include "front/cleanups.h"
#include "front/expand.h"
#include "front/frame.h"
#include "front/layer.h"
#include "front/look.h"
#include "front/unit.h"

#include <string.h>

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

void
tests_init (Emit *emit)
{
  emit->tests = g_array_new (FALSE, TRUE, sizeof (TestSource));
  emit->loose = g_array_new (FALSE, TRUE, sizeof (LooseRun));
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

/* @is_certain: all of its lines could be read. */
static void
expand_test (Emit *emit, const TestSource *test, bool is_certain)
{
  const uint32_t first_op = emit->n_ops;
  const unsigned n_errors = diag_n_errors (emit->diag);

  unit_begin (emit, test->name, &test->state);
  layer_use_all (emit, test->state.settings.uses);
  unit_enter (emit, test->block);
  emit->lines = LINES_OF_TEST;
  for (unsigned i = 0; i < emit->teardowns->len; i++)
    {
      const AstCall *const call = g_ptr_array_index (emit->teardowns, i);

      cleanups_add (emit, call->span, block_of (call), true);
    }
  expand_body (emit, test);
  is_certain &= diag_n_errors (emit->diag) == n_errors;

  const PlanTest made = unit_finish (emit, test->span, first_op, is_certain);

  g_array_append_val (emit->plan_tests, made);
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
