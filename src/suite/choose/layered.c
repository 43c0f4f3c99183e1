#include "config.h"

#include "suite/choose/layered.h"

/* What is looked up: a layer below another one, or in a round. */
typedef struct
{
  unsigned where;
  const char *key; /* borrowed */
} LayerName;

static guint
name_hash (const void *data)
{
  const LayerName *const name = data;

  return g_str_hash (name->key) * 31 + name->where;
}

static gboolean
name_equal (const void *a, const void *b)
{
  const LayerName *const x = a;
  const LayerName *const y = b;

  return x->where == y->where && g_str_equal (x->key, y->key);
}

/* From LayerName (owned) to a number. */
static GHashTable *
names_new (void)
{
  return g_hash_table_new_full (name_hash, name_equal, g_free, NULL);
}

/* The number of the name, which is @number if it is new. */
static unsigned
names_add (GHashTable *names, unsigned where, const char *key, unsigned number)
{
  const LayerName name = { where, key };
  void *known;

  if (g_hash_table_lookup_extended (names, &name, NULL, &known))
    return GPOINTER_TO_UINT (known);

  LayerName *added = g_new (LayerName, 1);
  *added = name;
  (void)g_hash_table_insert (names, added, GUINT_TO_POINTER (number));
  return number;
}

static const PlanLayer *
layer_of (const ReportTest *test, uint32_t i)
{
  return &test->plan->layers[test->test->layers[i]];
}

/* --- Ranks -------------------------------------------------------------------
 */

/* A round, a layer below it, or a test, below the last of its layers. */
typedef struct
{
  unsigned parent;
  unsigned first_child;
  unsigned last_child;
  unsigned next; /* the next child of the parent */
  unsigned test; /* its place; PLAN_NONE: it is none */
} Node;

#define ROOT 0

/* The root is nobody's child: so its number means "none". */
static unsigned
add_node (GArray *nodes, unsigned parent, unsigned test)
{
  const unsigned added = nodes->len;
  const Node node = { .parent = parent, .test = test };
  g_array_append_val (nodes, node);

  Node *const all = (Node *)(void *)nodes->data;
  if (added == ROOT)
    return added;
  if (all[parent].first_child == ROOT)
    all[parent].first_child = added;
  else
    all[all[parent].last_child].next = added;
  all[parent].last_child = added;
  return added;
}

static unsigned
find_child (GArray *nodes, GHashTable *names, unsigned parent, const char *key)
{
  const unsigned child = names_add (names, parent, key, nodes->len);

  return child < nodes->len ? child : add_node (nodes, parent, PLAN_NONE);
}

/* The node that comes after @at, parents before their children. */
static unsigned
next_node (const Node *nodes, unsigned at)
{
  if (nodes[at].first_child != ROOT)
    return nodes[at].first_child;
  while (at != ROOT && nodes[at].next == ROOT)
    at = nodes[at].parent;
  return nodes[at].next;
}

unsigned *
layered_ranks (const ReportTest *tests, unsigned n_tests)
{
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (Node));
  g_autoptr (GHashTable) names = names_new ();
  unsigned *ranks = g_new (unsigned, n_tests);
  unsigned round = ROOT;

  (void)add_node (nodes, ROOT, PLAN_NONE);
  for (unsigned i = 0; i < n_tests; i++)
    {
      if (i == 0 || tests[i].round != tests[i - 1].round)
        round = add_node (nodes, ROOT, PLAN_NONE);
      unsigned node = round;
      for (uint32_t l = 0; l < tests[i].test->n_layers; l++)
        node = find_child (nodes, names, node, layer_of (&tests[i], l)->key);
      (void)add_node (nodes, node, i);
    }

  const Node *const all = (const Node *)(const void *)nodes->data;
  unsigned rank = 0;
  for (unsigned at = next_node (all, ROOT); at != ROOT;
       at = next_node (all, at))
    if (all[at].test != PLAN_NONE)
      ranks[all[at].test] = rank++;
  return ranks;
}

/* --- Turns -------------------------------------------------------------------
 */

/* The first of those that @place is known to be with; on the way the path is
 * made shorter. */
static unsigned
find_first (unsigned *firsts, unsigned place)
{
  while (firsts[place] != place)
    {
      firsts[place] = firsts[firsts[place]];
      place = firsts[place];
    }
  return place;
}

static void
join (unsigned *firsts, unsigned a, unsigned b)
{
  const unsigned x = find_first (firsts, a);
  const unsigned y = find_first (firsts, b);

  firsts[MAX (x, y)] = MIN (x, y);
}

/* No other layer of the test extends it: how it is shared is about those that
 * use it, not about those that use what extends it. */
static bool
is_used_itself (const ReportTest *test, uint32_t layer)
{
  const uint32_t number = test->test->layers[layer];

  for (uint32_t i = 0; i < test->test->n_layers; i++)
    {
      const PlanTest *const other = &layer_of (test, i)->unit;
      for (uint32_t j = 0; j < other->n_layers; j++)
        if (other->layers[j] == number)
          return false;
    }
  return true;
}

unsigned *
layered_turns (const ReportTest *tests, unsigned n_tests)
{
  g_autoptr (GHashTable) names = names_new ();
  unsigned *firsts = g_new (unsigned, n_tests);

  for (unsigned i = 0; i < n_tests; i++)
    {
      firsts[i] = i;
      for (uint32_t l = 0; l < tests[i].test->n_layers; l++)
        {
          const PlanLayer *const layer = layer_of (&tests[i], l);
          if (layer->sharing == SHARING_TURN && is_used_itself (&tests[i], l))
            join (firsts, i, names_add (names, tests[i].round, layer->key, i));
        }
    }
  for (unsigned i = 0; i < n_tests; i++)
    firsts[i] = find_first (firsts, i);
  return firsts;
}
