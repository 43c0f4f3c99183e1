#include "config.h"

#include "front/layer.h"

#include "front/callable.h"
#include "front/frame.h"
#include "front/names.h"

#include <string.h>

/* Layers that stand on each other: each is a process of its own. */
#define MAX_DEPTH 100

/* --- What each extends ------------------------------------------------ */

/* Only that: the other lines are expanded when the layers that it extends have
 * been, so that they see what those give. */
static void
read_extends (Emit *emit, Layer *layer)
{
  vars_go_to (emit, layer->state.scope);
  frame_reenter (emit, layer->state.frame, NULL);
  emit->test_name = layer->name;
  for (const AstCall *call = layer->block->first; call != NULL;
       call = call->next)
    {
      const Callable *const callable = callable_find (emit, call->first);
      unsigned n_args = 0;

      if (callable == NULL || callable->word == NULL
          || callable->word->func != word_extends)
        continue;
      for (const AstArg *arg = call->first->next; arg != NULL; arg = arg->next)
        n_args += arg->kind != AST_BLOCK;
      layer_read_uses (emit, call->first->next, n_args, &layer->extended);
    }
  frame_leave_all (emit, NULL);
}

/* --- The order -------------------------------------------------------- */

typedef struct
{
  Emit *emit;
  Layer *first;
  Layer *last;
  unsigned depth;
} Ordering;

static Layer *
extended_by (Emit *emit, const LayerUse *use)
{
  return use != NULL ? layer_find (emit, use) : NULL;
}

/* @layer extends the one that is open, by way of those that are. */
static void
tell_circle (Emit *emit, const Layer *layer)
{
  Layer *const begin = layer_find (emit, layer->via);
  g_autoptr (GString) way = g_string_new (NULL);

  if (begin == layer)
    {
      emit_error (emit, layer->via->span, "the layer \"%s\" extends itself",
                  layer->name);
      return;
    }
  for (const Layer *at = begin; at != layer; at = extended_by (emit, at->via))
    g_string_append_printf (way, "\"%s\" extends ", at->name);
  g_string_append_printf (way, "\"%s\" extends \"%s\"", layer->name,
                          begin->name);
  emit_error (emit, layer->via->span, "layers extend each other in a circle");
  emit_note (emit, layer->via->span, "%s", way->str);
  for (const Layer *at = begin; at != layer; at = extended_by (emit, at->via))
    emit_note (emit, at->via->span, "\"%s\" extends \"%s\" here", at->name,
               at->via->name);
}

static LayerUse *
reverse (LayerUse *use)
{
  LayerUse *reversed = NULL;

  while (use != NULL)
    {
      LayerUse *const next = use->older;

      use->older = reversed;
      reversed = use;
      use = next;
    }
  return reversed;
}

static void
tell_deep (Emit *emit, Layer *layer)
{
  emit_error (emit, layer->span, "layers extend each other over %d deep here",
              MAX_DEPTH);
  layer->is_unsure = true;
}

static void visit (Ordering *ordering, Layer *layer);

/* Takes out what cannot be extended, once it was told. */
static void
visit_extended (Ordering *ordering, Layer *layer)
{
  Emit *const emit = ordering->emit;
  LayerUse *kept = NULL;

  layer->extended = reverse (layer->extended);
  while ((layer->via = layer->extended) != NULL)
    {
      LayerUse *const use = layer->via;
      Layer *const other = layer_find (emit, use);

      layer->extended = use->older;
      if (other != NULL && other->is_open)
        tell_circle (emit, layer);
      else if (other != NULL)
        visit (ordering, other);
      layer->is_unsure |= other == NULL || other->is_unsure || other->is_open;
      if (other == NULL || other->is_open || !other->is_ordered)
        continue;
      layer->depth = MAX (layer->depth, other->depth);
      use->older = kept;
      kept = use;
    }
  layer->extended = kept;
}

static void
visit (Ordering *ordering, Layer *layer)
{
  if (layer->is_ordered)
    return;
  if (ordering->depth == MAX_DEPTH)
    {
      tell_deep (ordering->emit, layer);
      return;
    }
  ordering->depth++;
  layer->is_open = true;
  visit_extended (ordering, layer);
  layer->is_open = false;
  ordering->depth--;
  if (layer->depth == MAX_DEPTH)
    {
      tell_deep (ordering->emit, layer);
      layer->extended = NULL;
      layer->depth = 0;
    }
  layer->depth++;
  layer->is_ordered = true;
  if (ordering->last != NULL)
    ordering->last->next = layer;
  else
    ordering->first = layer;
  ordering->last = layer;
}

Layer *
layer_order (Emit *emit)
{
  g_autoptr (GPtrArray) layers = g_ptr_array_new ();
  Ordering ordering = { .emit = emit };

  for (Layer *layer = emit->last_layer; layer != NULL; layer = layer->older)
    g_ptr_array_add (layers, layer);
  for (unsigned i = layers->len; i-- > 0;)
    read_extends (emit, g_ptr_array_index (layers, i));
  for (unsigned i = layers->len; i-- > 0;)
    visit (&ordering, g_ptr_array_index (layers, i));
  return ordering.first;
}
