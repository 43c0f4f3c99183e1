#include "config.h"

#include "front/callable.h"
#include "front/check.h"
#include "front/expand.h"
#include "front/habits.h"
#include "front/include.h"
#include "front/look.h"
#include "front/text.h"
#include "front/vars.h"

#include <string.h>

enum
{
  NAME,
  EQUALS,
  VALUES
};

enum
{
  PARAMS = 1,
  LINES
};

/* "let port = freePort": the words that give something are asked without it. */
static void
check_is_text (Emit *emit, const Call *call)
{
  const AstArg *const value = call->args[VALUES].ast;
  const Callable *const callable = callable_find (emit, value);
  const Source *const source = sources_find (emit->sources, value->span.begin);
  const SrcSpan span = { value->span.begin, call->span.end };

  if (callable == NULL || callable->word == NULL
      || !(callable->word->places & GIVES_ANY))
    return;
  emit_error (emit, value->span,
              "\"let\" gives a name to a text; it does not do what \"%s\" says",
              callable->word->name);
  emit_note (emit, value->span,
             "did you mean \"%s = %s\"? a text stands between quotes here",
             call->args[NAME].name,
             emit_shown (emit, source->text + (span.begin - source->base),
                         span.end - span.begin));
}

void
word_let (Emit *emit, const Call *call)
{
  const Arg *const name = &call->args[NAME];
  const Arg *const values = &call->args[VALUES];
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (TextItem));

  check_is_text (emit, call);
  /* Bound all the same, so that its uses are no errors as well. */
  (void)habits_check_words (emit, values->ast, values->n);
  if (!text_eval_all (emit, values->ast, values->n, items))
    g_array_set_size (items, 0);
  vars_bind (emit, name->name, name->ast->span, (const TextItem *)items->data,
             items->len);
}

/* --- def -------------------------------------------------------------- */

/* "...": behind the last parameter, which takes what is left, as a list. */
#define REST "..."

static bool
has_param (const Macro *macro, unsigned n_before, const char *name)
{
  for (unsigned i = 0; i < n_before; i++)
    if (macro->params[i] == name)
      return true;
  return false;
}

/* The name of a parameter, without the "...". */
static bool
read_param (Emit *emit, const AstArg *ast, Macro *macro, Arg *arg)
{
  AstArg name = *ast;
  const size_t n_rest = strlen (REST);

  if (ast->kind == AST_PLAIN && ast->n_text > n_rest
      && memcmp (ast->text + ast->n_text - n_rest, REST, n_rest) == 0)
    {
      name.n_text -= (uint32_t)n_rest;
      macro->takes_rest = true;
      if (ast->next != NULL && ast->next->kind != AST_BLOCK)
        {
          emit_error (emit, ast->span,
                      "only the last parameter can take several arguments");
          return false;
        }
    }
  return check_name (emit, &name, arg);
}

static bool
read_params (Emit *emit, const Arg *given, Macro *macro)
{
  const AstArg *ast = given->ast;
  bool is_good = true;

  macro->params = ARENA_NEW_ARRAY (emit->scratch, const char *, given->n);
  for (unsigned i = 0; i < given->n; i++, ast = ast->next)
    {
      Arg arg;

      if (!read_param (emit, ast, macro, &arg))
        is_good = false;
      else if (has_param (macro, i, arg.name))
        {
          emit_error (emit, ast->span, "there is a parameter \"%s\" already",
                      arg.name);
          is_good = false;
        }
      else
        macro->params[i] = arg.name;
    }
  macro->n_params = given->n;
  return is_good;
}

void
word_def (Emit *emit, const Call *call)
{
  const Arg *const name = &call->args[NAME];
  Macro *const macro = ARENA_NEW (emit->scratch, Macro);

  macro->name = name->name;
  macro->span = name->ast->span;
  macro->block = call->args[LINES].block;
  macro->is_broken = !read_params (emit, &call->args[PARAMS], macro);
  (void)callable_add_macro (emit, macro);
}

/* --- include ---------------------------------------------------------- */

void
word_include (Emit *emit, const Call *call)
{
  const Arg *const path = &call->args[0];

  if (text_is_known (emit, path->text, path->ast->span, "a path"))
    include_file (emit, path->text->bytes, path->ast->span);
}
