#include "config.h"

#include "front/condition.h"

#include "base/passwd.h"
#include "front/builtin.h"
#include "front/late.h"
#include "front/program.h"
#include "front/text.h"
#include "front/vars.h"

#include <string.h>
#include <unistd.h>

static bool
is_set (Emit *emit, const char *name)
{
  const Late *const late = late_get (emit, name, strlen (name));

  return vars_find (emit, name, strlen (name)) != NULL
         || (late != NULL && late->value != PLAN_NONE)
         || builtin_find (name) != N_BUILTINS
         || vars_find_in_env (emit, name) != NULL;
}

static bool
is_file (Emit *emit, const char *path)
{
  const PlanText *const cwd = emit->settings.cwd;
  g_autofree char *directory = g_canonicalize_filename (
      cwd != NULL ? cwd->bytes : ".", emit->options->builddir);
  g_autofree char *absolute = g_canonicalize_filename (path, directory);

  return g_file_test (absolute, G_FILE_TEST_EXISTS);
}

/* Who we are, by name or number. */
static bool
is_user (Emit *emit, const char *user)
{
  guint64 number;
  uid_t uid;
  gid_t gid;

  (void)emit;
  if (g_ascii_string_to_unsigned (user, 10, 0, UINT32_MAX, &number, NULL))
    return number == geteuid ();
  return passwd_find (user, &uid, &gid) && uid == geteuid ();
}

typedef bool AskFunc (Emit *emit, const char *text);

static const struct
{
  const char *name;
  AskFunc *func;
  const char *what; /* is asked of */
} questions[] = {
  { "set", is_set, "the name of a variable" },
  { "program", program_exists, "the name of a program" },
  { "file", is_file, "a path" },
  { "user", is_user, "the name of a user" },
};

static bool
ask (Emit *emit, unsigned question, const AstArg *arg, bool *holds)
{
  const char *const text = text_known (emit, arg, questions[question].what);
  const PlanText *const cwd = emit->settings.cwd;

  if (text == NULL)
    return false;
  if (questions[question].func == is_file && cwd != NULL && cwd->n_slots > 0)
    {
      emit_error (emit, arg->span,
                  "the working directory is known only when the test runs");
      return false;
    }
  *holds = questions[question].func (emit, text);
  return true;
}

static bool
compare (Emit *emit, const AstArg *left, bool wants_equal, bool *holds)
{
  const AstArg *const right = left->next->next;
  const PlanText *const a = text_eval (emit, left);
  const PlanText *const b = text_eval (emit, right);

  if (a == NULL || b == NULL)
    return false;
  if (a->n_slots > 0 || b->n_slots > 0)
    {
      emit_error (emit, (a->n_slots > 0 ? left : right)->span,
                  "this is known only when the test runs, and a condition must "
                  "be known before");
      return false;
    }
  *holds = (a == b) == wants_equal;
  return true;
}

bool
condition_eval (Emit *emit, const AstArg *arg, unsigned n_args, SrcSpan span,
                bool *holds)
{
  bool is_not = false;
  bool is_good = false;
  unsigned i = 0;

  for (; n_args > 1 && ast_arg_is (arg, "not"); n_args--, arg = arg->next)
    is_not = !is_not;
  if (n_args > 0)
    span = arg->span;

  while (i < G_N_ELEMENTS (questions)
         && (n_args != 2 || !ast_arg_is (arg, questions[i].name)))
    i++;
  if (i < G_N_ELEMENTS (questions))
    is_good = ask (emit, i, arg->next, holds);
  else if (n_args == 3 && ast_arg_is (arg->next, "=="))
    is_good = compare (emit, arg, true, holds);
  else if (n_args == 3 && ast_arg_is (arg->next, "!="))
    is_good = compare (emit, arg, false, holds);
  else
    {
      emit_error (emit, span, "this is not a condition");
      emit_note (emit, span,
                 "there are: set NAME, program NAME, file PATH, user NAME, "
                 "A == B, A != B, and \"not\" before each");
    }
  *holds = is_good && *holds != is_not;
  return is_good;
}
