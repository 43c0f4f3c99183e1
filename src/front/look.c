#include "config.h"

#include "front/look.h"

#include "front/callable.h"

/* Blocks and macros within each other: more than are expanded. */
#define MAX_DEPTH 600

static bool
is_loop (const Callable *callable)
{
  return callable != NULL && callable->word != NULL
         && callable->word->places & IN_PAR;
}

/* Whether the blocks of a word hold lines of the language. */
static bool
has_ordinary_lines (const Callable *callable)
{
  WordFunc *const func = callable != NULL && callable->word != NULL
                             ? callable->word->func
                             : NULL;

  return func != word_spawnPar && func != word_waitPar;
}

void
look_for_unknown (Emit *emit, const AstCall *call)
{
  for (; call != NULL; call = call->next)
    {
      const Callable *const callable = callable_find (emit, call->first);

      if (callable == NULL)
        callable_tell_unknown (emit, call->first);
      if (!has_ordinary_lines (callable))
        continue;
      for (const AstArg *arg = ast_find_block (call->first); arg != NULL;
           arg = ast_find_block (arg->next))
        look_for_unknown (emit, arg->block->first);
    }
}

typedef struct
{
  LookResult result;
  unsigned depth;
  unsigned number; /* of this look: each macro is looked at once */
} Look;

static void look (const Emit *emit, const AstCall *call, Look *state);

static void
look_at_lines (const Emit *emit, const AstBlock *block, Look *state)
{
  if (state->depth == MAX_DEPTH)
    return;

  state->depth++;
  for (const AstCall *call = block->first; call != NULL; call = call->next)
    look (emit, call, state);
  state->depth--;
}

static void
look_at_macro (const Emit *emit, Macro *macro, Look *state)
{
  if (macro->look == state->number)
    return;

  macro->look = state->number;
  look_at_lines (emit, macro->block, state);
}

static void
look (const Emit *emit, const AstCall *call, Look *state)
{
  const Callable *const callable = callable_find (emit, call->first);

  if (callable == NULL)
    return;
  if (callable->macro != NULL)
    {
      look_at_macro (emit, callable->macro, state);
      return;
    }
  if (!is_loop (callable))
    {
      const unsigned places = callable->word->places;

      state->result.has_of_test |= !(places & IN_FILE);
      state->result.has_of_file |= !(places & IN_TEST);
      return;
    }
  for (const AstArg *arg = ast_find_block (call->first); arg != NULL;
       arg = ast_find_block (arg->next))
    look_at_lines (emit, arg->block, state);
}

LookResult
look_at_call (Emit *emit, const AstCall *call)
{
  Look state = { .number = ++emit->n_looks };

  look (emit, call, &state);
  return state.result;
}
