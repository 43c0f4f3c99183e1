#include "config.h"

#include "front/value.h"

#include "front/build.h"
#include "front/builtin.h"
#include "front/early.h"
#include "front/late.h"
#include "front/vars.h"

#include <string.h>

/* The directory of the file that the variable stands in. */
static void
append_srcdir (Emit *emit, SrcSpan span)
{
  const Source *const source = sources_find (emit->sources, span.begin);

  if (strcmp (source->name, "-") == 0)
    {
      build_string (emit, emit->options->builddir);
      return;
    }

  g_autofree char *directory = g_path_get_dirname (source->name);
  g_autofree char *path
      = g_canonicalize_filename (directory, emit->options->builddir);

  build_string (emit, path);
}

/* What takes over a text of a layer is to see the layer's directories. */
static uint32_t
directory_slot (const Emit *emit, PlanVar variable)
{
  if (emit->layer == NULL)
    return variable;
  return N_PLAN_VARS
         + (variable == PLAN_VAR_TMP ? LAYER_VALUE_TMP : LAYER_VALUE_LOGDIR);
}

static void
append_builtin (Emit *emit, Builtin builtin, SrcSpan span)
{
  switch (builtin)
    {
    case BUILTIN_TMP:
      build_slot (emit, directory_slot (emit, PLAN_VAR_TMP));
      break;
    case BUILTIN_LOGDIR:
      build_slot (emit, directory_slot (emit, PLAN_VAR_LOGDIR));
      break;
    case BUILTIN_SRCDIR:
      append_srcdir (emit, span);
      break;
    case BUILTIN_BUILDDIR:
      build_string (emit, emit->options->builddir);
      break;
    case BUILTIN_TEST:
      build_string (emit, emit->test_name);
      break;
    case BUILTIN_PLAN:
      build_string (emit, emit->plan_name);
      break;
    case N_BUILTINS:
      break;
    }
}

static void
append_value (Emit *emit, const Value *value)
{
  for (uint32_t i = 0; i < value->n_texts; i++)
    {
      if (i > 0)
        build_bytes (emit, " ", 1);
      build_text (emit, value->texts[i], 0);
    }
}

/* What the plan itself knows of it. */
static Found
append_declared (Emit *emit, const char *name, SrcSpan span)
{
  const Binding *const binding = vars_find (emit, name, strlen (name));
  const Builtin builtin = builtin_find (name);
  uint32_t value;

  if (binding != NULL)
    append_value (emit, &binding->value);
  else if (builtin != N_BUILTINS)
    append_builtin (emit, builtin, span);
  else
    {
      const Found found = late_find (emit, name, span, &value);

      if (found == FOUND_VALUE)
        build_slot (emit, N_PLAN_VARS + value);
      return found;
    }
  return FOUND_VALUE;
}

static Found
append_from_env (Emit *emit, const char *name, SrcSpan span)
{
  const PlanText *const value = vars_find_in_env (emit, name);

  if (value == NULL)
    return FOUND_NOTHING;
  late_note_env (emit, name, span);
  build_text (emit, value, 0);
  return FOUND_VALUE;
}

typedef Found AppendFunc (Emit *emit, const char *name, SrcSpan span);

/* "$node-1" is the variable "node-1", or, if there is none, "node" with "-1"
 * behind it. */
static Found
append_longest (Emit *emit, const AstPart *part, AppendFunc *func)
{
  g_autofree char *name = g_strdup (part->variable);
  Found found = func (emit, name, part->span);
  char *dash;

  while (found == FOUND_NOTHING && part->variable_kind == AST_SIMPLE
         && (dash = strrchr (name, '-')) != NULL)
    {
      *dash = '\0';
      found = func (emit, name, part->span);
      if (found == FOUND_VALUE)
        build_string (emit, part->variable + (dash - name));
    }
  return found;
}

static Found
append_simple (Emit *emit, const AstPart *part)
{
  const bool is_one
      = part->variable_kind != AST_SIMPLE || !strchr (part->variable, '-');
  Found found = is_one ? append_declared (emit, part->variable, part->span)
                       : append_longest (emit, part, append_declared);

  if (found == FOUND_NOTHING)
    found = is_one ? append_from_env (emit, part->variable, part->span)
                   : append_longest (emit, part, append_from_env);
  return found;
}

bool
value_build_parts (Emit *emit, const AstPart *part)
{
  bool is_good = true;

  for (; part != NULL; part = part->next)
    {
      if (part->variable == NULL)
        {
          build_bytes (emit, part->text, part->n_text);
          continue;
        }

      const Found found = append_simple (emit, part);

      if (found == FOUND_NOTHING && part->has_fallback)
        {
          late_note_env (emit, part->variable, part->span);
          is_good &= value_build_parts (emit, part->fallback);
          continue;
        }
      if (found == FOUND_NOTHING)
        early_use_variable (emit, part->variable, part->span);
      is_good &= found == FOUND_VALUE;
    }
  return is_good;
}
