#include "config.h"

#include "front/check.h"

#include "base/signame.h"
#include "base/units.h"
#include "front/names.h"
#include "front/status.h"
#include "front/text.h"

#include <string.h>

#define MAX_MODE   07777
#define MAX_NUMBER 999999999999

/* --- What an argument means ------------------------------------------- */

static void
tell_wrong (Emit *emit, const AstArg *ast, ParamType type, const char *text)
{
  emit_error (emit, ast->span, "\"%s\" is not %s",
              emit_shown (emit, text, strlen (text)), type_name (type));
  emit_note (emit, ast->span, "%s is like %s", type_name (type),
             type_example (type));
}

bool
check_process (Emit *emit, const AstArg *ast, Arg *arg)
{
  const TextView name = text_view (emit, ast, type_name (TYPE_PROCESS));

  return name.bytes != NULL
         && names_find (emit, name.bytes, name.n_bytes, ast->span, NAMES_WAIT,
                        &arg->process);
}

bool
check_status (Emit *emit, const AstArg *ast, Arg *arg)
{
  const char *const text = text_known (emit, ast, type_name (TYPE_STATUS));
  PlanStatus status = { 0 };

  if (text == NULL)
    return false;
  if (!status_parse (text, &status))
    {
      status_tell_wrong (emit, text, ast->span);
      return false;
    }
  arg->status = status_index (emit, text, ast->span);
  return true;
}

bool
check_duration (Emit *emit, const AstArg *ast, Arg *arg)
{
  const char *const text = text_known (emit, ast, type_name (TYPE_DURATION));

  if (text == NULL)
    return false;
  if (duration_parse (text, &arg->microsecs))
    return true;

  const char *const unit = text + strspn (text, "0123456789.");

  if (unit > text && *unit != '\0')
    {
      emit_error (emit, ast->span, "\"%s\" is not a duration",
                  emit_shown (emit, text, strlen (text)));
      emit_note (emit, ast->span, "the units are %s; without one it is seconds",
                 duration_units ());
      return false;
    }
  tell_wrong (emit, ast, TYPE_DURATION, text);
  return false;
}

static bool
check_number (Emit *emit, const AstArg *ast, Arg *arg)
{
  const char *const text = text_known (emit, ast, type_name (TYPE_NUMBER));
  guint64 number;

  if (text == NULL)
    return false;
  if (!g_ascii_string_to_unsigned (text, 10, 0, MAX_NUMBER, &number, NULL))
    {
      tell_wrong (emit, ast, TYPE_NUMBER, text);
      return false;
    }
  arg->number = (int64_t)number;
  return true;
}

static bool
check_signal (Emit *emit, const AstArg *ast, Arg *arg)
{
  const char *text = text_known (emit, ast, type_name (TYPE_SIGNAL));

  if (text == NULL)
    return false;
  text += *text == '-';
  arg->signal = signal_from_name (text);
  if (arg->signal > 0)
    return true;

  signal_tell_wrong (emit, text, ast->span);
  return false;
}

bool
check_name (Emit *emit, const AstArg *ast, Arg *arg)
{
  const char *const text = text_known (emit, ast, type_name (TYPE_NAME));

  if (text == NULL)
    return false;
  if (!text_is_name (text))
    {
      emit_error (emit, ast->span, "\"%s\" cannot be a name",
                  emit_shown (emit, text, strlen (text)));
      emit_note (emit, ast->span,
                 "a name is of letters, digits, \"_\" and \"-\", and begins "
                 "with a letter or \"_\"");
      return false;
    }
  arg->name = intern_string (emit->strings, emit->scratch, text, strlen (text));
  return true;
}

int
check_mode_text (const char *text)
{
  int mode = 0;

  if (*text == '\0' || strlen (text) > 5)
    return -1;
  for (; *text >= '0' && *text <= '7'; text++)
    mode = mode * 8 + (*text - '0');
  return *text == '\0' && mode <= MAX_MODE ? mode : -1;
}

static bool
check_mode (Emit *emit, const AstArg *ast, Arg *arg)
{
  const char *const text = text_known (emit, ast, type_name (TYPE_MODE));

  if (text == NULL)
    return false;
  arg->number = check_mode_text (text);
  if (arg->number >= 0)
    return true;

  tell_wrong (emit, ast, TYPE_MODE, text);
  return false;
}

static bool
check_text (Emit *emit, const AstArg *ast, Arg *arg)
{
  arg->text = text_eval (emit, ast);
  return arg->text != NULL;
}

static bool
check_path (Emit *emit, const AstArg *ast, Arg *arg)
{
  arg->text = text_eval (emit, ast);
  if (arg->text == NULL || !text_is_string (emit, arg->text, ast->span))
    return false;
  if (arg->text->n_bytes > 0 || arg->text->n_slots > 0)
    return true;

  emit_error (emit, ast->span, "an empty text stands where a path should");
  return false;
}

static bool
check_block (Emit *emit, const AstArg *ast, Arg *arg)
{
  if (ast->kind == AST_BLOCK)
    {
      arg->block = ast->block;
      return true;
    }
  emit_error (emit, ast->span, "\"%s\" stands where a block should",
              emit_shown_arg (emit, ast));
  return false;
}

/* Those of lists: the words look at them. */
static bool
check_assignment (Emit *emit, const AstArg *ast, Arg *arg)
{
  return check_text (emit, ast, arg);
}

static bool
check_condition (Emit *emit, const AstArg *ast, Arg *arg)
{
  return check_text (emit, ast, arg);
}

static bool
check_command (Emit *emit, const AstArg *ast, Arg *arg)
{
  return check_text (emit, ast, arg);
}

typedef bool CheckFunc (Emit *emit, const AstArg *ast, Arg *arg);

static CheckFunc *const checks[] = {
#define TYPE(NAME, name, text, example) check_##name,
#include "front/types.def"
#undef TYPE
};

/* --- Which argument is for which parameter ---------------------------- */

/* Where the matching is. */
typedef struct
{
  Emit *emit;
  Call *call;
  const AstArg *arg; /* the next */
  unsigned position; /* the next parameter of those that have places */
} Match;

void
check_note_usage (Emit *emit, const Word *word, SrcSpan span)
{
  g_autoptr (GString) usage = g_string_new (NULL);

  word_append_usage (word, usage);
  emit_note (emit, span, "it is used so: %s", usage->str);
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

      if ((param->kind == PARAM_KEY || param->kind == PARAM_FLAG)
          && ast_arg_is (match->arg, param->name))
        break;
      if (param->kind == PARAM_DASH && match->position <= i + 2
          && match->arg->kind == AST_PLAIN && match->arg->n_text > 1
          && match->arg->text[0] == '-' && match->arg->text[1] != '-')
        break;
    }
  return i;
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
  if (param->kind != PARAM_KEY)
    return true;

  given->ast = name->next;
  if (given->ast == NULL)
    {
      emit_error (match->emit, name->span, "%s is missing behind \"%s\"",
                  type_name (param->type), param->name);
      return false;
    }
  match->arg = given->ast->next;
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
  check_note_usage (match->emit, word, span);
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
    }
  check_note_usage (match->emit, word, arg->span);
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
      check_note_usage (match->emit, match->call->word, match->arg->span);
      return false;
    }
  match->call->args[match->position++].ast = match->arg;
  match->arg = match->arg->next;
  return true;
}

static bool
match_placed (Match *match)
{
  const Word *const word = match->call->word;

  while (match->position < word->n_params
         && !is_placed (param_at (match, match->position)))
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
  check_note_usage (match->emit, match->call->word, span);
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

static bool
match_all (Match *match)
{
  const Word *const word = match->call->word;

  if (word->params[0].type == TYPE_COMMAND)
    return match_command (match);

  while (match->arg != NULL)
    if (!match_one (match))
      return false;
  for (unsigned i = 0; i < word->n_params; i++)
    if (is_required (&word->params[i]) && match->call->args[i].ast == NULL)
      return tell_missing (match, &word->params[i]);
  return true;
}

static bool
check_arg (Emit *emit, const Param *param, Arg *arg)
{
  if (arg->ast == NULL || param->kind == PARAM_SOME || param->kind == PARAM_REST
      || param->kind == PARAM_LITERAL || param->kind == PARAM_FLAG)
    return true;
  if (arg->ast->is_here_document && param->type != TYPE_TEXT)
    {
      emit_error (emit, arg->ast->span,
                  "a here-document stands where %s should",
                  type_name (param->type));
      return false;
    }
  return checks[param->type](emit, arg->ast, arg);
}

bool
check_call (Emit *emit, Call *call)
{
  Match match = { .emit = emit, .call = call, .arg = call->ast->first->next };
  bool is_good = match_all (&match);

  for (unsigned i = 0; i < call->word->n_params; i++)
    is_good &= check_arg (emit, &call->word->params[i], &call->args[i]);
  return is_good;
}
