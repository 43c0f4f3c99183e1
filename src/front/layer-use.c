#include "config.h"

#include "front/layer.h"

#include "front/check.h"
#include "front/name-info.h"

#include <string.h>

static bool
has_use (const LayerUse *use, const char *name)
{
  while (use != NULL && strcmp (use->name, name) != 0)
    use = use->older;
  return use != NULL;
}

void
layer_read_uses (Emit *emit, const AstArg *arg, unsigned n_args,
                 LayerUse **uses)
{
  for (unsigned i = 0; i < n_args; i++, arg = arg->next)
    {
      Arg name;

      if (!check_name (emit, arg, &name))
        {
          emit->lacks_names = true;
          emit->lacks_values = true;
          continue;
        }
      if (has_use (*uses, name.name))
        continue;

      LayerUse *const use = ARENA_NEW (emit->scratch, LayerUse);

      use->older = *uses;
      use->name = name.name;
      use->span = arg->span;
      *uses = use;
    }
}

/* Processes that the test has spawned before it says that it uses the layer,
 * which has some of these names too. */
static void
tell_taken (Emit *emit, const Layer *layer, SrcSpan span)
{
  for (const NameInfo *info = emit->name_infos; info != NULL;
       info = info->older)
    {
      const InternEntry *const entry
          = intern_find (layer->processes, info->name, strlen (info->name));
      const LayerName *const name = entry != NULL ? entry->value : NULL;
      const LayerProcess *const other = name != NULL ? name->before : NULL;

      if (other == NULL || !other->is_given || info->named.is_thread
          || info->named.number == PLAN_NONE)
        continue;
      emit_error (emit, span,
                  "the layer \"%s\" has a process \"%s\", and there is one "
                  "already",
                  layer->name, info->name);
      emit_note (emit,
                 g_array_index (emit->lives, Life, info->named.number).spawned,
                 "it is spawned here");
      emit_note (emit, other->spawned, "that of the layer is spawned here");
    }
}

static void
add_used (Emit *emit, Layer *layer, SrcSpan span)
{
  const UsedLayer used = { .layer = layer, .span = span };
  const PlanTest *const unit
      = &g_array_index (emit->plan_layers, PlanLayer, layer->number).unit;

  if (layer->used_by == emit->n_units)
    return;
  layer->used_by = emit->n_units;
  layer->index = emit->used->len;
  g_array_append_val (emit->used, used);
  tell_taken (emit, layer, span);
  emit->lacks_names |= layer->is_unsure;
  emit->lacks_values |= layer->is_unsure;
  if (emit->settings.skip_reason == NULL)
    emit->settings.skip_reason = unit->skip_reason;
}

static void
use_one (Emit *emit, const LayerUse *use)
{
  Layer *const layer = layer_find (emit, use);

  if (layer == NULL || !layer->is_ordered)
    {
      emit->lacks_names = true;
      emit->lacks_values = true;
      return;
    }
  for (uint32_t i = 0; i < layer->n_below; i++)
    add_used (emit, layer->below[i], use->span);
  add_used (emit, layer, use->span);
}

void
layer_use_all (Emit *emit, const LayerUse *uses)
{
  g_autoptr (GPtrArray) all = NULL;

  if (uses == NULL)
    return;
  all = g_ptr_array_new ();
  for (; uses != NULL; uses = uses->older)
    g_ptr_array_add (all, (void *)uses);
  for (unsigned i = all->len; i-- > 0;)
    use_one (emit, g_ptr_array_index (all, i));
}

const uint32_t *
layer_keep_used (Emit *emit)
{
  uint32_t *const numbers
      = ARENA_NEW_ARRAY (emit->plan->arena, uint32_t, emit->used->len);

  for (unsigned i = 0; i < emit->used->len; i++)
    numbers[i] = g_array_index (emit->used, UsedLayer, i).layer->number;
  return numbers;
}
