#include "config.h"

#include "front/environ.h"

#include "front/text.h"

#include <string.h>

static const PlanEnv *
add (Emit *emit, const PlanEnv *older, const char *name, const PlanText *value)
{
  const PlanEnv env = { .older = older, .name = name, .value = value };

  return emit_bytes (emit, &env, sizeof env);
}

/* A change takes the place of an older one of that name, so that the list does
 * not grow with each round of a loop. */
static const PlanEnv *
without (Emit *emit, const PlanEnv *env, const char *name)
{
  g_autoptr (GPtrArray) newer = NULL;
  const PlanEnv *at = env;

  while (at != NULL && at->name != name)
    {
      if (at->name == NULL)
        return env;
      at = at->older;
    }
  if (at == NULL)
    return env;

  newer = g_ptr_array_new ();
  for (; env != at; env = env->older)
    g_ptr_array_add (newer, (void *)env);
  env = at->older;
  for (unsigned i = newer->len; i-- > 0;)
    {
      const PlanEnv *const change = g_ptr_array_index (newer, i);

      env = add (emit, env, change->name, change->value);
    }
  return env;
}

static void
change (Emit *emit, const PlanEnv **env, const char *name,
        const PlanText *value)
{
  *env = add (emit, without (emit, *env, name), name, value);
}

bool
environ_assign (Emit *emit, const PlanEnv **env, const PlanText *text,
                SrcSpan span)
{
  const char *const equals = memchr (text->bytes, '=', text->n_bytes);
  const uint32_t n_name
      = equals != NULL ? (uint32_t)(equals - text->bytes) : text->n_bytes;

  if (!text_is_string (emit, text, span))
    return false;
  if (n_name == 0 || equals == NULL
      || (text->n_slots > 0 && text->slots[0].offset <= n_name - 1))
    {
      emit_error (emit, span, "\"%s\" is not NAME=VALUE",
                  emit_shown (emit, text->bytes, text->n_bytes));
      if (equals == NULL && n_name > 0)
        emit_note (emit, span, "to remove it: unset %s",
                   emit_shown (emit, text->bytes, text->n_bytes));
      return false;
    }
  change (emit, env, emit_string (emit, text->bytes, n_name),
          text_from (emit, text, n_name + 1));
  return true;
}

bool
environ_unset (Emit *emit, const PlanEnv **env, const PlanText *name,
               SrcSpan span)
{
  if (!text_is_known (emit, name, span, "the name of a variable"))
    return false;
  if (name->n_bytes == 0 || strchr (name->bytes, '=') != NULL)
    {
      emit_error (emit, span, "\"%s\" cannot be a variable of the environment",
                  emit_shown (emit, name->bytes, name->n_bytes));
      return false;
    }
  change (emit, env, emit_string (emit, name->bytes, name->n_bytes), NULL);
  return true;
}

void
environ_clear (Emit *emit, const PlanEnv **env)
{
  *env = add (emit, NULL, NULL, NULL);
}

const PlanEnv *
environ_put_under (Emit *emit, const PlanEnv *env,
                   const char *const *assignments)
{
  g_autoptr (GPtrArray) newer = g_ptr_array_new ();
  const PlanEnv *made = NULL;

  for (; env != NULL; env = env->older)
    g_ptr_array_add (newer, (void *)env);
  for (; *assignments != NULL; assignments++)
    {
      const char *const equals = strchr (*assignments, '=');

      if (equals == NULL)
        continue;
      change (emit, &made,
              emit_string (emit, *assignments, (size_t)(equals - *assignments)),
              emit_plain_text (emit, equals + 1, strlen (equals + 1)));
    }
  for (unsigned i = newer->len; i-- > 0;)
    {
      const PlanEnv *const own = g_ptr_array_index (newer, i);

      if (own->name == NULL)
        environ_clear (emit, &made);
      else
        change (emit, &made, own->name, own->value);
    }
  return made;
}
