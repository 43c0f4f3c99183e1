#include "config.h"

#include "front/callable.h"

#include "base/nearest.h"
#include "front/habits.h"
#include "front/program.h"

#include <string.h>

/* Macros that are looked at for a suggestion. */
#define MAX_TRIED 2000U

static Callable *
add_callable (Emit *emit, const char *name)
{
  InternEntry *const entry = intern_add (emit->callables, name, strlen (name));

  if (entry->key == NULL)
    {
      entry->key = name;
      entry->value = ARENA_NEW (emit->scratch, Callable);
    }
  return entry->value;
}

void
callable_add_words (Emit *emit)
{
  for (unsigned i = 0; i < words_count (); i++)
    {
      const Word *const word = words_get (i);

      add_callable (emit, word->name)->word = word;
    }
}

bool
callable_add_macro (Emit *emit, Macro *macro)
{
  Callable *const callable = add_callable (emit, macro->name);

  if (callable->word != NULL)
    {
      emit_error (emit, macro->span, "\"%s\" is a word of the language",
                  macro->name);
      return false;
    }
  if (callable->macro != NULL)
    {
      emit_error (emit, macro->span, "there is a macro \"%s\" already",
                  macro->name);
      emit_note (emit, callable->macro->span, "it is defined here");
      return false;
    }
  callable->macro = macro;
  g_ptr_array_add (emit->macros, macro);
  return true;
}

void
callable_add_broken (Emit *emit, const AstCall *call)
{
  const AstArg *const name = call->first->next;

  if (name == NULL || name->kind != AST_PLAIN || !name->is_bare)
    return;

  Callable *const callable
      = add_callable (emit, emit_string (emit, name->text, name->n_text));

  if (callable->word != NULL || callable->macro != NULL)
    return;
  callable->macro = ARENA_NEW (emit->scratch, Macro);
  callable->macro->name = emit_string (emit, name->text, name->n_text);
  callable->macro->span = name->span;
  callable->macro->block = ast_block_new (emit->scratch);
  callable->macro->is_broken = true;
}

const Callable *
callable_find (const Emit *emit, const AstArg *word)
{
  if (word->kind != AST_PLAIN || !word->is_bare)
    return NULL;

  const InternEntry *const entry
      = intern_find (emit->callables, word->text, word->n_text);

  return entry != NULL ? entry->value : NULL;
}

static const char *
nearest_callable (Emit *emit, const char *name)
{
  Nearest nearest;

  nearest_init (&nearest, name);
  for (unsigned i = 0; i < words_count (); i++)
    nearest_try (&nearest, words_get (i)->name);
  for (unsigned i = 0; i < MIN (emit->macros->len, MAX_TRIED); i++)
    nearest_try (&nearest,
                 ((const Macro *)g_ptr_array_index (emit->macros, i))->name);
  return nearest.best;
}

/* Whether the word that was meant may have made processes, whose uses then are
 * no errors. */
static bool
may_spawn (const char *meant)
{
  const Word *const word = meant != NULL ? words_find (meant) : NULL;

  return word == NULL || word->places & (GIVES_PROCESS | IN_PAR)
         || word->func == word_spawnPar;
}

void
callable_tell_unknown (Emit *emit, const AstArg *word)
{
  const char *const name = emit_shown_arg (emit, word);
  const char *const best = nearest_callable (emit, name);

  emit->lacks_names |= may_spawn (best);
  if (word->is_wrong || habits_tell_line (emit, word))
    return;
  if (word->kind != AST_PLAIN || !word->is_bare)
    {
      emit_error (emit, word->span,
                  "a line begins with a word of the language, without quotes "
                  "or variables");
      return;
    }
  if (emit->lacks_file)
    return;
  emit_error (emit, word->span, "there is no word \"%s\"", name);
  if (strcmp (name, "else") == 0)
    emit_note (emit, word->span,
               "\"else\" stands in the line of the \"}\" before it");
  else if (best != NULL)
    emit_note (emit, word->span, "did you mean \"%s\"?", best);
  else if (program_exists (emit, name))
    emit_note (emit, word->span,
               "a program is started with \"run\" or \"spawn\": run %s", name);
}
