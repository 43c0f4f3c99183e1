#include "config.h"

#include "front/check.h"
#include "front/cleanups.h"
#include "front/condition.h"
#include "front/layer.h"
#include "front/unit.h"

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

/* What a layer has at most once; of files there may be several. */
static void
add_once (Emit *emit, const Call *call, GPtrArray *of_file,
          const AstCall **of_layer)
{
  if (emit->lines != LINES_OF_LAYER)
    {
      g_ptr_array_add (of_file, (void *)call->ast);
      return;
    }
  if (*of_layer == NULL)
    {
      *of_layer = call->ast;
      return;
    }
  emit_error (emit, call->span, "a layer has one \"%s\"", call->word->name);
  emit_note (emit, (*of_layer)->span, "it stands here");
}

void
word_setup (Emit *emit, const Call *call)
{
  add_once (emit, call, emit->setups,
            emit->layer != NULL ? &emit->layer->setup : NULL);
}

void
word_teardown (Emit *emit, const Call *call)
{
  add_once (emit, call, emit->teardowns,
            emit->layer != NULL ? &emit->layer->teardown : NULL);
}

void
word_defer (Emit *emit, const Call *call)
{
  cleanups_defer (emit, call->span, call->args[0].block);
}

/* --- What is said of a test --------------------------------------------- */

static void
add_tags (Emit *emit, const Call *call, const Tag **tags)
{
  const AstArg *ast = call->args[0].ast;

  if (!unit_may_say (emit, call->ast))
    return;
  for (unsigned i = 0; i < call->args[0].n; i++, ast = ast->next)
    {
      Arg arg;

      if (check_name (emit, ast, &arg))
        emit_add_tag (emit, tags, arg.name);
    }
}

void
word_tags (Emit *emit, const Call *call)
{
  add_tags (emit, call, &emit->settings.tags);
}

void
word_lock (Emit *emit, const Call *call)
{
  add_tags (emit, call, &emit->settings.locks);
}

void
word_level (Emit *emit, const Call *call)
{
  const Arg *const level = &call->args[0];

  if (level->number < 1 || level->number > G_MAXINT32)
    emit_error (emit, level->ast->span, "levels begin with 1");
  else if (unit_may_say (emit, call->ast))
    emit->settings.level = (uint32_t)level->number;
}

/* A layer has them too. */
void
word_leftovers (Emit *emit, const Call *call)
{
  if (unit_may_say_of_any (emit, call->ast))
    emit->settings.leftovers = (int)call->args[0].number;
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

/* --- How long it may take ----------------------------------------------- */

void
word_limit (Emit *emit, const Call *call)
{
  const Arg *const limit = &call->args[0];

  if (limit->microsecs == 0)
    {
      emit_error (emit, limit->ast->span,
                  "a test that may take no time always fails");
      emit_note (emit, limit->ast->span,
                 "\"limit none\" is for one that may take any");
    }
  else if (unit_may_say_of_whole (emit, call->ast))
    {
      emit->settings.limit_microsecs = limit->microsecs;
      emit->settings.limit_span = call->span;
    }
}

void
word_grace (Emit *emit, const Call *call)
{
  const Arg *const time = &call->args[0];

  if (time->microsecs == 0)
    {
      emit_error (emit, time->ast->span,
                  "a process that is given no time cannot end by itself");
      emit_note (emit, time->ast->span, "\"grace 1ms\" is almost none");
    }
  else if (unit_may_say_of_whole (emit, call->ast))
    emit->settings.grace_microsecs = time->microsecs;
}
