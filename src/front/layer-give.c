#include "config.h"

#include "front/layer.h"

#include "front/blocks.h"
#include "front/name-info.h"

#include <string.h>

/* One that a thread was to spawn may not be there: NULL. */
static LayerProcess *
make_process (Emit *emit, Layer *layer, uint32_t number)
{
  const PlanProcess *const process
      = &g_array_index (emit->processes, PlanProcess, number);
  const Life *const life = &g_array_index (emit->lives, Life, number);

  if (process->flags & PLAN_OF_LAYER
      || !threads_is_certain (emit, life->thread))
    return NULL;

  const NameInfo *const info
      = names_find_info (emit, process->name, strlen (process->name));
  LayerProcess *const made = ARENA_NEW (emit->scratch, LayerProcess);

  made->layer = layer;
  made->process = *process;
  made->number = number;
  made->spawned = life->spawned;
  made->gone = life->gone;
  made->is_given = info->is_given;
  return made;
}

static LayerName *
name_of (Emit *emit, Layer *layer, const char *name)
{
  InternEntry *const entry = intern_add (layer->processes, name, strlen (name));

  if (entry->key == NULL)
    {
      entry->key = name;
      entry->value = ARENA_NEW (emit->scratch, LayerName);
    }
  return entry->value;
}

static LayerProcess *
made_of (LayerProcess *const *made, Named named)
{
  return named.number != PLAN_NONE && !named.is_thread ? made[named.number]
                                                       : NULL;
}

static void
give_several (Emit *emit, LayerName *name, const NameMeaning *meaning)
{
  const GArray *const several = meaning->several;

  name->n_several = several->len;
  name->several = ARENA_NEW_ARRAY (emit->scratch, NameChoice, several->len);
  for (unsigned i = 0; i < several->len; i++)
    name->several[i] = names_choice (emit, g_array_index (several, Named, i));
  name->several[0].was_given = meaning->has_given;
}

/* A command's name means the last one, if that is certain. */
static void
give_bare (Emit *emit, Layer *layer, const NameInfo *info,
           LayerProcess *const *made)
{
  NameMeaning meaning;

  names_mean (emit, info, &meaning);

  g_autoptr (GArray) several = meaning.several;

  if (meaning.last.number == PLAN_NONE || meaning.last.is_thread)
    return;

  const size_t n_name = strlen (info->name);

  if (made_of (made, meaning.last) == NULL
      && intern_find (layer->processes, info->name, n_name) == NULL)
    return;

  LayerName *const name = name_of (emit, layer, info->name);

  name->last = made_of (made, meaning.last);
  name->open = made_of (made, meaning.open);
  if (several != NULL)
    give_several (emit, name, &meaning);
}

static void
give_processes (Emit *emit, Layer *layer)
{
  const uint32_t n = emit->processes->len;
  g_autofree LayerProcess **made = g_new0 (LayerProcess *, n + 1);

  for (uint32_t i = 0; i < n; i++)
    {
      made[i] = make_process (emit, layer, i);
      if (made[i] == NULL)
        continue;

      LayerName *const name = name_of (emit, layer, made[i]->process.name);

      name->last = name->open = name->before = made[i];
    }
  for (const NameInfo *info = emit->name_infos; info != NULL;
       info = info->older)
    if (info->bares != NULL)
      give_bare (emit, layer, info, made);
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
  give_processes (emit, layer);
  for (const Late *late = emit->late_names; late != NULL; late = late->older)
    give_value (emit, layer, late);
  for (const Binding *binding = emit->bindings;
       binding != NULL && binding->depth > emit->own_depth;
       binding = binding->older)
    if (binding->scope == emit->own_scope)
      give_binding (emit, layer, binding->name, binding->value, binding->span);
}
