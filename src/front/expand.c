#include "config.h"

#include "front/expand.h"

#include "front/callable.h"
#include "front/frame.h"
#include "front/habits.h"
#include "front/late.h"
#include "front/match.h"
#include "front/names.h"
#include "front/par.h"
#include "front/place.h"
#include "front/tests.h"
#include "front/text.h"
#include "front/vars.h"

#include <string.h>

/* Blocks, macros and included plans within each other: each takes of our stack.
 */
#define MAX_DEPTH 500

/* --- Macros ----------------------------------------------------------- */

static void
tell_wrong_count (Emit *emit, const AstCall *call, const Macro *macro,
                  unsigned n_given)
{
  const unsigned n = macro->n_params - macro->takes_rest;

  emit_error (emit, call->span, "\"%s\" takes %s%u argument%s, not %u",
              macro->name, macro->takes_rest ? "at least " : "", n,
              n == 1 ? "" : "s", n_given);
  emit_note (emit, macro->span, "it is defined here");
}

/* Binds the parameters to @items. */
static bool
bind_params (Emit *emit, const AstCall *call, const Macro *macro,
             const GArray *items)
{
  const unsigned n_single = macro->n_params - macro->takes_rest;
  const TextItem *const item = (const TextItem *)items->data;

  if (items->len < n_single || (items->len > n_single && !macro->takes_rest))
    {
      tell_wrong_count (emit, call, macro, items->len);
      return false;
    }
  for (unsigned i = 0; i < n_single; i++)
    vars_bind (emit, macro->params[i], macro->span, &item[i], 1);
  if (macro->takes_rest)
    vars_bind (emit, macro->params[n_single], macro->span,
               items->len > n_single ? &item[n_single] : NULL,
               items->len - n_single);
  return true;
}

static unsigned
count_args (const AstArg *arg)
{
  unsigned n = 0;

  for (; arg != NULL; arg = arg->next)
    n++;
  return n;
}

static void
expand_macro (Emit *emit, const AstCall *call, Macro *macro)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (TextItem));
  const AstArg *const args = call->first->next;

  macro->is_used = true;
  if (macro->is_broken || !habits_check_words (emit, args, count_args (args))
      || !text_eval_all (emit, args, count_args (args), items))
    {
      emit->lacks_names = true;
      return;
    }
  if (macro->is_expanding)
    {
      emit_error (emit, call->first->span, "\"%s\" calls itself", macro->name);
      emit->lacks_names = true;
      return;
    }

  const ScopeMark mark = vars_enter (emit);
  Frame *const frame = frame_new (emit);

  macro->is_expanding = true;
  frame->macro = macro;
  if (bind_params (emit, call, macro, items))
    {
      frame_enter (emit, frame, call->span);
      expand_block (emit, macro->block);
      frame_leave (emit);
    }
  else
    {
      emit->lacks_names = true;
    }
  frame_release (emit, frame);
  macro->is_expanding = false;
  vars_go_to (emit, mark);
}

/* --- Loops ------------------------------------------------------------ */

unsigned
expand_n_troubles (const Emit *emit)
{
  return diag_n_errors (emit->diag) + emit->early->len;
}

bool
expand_round (Emit *emit, Loop *loop, const PlanText *value)
{
  if (!emit_count_line (emit, loop->span))
    return false;

  const ScopeMark mark = vars_enter (emit);
  const unsigned n_before = expand_n_troubles (emit);

  if (loop->frame == NULL || loop->frame->is_kept)
    loop->frame = frame_new (emit);
  loop->frame->variable = loop->variable;
  loop->frame->value = value;
  loop->frame->round = ++loop->n_rounds;
  if (loop->variable != NULL)
    vars_bind (emit, loop->variable, loop->variable_span,
               &(TextItem){ .text = value }, 1);

  frame_enter (emit, loop->frame, loop->span);
  expand_block (emit, loop->block);
  frame_leave (emit);
  vars_go_to (emit, mark);
  if (expand_n_troubles (emit) == n_before && !emit->is_full)
    return true;

  /* The next round would only say the same. */
  emit->lacks_names = true;
  return false;
}

/* --- Lines ------------------------------------------------------------ */

/* Whether "NAME =" stands where it should. */
static bool
is_named_right (Emit *emit, const AstCall *call, const Word *word)
{
  if (call->name != NULL && !(word->places & GIVES_ANY))
    {
      emit_error (emit, call->name->span,
                  "\"%s\" gives nothing that could have a name", word->name);
      return false;
    }
  if (call->name != NULL || !(word->places & GIVES_VALUE))
    return true;

  emit_error (emit, call->first->span, "what \"%s\" gives needs a name",
              word->name);
  match_note_usage (emit, word, call->first->span);
  return false;
}

static void
call_word (Emit *emit, const AstCall *ast, const Word *word)
{
  Call call = { .ast = ast, .word = word, .span = ast->span };

  if (!is_named_right (emit, ast, word))
    return;
  if (word->places & READS_ITSELF || check_call (emit, &call))
    word->func (emit, &call);
  else if (word->places & (GIVES_PROCESS | GIVES_THREAD))
    names_add_broken (emit, ast->name,
                      word->params[0].type == TYPE_COMMAND ? ast->first->next
                                                           : NULL);
  else if (word->func == word_def)
    callable_add_broken (emit, ast);
  else
    late_add_broken (emit, ast);

  if (word->places & ENDS_TEST && ast->next != NULL)
    {
      emit_error (emit, ast->next->span, "this line is never reached");
      emit_note (emit, ast->span, "the %s ends here",
                 emit->block == PLAN_NONE ? "test" : "block");
    }
}

/* A line of a test, or of a file when it is of the file. */
static void
expand_ordinary (Emit *emit, const AstCall *call)
{
  const Callable *const callable = callable_find (emit, call->first);

  if (callable == NULL || (callable->word == NULL && callable->macro == NULL))
    {
      callable_tell_unknown (emit, call->first);
      late_add_broken (emit, call);
      return;
    }
  if (callable->word == NULL && emit->lines == LINES_OF_LAYER)
    {
      place_tell_macro (emit, call);
      return;
    }
  if (callable->word == NULL)
    {
      if (call->name != NULL)
        emit_error (emit, call->name->span,
                    "\"%s\" gives nothing that could have a name",
                    callable->macro->name);
      expand_macro (emit, call, callable->macro);
      return;
    }
  if (place_is_right (emit, call, callable->word))
    call_word (emit, call, callable->word);
}

/* In the blocks of spawnPar and waitPar a line is a command or a process, with
 * no word before it; but with a block behind it, it is a loop. */
static void
expand_par (Emit *emit, const AstCall *call)
{
  const Callable *const callable = callable_find (emit, call->first);

  if (callable != NULL && callable->word != NULL
      && callable->word->places & IN_PAR
      && ast_find_block (call->first->next) != NULL)
    call_word (emit, call, callable->word);
  else if (emit->lines == LINES_OF_SPAWN_PAR)
    par_spawn_line (emit, call);
  else
    par_wait_line (emit, call);
}

void
expand_call (Emit *emit, const AstCall *call)
{
  if (!emit_count_line (emit, call->span))
    return;
  if (emit->lines == LINES_OF_SPAWN_PAR || emit->lines == LINES_OF_WAIT_PAR)
    expand_par (emit, call);
  else if (emit->lines == LINES_OF_FILE && tests_take_loose (emit, call))
    return;
  else
    expand_ordinary (emit, call);
}

void
expand_lines (Emit *emit, const AstCall *call, const AstCall *end)
{
  for (; call != end && !emit->is_full; call = call->next)
    expand_call (emit, call);
}

void
expand_block (Emit *emit, const AstBlock *block)
{
  if (emit->depth == MAX_DEPTH)
    {
      emit_error (emit, block->span,
                  "blocks and macros are nested over %d deep here", MAX_DEPTH);
      emit->lacks_names = true;
      return;
    }
  emit->depth++;
  expand_lines (emit, block->first, NULL);
  emit->depth--;
}

void
expand_block_as (Emit *emit, const AstBlock *block, LineKind kind)
{
  const LineKind before = emit->lines;

  emit->lines = kind;
  expand_block (emit, block);
  emit->lines = before;
}
