#include "config.h"

#include "front/check.h"
#include "front/environ.h"
#include "front/text.h"

static void
forget_context (Emit *emit)
{
  emit->settings.context = NULL;
}

void
word_timeout (Emit *emit, const Call *call)
{
  if (call->args[0].microsecs == 0)
    emit_error (emit, call->args[0].ast->span,
                "a wait that may take no time always fails");
  else
    emit->settings.timeout_microsecs = call->args[0].microsecs;
}

typedef bool ChangeFunc (Emit *emit, const PlanEnv **env, const PlanText *text,
                         SrcSpan span);

/* Changes the environment for each of the texts. */
static void
change_each (Emit *emit, const Call *call, ChangeFunc *change)
{
  const Arg *const arg = &call->args[0];
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (TextItem));

  (void)text_eval_all (emit, arg->ast, arg->n, items);
  for (unsigned i = 0; i < items->len; i++)
    {
      const TextItem *const item = &g_array_index (items, TextItem, i);

      (void)change (emit, &emit->settings.env, item->text, item->span);
    }
  forget_context (emit);
}

void
word_env (Emit *emit, const Call *call)
{
  change_each (emit, call, environ_assign);
}

void
word_unset (Emit *emit, const Call *call)
{
  change_each (emit, call, environ_unset);
}

void
word_cd (Emit *emit, const Call *call)
{
  emit->settings.cwd = text_path (emit, emit->settings.cwd, call->args[0].text);
  forget_context (emit);
}

void
word_umask (Emit *emit, const Call *call)
{
  const Arg *const mask = &call->args[0];

  if (mask->number > 0777)
    emit_error (emit, mask->ast->span, "a file mode mask is at most 0777");
  else
    emit->settings.umask = (int)mask->number;
  forget_context (emit);
}
