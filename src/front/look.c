#include "config.h"

#include "front/look.h"

#include "front/expand.h"

/* Macros that call macros. */
#define MAX_DEPTH 50

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
      const Callable *const callable = expand_find (emit, call->first);

      if (callable == NULL)
        expand_tell_unknown (emit, call->first);
      if (!has_ordinary_lines (callable))
        continue;
      for (const AstArg *arg = ast_find_block (call->first); arg != NULL;
           arg = ast_find_block (arg->next))
        look_for_unknown (emit, arg->block->first);
    }
}

static void
look (const Emit *emit, const AstCall *call, unsigned depth, LookResult *result)
{
  const Callable *const callable = expand_find (emit, call->first);
  const AstBlock *block;

  if (callable == NULL || depth == MAX_DEPTH)
    return;
  if (callable->macro != NULL)
    {
      block = callable->macro->block;
      for (call = block != NULL ? block->first : NULL; call != NULL;
           call = call->next)
        look (emit, call, depth + 1, result);
      return;
    }
  if (!is_loop (callable))
    {
      const unsigned places = callable->word->places;

      result->has_of_test |= !(places & IN_FILE);
      result->has_of_file |= !(places & IN_TEST);
      return;
    }
  for (const AstArg *arg = ast_find_block (call->first); arg != NULL;
       arg = ast_find_block (arg->next))
    for (call = arg->block->first; call != NULL; call = call->next)
      look (emit, call, depth + 1, result);
}

LookResult
look_at_call (const Emit *emit, const AstCall *call)
{
  LookResult result = { false, false };

  look (emit, call, 0, &result);
  return result;
}
