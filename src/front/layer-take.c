#include "config.h"

#include "front/layer.h"

#include <string.h>

/* --- Values and constants ----------------------------------------------- */

/* As the unit has it; the same again if it has it already. */
static uint32_t
take_value (Emit *emit, Layer *layer, uint32_t number)
{
  const PlanValue *const value
      = &g_array_index (emit->plan_layers, PlanLayer, layer->number)
             .unit.values[number];

  if (value->layer != PLAN_NONE) /* it has it from one that it stands on */
    return take_value (emit, layer->below[value->layer], value->number);

  Taken *const taken = &layer->values[number];

  if (taken->unit == emit->n_units)
    return taken->index;

  PlanValue made = *value;

  if (number == LAYER_VALUE_TMP || number == LAYER_VALUE_LOGDIR)
    {
      g_autofree char *name
          = g_strdup_printf ("%s.%s", layer->name, value->name);

      made.name = emit_string (emit, name, strlen (name));
    }
  made.layer = layer->index;
  made.number = number;
  taken->unit = emit->n_units;
  taken->index = late_add_unnamed (emit, &made);
  return taken->index;
}

/* A text of the layer, as one of the unit.  ($tmp is the layer's, also where
 * it stood outside of it.)  Another one may be in the making (build.h). */
static const PlanText *
take_text (Emit *emit, Layer *layer, const PlanText *text)
{
  const size_t n_slots = text->n_slots * sizeof (PlanSlot);
  const size_t n_bytes = offsetof (PlanText, bytes) + text->n_bytes + 1;

  if (text->n_slots == 0)
    return text;

  g_autofree PlanSlot *slots = g_memdup2 (text->slots, n_slots);
  g_autofree PlanText *taken = g_memdup2 (text, n_bytes);

  for (uint32_t i = 0; i < text->n_slots; i++)
    {
      const uint32_t variable = slots[i].variable;
      const uint32_t number = variable == PLAN_VAR_TMP ? LAYER_VALUE_TMP
                              : variable == PLAN_VAR_LOGDIR
                                  ? LAYER_VALUE_LOGDIR
                                  : variable - N_PLAN_VARS;

      slots[i].variable = N_PLAN_VARS + take_value (emit, layer, number);
    }
  taken->slots = emit_bytes (emit, slots, n_slots);
  return emit_bytes (emit, taken, n_bytes);
}

static const Binding *
take_binding (Emit *emit, Layer *layer, const InternEntry *entry)
{
  LayerBinding *const given = entry->value;
  const uint32_t n = given->value.n_texts;

  if (given->taken_by == emit->n_units)
    return given->taken;

  Binding *const binding = ARENA_NEW (emit->scratch, Binding);
  const PlanText **const texts
      = ARENA_NEW_ARRAY (emit->scratch, const PlanText *, n);

  for (uint32_t i = 0; i < n; i++)
    texts[i] = take_text (emit, layer, given->value.texts[i]);
  binding->name = entry->key;
  binding->value = (Value){ .texts = texts,
                            .origins = given->value.origins,
                            .n_texts = n };
  binding->span = given->span;
  binding->is_of_layer = true;
  given->taken_by = emit->n_units;
  given->taken = binding;
  return binding;
}

/* What extends another stands behind it, and hides what it has. */
const Binding *
layer_take_binding (Emit *emit, const char *name, size_t n_name)
{
  for (unsigned i = emit->used->len; i-- > 0;)
    {
      Layer *const layer = g_array_index (emit->used, UsedLayer, i).layer;
      const InternEntry *const entry
          = intern_find (layer->bindings, name, n_name);

      if (entry != NULL)
        return take_binding (emit, layer, entry);
    }
  return NULL;
}

/* --- Processes ---------------------------------------------------------- */

/* What is there of a name, whatever it means. */
static LayerProcess *
any_of (const LayerName *name)
{
  return name->last != NULL ? name->last : name->before;
}

/* One whose name was given comes before one that is called after its command.
 * @other: another of the same rank; NULL: there is none. */
static const LayerName *
find_name (const Emit *emit, const char *name, size_t n_name,
           const LayerProcess **other)
{
  const LayerName *best = NULL;

  *other = NULL;
  for (unsigned i = 0; i < emit->used->len; i++)
    {
      const Layer *const layer = g_array_index (emit->used, UsedLayer, i).layer;
      const InternEntry *const entry
          = intern_find (layer->processes, name, n_name);
      const LayerName *const found = entry != NULL ? entry->value : NULL;
      const LayerProcess *const process = found != NULL ? any_of (found) : NULL;

      if (process == NULL
          || (best != NULL && any_of (best)->is_given && !process->is_given))
        continue;
      *other = best != NULL && any_of (best)->is_given == process->is_given
                   ? any_of (best)
                   : NULL;
      best = found;
    }
  return best;
}

const LayerProcess *
layer_process (const Emit *emit, const char *name, size_t n_name)
{
  const LayerProcess *other;
  const LayerName *const found = find_name (emit, name, n_name, &other);

  return found != NULL ? any_of (found) : NULL;
}

/* The number of it in the unit. */
static uint32_t
take_process (Emit *emit, LayerProcess *found)
{
  PlanProcess made = found->process;
  const Life life = { .spawned = found->spawned, .gone = found->gone };

  if (found->taken.unit == emit->n_units)
    return found->taken.index;
  made.wait_op = PLAN_NONE;
  made.flags &= (uint8_t)~PLAN_EXPECTED;
  made.flags |= PLAN_OF_LAYER;
  made.layer = found->layer->index;
  made.number = found->number;
  found->taken.unit = emit->n_units;
  found->taken.index = emit->processes->len;
  g_array_append_val (emit->processes, made);
  g_array_append_val (emit->lives, life);
  return found->taken.index;
}

static void
tell_two (Emit *emit, const LayerProcess *one, const LayerProcess *other,
          const char *name, SrcSpan span)
{
  emit_error (emit, span, "two layers have a process \"%s\"", name);
  emit_note (emit, one->spawned, "that of \"%s\" is spawned here",
             one->layer->name);
  emit_note (emit, other->spawned, "that of \"%s\" is spawned here",
             other->layer->name);
}

/* The last one is of a thread that may have failed. */
static void
tell_uncertain (Emit *emit, const LayerName *name, const char *shown,
                SrcSpan span)
{
  emit_error (emit, span,
              "the last process \"%s\" of the layer \"%s\" is started in a "
              "thread, which may have failed before",
              shown, name->before->layer->name);
  emit_note (emit, name->before->spawned,
             "an older one starts here, and a name of its own would tell it "
             "apart: NAME = ...");
}

static void
warn_if_moved (Emit *emit, const char *name, SrcSpan span, NamesUse use,
               const LayerProcess *now, const LayerProcess *before)
{
  const bool was_right = before != NULL && use != NAMES_WAIT
                         && (use == NAMES_READ || before->gone.end == 0);

  if (!was_right || before == now || emit->lacks_names)
    return;

  const NameChoice choices[]
      = { { .name = now->process.name, .spawned = now->spawned },
          { .name = before->process.name, .spawned = before->spawned } };

  names_warn_moved (emit, name, span, &choices[0], &choices[1]);
}

Found
layer_take_process (Emit *emit, const char *name, size_t n_name, SrcSpan span,
                    NamesUse use, uint32_t *process)
{
  const LayerProcess *other;
  const LayerName *const found = find_name (emit, name, n_name, &other);
  const bool takes_open = use == NAMES_WAIT || use == NAMES_SIGNAL;

  if (found == NULL)
    return FOUND_NOTHING;

  const char *const shown = arena_strndup (emit->scratch, name, n_name);

  if (found->last == NULL)
    {
      tell_uncertain (emit, found, shown, span);
      return FOUND_WRONG;
    }

  LayerProcess *const meant
      = takes_open && found->open != NULL ? found->open : found->last;

  if (other != NULL)
    {
      tell_two (emit, other, found->last, shown, span);
      return FOUND_WRONG;
    }
  if (found->several != NULL && (!takes_open || found->several[0].was_given))
    {
      names_tell_several (emit, shown, span, found->several, found->n_several);
      return FOUND_WRONG;
    }
  *process = take_process (emit, meant);
  warn_if_moved (emit, shown, span, use, meant, found->before);
  return FOUND_VALUE;
}

const Layer *
layer_of_process (const Emit *emit, uint32_t process)
{
  const PlanProcess *const made
      = &g_array_index (emit->processes, PlanProcess, process);

  return made->flags & PLAN_OF_LAYER
             ? g_array_index (emit->used, UsedLayer, made->layer).layer
             : NULL;
}

bool
layer_is_own_process (Emit *emit, uint32_t process, SrcSpan span)
{
  const Layer *const layer = layer_of_process (emit, process);

  if (layer == NULL)
    return true;
  emit_error (emit, span, "the process \"%s\" belongs to the layer \"%s\"",
              g_array_index (emit->processes, PlanProcess, process).name,
              layer->name);
  emit_note (
      emit, g_array_index (emit->lives, Life, process).spawned,
      "it is spawned here, and its layer alone waits for it and sends it "
      "input; who uses the layer may signal it, stop it, and read what "
      "it prints");
  return false;
}

/* --- Suggestions -------------------------------------------------------- */

static void
note_giver (Emit *emit, const Layer *layer, SrcSpan span)
{
  if (layer->used_by == emit->n_units)
    emit_note (emit, span,
               "the layer \"%s\" has one, but is used only behind this",
               layer->name);
  else
    emit_note (emit, span, "the layer \"%s\" has one: \"%s %s\" is missing",
               layer->name, emit->layer != NULL ? "extends" : "uses",
               layer->name);
}

void
layer_note_giver (Emit *emit, const char *name, bool is_process, SrcSpan span)
{
  const size_t n_name = strlen (name);

  for (const Layer *layer = emit->last_layer; layer != NULL;
       layer = layer->older)
    if (layer != emit->layer
        && intern_find (is_process ? layer->processes : layer->bindings, name,
                        n_name)
               != NULL)
      {
        note_giver (emit, layer, span);
        return;
      }
}
