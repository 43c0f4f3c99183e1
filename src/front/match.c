#include "config.h"

#include "front/match.h"

#include "base/units.h"

/* Where the matching is. */
typedef struct
{
  Emit *emit;
  Call *call;
  const AstArg *arg; /* the next */
  unsigned position; /* the next parameter of those that have places */
} Match;

void
match_note_usage (Emit *emit, const Word *word, SrcSpan span)
{
  g_autoptr (GString) usage = g_string_new (NULL);

  word_append_usage (word, usage);
  emit_note (emit, span, "it is used so: %s", usage->str);
}

static bool
is_key (const Param *param)
{
  return param->kind == PARAM_KEY || param->kind == PARAM_KEYS;
}

static const Param *
param_at (const Match *match, unsigned i)
{
  return &match->call->word->params[i];
}

/* The parameter that this argument is the name of; n_params: of none. */
static unsigned
find_named (const Match *match)
{
  const Word *const word = match->call->word;
  unsigned i = 0;

  for (; i < word->n_params; i++)
    {
      const Param *const param = &word->params[i];

      if ((is_key (param) || param->kind == PARAM_FLAG)
          && ast_arg_is (match->arg, param->name))
        break;
      if (param->kind == PARAM_DASH && match->position <= i + 2
          && match->arg->kind == AST_PLAIN && match->arg->n_text > 1
          && match->arg->text[0] == '-' && match->arg->text[1] != '-')
        break;
    }
  return i;
}

/* One or more, up to the next word that is the name of a parameter. */
static void
match_several (Match *match, Arg *given)
{
  const unsigned n_params = match->call->word->n_params;

  given->n = 1;
  while (match->arg != NULL && match->arg->kind != AST_BLOCK
         && find_named (match) == n_params)
    {
      given->n++;
      match->arg = match->arg->next;
    }
}

static bool
match_named (Match *match, unsigned i)
{
  const Param *const param = param_at (match, i);
  Arg *const given = &match->call->args[i];
  const AstArg *const name = match->arg;

  if (given->ast != NULL)
    {
      emit_error (match->emit, name->span, "\"%s\" stands here twice",
                  emit_shown_arg (match->emit, name));
      return false;
    }
  given->ast = name;
  match->arg = name->next;
  if (!is_key (param))
    return true;

  given->ast = name->next;
  if (given->ast == NULL
      || (param->kind == PARAM_KEYS
          && find_named (match) < match->call->word->n_params))
    {
      emit_error (match->emit, name->span, "%s is missing behind \"%s\"",
                  type_name (param->type), param->name);
      return false;
    }
  match->arg = given->ast->next;
  if (param->kind == PARAM_KEYS)
    match_several (match, given);
  return true;
}

static bool
match_block (Match *match)
{
  const Word *const word = match->call->word;

  for (unsigned i = 0; i < word->n_params; i++)
    if (word->params[i].type == TYPE_BLOCK && match->call->args[i].ast == NULL)
      {
        match->call->args[i].ast = match->arg;
        match->arg = match->arg->next;
        return true;
      }

  const SrcSpan span = { match->arg->span.begin, match->arg->span.begin + 1 };

  emit_error (match->emit, span, "\"%s\" takes no block%s", word->name,
              ast_find_block (match->call->args[0].ast) ? " here" : "");
  match_note_usage (match->emit, word, span);
  return false;
}

static bool
is_placed (const Param *param)
{
  return param->kind <= PARAM_LITERAL && param->type != TYPE_BLOCK;
}

static bool
tell_too_many (Match *match)
{
  const AstArg *const arg = match->arg;
  const Word *const word = match->call->word;
  int64_t microsecs;

  if (ast_has_wrong (match->call->ast->first))
    return false;
  emit_error (match->emit, arg->span, "\"%s\" is more than \"%s\" takes",
              emit_shown_arg (match->emit, arg), word->name);
  for (unsigned i = 0; i < word->n_params && arg->kind == AST_PLAIN; i++)
    {
      const Param *const param = &word->params[i];
      const char *const text = emit_shown (match->emit, arg->text, arg->n_text);

      if (param->kind == PARAM_KEY && param->type == TYPE_DURATION
          && match->call->args[i].ast == NULL
          && duration_parse (text, &microsecs))
        {
          emit_note (match->emit, arg->span, "did you mean \"%s %s\"?",
                     param->name, text);
          return false;
        }
      if (param->kind == PARAM_DASH && text[0] == '-')
        emit_note (match->emit, arg->span, "%s stands before everything else",
                   type_name (param->type));
    }
  match_note_usage (match->emit, word, arg->span);
  return false;
}

static bool
match_literal (Match *match, const Param *param)
{
  if (!ast_arg_is (match->arg, param->name))
    {
      emit_error (match->emit, match->arg->span,
                  "\"%s\" stands where \"%s\" should",
                  emit_shown_arg (match->emit, match->arg), param->name);
      match_note_usage (match->emit, match->call->word, match->arg->span);
      return false;
    }
  match->call->args[match->position++].ast = match->arg;
  match->arg = match->arg->next;
  return true;
}

/* Whether the next argument is none of those that may stand there. */
static bool
is_other (const Match *match, const Param *param)
{
  return param->kind == PARAM_EITHER
         && (match->arg->kind != AST_PLAIN || !match->arg->is_bare
             || !param_has (param, match->arg->text, match->arg->n_text));
}

static bool
match_placed (Match *match)
{
  const Word *const word = match->call->word;

  while (match->position < word->n_params
         && (!is_placed (param_at (match, match->position))
             || is_other (match, param_at (match, match->position))))
    match->position++;
  if (match->position == word->n_params)
    return tell_too_many (match);

  const Param *const param = param_at (match, match->position);
  Arg *const given = &match->call->args[match->position];
  const bool is_list = param->kind == PARAM_SOME || param->kind == PARAM_REST;

  if (param->kind == PARAM_LITERAL)
    return match_literal (match, param);
  if (given->ast == NULL)
    given->ast = match->arg;
  given->n++;
  match->arg = match->arg->next;
  match->position += !is_list;
  if (is_list && match->arg != NULL && find_named (match) < word->n_params)
    match->position++;
  return true;
}

static bool
match_one (Match *match)
{
  if (match->arg->kind == AST_BLOCK)
    return match_block (match);

  const unsigned i = find_named (match);

  return i < match->call->word->n_params ? match_named (match, i)
                                         : match_placed (match);
}

static bool
tell_missing (Match *match, const Param *param)
{
  const SrcSpan span = match->call->ast->first->span;
  const char *const word = match->call->word->name;

  if (param->kind == PARAM_LITERAL)
    emit_error (match->emit, span, "\"%s\" needs a \"%s\"", word, param->name);
  else
    emit_error (match->emit, span, "\"%s\" needs %s", word,
                type_name (param->type));
  match_note_usage (match->emit, match->call->word, span);
  return false;
}

static bool
is_required (const Param *param)
{
  return param->kind == PARAM_REQ || param->kind == PARAM_SOME
         || param->kind == PARAM_LITERAL;
}

/* A command takes all that follows, whatever it looks like. */
static bool
match_command (Match *match)
{
  Arg *const given = &match->call->args[0];

  given->ast = match->arg;
  for (const AstArg *arg = match->arg; arg != NULL; arg = arg->next)
    given->n++;
  return given->ast != NULL || tell_missing (match, param_at (match, 0));
}

bool
match_args (Emit *emit, Call *call)
{
  const Word *const word = call->word;
  Match match = { .emit = emit, .call = call, .arg = call->ast->first->next };

  if (word->params[0].type == TYPE_COMMAND)
    return match_command (&match);

  while (match.arg != NULL)
    if (!match_one (&match))
      return false;
  for (unsigned i = 0; i < word->n_params; i++)
    if (is_required (&word->params[i]) && call->args[i].ast == NULL)
      return tell_missing (&match, &word->params[i]);
  return true;
}
