#include "config.h"

#include "sample.h"
#include "suite/choose/select.h"

typedef struct
{
  Sources *sources;
  Plan *plan;
  Filter filter;
  Selection selection;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  static const char *const names[] = { "one", "two", "three", NULL };
  static const char *const two[] = { "slow" };
  static const char *const three[] = { "net", "slow" };

  (void)data;
  fixture->sources = sources_new ();
  fixture->plan = sample_plan (fixture->sources, "a.plan", names);
  fixture->plan->tests[1].tags = two;
  fixture->plan->tests[1].n_tags = 1;
  fixture->plan->tests[2].tags = three;
  fixture->plan->tests[2].n_tags = 2;
  fixture->plan->tests[2].level = 2;
  filter_init (&fixture->filter);
  fixture->filter.level = 2;
  selection_init (&fixture->selection);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  selection_clear (&fixture->selection);
  filter_clear (&fixture->filter);
  plan_free (fixture->plan);
  sources_free (fixture->sources);
}

/* The names of those that were chosen, each with its number. */
static void
assert_chosen (Fixture *fixture, const char *expected)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (unsigned i = 0; i < fixture->selection.tests->len; i++)
    {
      const ReportTest *const test
          = &g_array_index (fixture->selection.tests, ReportTest, i);

      g_string_append_printf (names, "%u:%s ", test->number, test->test->name);
    }
  g_assert_cmpstr (names->str, ==, expected);
}

static bool
add (Fixture *fixture, const char *name)
{
  return selection_add (&fixture->selection, &fixture->filter, fixture->plan,
                        name);
}

typedef struct
{
  const char *path;
  const char *pattern;
  const char *tags[3];
  const char *chosen;
} Case;

static const Case cases[] = {
  { "/select/all", NULL, { NULL }, "1:one 2:two 3:three " },
  { "/select/pattern/anywhere", "o", { NULL }, "1:one 2:two " },
  { "/select/pattern/anchored", "^a.plan:t", { NULL }, "1:two 2:three " },
  { "/select/pattern/none", "x", { NULL }, "" },
  { "/select/tags/one", NULL, { "slow" }, "1:two 2:three " },
  { "/select/tags/either", NULL, { "net,x" }, "1:three " },
  { "/select/tags/without", NULL, { "!net" }, "1:one 2:two " },
  { "/select/tags/with-and-without", NULL, { "slow,!net" }, "1:two " },
  { "/select/tags/both", NULL, { "slow", "net" }, "1:three " },
  { "/select/tags/unknown", NULL, { "x" }, "" },
  { "/select/tags/empty", NULL, { "" }, "1:one 2:two 3:three " },
  { "/select/tags-and-pattern", "two", { "slow" }, "1:two " },
};

static void
test_case (Fixture *fixture, const void *data)
{
  const Case *const c = data;

  if (c->pattern != NULL)
    g_assert_true (filter_set_pattern (&fixture->filter, c->pattern, NULL));
  for (unsigned i = 0; c->tags[i] != NULL; i++)
    filter_add_tags (&fixture->filter, c->tags[i]);
  g_assert_true (add (fixture, NULL));
  assert_chosen (fixture, c->chosen);
}

static void
test_level (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->filter.level = 1;
  g_assert_true (add (fixture, NULL));
  assert_chosen (fixture, "1:one 2:two ");
  g_assert_cmpuint (fixture->selection.n_too_high, ==, 1);
}

/* Whoever names a test wants it. */
static void
test_level_of_named (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->filter.level = 1;
  g_assert_true (add (fixture, "three"));
  assert_chosen (fixture, "1:three ");
}

static void
test_once (Fixture *fixture, const void *data)
{
  (void)data;
  g_assert_true (add (fixture, "two"));
  g_assert_true (add (fixture, NULL));
  g_assert_true (add (fixture, "two"));
  assert_chosen (fixture, "1:two 2:one 3:three ");
}

static void
test_unknown (Fixture *fixture, const void *data)
{
  (void)data;
  g_assert_false (add (fixture, "four"));
  assert_chosen (fixture, "");
}

static void
test_bad_pattern (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;

  (void)data;
  g_assert_false (filter_set_pattern (&fixture->filter, "(", &error));
  g_assert_true (error->domain == G_REGEX_ERROR);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, const void *data);
  } tests[] = {
    { "/select/level", test_level },
    { "/select/level/of-named", test_level_of_named },
    { "/select/once", test_once },
    { "/select/unknown", test_unknown },
    { "/select/bad-pattern", test_bad_pattern },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add (cases[i].path, Fixture, &cases[i], set_up, test_case,
                tear_down);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
