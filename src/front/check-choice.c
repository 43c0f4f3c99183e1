#include "config.h"

#include "front/check.h"

#include "base/nearest.h"
#include "front/text.h"

#include <string.h>

/* One of @n names. */
static bool
check_choice (Emit *emit, const AstArg *ast, ParamType type,
              const char *const *names, unsigned n, Arg *arg)
{
  const char *const text = text_known (emit, ast, type_name (type));
  Nearest nearest;

  if (text == NULL)
    return false;
  nearest_init (&nearest, text);
  for (unsigned i = 0; i < n; i++)
    {
      arg->number = i;
      if (strcmp (names[i], text) == 0)
        return true;
      nearest_try (&nearest, names[i]);
    }
  emit_error (emit, ast->span, "\"%s\" is not %s",
              emit_shown (emit, text, strlen (text)), type_name (type));
  if (nearest.best != NULL)
    emit_note (emit, ast->span, "did you mean \"%s\"?", nearest.best);
  else
    emit_note (emit, ast->span, "there are: %s", type_example (type));
  return false;
}

bool
check_sharing (Emit *emit, const AstArg *ast, Arg *arg)
{
  static const char *const names[] = {
#define SHARING(NAME, name) name,
    SHARINGS (SHARING)
#undef SHARING
  };

  return check_choice (emit, ast, TYPE_SHARING, names, N_SHARINGS, arg);
}

bool
check_leftovers (Emit *emit, const AstArg *ast, Arg *arg)
{
  static const char *const names[] = {
#define LEFTOVER(NAME, name) name,
    LEFTOVERS (LEFTOVER)
#undef LEFTOVER
  };

  return check_choice (emit, ast, TYPE_LEFTOVERS, names, N_LEFTOVERS, arg);
}
