#include "config.h"

#include "front/vars.h"

#include "base/nearest.h"
#include "front/builtin.h"
#include "front/late.h"
#include "front/layer.h"

#include <string.h>

/* Names that are looked at for a suggestion. */
#define MAX_TRIED 2000

/* What a name of emit->strings stands for. */
typedef struct
{
  const Binding *top;
} Variable;

static Variable *
variable_of (Emit *emit, const char *name)
{
  InternEntry *const entry = intern_add (emit->strings, name, strlen (name));

  if (entry->key == NULL)
    entry->key = arena_strndup (emit->scratch, name, strlen (name));
  if (entry->value == NULL)
    entry->value = ARENA_NEW (emit->scratch, Variable);
  return entry->value;
}

/* --- Scopes ----------------------------------------------------------- */

static void
pop (Emit *emit)
{
  const Binding *const binding = emit->bindings;

  variable_of (emit, binding->name)->top = binding->hidden;
  emit->bindings = binding->older;
}

static void
push (Emit *emit, Binding *binding)
{
  Variable *const variable = variable_of (emit, binding->name);

  binding->hidden = variable->top;
  variable->top = binding;
  emit->bindings = binding;
}

ScopeMark
vars_mark (const Emit *emit)
{
  return (ScopeMark){ .bindings = emit->bindings, .scope = emit->scope };
}

ScopeMark
vars_enter (Emit *emit)
{
  const ScopeMark mark = vars_mark (emit);

  emit->scope = ++emit->n_scopes;
  return mark;
}

static unsigned
depth_of (const Binding *binding)
{
  return binding != NULL ? binding->depth : 0;
}

unsigned
vars_depth (const Emit *emit)
{
  return depth_of (emit->bindings);
}

void
vars_go_to (Emit *emit, ScopeMark mark)
{
  g_autoptr (GPtrArray) forward = NULL;
  const Binding *target = mark.bindings;

  emit->scope = mark.scope;
  while (depth_of (emit->bindings) > depth_of (target))
    pop (emit);
  while (emit->bindings != target)
    {
      if (forward == NULL)
        forward = g_ptr_array_new ();
      if (depth_of (target) == depth_of (emit->bindings))
        pop (emit);
      g_ptr_array_add (forward, (void *)target);
      target = target->older;
    }
  for (unsigned i = forward != NULL ? forward->len : 0; i-- > 0;)
    push (emit, g_ptr_array_index (forward, i));
}

/* --- Bindings --------------------------------------------------------- */

/* Whether the name was given to a value of the test, which was told. */
static bool
is_given (Emit *emit, const char *name, SrcSpan span)
{
  const Late *const late = late_get (emit, name, strlen (name));

  if (late == NULL || late->value == PLAN_NONE)
    return false;
  emit_error (emit, span, "\"%s\" has a value already", name);
  emit_note (emit, g_array_index (emit->values, PlanValue, late->value).span,
             "it gets one here, when the test runs");
  return true;
}

static bool
may_bind (Emit *emit, const char *name, SrcSpan span)
{
  const Binding *const hidden = variable_of (emit, name)->top;

  if (builtin_find (name) != N_BUILTINS)
    {
      emit_error (emit, span, "\"%s\" is a variable that is always there",
                  name);
      return false;
    }
  if (hidden == NULL || hidden->scope != emit->scope)
    return emit->scope != emit->own_scope || !is_given (emit, name, span);

  emit_error (emit, span, "\"%s\" has a value already", name);
  emit_note (emit, hidden->span, "it got one here");
  return false;
}

/* NULL if none of the items has one. */
static const AstArg *const *
copy_origins (Emit *emit, const TextItem *items, unsigned n_items)
{
  const AstArg **origins = NULL;

  for (unsigned i = 0; i < n_items; i++)
    {
      if (items[i].origin == NULL)
        continue;
      if (origins == NULL)
        origins = ARENA_NEW_ARRAY (emit->scratch, const AstArg *, n_items);
      origins[i] = items[i].origin;
    }
  return origins;
}

void
vars_bind (Emit *emit, const char *name, SrcSpan span, const TextItem *items,
           unsigned n_items)
{
  if (!may_bind (emit, name, span))
    return;

  Binding *const binding = ARENA_NEW (emit->scratch, Binding);
  const PlanText **const texts
      = ARENA_NEW_ARRAY (emit->scratch, const PlanText *, n_items);

  for (unsigned i = 0; i < n_items; i++)
    texts[i] = items[i].text;
  binding->older = emit->bindings;
  binding->name = name;
  binding->value = (Value){ .texts = texts,
                            .origins = copy_origins (emit, items, n_items),
                            .n_texts = n_items };
  binding->span = span;
  binding->scope = emit->scope;
  binding->depth = depth_of (emit->bindings) + 1;
  push (emit, binding);
}

/* What the test has itself comes first, then what its layers have, then what
 * the file has. */
const Binding *
vars_find (Emit *emit, const char *name, size_t n_name)
{
  const InternEntry *const entry = intern_find (emit->strings, name, n_name);
  const Binding *const top = entry != NULL && entry->value != NULL
                                 ? ((const Variable *)entry->value)->top
                                 : NULL;

  if (emit->used->len == 0 || depth_of (top) > emit->own_depth)
    return top;

  const Late *const late = late_get (emit, name, n_name);

  if (late != NULL && late->value != PLAN_NONE)
    return NULL;

  const Binding *const taken = layer_take_binding (emit, name, n_name);

  return taken != NULL ? taken : top;
}

const PlanText *
vars_find_in_env (Emit *emit, const char *name)
{
  for (const PlanEnv *env = emit->settings.env; env != NULL; env = env->older)
    if (env->name == NULL || strcmp (env->name, name) == 0)
      return env->value;

  const char *const value = g_getenv (name);

  return value != NULL ? emit_plain_text (emit, value, strlen (value)) : NULL;
}

const char *
vars_nearest (const Emit *emit, const char *name)
{
  Nearest nearest;
  unsigned n = 0;

  nearest_init (&nearest, name);
  for (unsigned i = 0; i < N_BUILTINS; i++)
    nearest_try (&nearest, builtin_name ((Builtin)i));
  for (const Binding *binding = emit->bindings;
       binding != NULL && n < MAX_TRIED; binding = binding->older, n++)
    nearest_try (&nearest, binding->name);
  return nearest.best;
}
