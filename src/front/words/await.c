#include "config.h"

#include "front/check.h"
#include "plan/target.h"

#include <string.h>

enum
{
  NOT,
  TARGET,
  HOLDER,
  LIMIT
};

static bool
parse (const char *text, Target *target, char **wrong, char **note)
{
  g_clear_pointer (wrong, g_free);
  g_clear_pointer (note, g_free);
  return target_parse (text, target, wrong, note);
}

/* Of a target that is known only when it runs at least the kind is known, if
 * it is written there. */
static bool
parse_kind (const PlanText *text, Target *target, char **wrong, char **note)
{
  const char *const colon = memchr (text->bytes, ':', text->slots[0].offset);

  *target = (Target){ .kind = TARGET_UNIX };
  if (colon == NULL)
    return true;

  const int n = (int)(colon - text->bytes);
  g_autofree char *url = g_strdup_printf ("%.*s://x/", n, text->bytes);
  g_autofree char *other = g_strdup_printf ("%.*s:1", n, text->bytes);

  if (parse (url, target, wrong, note) || parse (other, target, wrong, note))
    return true;

  g_autofree char *shown = g_strdup_printf ("%.*s:...", n, text->bytes);

  return parse (shown, target, wrong, note);
}

static bool
is_target (Emit *emit, const Arg *given, Target *target)
{
  g_autofree char *wrong = NULL;
  g_autofree char *note = NULL;
  const PlanText *const text = given->text;

  if (text->n_slots > 0 ? parse_kind (text, target, &wrong, &note)
                        : parse (text->bytes, target, &wrong, &note))
    return true;
  emit_error (emit, given->ast->span, "%s", wrong);
  if (note != NULL)
    emit_note (emit, given->ast->span, "%s", note);
  return false;
}

/* A file is nobody's; and what is gone is held by nobody. */
static bool
may_be_held (Emit *emit, const Call *call, const Target *target)
{
  const AstArg *const holder = call->args[HOLDER].ast;

  if (holder == NULL)
    return true;
  if (!target_can_be_held (target))
    {
      emit_error (emit, holder->span,
                  "nobody holds a file: \"by\" is for ports and sockets");
      return false;
    }
  if (call->args[NOT].ast == NULL)
    return true;
  emit_error (emit, holder->span, "what is gone is held by nobody");
  return false;
}

void
word_await (Emit *emit, const Call *call)
{
  const Arg *const args = call->args;
  const Arg *const holder = &args[HOLDER];
  PlanAwait await;
  Target target;

  memset (&await, 0, sizeof await); /* padding too: it is stored once */
  await.target = args[TARGET].text;
  await.cwd = emit->settings.cwd;
  await.is_not = args[NOT].ast != NULL;
  await.microsecs = check_limit (emit, &args[LIMIT]);
  if (!is_target (emit, &args[TARGET], &target))
    return;

  const bool is_good = may_be_held (emit, call, &target);

  if (target.kind == TARGET_TCP || target.kind == TARGET_HTTP)
    await.cwd = NULL;
  target_clear (&target);
  if (is_good)
    emit_process_op (emit, OP_AWAIT, call->span,
                     holder->ast != NULL ? holder->process : PLAN_NONE)
        ->await
        = emit_bytes (emit, &await, sizeof await);
}
