#include "config.h"

#include "front/value.h"

#include "front/build.h"
#include "front/builtin.h"
#include "front/names.h"
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

static void
append_builtin (Emit *emit, Builtin builtin, SrcSpan span)
{
  switch (builtin)
    {
    case BUILTIN_TMP:
      build_slot (emit, PLAN_VAR_TMP);
      break;
    case BUILTIN_LOGDIR:
      build_slot (emit, PLAN_VAR_LOGDIR);
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
static bool
append_declared (Emit *emit, const char *name, SrcSpan span)
{
  const Binding *const binding = vars_find (emit, name, strlen (name));
  const Builtin builtin = builtin_find (name);

  if (binding != NULL)
    append_value (emit, &binding->value);
  else if (builtin != N_BUILTINS)
    append_builtin (emit, builtin, span);
  else
    return false;
  return true;
}

static bool
append_from_env (Emit *emit, const char *name, SrcSpan span)
{
  const PlanText *const value = vars_find_in_env (emit, name);

  (void)span;
  if (value == NULL)
    return false;
  build_text (emit, value, 0);
  return true;
}

typedef bool AppendFunc (Emit *emit, const char *name, SrcSpan span);

/* "$node-1" is the variable "node-1", or, if there is none, "node" with "-1"
 * behind it. */
static bool
append_longest (Emit *emit, const AstPart *part, AppendFunc *func)
{
  g_autofree char *name = g_strdup (part->variable);
  char *dash;

  if (func (emit, name, part->span))
    return true;
  while (part->variable_kind == AST_SIMPLE
         && (dash = strrchr (name, '-')) != NULL)
    {
      *dash = '\0';
      if (func (emit, name, part->span))
        {
          build_string (emit, part->variable + (dash - name));
          return true;
        }
    }
  return false;
}

static bool
append_simple (Emit *emit, const AstPart *part)
{
  if (part->variable_kind != AST_SIMPLE || strchr (part->variable, '-') == NULL)
    return append_declared (emit, part->variable, part->span)
           || append_from_env (emit, part->variable, part->span);
  return append_longest (emit, part, append_declared)
         || append_longest (emit, part, append_from_env);
}

static void
tell_unknown (Emit *emit, const char *name, SrcSpan span)
{
  const char *const best = vars_nearest (emit, name);

  if (emit->lacks_file)
    return;
  emit_error (emit, span, "there is no variable \"%s\"",
              emit_shown (emit, name, strlen (name)));
  if (best != NULL)
    emit_note (emit, span, "did you mean \"$%s\"?", best);
  else if (names_has (emit, name, strlen (name)))
    emit_note (emit, span,
               "\"%s\" is a process, whose name is written without \"$\"",
               name);
  else
    emit_note (emit, span,
               "nor is it in the environment; ${%s:-...} would give it a "
               "default",
               emit_shown (emit, name, strlen (name)));
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
        }
      else if (append_simple (emit, part))
        {
          continue;
        }
      else if (part->has_fallback)
        {
          is_good &= value_build_parts (emit, part->fallback);
        }
      else
        {
          tell_unknown (emit, part->variable, part->span);
          is_good = false;
        }
    }
  return is_good;
}
