#include "config.h"

#include "front/layer.h"

#include "front/check.h"
#include "front/unit.h"

enum
{
  NAME,
  LINES
};

void
word_layer (Emit *emit, const Call *call)
{
  layer_add (emit, call->args[NAME].name, call->args[NAME].ast->span,
             call->args[LINES].block);
}

/* Whether the line is the first of its word in the layer. */
static bool
is_first (Emit *emit, const Call *call, const AstCall **first)
{
  if (*first == NULL)
    {
      *first = call->ast;
      return true;
    }
  emit_error (emit, call->span, "\"%s\" stands in a layer once",
              call->word->name);
  emit_note (emit, (*first)->span, "it stands here already");
  return false;
}

/* What they name was read before (layer-order.c). */
void
word_extends (Emit *emit, const Call *call)
{
  (void)is_first (emit, call, &emit->layer->extends);
}

void
word_sharing (Emit *emit, const Call *call)
{
  if (is_first (emit, call, &emit->layer->shares))
    emit->layer->sharing = (PlanSharing)call->args[0].number;
}

/* --- uses --------------------------------------------------------------- */

void
word_uses (Emit *emit, const Call *call)
{
  LayerUse **const uses = &emit->settings.uses;
  LayerUse *const before = *uses;

  if (!unit_may_say (emit, call->ast)
      || !unit_may_say_of_whole (emit, call->ast))
    return;
  layer_read_uses (emit, call->args[0].ast, call->args[0].n, uses);
  if (emit->lines != LINES_OF_FILE)
    layer_use_all (emit, *uses);
  else
    for (const LayerUse *use = *uses; use != before; use = use->older)
      g_ptr_array_add (emit->file_uses, (void *)use);
}
