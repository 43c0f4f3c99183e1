#include "config.h"

#include "suite/choose/order.h"

#include "sample.h"

#include <string.h>

/* Two plans, with the tests a1 a2 a3, b1 b2 b3, and layers:
 *
 *     in turn: T, U     shared: S     P extends T, and is shared
 */
enum
{
  LAYER_T,
  LAYER_U,
  LAYER_S,
  LAYER_P,
  N_LAYERS
};

typedef struct
{
  Sources *sources;
  Plan *plans[2];
  PlanLayer layers[N_LAYERS];
  GArray *tests;
} Fixture;

static const char *const names[2][4]
    = { { "a1", "a2", "a3", NULL }, { "b1", "b2", "b3", NULL } };

static void
make_layers (Fixture *fixture)
{
  static const uint32_t extends[] = { LAYER_T };
  static const char *const keys[] = { "t", "u", "s", "p" };

  for (unsigned i = 0; i < N_LAYERS; i++)
    fixture->layers[i]
        = (PlanLayer){ .key = keys[i],
                       .unit.name = keys[i],
                       .sharing = i < LAYER_S ? SHARING_TURN : SHARING_SHARED };
  fixture->layers[LAYER_P].unit.layers = extends;
  fixture->layers[LAYER_P].unit.n_layers = 1;
}

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->sources = sources_new ();
  fixture->tests = g_array_new (FALSE, FALSE, sizeof (ReportTest));
  make_layers (fixture);
  for (unsigned p = 0; p < 2; p++)
    {
      Plan *const plan = fixture->plans[p] = sample_plan (
          fixture->sources, p == 0 ? "a.plan" : "b.plan", names[p]);

      plan->layers = fixture->layers;
      plan->n_layers = N_LAYERS;
      for (uint32_t i = 0; i < plan->n_tests; i++)
        {
          const ReportTest test = { .plan = plan,
                                    .test = &plan->tests[i],
                                    .number = fixture->tests->len + 1 };
          g_array_append_val (fixture->tests, test);
        }
    }
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  g_array_unref (fixture->tests);
  plan_free (fixture->plans[0]);
  plan_free (fixture->plans[1]);
  sources_free (fixture->sources);
}

static void
append_test (GString *out, const ReportTest *test)
{
  g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "",
                          test->test->name);
  if (test->round > 0)
    g_string_append_printf (out, ".%u", test->round);
}

static char *
describe (const GArray *tests)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < tests->len; i++)
    {
      g_assert_cmpuint (g_array_index (tests, ReportTest, i).number, ==, i + 1);
      append_test (out, &g_array_index (tests, ReportTest, i));
    }
  return g_string_free (out, FALSE);
}

static void
assert_tests (Fixture *fixture, const char *expected)
{
  g_autofree char *text = describe (fixture->tests);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_longest (Fixture *fixture, const int64_t *usual, const char *expected)
{
  const ReportTest *const tests
      = (const ReportTest *)(const void *)fixture->tests->data;
  g_autofree unsigned *order
      = order_longest_first (tests, fixture->tests->len, usual);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < fixture->tests->len; i++)
    append_test (out, &tests[order[i]]);
  g_assert_cmpstr (out->str, ==, expected);
}

/* @layers: in the order in which they are set up. */
static void
use (Fixture *fixture, unsigned place, const uint32_t *layers,
     uint32_t n_layers)
{
  PlanTest *const test = &fixture->plans[place / 3]->tests[place % 3];

  test->layers = layers;
  test->n_layers = n_layers;
}

/* --- Chance ------------------------------------------------------------------
 */

/* Written down: the same on every machine, and ever after. */
static void
test_shuffle (Fixture *fixture, const void *data)
{
  (void)data;
  order_shuffle (fixture->tests, 3);
  assert_tests (fixture, "a3 a2 a1 b2 b1 b3");
}

/* Each order of the tests of a plan comes as often as the others. */
static void
test_shuffle_fair (Fixture *fixture, const void *data)
{
  static const char *const orders[] = { "a1 a2 a3", "a1 a3 a2", "a2 a1 a3",
                                        "a2 a3 a1", "a3 a1 a2", "a3 a2 a1" };
  unsigned n_seen[G_N_ELEMENTS (orders)] = { 0 };
  unsigned n_first = 0;

  (void)data;
  for (uint64_t seed = 1; seed <= 6000; seed++)
    {
      tear_down (fixture, data);
      set_up (fixture, data);
      order_shuffle (fixture->tests, seed);
      g_autofree char *text = describe (fixture->tests);
      n_first += text[0] == 'a';
      for (unsigned i = 0; i < G_N_ELEMENTS (orders); i++)
        n_seen[i] += strstr (text, orders[i]) != NULL;
    }
  g_assert_cmpuint (n_first, >, 2800);
  g_assert_cmpuint (n_first, <, 3200);
  for (unsigned i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_assert_cmpuint (n_seen[i], >, 850);
      g_assert_cmpuint (n_seen[i], <, 1150);
    }
}

static void
test_shuffle_rounds (Fixture *fixture, const void *data)
{
  (void)data;
  g_array_set_size (fixture->tests, 4);
  order_repeat (fixture->tests, 2);
  order_shuffle (fixture->tests, 3);
  assert_tests (fixture, "a3.1 a2.1 a1.1 b1.1 a2.2 a3.2 a1.2 b1.2");
}

static void
test_nothing (Fixture *fixture, const void *data)
{
  (void)data;
  g_array_set_size (fixture->tests, 0);
  order_shuffle (fixture->tests, 1);
  order_failed_first (fixture->tests, NULL);
  order_repeat (fixture->tests, 5);
  assert_longest (fixture, NULL, "");
  assert_tests (fixture, "");
}

/* --- Others ------------------------------------------------------------------
 */

static void
test_failed_first (Fixture *fixture, const void *data)
{
  const bool has_failed[6] = { [4] = true };

  (void)data;
  order_failed_first (fixture->tests, has_failed);
  assert_tests (fixture, "b2 b1 b3 a1 a2 a3");
}

static void
test_failed_none (Fixture *fixture, const void *data)
{
  const bool has_failed[6] = { false };

  (void)data;
  order_failed_first (fixture->tests, has_failed);
  assert_tests (fixture, "a1 a2 a3 b1 b2 b3");
}

static void
test_repeat (Fixture *fixture, const void *data)
{
  (void)data;
  g_array_remove_range (fixture->tests, 2, 3);
  order_repeat (fixture->tests, 1);
  assert_tests (fixture, "a1 a2 b3");
  order_repeat (fixture->tests, 3);
  assert_tests (fixture, "a1.1 a2.1 b3.1 a1.2 a2.2 b3.2 a1.3 a2.3 b3.3");
}

static void
test_median (void)
{
  static const int64_t microsecs[] = { 5, -1, 1, 9, -1 };

  g_assert_cmpint (order_median (microsecs, 5), ==, 5);
  g_assert_cmpint (order_median (microsecs, 3), ==, 5);
  g_assert_cmpint (order_median (microsecs + 1, 1), ==, -1);
  g_assert_cmpint (order_median (NULL, 0), ==, -1);
}

/* --- Longest first -----------------------------------------------------------
 */

static void
test_longest (Fixture *fixture, const void *data)
{
  (void)data;
  assert_longest (fixture, (const int64_t[]){ 1, 5, 0, 5, 9, 2 },
                  "b2 a2 b1 b3 a1 a3");
  /* Of 1, 3 and 9 the median is 3. */
  assert_longest (fixture, (const int64_t[]){ 1, -1, 3, -1, 9, -1 },
                  "b2 a2 a3 b1 b3 a1");
  assert_longest (fixture, (const int64_t[]){ -1, -1, -1, -1, -1, -1 },
                  "a1 a2 a3 b1 b2 b3");
  assert_longest (fixture, NULL, "a1 a2 a3 b1 b2 b3");
}

static void
test_longest_rounds (Fixture *fixture, const void *data)
{
  (void)data;
  g_array_set_size (fixture->tests, 2);
  order_repeat (fixture->tests, 2);
  assert_longest (fixture, (const int64_t[]){ 1, 2, 1, 2 },
                  "a2.1 a1.1 a2.2 a1.2");
}

/* Three of 4 that wait for each other take longer than one of 10; the layer is
 * that of another plan, too. */
static void
test_longest_turns (Fixture *fixture, const void *data)
{
  static const uint32_t t[] = { LAYER_T };

  (void)data;
  use (fixture, 0, t, 1);
  use (fixture, 2, t, 1);
  use (fixture, 4, t, 1);
  assert_longest (fixture, (const int64_t[]){ 4, 10, 4, 1, 4, 20 },
                  "b3 a1 a3 b2 a2 b1");
}

/* Who uses two layers waits for the users of either. */
static void
test_longest_joined (Fixture *fixture, const void *data)
{
  static const uint32_t t[] = { LAYER_T };
  static const uint32_t u[] = { LAYER_U };
  static const uint32_t both[] = { LAYER_T, LAYER_U };

  (void)data;
  use (fixture, 0, t, 1);
  use (fixture, 2, u, 1);
  use (fixture, 4, both, 2);
  assert_longest (fixture, (const int64_t[]){ 4, 11, 4, 1, 4, 20 },
                  "b3 a1 b2 a3 a2 b1");
}

/* Tests of shared layers do not wait for each other, nor if that extends one
 * that is not. */
static void
test_longest_shared (Fixture *fixture, const void *data)
{
  static const uint32_t s[] = { LAYER_S };
  static const uint32_t p[] = { LAYER_T, LAYER_P };

  (void)data;
  use (fixture, 0, s, 1);
  use (fixture, 2, s, 1);
  use (fixture, 3, p, 2);
  use (fixture, 4, p, 2);
  assert_longest (fixture, (const int64_t[]){ 4, 10, 3, 9, 8, 20 },
                  "b3 a2 b1 b2 a1 a3");
}

/* Without times: as long as one layer is up, what needs it comes. */
static void
test_layers_together (Fixture *fixture, const void *data)
{
  static const uint32_t t[] = { LAYER_T };
  static const uint32_t s[] = { LAYER_S };
  static const uint32_t p[] = { LAYER_T, LAYER_P };

  (void)data;
  use (fixture, 1, p, 2);
  use (fixture, 2, s, 1);
  use (fixture, 3, t, 1);
  use (fixture, 4, p, 2);
  use (fixture, 5, s, 1);
  assert_longest (fixture, NULL, "a1 a2 b2 b1 a3 b3");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, const void *data);
  } tests[] = {
    { "/order/shuffle", test_shuffle },
    { "/order/shuffle/fair", test_shuffle_fair },
    { "/order/shuffle/rounds", test_shuffle_rounds },
    { "/order/nothing", test_nothing },
    { "/order/failed-first", test_failed_first },
    { "/order/failed-first/none", test_failed_none },
    { "/order/repeat", test_repeat },
    { "/order/longest-first", test_longest },
    { "/order/longest-first/rounds", test_longest_rounds },
    { "/order/longest-first/turns", test_longest_turns },
    { "/order/longest-first/joined-turns", test_longest_joined },
    { "/order/longest-first/shared", test_longest_shared },
    { "/order/longest-first/layers-together", test_layers_together },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  g_test_add_func ("/order/median", test_median);
  return g_test_run ();
}
