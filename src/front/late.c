#include "config.h"

#include "front/late.h"

#include "front/blocks.h"
#include "front/builtin.h"
#include "front/text.h"
#include "front/vars.h"

#include <string.h>

void
late_init (Emit *emit)
{
  emit->values = g_array_new (FALSE, TRUE, sizeof (PlanValue));
  emit->givings = g_array_new (FALSE, TRUE, sizeof (Giving));
}

void
late_reset (Emit *emit)
{
  intern_clear (emit->late);
  emit->late_names = NULL;
  g_array_set_size (emit->values, 0);
  g_array_set_size (emit->givings, 0);
}

static Late *
late_of (Emit *emit, const char *name, size_t n_name)
{
  InternEntry *const entry = intern_add (emit->late, name, n_name);

  if (entry->key == NULL)
    {
      Late *const late = ARENA_NEW (emit->scratch, Late);

      late->name = emit_string (emit, name, n_name);
      late->value = PLAN_NONE;
      late->older = emit->late_names;
      emit->late_names = late;
      entry->key = late->name;
      entry->value = late;
    }
  return entry->value;
}

const Late *
late_get (const Emit *emit, const char *name, size_t n_name)
{
  const InternEntry *const entry = intern_find (emit->late, name, n_name);

  return entry != NULL ? entry->value : NULL;
}

/* --- Giving ----------------------------------------------------------- */

/* A name that a value can have; else this was told. */
static Late *
name_of (Emit *emit, const AstArg *arg)
{
  const TextView view = text_view (emit, arg, "the name of a value");

  if (view.bytes == NULL || !text_is_name_at (emit, view.bytes, arg->span))
    return NULL;
  return late_of (emit, view.bytes, view.n_bytes);
}

static bool
may_give (Emit *emit, const Late *late, SrcSpan span)
{
  const Binding *const binding
      = vars_find (emit, late->name, strlen (late->name));

  if (builtin_find (late->name) != N_BUILTINS)
    emit_error (emit, span, "\"%s\" is a variable that is always there",
                late->name);
  else if (binding != NULL && !binding->is_of_layer)
    {
      emit_error (emit, span, "\"%s\" has a value already", late->name);
      emit_note (emit, binding->span, "it got one here, before anything runs");
    }
  else
    return true;
  return false;
}

uint32_t
late_add (Emit *emit, const AstArg *arg)
{
  Late *const late = name_of (emit, arg);

  if (late == NULL || !may_give (emit, late, arg->span))
    return PLAN_NONE;
  if (late->value == PLAN_NONE && late->from_env.end != 0)
    {
      emit_error (emit, late->from_env,
                  "the variable \"%s\" is used before it gets its value",
                  late->name);
      emit_note (emit, arg->span, "it gets it here");
    }

  const PlanValue value
      = { .name = late->name, .span = arg->span, .layer = PLAN_NONE };
  const Giving giving
      = { .late = late, .hidden = late->value, .thread = emit->thread };

  g_array_append_val (emit->values, value);
  g_array_append_val (emit->givings, giving);
  late->value = emit->values->len - 1;
  return late->value;
}

uint32_t
late_add_unnamed (Emit *emit, const PlanValue *value)
{
  const Giving giving = { .hidden = PLAN_NONE };

  g_array_append_val (emit->values, *value);
  g_array_append_val (emit->givings, giving);
  return emit->values->len - 1;
}

static void
add_broken (Emit *emit, const AstArg *arg)
{
  if (arg->kind != AST_PLAIN)
    emit->lacks_values = true; /* whatever it would have been called */
  else
    late_of (emit, arg->text, arg->n_text)->is_broken = true;
}

void
late_add_broken (Emit *emit, const AstCall *call)
{
  bool is_name = false;

  if (emit->lines == LINES_OF_FILE)
    return;
  if (call->name != NULL)
    add_broken (emit, call->name);
  for (const AstArg *arg = call->first->next; arg != NULL; arg = arg->next)
    if (ast_arg_is (arg, "->"))
      is_name = true;
    else if (ast_arg_is (arg, "unless") || ast_arg_is (arg, "within"))
      is_name = false;
    else if (is_name)
      add_broken (emit, arg);
}

/* --- Using ------------------------------------------------------------ */

/* Whether the thread has given it by now; if not, this was told. */
static bool
has_its_value (Emit *emit, const char *name, uint32_t thread, SrcSpan span)
{
  g_autofree char *what = g_strdup_printf (
      "the variable \"%s\" gets its value in a thread", name);

  if (threads_is_before (emit, thread))
    return threads_has_passed (emit, thread, what, span);
  emit_error (emit, span, "%s", what);
  threads_note_wait (emit, thread);
  return false;
}

Found
late_find (Emit *emit, const char *name, SrcSpan span, uint32_t *value)
{
  const Late *const late = late_get (emit, name, strlen (name));

  if (late == NULL || (late->value == PLAN_NONE && !late->is_broken))
    return FOUND_NOTHING;
  if (late->value == PLAN_NONE)
    return FOUND_WRONG;

  const uint32_t thread
      = g_array_index (emit->givings, Giving, late->value).thread;

  *value = late->value;
  return thread == 0 || has_its_value (emit, name, thread, span) ? FOUND_VALUE
                                                                 : FOUND_WRONG;
}

void
late_note_env (Emit *emit, const char *name, SrcSpan span)
{
  if (emit->lines == LINES_OF_FILE)
    return;

  Late *const late = late_of (emit, name, strlen (name));

  if (late->from_env.end == 0)
    late->from_env = span;
}

void
late_go_to (Emit *emit, uint32_t n_values)
{
  const Giving *const givings = (const Giving *)emit->givings->data;

  for (uint32_t i = emit->n_rewound; i-- > n_values;)
    if (givings[i].hidden != PLAN_NONE)
      givings[i].late->value = givings[i].hidden;
  for (uint32_t i = emit->n_rewound; i < n_values; i++)
    if (givings[i].late != NULL)
      givings[i].late->value = i;
  emit->n_rewound = n_values;
}
