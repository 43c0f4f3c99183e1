#include "config.h"

#include "front/check.h"
#include "front/condition.h"
#include "front/tests.h"

#include <string.h>

enum
{
  NAME,
  LINES
};

void
word_test (Emit *emit, const Call *call)
{
  tests_add (emit, call->args[NAME].name, call->args[NAME].ast->span,
             call->args[LINES].block);
}

void
word_setup (Emit *emit, const Call *call)
{
  g_ptr_array_add (emit->setups, (void *)call->ast);
}

void
word_teardown (Emit *emit, const Call *call)
{
  g_ptr_array_add (emit->teardowns, (void *)call->ast);
}

void
word_defer (Emit *emit, const Call *call)
{
  tests_defer (emit, call->span, call->args[0].block);
}

static bool
has_tag (const Emit *emit, const char *tag)
{
  for (const Tag *at = emit->settings.tags; at != NULL; at = at->older)
    if (strcmp (at->name, tag) == 0)
      return true;
  return false;
}

void
word_tags (Emit *emit, const Call *call)
{
  const AstArg *ast = call->args[0].ast;

  for (unsigned i = 0; i < call->args[0].n; i++, ast = ast->next)
    {
      Arg arg;

      if (!check_name (emit, ast, &arg) || has_tag (emit, arg.name))
        continue;

      Tag *const tag = ARENA_NEW (emit->scratch, Tag);

      tag->older = emit->settings.tags;
      tag->name = emit_string (emit, arg.name, strlen (arg.name));
      emit->settings.tags = tag;
    }
}

void
word_level (Emit *emit, const Call *call)
{
  const Arg *const level = &call->args[0];

  if (level->number < 1 || level->number > G_MAXINT32)
    emit_error (emit, level->ast->span, "levels begin with 1");
  else
    emit->settings.level = (uint32_t)level->number;
}

/* The first that does not hold is the reason. */
void
word_requires (Emit *emit, const Call *call)
{
  const Arg *const condition = &call->args[0];
  const SrcSpan first = condition->ast->span;
  bool holds;

  if (!condition_eval (emit, condition->ast, condition->n, call->span, &holds)
      || holds || emit->settings.skip_reason != NULL)
    return;

  const Source *const source = sources_find (emit->sources, first.begin);
  const char *const text = source->text + (first.begin - source->base);
  g_autofree char *reason = g_strdup_printf (
      "requires %.*s", (int)(call->span.end - first.begin), text);

  emit->settings.skip_reason = emit_string (emit, reason, strlen (reason));
}
