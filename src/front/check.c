#include "config.h"

#include "front/check.h"

#include "base/signame.h"
#include "base/units.h"
#include "front/match.h"
#include "front/names.h"
#include "front/status.h"
#include "front/stream.h"
#include "front/text.h"
#include "front/unit.h"

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
check_process_as (Emit *emit, const AstArg *ast, NamesUse use,
                  uint32_t *process)
{
  const TextView name = text_view (emit, ast, type_name (TYPE_PROCESS));

  return name.bytes != NULL
         && names_find (emit, name.bytes, name.n_bytes, ast->span, use,
                        process);
}

static bool
check_process (Emit *emit, const AstArg *ast, Arg *arg)
{
  return check_process_as (emit, ast, NAMES_USE, &arg->process);
}

static bool
check_printing (Emit *emit, const AstArg *ast, Arg *arg)
{
  return check_process_as (emit, ast, NAMES_READ, &arg->process);
}

static bool
check_ending (Emit *emit, const AstArg *ast, Arg *arg)
{
  const TextView name = text_view (emit, ast, type_name (TYPE_ENDING));

  return name.bytes != NULL
         && names_find_ending (emit, name.bytes, name.n_bytes, ast->span,
                               &arg->ending);
}

/* One of the two, as the match has seen. */
static bool
check_stream (Emit *emit, const AstArg *ast, Arg *arg)
{
  (void)emit;
  arg->stream = stream_from_arg (ast);
  return arg->stream >= 0;
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
check_longest (Emit *emit, const AstArg *ast, Arg *arg)
{
  const char *const text = text_known (emit, ast, type_name (TYPE_LONGEST));

  if (text == NULL)
    return false;
  if (g_ascii_isdigit (*text))
    return check_duration (emit, ast, arg);
  arg->microsecs = PLAN_NO_LIMIT;
  if (strcmp (text, "none") == 0)
    return true;

  tell_wrong (emit, ast, TYPE_LONGEST, text);
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

  if (text == NULL || !text_is_name_at (emit, text, ast->span))
    return false;
  arg->name = intern_string (emit->strings, emit->scratch, text, strlen (text));
  return true;
}

static bool
check_layer (Emit *emit, const AstArg *ast, Arg *arg)
{
  return check_name (emit, ast, arg);
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

/* A string that is not empty. */
static bool
check_string (Emit *emit, const AstArg *ast, ParamType type, Arg *arg)
{
  arg->text = text_eval (emit, ast);
  if (arg->text == NULL || !text_is_string (emit, arg->text, ast->span))
    return false;
  if (arg->text->n_bytes > 0 || arg->text->n_slots > 0)
    return true;

  emit_error (emit, ast->span, "an empty text stands where %s should",
              type_name (type));
  return false;
}

static bool
check_path (Emit *emit, const AstArg *ast, Arg *arg)
{
  return check_string (emit, ast, TYPE_PATH, arg);
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

static bool
check_pattern (Emit *emit, const AstArg *ast, Arg *arg)
{
  return check_string (emit, ast, TYPE_PATTERN, arg);
}

static bool
check_target (Emit *emit, const AstArg *ast, Arg *arg)
{
  return check_string (emit, ast, TYPE_TARGET, arg);
}

/* Those of lists: the words look at them. */
static bool
check_comparison (Emit *emit, const AstArg *ast, Arg *arg)
{
  return check_text (emit, ast, arg);
}

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

/* --- The arguments of a call ------------------------------------------ */

static bool
check_arg (Emit *emit, const Param *param, Arg *arg)
{
  if (arg->ast == NULL || param->kind == PARAM_SOME || param->kind == PARAM_REST
      || param->kind == PARAM_LITERAL || param->kind == PARAM_FLAG
      || param->kind == PARAM_KEYS)
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

int64_t
check_limit (const Emit *emit, const Arg *within)
{
  return within->ast != NULL ? within->microsecs
                             : emit->settings.timeout_microsecs;
}

static bool
is_within (const Param *param)
{
  return param->kind == PARAM_KEY && strcmp (param->name, "within") == 0;
}

bool
check_call (Emit *emit, Call *call)
{
  bool is_good = match_args (emit, call);

  for (unsigned i = 0; i < call->word->n_params; i++)
    {
      const Param *const param = &call->word->params[i];
      const Arg *const arg = &call->args[i];
      const bool is_right = check_arg (emit, param, &call->args[i]);

      if (is_right && arg->ast != NULL && is_within (param))
        unit_note_within (emit, arg->microsecs, arg->ast->span);
      is_good &= is_right;
    }
  return is_good;
}
