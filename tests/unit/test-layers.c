#include "config.h"

#include "suite/choose/layers.h"

#include "compiling.h"

#include <string.h>

/* --- A text is compiled, and its tree told ----------------------------------
 *
 * "base next<base" are the layers, each with that in which it is set up, then
 * "t@next" the tests, each with its place.
 */

typedef struct
{
  const char *path;
  const char *text;
  const char *tree;
} Case;

#define LAYER(name) "layer " name " { setup { run true } }\n"
#define EXTENDS(name, base)                                                    \
  "layer " name " { extends " base "; setup { run true } }\n"
#define TEST(name, layers) "test " name " { uses " layers "; run true }\n"

static const Case cases[] = {
  { "/layers/tree/none", LAYER ("a") "test t { run true }\n", "t@-" },
  { "/layers/tree/of-those-used", LAYER ("a") LAYER ("b") TEST ("t", "b"),
    "b t@b" },
  { "/layers/tree/chain",
    LAYER ("a") EXTENDS ("b", "a") EXTENDS ("c", "b") TEST ("t", "c"),
    "a b<a c<b t@c" },
  { "/layers/tree/each-of-a-chain",
    LAYER ("a") EXTENDS ("b", "a") EXTENDS ("c", "b") TEST ("t", "c")
        TEST ("u", "a") TEST ("v", "b") "test w { run true }\n",
    "a b<a c<b t@c u@a v@b w@-" },
  { "/layers/tree/branches",
    LAYER ("a") EXTENDS ("b", "a") EXTENDS ("c", "a") TEST ("t", "b")
        TEST ("u", "c"),
    "a b<a c<a t@b u@c" },
  { "/layers/tree/apart",
    LAYER ("a") LAYER ("b") TEST ("t", "a") TEST ("u", "b"), "a b t@a u@b" },
  { "/layers/tree/both", LAYER ("a") LAYER ("b") TEST ("t", "a b"),
    "a b<a t@b" },
  { "/layers/tree/both-and-each",
    LAYER ("a") LAYER ("b") TEST ("t", "a") TEST ("u", "b") TEST ("v", "a b"),
    "a b<a t@a u@b v@b" },
  { "/layers/tree/two-bases",
    LAYER ("a") LAYER ("b") EXTENDS ("c", "a b") TEST ("t", "c"),
    "a b<a c<b t@c" },
  { "/layers/tree/a-ring",
    LAYER ("a") LAYER ("b") LAYER ("c") TEST ("t", "a b") TEST ("u", "b c")
        TEST ("v", "a c"),
    "a b<a c<b t@b u@c v@c" },
};

static const char *
name_of (const Layers *layers, uint32_t node)
{
  return node == LAYER_NONE ? "-" : layers_get (layers, node)->layer->unit.name;
}

static char *
tell_tree (const Layers *layers, const ReportTest *tests, unsigned n_tests)
{
  GString *out = g_string_new (NULL);

  for (uint32_t i = 0; i < layers_count (layers); i++)
    {
      const uint32_t parent = layers_get (layers, i)->parent;
      g_string_append (out, name_of (layers, i));
      if (parent != LAYER_NONE)
        g_string_append_printf (out, "<%s", name_of (layers, parent));
      g_string_append_c (out, ' ');
    }
  for (unsigned i = 0; i < n_tests; i++)
    g_string_append_printf (out, "%s@%s%s", tests[i].test->name,
                            name_of (layers, layers_place (layers, &tests[i])),
                            i + 1 < n_tests ? " " : "");
  return g_string_free (out, FALSE);
}

static void
test_tree (const void *data)
{
  const Case *c = data;
  Compiled compiled;
  ReportTest tests[8];

  compiled_init (&compiled, c->text, strlen (c->text));
  g_autofree char *messages = compiled_messages (&compiled);
  g_assert_cmpstr (messages, ==, "");
  for (uint32_t i = 0; i < compiled.plan->n_tests; i++)
    tests[i] = (ReportTest){ .plan = compiled.plan,
                             .test = &compiled.plan->tests[i] };
  Layers *layers = layers_new (tests, compiled.plan->n_tests);
  g_autofree char *tree = tell_tree (layers, tests, compiled.plan->n_tests);
  g_assert_cmpstr (tree, ==, c->tree);
  layers_free (layers);
  compiled_clear (&compiled);
}

/* --- Any layers, any tests --------------------------------------------------
 *
 * A set of layers is a mask; each extends some before it.  A plan has some of
 * them, in an order of its own.
 */

#define N_ROUNDS 300
#define MAX_BITS 12
#define N_PLANS  3
#define N_TESTS  8 /* of each plan */

typedef struct
{
  uint32_t bases[MAX_BITS]; /* all, also those of the bases */
  unsigned n_bits;
} World;

typedef struct
{
  Plan plan;
  PlanLayer layers[MAX_BITS];
  unsigned bits[MAX_BITS]; /* which of the world's each of its layers is */
  uint32_t lists[MAX_BITS + N_TESTS][MAX_BITS];
  PlanTest tests[N_TESTS];
} RandomPlan;

static const char *const keys[MAX_BITS]
    = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l" };

static uint32_t
draw_mask (unsigned n_bits, int one_in)
{
  uint32_t mask = 0;

  for (unsigned i = 0; i < n_bits; i++)
    mask |= (uint32_t)(g_test_rand_int_range (0, one_in) == 0) << i;
  return mask;
}

/* With all that they extend. */
static uint32_t
close_mask (const World *world, uint32_t mask)
{
  uint32_t closed = mask;

  for (unsigned i = 0; i < world->n_bits; i++)
    if ((mask & 1U << i) != 0)
      closed |= world->bases[i];
  return closed;
}

static void
draw_world (World *world)
{
  world->n_bits = (unsigned)g_test_rand_int_range (1, MAX_BITS + 1);
  for (unsigned i = 0; i < world->n_bits; i++)
    world->bases[i]
        = close_mask (world, draw_mask (i, g_test_rand_int_range (2, 6)));
}

/* Those of the set, as places in the plan, in its order. */
static void
set_layers (RandomPlan *random, PlanTest *unit, uint32_t *list, uint32_t mask)
{
  unit->layers = list;
  for (uint32_t i = 0; i < random->plan.n_layers; i++)
    if ((mask & 1U << random->bits[i]) != 0)
      list[unit->n_layers++] = i;
}

static void
draw_plan (const World *world, RandomPlan *random)
{
  uint32_t left = close_mask (world, draw_mask (world->n_bits, 2));
  uint32_t done = 0;

  *random = (RandomPlan){ .plan = { .layers = random->layers } };
  while (left != 0)
    {
      const unsigned bit
          = (unsigned)g_test_rand_int_range (0, (gint32)world->n_bits);
      if ((left & 1U << bit) == 0 || (world->bases[bit] & ~done) != 0)
        continue;
      const uint32_t number = random->plan.n_layers++;
      random->bits[number] = bit;
      random->layers[number] = (PlanLayer){ .unit = { .name = keys[bit] } };
      random->layers[number].key = keys[bit];
      set_layers (random, &random->layers[number].unit, random->lists[number],
                  world->bases[bit]);
      done |= 1U << bit;
      left &= ~(1U << bit);
    }
  for (unsigned i = 0; i < N_TESTS; i++)
    set_layers (random, &random->tests[i], random->lists[MAX_BITS + i],
                close_mask (world, done & draw_mask (world->n_bits, 4)));
}

static uint32_t
mask_of (const RandomPlan *random, const PlanTest *unit)
{
  uint32_t mask = 0;

  for (uint32_t i = 0; i < unit->n_layers; i++)
    mask |= 1U << random->bits[unit->layers[i]];
  return mask;
}

static unsigned
count_bits (uint32_t mask)
{
  unsigned n = 0;

  for (; mask != 0; mask &= mask - 1)
    n++;
  return n;
}

/* All its layers are on the way from its place to the root, each within those
 * that it extends. */
static void
check_test (const Layers *layers, const World *world, const ReportTest *test)
{
  const RandomPlan *random = (const RandomPlan *)test->plan;
  const uint32_t place = layers_place (layers, test);
  bool is_own_place = test->test->n_layers == 0;

  g_assert_cmpint (place == LAYER_NONE, ==, is_own_place);
  for (uint32_t i = 0; i < test->test->n_layers; i++)
    {
      const uint32_t number = test->test->layers[i];
      const uint32_t node = layers_find (layers, test->plan, number);
      const LayerNode *got = layers_get (layers, node);
      g_assert_cmpstr (got->layer->key, ==, random->layers[number].key);
      g_assert_true (layers_is_within (layers, place, node));
      is_own_place = is_own_place || node == place;
      for (uint32_t k = 0; k < i; k++)
        {
          const uint32_t other = test->test->layers[k];
          const uint32_t before = layers_find (layers, test->plan, other);
          g_assert_cmpuint (before, !=, node);
          if ((world->bases[random->bits[number]] & 1U << random->bits[other])
              != 0)
            g_assert_true (layers_is_within (layers, node, before));
        }
    }
  g_assert_true (is_own_place);
}

static void
check_way (const Layers *layers, uint32_t node)
{
  unsigned n = 0;

  for (; node != LAYER_NONE; node = layers_get (layers, node)->parent)
    g_assert_cmpuint (n++, <, layers_count (layers));
}

static void
test_random (void)
{
  static RandomPlan plans[N_PLANS];
  static ReportTest tests[N_PLANS * N_TESTS];
  World world;
  uint32_t used = 0;
  unsigned n_tests = 0;

  draw_world (&world);
  for (unsigned i = 0; i < N_PLANS; i++)
    {
      draw_plan (&world, &plans[i]);
      for (unsigned k = 0; k < N_TESTS; k++)
        {
          tests[n_tests++] = (ReportTest){ .plan = &plans[i].plan,
                                           .test = &plans[i].tests[k] };
          used |= mask_of (&plans[i], &plans[i].tests[k]);
        }
    }
  Layers *layers = layers_new (tests, n_tests);
  g_assert_cmpuint (layers_count (layers), ==, count_bits (used));
  for (uint32_t i = 0; i < layers_count (layers); i++)
    check_way (layers, i);
  for (unsigned i = 0; i < n_tests; i++)
    check_test (layers, &world, &tests[i]);
  layers_free (layers);
}

static void
test_any (void)
{
  for (int round = 0; round < N_ROUNDS; round++)
    test_random ();
}

/* --- One by one ------------------------------------------------------------
 */

/* The same layer, included by two plans, in which it has other numbers. */
static void
test_same_key (void)
{
  static const uint32_t first[] = { 0 };
  static const uint32_t second[] = { 1 };
  PlanLayer of_one[] = { { .unit = { .name = "l" }, .key = "k" } };
  PlanLayer of_two[] = { { .unit = { .name = "l" }, .key = "other" },
                         { .unit = { .name = "l" }, .key = "k" } };
  const Plan one = { .layers = of_one, .n_layers = 1 };
  const Plan two = { .layers = of_two, .n_layers = 2 };
  const PlanTest uses_first = { .layers = first, .n_layers = 1 };
  const PlanTest uses_second = { .layers = second, .n_layers = 1 };
  const ReportTest tests[] = { { .plan = &one, .test = &uses_first },
                               { .plan = &two, .test = &uses_second },
                               { .plan = &two, .test = &uses_first } };
  Layers *layers = layers_new (tests, 3);

  g_assert_cmpuint (layers_count (layers), ==, 2);
  g_assert_cmpuint (layers_find (layers, &one, 0), ==,
                    layers_find (layers, &two, 1));
  g_assert_cmpuint (layers_place (layers, &tests[0]), ==,
                    layers_place (layers, &tests[1]));
  g_assert_cmpuint (layers_place (layers, &tests[0]), !=,
                    layers_place (layers, &tests[2]));
  layers_free (layers);
}

static void
test_none (void)
{
  Layers *layers = layers_new (NULL, 0);

  g_assert_cmpuint (layers_count (layers), ==, 0);
  layers_free (layers);
  layers_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_tree);
  g_test_add_func ("/layers/any/all-on-one-way", test_any);
  g_test_add_func ("/layers/key/one-node-for-two-plans", test_same_key);
  g_test_add_func ("/layers/none", test_none);
  return g_test_run ();
}
