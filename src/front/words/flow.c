#include "config.h"

#include "front/condition.h"
#include "front/expand.h"
#include "front/frame.h"
#include "front/habits.h"
#include "front/look.h"
#include "front/match.h"
#include "front/text.h"

#include <string.h>

enum
{
  VARIABLE,
  IN,
  VALUES,
  LINES
};

enum
{
  TIMES,
  TIMES_LINES
};

/* --- Ranges ----------------------------------------------------------- */

typedef struct
{
  gint64 first;
  gint64 last;
} Range;

/* A number at @text; returns what is behind it, or NULL.  One that is too large
 * becomes the largest that leaves room to count. */
static const char *
read_number (const char *text, gint64 *number)
{
  const gint64 limit = G_MAXINT64 / 4;
  char *end;

  if (!g_ascii_isdigit (text[*text == '-']))
    return NULL;
  *number = CLAMP (g_ascii_strtoll (text, &end, 10), -limit, limit);
  return end;
}

/* "1..5", "5..1" */
static bool
range_parse (const PlanText *text, Range *range)
{
  const char *end = read_number (text->bytes, &range->first);

  if (end == NULL || text->n_slots > 0 || !g_str_has_prefix (end, ".."))
    return false;
  end = read_number (end + strlen (".."), &range->last);
  return end != NULL && *end == '\0';
}

/* A loop within others is known to be too long before the first of them has
 * gone round: nothing more of the plan is looked at then. */
static bool
is_too_long (Emit *emit, uint64_t n_rounds, SrcSpan span)
{
  if (n_rounds <= MAX_ROUNDS / emit->n_rounds)
    return false;

  emit_error (emit, span, "this loop has more than %d rounds%s", MAX_ROUNDS,
              emit->n_rounds > 1 ? ", with those around it" : "");
  emit->is_full |= n_rounds <= MAX_ROUNDS;
  emit->lacks_names = true;
  return true;
}

static bool
expand_range (Emit *emit, Loop *loop, Range range)
{
  const gint64 step = range.first <= range.last ? 1 : -1;
  bool goes_on = true;

  for (gint64 i = range.first; goes_on && i != range.last + step; i += step)
    {
      char number[24];
      const int n = g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, i);

      goes_on = expand_round (emit, loop,
                              emit_plain_text (emit, number, (size_t)n));
    }
  return goes_on;
}

/* --- Words ------------------------------------------------------------ */

static bool
is_range (const TextItem *item, Range *range)
{
  return !item->is_quoted && range_parse (item->text, range);
}

/* False if it is too long. */
static bool
count_rounds (Emit *emit, const GArray *items, uint64_t *n_rounds)
{
  *n_rounds = 0;
  for (unsigned i = 0; i < items->len; i++)
    {
      const TextItem *item = &g_array_index (items, TextItem, i);
      Range range;

      *n_rounds += is_range (item, &range)
                       ? (uint64_t)ABS (range.last - range.first) + 1
                       : 1;
      if (is_too_long (emit, *n_rounds, item->span))
        return false;
    }
  return true;
}

static void
expand_items (Emit *emit, Loop *loop, const GArray *items)
{
  bool goes_on = true;

  for (unsigned i = 0; goes_on && i < items->len; i++)
    {
      const TextItem *item = &g_array_index (items, TextItem, i);
      Range range;

      goes_on = is_range (item, &range) ? expand_range (emit, loop, range)
                                        : expand_round (emit, loop, item->text);
    }
}

void
word_for (Emit *emit, const Call *call)
{
  const Arg *const args = call->args;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (TextItem));
  Loop loop = { .block = args[LINES].block,
                .span = call->span,
                .variable = args[VARIABLE].name,
                .variable_span = args[VARIABLE].ast->span };
  const uint64_t n_around = emit->n_rounds;
  uint64_t n_rounds;

  if (!habits_check_words (emit, args[VALUES].ast, args[VALUES].n)
      || !text_eval_all (emit, args[VALUES].ast, args[VALUES].n, items))
    emit->lacks_names = true;
  else if (count_rounds (emit, items, &n_rounds))
    {
      emit->n_rounds *= MAX (n_rounds, 1);
      expand_items (emit, &loop, items);
      emit->n_rounds = n_around;
    }
  frame_release (emit, loop.frame);
}

void
word_repeat (Emit *emit, const Call *call)
{
  const Arg *const times = &call->args[TIMES];
  Loop loop = { .block = call->args[TIMES_LINES].block, .span = call->span };
  const uint64_t n_around = emit->n_rounds;

  if (is_too_long (emit, (uint64_t)times->number, times->ast->span))
    return;
  emit->n_rounds *= (uint64_t)MAX (times->number, 1);
  for (int64_t i = 0; i < times->number; i++)
    if (!expand_round (emit, &loop, NULL))
      break;
  emit->n_rounds = n_around;
  frame_release (emit, loop.frame);
}

/* --- if --------------------------------------------------------------- */

static void
tell_not_if (Emit *emit, const Call *call, const AstArg *arg, const char *what)
{
  emit_error (emit, arg->span, "%s", what);
  match_note_usage (emit, call->word, arg->span);
  emit->lacks_names = true;
}

/* What stands behind the "else" behind @block: a block, or "if"; NULL if
 * nothing does, or something is wrong. */
static const AstArg *
read_else (Emit *emit, const Call *call, const AstArg *block)
{
  const AstArg *const word = block->next;
  const AstArg *const next = word != NULL ? word->next : NULL;

  if (word == NULL)
    return NULL;
  if (!ast_arg_is (word, "else"))
    tell_not_if (emit, call, word,
                 "only \"else\" can follow the block of an \"if\"");
  else if (next == NULL)
    tell_not_if (emit, call, word, "a block is missing behind \"else\"");
  else if (next->kind != AST_BLOCK && !ast_arg_is (next, "if"))
    tell_not_if (emit, call, next, "\"if\" or a block should follow \"else\"");
  else if (next->kind == AST_BLOCK && next->next != NULL)
    tell_not_if (emit, call, next->next, "an \"if\" ends with its \"else\"");
  else
    return next;
  return NULL;
}

/* "CONDITION BLOCK" behind the "if" @word; returns the block, or NULL. */
static const AstArg *
read_branch (Emit *emit, const Call *call, const AstArg *word, bool *holds)
{
  const AstArg *const block = ast_find_block (word->next);
  unsigned n_args = 0;

  for (const AstArg *arg = word->next; arg != block; arg = arg->next)
    n_args++;
  if (n_args == 0)
    tell_not_if (emit, call, word, "a condition is missing behind \"if\"");
  else if (block == NULL)
    tell_not_if (emit, call, word->next,
                 "a block is missing behind this condition");
  else if (condition_eval (emit, word->next, n_args, word->span, holds))
    return block;
  emit->lacks_names = true;
  return NULL;
}

/* What is not taken is looked at all the same. */
static void
expand_branch (Emit *emit, const AstArg *block, bool is_taken)
{
  if (is_taken)
    expand_block (emit, block->block);
  else
    look_for_unknown (emit, block->block->first);
}

void
word_if (Emit *emit, const Call *call)
{
  const AstArg *word = call->ast->first;
  bool was_taken = false;

  while (word != NULL)
    {
      bool holds = false;
      const AstArg *const block = read_branch (emit, call, word, &holds);

      if (block == NULL)
        return;
      expand_branch (emit, block, holds && !was_taken);
      was_taken |= holds;

      word = read_else (emit, call, block);
      if (word != NULL && word->kind == AST_BLOCK)
        {
          expand_branch (emit, word, !was_taken);
          return;
        }
    }
}
