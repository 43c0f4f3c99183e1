#include "config.h"

#include "suite/choose/layers.h"

struct Layers
{
  GArray *nodes;      /* owned: of LayerNode, each behind those it extends */
  GHashTable *by_key; /* owned: to the number of the node, plus 1 */
};

static uint32_t
add (Layers *layers, const Plan *plan, uint32_t number)
{
  const PlanLayer *layer = &plan->layers[number];
  const unsigned found
      = GPOINTER_TO_UINT (g_hash_table_lookup (layers->by_key, layer->key));

  if (found > 0)
    return found - 1;

  const LayerNode node = { .plan = plan, .layer = layer, .parent = LAYER_NONE };
  g_array_append_val (layers->nodes, node);
  (void)g_hash_table_insert (layers->by_key, (void *)layer->key,
                             GUINT_TO_POINTER (layers->nodes->len));
  return layers->nodes->len - 1;
}

/* --- The tree -------------------------------------------------------------
 *
 * The elimination tree of the graph in which those are joined that a test uses
 * together: the last layer stands on the last of those before it that it is
 * joined with, and that one is then joined with all the others.  What is
 * joined lies on one way from the root.
 */

static GHashTable *
joined_with (GPtrArray *joined, uint32_t node)
{
  while (joined->len <= node)
    g_ptr_array_add (joined, NULL);
  if (joined->pdata[node] == NULL)
    joined->pdata[node] = g_hash_table_new (NULL, NULL);
  return joined->pdata[node];
}

/* The last of them is joined with the others. */
static void
join (Layers *layers, GPtrArray *joined, const ReportTest *test)
{
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  uint32_t last = 0;

  for (uint32_t i = 0; i < test->test->n_layers; i++)
    {
      const uint32_t node = add (layers, test->plan, test->test->layers[i]);
      g_array_append_val (nodes, node);
      last = MAX (last, node);
    }
  GHashTable *others = joined_with (joined, last);
  for (guint i = 0; i < nodes->len; i++)
    {
      const uint32_t node = g_array_index (nodes, uint32_t, i);
      if (node != last)
        (void)g_hash_table_add (others, GUINT_TO_POINTER (node));
    }
}

static void
find_parent (Layers *layers, GPtrArray *joined, uint32_t node)
{
  GHashTableIter iter;
  void *other;
  uint32_t parent = LAYER_NONE;

  g_hash_table_iter_init (&iter, joined->pdata[node]);
  while (g_hash_table_iter_next (&iter, &other, NULL))
    if (parent == LAYER_NONE || GPOINTER_TO_UINT (other) > parent)
      parent = GPOINTER_TO_UINT (other);
  g_array_index (layers->nodes, LayerNode, node).parent = parent;
  if (parent == LAYER_NONE)
    return;

  GHashTable *others = joined_with (joined, parent);
  g_hash_table_iter_init (&iter, joined->pdata[node]);
  while (g_hash_table_iter_next (&iter, &other, NULL))
    if (GPOINTER_TO_UINT (other) != parent)
      (void)g_hash_table_add (others, other);
}

static void
free_set (void *set)
{
  if (set != NULL)
    g_hash_table_unref (set);
}

Layers *
layers_new (const ReportTest *tests, unsigned n_tests)
{
  Layers *layers = g_new (Layers, 1);
  g_autoptr (GPtrArray) joined = g_ptr_array_new_with_free_func (free_set);

  layers->nodes = g_array_new (FALSE, FALSE, sizeof (LayerNode));
  layers->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  for (unsigned i = 0; i < n_tests; i++)
    if (tests[i].test->n_layers > 0)
      join (layers, joined, &tests[i]);
  for (uint32_t i = 0; i < layers->nodes->len; i++)
    (void)joined_with (joined, i);
  for (uint32_t i = layers->nodes->len; i-- > 0;)
    find_parent (layers, joined, i);
  return layers;
}

void
layers_free (Layers *layers)
{
  if (layers == NULL)
    return;
  g_array_unref (layers->nodes);
  g_hash_table_unref (layers->by_key);
  g_free (layers);
}

unsigned
layers_count (const Layers *layers)
{
  return layers->nodes->len;
}

const LayerNode *
layers_get (const Layers *layers, uint32_t node)
{
  return &g_array_index (layers->nodes, LayerNode, node);
}

uint32_t
layers_find (const Layers *layers, const Plan *plan, uint32_t layer)
{
  return GPOINTER_TO_UINT (
             g_hash_table_lookup (layers->by_key, plan->layers[layer].key))
         - 1;
}

/* The last added is the innermost: whatever else the test uses is on the way
 * to it. */
uint32_t
layers_place (const Layers *layers, const ReportTest *test)
{
  uint32_t place = LAYER_NONE;

  for (uint32_t i = 0; i < test->test->n_layers; i++)
    {
      const uint32_t node
          = layers_find (layers, test->plan, test->test->layers[i]);
      if (place == LAYER_NONE || node > place)
        place = node;
    }
  return place;
}

bool
layers_is_within (const Layers *layers, uint32_t node, uint32_t outer)
{
  while (node != LAYER_NONE && node != outer)
    node = layers_get (layers, node)->parent;
  return node == outer;
}
