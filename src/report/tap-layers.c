#include "config.h"

#include "report/tap-layers.h"

#include "report/diagnostics.h"
#include "report/tap-text.h"

typedef struct
{
  ReportTest test; /* the caller's may be gone by then */
  Record *record;  /* owned; NULL: nothing failed */
} TapLayer;

struct TapLayers
{
  unsigned number;
  unsigned n_bad;
  unsigned n_interrupted;
  GArray *ended; /* owned; of TapLayer */
};

static void
layer_clear (TapLayer *layer)
{
  record_free (layer->record);
}

TapLayers *
tap_layers_new (unsigned number)
{
  TapLayers *layers = g_new0 (TapLayers, 1);

  layers->number = number;
  layers->ended = g_array_new (FALSE, FALSE, sizeof (TapLayer));
  g_array_set_clear_func (layers->ended, (GDestroyNotify)layer_clear);
  return layers;
}

void
tap_layers_free (TapLayers *layers)
{
  if (layers == NULL)
    return;

  g_array_unref (layers->ended);
  g_free (layers);
}

void
tap_layers_add (TapLayers *layers, const ReportTest *test, Record *record)
{
  const bool is_bad = record_has_failed (record);
  const TapLayer layer = { .test = *test, .record = is_bad ? record : NULL };

  layers->n_interrupted += record->verdict == VERDICT_INTERRUPTED;
  if (!is_bad)
    record_free (record);
  layers->n_bad += is_bad;
  g_array_append_val (layers->ended, layer);
}

/* One that stood on a layer that broke has been interrupted, too. */
bool
tap_layers_are_interrupted (const TapLayers *layers)
{
  return layers->n_interrupted > 0 && layers->n_bad == 0;
}

void
tap_layers_end (const TapLayers *layers, GString *out)
{
  if (layers->ended->len == 0)
    {
      g_string_append_printf (out, "ok %u - layers # SKIP none was set up\n",
                              layers->number);
      return;
    }

  g_string_append_printf (out, "# Subtest: layers\n" TAP_SUBTEST "1..%u\n",
                          layers->ended->len);
  for (unsigned i = 0; i < layers->ended->len; i++)
    {
      const TapLayer *const layer = &g_array_index (layers->ended, TapLayer, i);

      tap_append_point (out, TAP_SUBTEST, layer->record == NULL, i + 1,
                        &layer->test);
      g_string_append_c (out, '\n');
      if (layer->record != NULL)
        diagnostics_append (out, TAP_SUBTEST "  ", &layer->test, layer->record);
    }
  g_string_append_printf (out, "%sok %u - layers\n",
                          layers->n_bad > 0 ? "not " : "", layers->number);
}
