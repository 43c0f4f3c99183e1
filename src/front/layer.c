#include "config.h"

#include "front/layer.h"

#include "base/nearest.h"
#include "front/cleanups.h"
#include "front/expand.h"
#include "front/unit.h"

#include <string.h>

void
layer_init_all (Emit *emit)
{
  emit->layers = intern_new ();
  emit->file_uses = g_ptr_array_new ();
  emit->used = g_array_new (FALSE, TRUE, sizeof (UsedLayer));
  emit->plan_layers = g_array_new (FALSE, TRUE, sizeof (PlanLayer));
}

void
layer_clear_all (Emit *emit)
{
  for (Layer *layer = emit->last_layer; layer != NULL; layer = layer->older)
    {
      intern_free (layer->processes);
      intern_free (layer->bindings);
    }
  intern_free (emit->layers);
  g_ptr_array_unref (emit->file_uses);
  g_array_unref (emit->used);
  g_array_unref (emit->plan_layers);
}

void
layer_add (Emit *emit, const char *name, SrcSpan span, const AstBlock *block)
{
  InternEntry *const entry = intern_add (emit->layers, name, strlen (name));

  if (entry->key != NULL)
    {
      emit_error (emit, span, "there is a layer \"%s\" already", name);
      emit_note (emit, ((const Layer *)entry->value)->span, "it stands here");
      return;
    }

  Layer *const layer = ARENA_NEW (emit->scratch, Layer);

  layer->name = emit_string (emit, name, strlen (name));
  layer->span = span;
  layer->block = block;
  layer->state = tests_save (emit);
  layer->processes = intern_new ();
  layer->bindings = intern_new ();
  layer->older = emit->last_layer;
  emit->last_layer = layer;
  entry->key = layer->name;
  entry->value = layer;
}

Layer *
layer_find (Emit *emit, const LayerUse *use)
{
  const InternEntry *const entry
      = intern_find (emit->layers, use->name, strlen (use->name));
  Nearest nearest;

  if (entry != NULL)
    return entry->value;
  if (emit->lacks_file)
    return NULL;

  nearest_init (&nearest, use->name);
  for (Layer *layer = emit->last_layer; layer != NULL; layer = layer->older)
    nearest_try (&nearest, layer->name);
  emit_error (emit, use->span, "there is no layer \"%s\"", use->name);
  if (nearest.best != NULL)
    {
      const InternEntry *const best
          = intern_find (emit->layers, nearest.best, strlen (nearest.best));

      emit_note (emit, ((const Layer *)best->value)->span,
                 "did you mean \"%s\", which stands here?", nearest.best);
    }
  return NULL;
}

/* --- One layer -------------------------------------------------------- */

/* The paths that those take over which use them. */
static void
add_own_values (Emit *emit, const Layer *layer)
{
  static const char *const names[]
      = { [LAYER_VALUE_TMP] = "tmp", [LAYER_VALUE_LOGDIR] = "logdir" };

  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const PlanValue value
          = { .name = names[i], .span = layer->span, .layer = PLAN_NONE };

      (void)late_add_unnamed (emit, &value);
    }
}

/* Its tear-down is registered first, so that it runs last, whatever fails. */
static void
expand_lines_of (Emit *emit, Layer *layer)
{
  emit->lines = LINES_OF_LAYER;
  expand_block (emit, layer->block);
  emit->lines = LINES_OF_TEST;
  if (layer->teardown != NULL)
    cleanups_add (emit, layer->teardown->span,
                  ast_find_block (layer->teardown->first)->block, true);
  if (layer->setup != NULL)
    expand_block (emit, ast_find_block (layer->setup->first)->block);
  emit->settings_of_teardown = emit->settings;
  cleanups_add_release (emit, layer->span);
  (void)emit_op (emit, OP_CHECK_EXITS, layer->span);
  (void)emit_op (emit, OP_HOLD, layer->span);
}

/* What @layer stands on, to its own list. */
static void
keep_below (Emit *emit, Layer *layer)
{
  layer->n_below = emit->used->len;
  layer->below = ARENA_NEW_ARRAY (emit->scratch, Layer *, layer->n_below);
  for (uint32_t i = 0; i < layer->n_below; i++)
    layer->below[i] = g_array_index (emit->used, UsedLayer, i).layer;
}

static void
expand_layer (Emit *emit, Layer *layer, bool is_certain)
{
  const uint32_t first_op = emit->n_ops;
  const unsigned n_errors = diag_n_errors (emit->diag);

  emit->layer = layer;
  unit_begin (emit, layer->name, &layer->state);
  add_own_values (emit, layer);
  layer_use_all (emit, layer->extended);
  unit_enter (emit, layer->block);
  expand_lines_of (emit, layer);
  layer_give_all (emit, layer);
  keep_below (emit, layer);
  is_certain &= diag_n_errors (emit->diag) == n_errors;

  const PlanLayer made
      = { .unit = unit_finish (emit, layer->span, first_op, is_certain),
          .sharing = layer->sharing };

  layer->values = ARENA_NEW_ARRAY (emit->scratch, Taken, made.unit.n_values);
  layer->number = emit->plan_layers->len;
  layer->is_unsure |= diag_n_errors (emit->diag) != n_errors;
  g_array_append_val (emit->plan_layers, made);
  emit->layer = NULL;
}

void
layer_expand_all (Emit *emit)
{
  const bool is_certain = diag_n_errors (emit->diag) == emit->n_errors;
  const State state = tests_save (emit);

  for (unsigned i = 0; i < emit->file_uses->len; i++)
    (void)layer_find (emit, g_ptr_array_index (emit->file_uses, i));
  if (emit->last_layer == NULL)
    return;
  for (Layer *layer = layer_order (emit); layer != NULL && !emit->is_full;
       layer = layer->next)
    expand_layer (emit, layer, is_certain);
  vars_go_to (emit, state.scope);
  emit->settings = state.settings;
  emit->lines = LINES_OF_FILE;
}
