#include "config.h"

#include "front/layer.h"

#include "front/blocks.h"
#include "front/name-info.h"

#include <string.h>

/* One that a thread was to spawn may not be there. */
static void
give_process (Emit *emit, Layer *layer, uint32_t number)
{
  const PlanProcess *const process
      = &g_array_index (emit->processes, PlanProcess, number);
  const Life *const life = &g_array_index (emit->lives, Life, number);

  if (process->flags & PLAN_OF_LAYER
      || !threads_is_certain (emit, life->thread))
    return;

  const size_t n_name = strlen (process->name);
  const NameInfo *const info = names_find_info (emit, process->name, n_name);
  LayerProcess *const given = ARENA_NEW (emit->scratch, LayerProcess);
  InternEntry *const entry
      = intern_add (layer->processes, process->name, n_name);

  given->layer = layer;
  given->process = *process;
  given->number = number;
  given->spawned = life->spawned;
  given->gone = life->gone;
  given->is_given = info->is_given;
  entry->key = process->name;
  entry->value = given;
}

static void
give_binding (Emit *emit, Layer *layer, const char *name, Value value,
              SrcSpan span)
{
  InternEntry *const entry = intern_add (layer->bindings, name, strlen (name));

  if (entry->key != NULL)
    return;

  LayerBinding *const given = ARENA_NEW (emit->scratch, LayerBinding);

  given->value = value;
  given->span = span;
  entry->key = name;
  entry->value = given;
}

static void
give_value (Emit *emit, Layer *layer, const Late *late)
{
  const uint32_t number = late->value;

  if (number == PLAN_NONE
      || !threads_is_certain (
          emit, g_array_index (emit->givings, Giving, number).thread))
    return;

  const PlanSlot slot = { .variable = N_PLAN_VARS + number };
  const PlanText head
      = { .n_slots = 1, .slots = emit_bytes (emit, &slot, sizeof slot) };
  char bytes[sizeof head + 1] = { 0 }; /* with a NUL behind it */
  const PlanText **const texts
      = ARENA_NEW_ARRAY (emit->scratch, const PlanText *, 1);

  memcpy (bytes, &head, sizeof head);
  texts[0] = emit_bytes (emit, bytes, offsetof (PlanText, bytes) + 1);
  give_binding (emit, layer, late->name,
                (Value){ .texts = texts, .n_texts = 1 },
                g_array_index (emit->values, PlanValue, number).span);
}

void
layer_give_all (Emit *emit, Layer *layer)
{
  for (uint32_t i = 0; i < emit->processes->len; i++)
    give_process (emit, layer, i);
  for (const Late *late = emit->late_names; late != NULL; late = late->older)
    give_value (emit, layer, late);
  for (const Binding *binding = emit->bindings;
       binding != NULL && binding->depth > emit->own_depth;
       binding = binding->older)
    if (binding->scope == emit->own_scope)
      give_binding (emit, layer, binding->name, binding->value, binding->span);
}
