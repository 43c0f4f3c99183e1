#include "config.h"

#include "compiling.h"

#include <string.h>

static const char text[]
    = "layer base {\n"
      "  timeout 3s\n"
      "  let conf = \"$tmp/conf\"\n"
      "  setup {\n"
      "    port = freePort\n"
      "    db = spawn sleep $port\n"
      "    run true\n"
      "    expect db x\n"
      "    defer { log deferred }\n"
      "    wait db 0\n"
      "    web = spawn sleep 1\n"
      "  }\n"
      "  teardown { wait web }\n"
      "}\n"
      "layer unused { sharing split }\n"
      "layer next { sharing shared; extends base; setup { log $conf } }\n"
      "test own { log x }\n"
      "test both {\n"
      "  uses next\n"
      "  lock a b; lock a\n"
      "  leftovers report\n"
      "  run true\n"
      "  log \"$conf $port\"\n"
      "  stop web\n"
      "}\n";

static const PlanTest *
test_of (const Plan *plan, const char *name)
{
  for (uint32_t i = 0; i < plan->n_tests; i++)
    if (strcmp (plan->tests[i].name, name) == 0)
      return &plan->tests[i];
  g_assert_not_reached ();
}

static void
compile (Compiled *compiled)
{
  compiled_init (compiled, text, strlen (text));

  g_autofree char *messages = compiled_messages (compiled);

  g_assert_nonnull (compiled->plan);
  g_assert_cmpstr (messages, ==, "");
}

static void
test_order (void)
{
  Compiled compiled;

  compile (&compiled);

  const Plan *const plan = compiled.plan;
  const PlanTest *const test = test_of (plan, "both");

  g_assert_cmpuint (plan->n_layers, ==, 3);
  g_assert_cmpstr (plan->layers[0].unit.name, ==, "base");
  g_assert_cmpint (plan->layers[1].sharing, ==, SHARING_SPLIT);
  g_assert_cmpuint (plan->layers[0].unit.first_op, ==, 0);
  g_assert_cmpuint (plan_test_end (&plan->layers[2].unit), ==,
                    plan->tests[0].first_op);
  g_assert_cmpuint (plan->layers[2].unit.n_layers, ==, 1);
  g_assert_cmpuint (plan->layers[2].unit.layers[0], ==, 0);
  g_assert_cmpuint (test->n_layers, ==, 2);
  g_assert_cmpuint (test->layers[0], ==, 0);
  g_assert_cmpuint (test->layers[1], ==, 2);
  g_assert_cmpuint (test_of (plan, "own")->n_layers, ==, 0);
  compiled_clear (&compiled);
}

static uint32_t
find_op (const Plan *plan, const PlanTest *unit, OpCode code)
{
  for (uint32_t i = unit->first_op; i < plan_test_end (unit); i++)
    if (plan->ops[i].code == code)
      return i;
  g_assert_not_reached ();
}

/* While it is up nothing of the tear-down is anticipated. */
static void
test_hold (void)
{
  Compiled compiled;

  compile (&compiled);

  const Plan *const plan = compiled.plan;
  const PlanTest *const unit = &plan->layers[0].unit;
  const uint32_t hold = find_op (plan, unit, OP_HOLD);
  const PlanSection *const sections = unit->sections;

  g_assert_cmpint (plan->ops[hold - 1].code, ==, OP_CHECK_EXITS);
  g_assert_cmpuint (plan->ops[hold - 1].next, ==, PLAN_NONE);
  g_assert_cmpint (plan->ops[hold - 2].code, ==, OP_DEFER);
  g_assert_cmpuint (plan->ops[hold - 2].section, ==, 0);
  g_assert_cmpuint (unit->n_sections, ==, 3);
  g_assert_cmpuint (sections[0].first_op, ==, hold + 1);
  g_assert_cmpuint (sections[0].n_ops, ==, 1);
  g_assert_cmpint (plan->ops[hold + 1].code, ==, OP_RELEASE);
  g_assert_false (sections[0].is_teardown);
  g_assert_false (sections[1].is_teardown);
  g_assert_true (sections[2].is_teardown);
  g_assert_cmpuint (sections[2].defer_op, ==, unit->first_op);
  compiled_clear (&compiled);
}

static void
test_values (void)
{
  Compiled compiled;

  compile (&compiled);

  const PlanTest *const base = &compiled.plan->layers[0].unit;
  const PlanTest *const next = &compiled.plan->layers[2].unit;
  const PlanTest *const test = test_of (compiled.plan, "both");

  g_assert_cmpuint (base->n_values, ==, 3);
  g_assert_cmpstr (base->values[LAYER_VALUE_TMP].name, ==, "tmp");
  g_assert_cmpstr (base->values[LAYER_VALUE_LOGDIR].name, ==, "logdir");
  for (uint32_t i = 0; i < base->n_values; i++)
    g_assert_cmpuint (base->values[i].layer, ==, PLAN_NONE);

  g_assert_cmpuint (next->n_values, ==, 3);
  g_assert_cmpstr (next->values[2].name, ==, "base.tmp");
  g_assert_cmpuint (next->values[2].layer, ==, 0);
  g_assert_cmpuint (next->values[2].number, ==, LAYER_VALUE_TMP);

  g_assert_cmpuint (test->n_values, ==, 2);
  g_assert_cmpstr (test->values[0].name, ==, "base.tmp");
  g_assert_cmpstr (test->values[1].name, ==, "port");
  g_assert_cmpuint (test->values[1].layer, ==, 0);
  g_assert_cmpuint (test->values[1].number, ==, 2);
  compiled_clear (&compiled);
}

/* Only what is used is taken over. */
static void
test_processes (void)
{
  Compiled compiled;

  compile (&compiled);

  const PlanTest *const base = &compiled.plan->layers[0].unit;
  const PlanTest *const test = test_of (compiled.plan, "both");
  const PlanProcess *const web = &test->processes[1];

  g_assert_cmpuint (base->n_processes, ==, 3);
  g_assert_cmpuint (test->n_processes, ==, 2);
  g_assert_cmpstr (test->processes[0].name, ==, "true");
  g_assert_cmpuint (test->processes[0].flags, ==, 0);
  g_assert_cmpstr (web->name, ==, "web");
  g_assert_cmpuint (web->flags, ==, PLAN_OF_LAYER);
  g_assert_cmpuint (web->layer, ==, 0);
  g_assert_cmpuint (web->number, ==, 2);
  g_assert_cmpuint (web->wait_op, ==, PLAN_NONE);
  g_assert_cmpuint (web->spawn_op, ==, base->processes[2].spawn_op);
  g_assert_true (web->spawn == base->processes[2].spawn);
  compiled_clear (&compiled);
}

static void
test_settings (void)
{
  Compiled compiled;

  compile (&compiled);

  const PlanTest *const test = test_of (compiled.plan, "both");

  g_assert_cmpuint (test->n_locks, ==, 2);
  g_assert_cmpstr (test->locks[0], ==, "a");
  g_assert_cmpstr (test->locks[1], ==, "b");
  g_assert_cmpint (test->leftovers, ==, LEFTOVERS_REPORT);
  g_assert_cmpint (compiled.plan->tests[0].leftovers, ==, LEFTOVERS_FAIL);
  compiled_clear (&compiled);
}

/* --- Defaults ------------------------------------------------------------ */

static const CompileDefaults *
find_defaults (void *data, const char *plan_path, const char *test_name)
{
  static const char *const env[] = { "A=default", "B=default", NULL };
  static const char *const tags[] = { "slow", "given", NULL };
  static const CompileDefaults defaults = { .timeout_microsecs = 7000000,
                                            .level = 3,
                                            .leftovers = LEFTOVERS_IGNORE,
                                            .env = env,
                                            .tags = tags };
  static const CompileDefaults of_layers = { .timeout_microsecs = 8000000 };

  g_assert_cmpstr (plan_path, ==, "p.plan");
  *(unsigned *)data += 1;
  if (test_name == NULL)
    return &of_layers;
  return strcmp (test_name, "plain") == 0 ? NULL : &defaults;
}

static char *
ops_of (const Plan *plan, const PlanTest *test)
{
  GString *const out = g_string_new (NULL);

  for (uint32_t i = test->first_op; i < plan_test_end (test); i++)
    {
      plan_append_op (plan, test, &plan->ops[i], out);
      g_string_append_c (out, ';');
    }
  return g_string_free (out, FALSE);
}

static void
assert_ops (const Plan *plan, const PlanTest *test, const char *expected)
{
  g_autofree char *ops = ops_of (plan, test);

  g_assert_cmpstr (ops, ==, expected);
}

static void
test_defaults (void)
{
  static const char plan_text[]
      = "layer l { setup { run a } }\n"
        "test silent { run a }\n"
        "test plain { run a }\n"
        "test says { timeout 1s; env A=own; tags slow; level 1; leftovers fail;"
        " run a }\n";
  unsigned n_calls = 0;
  const CompileOptions options = { .timeout_microsecs = 9000000,
                                   .builddir = "/started",
                                   .find_defaults = find_defaults,
                                   .data = &n_calls };
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  g_autoptr (Plan) plan = compile_plan (
      sources_add (sources, "p.plan", plan_text, strlen (plan_text)), sources,
      &options, diag);

  g_assert_nonnull (plan);
  g_assert_cmpuint (n_calls, ==, 4);
  assert_ops (plan, &plan->layers[0].unit,
              "check-exits ();spawn a: a;wait a 0 within 8s;"
              "defer (section 1);check-exits ();hold;release;");
  assert_ops (plan, &plan->tests[0],
              "check-exits ();spawn a: --env=A=default --env=B=default a;"
              "wait a 0 within 7s;");
  assert_ops (plan, &plan->tests[1],
              "check-exits ();spawn a: a;wait a 0 within 9s;");
  assert_ops (plan, &plan->tests[2],
              "check-exits ();spawn a: --env=B=default --env=A=own a;"
              "wait a 0 within 1s;");
  g_assert_cmpuint (plan->tests[0].level, ==, 3);
  g_assert_cmpuint (plan->tests[1].level, ==, 1);
  g_assert_cmpuint (plan->tests[2].level, ==, 1);
  g_assert_cmpuint (plan->tests[0].n_tags, ==, 2);
  g_assert_cmpuint (plan->tests[2].n_tags, ==, 2);
  g_assert_cmpint (plan->tests[0].leftovers, ==, LEFTOVERS_IGNORE);
  g_assert_cmpint (plan->tests[2].leftovers, ==, LEFTOVERS_FAIL);
}

static void
test_cut_off (void)
{
  compiling_assert_beginnings (text, strlen (text));
}

/* However many there are, and however they stand on each other. */
static void
test_many (void)
{
  g_autoptr (GString) deep = g_string_new ("layer l0 { }\n");
  g_autoptr (GString) wide = g_string_new ("layer all { extends");
  Compiled compiled;

  for (unsigned i = 1; i < 2000; i++)
    g_string_append_printf (deep, "layer l%u { extends l%u }\n", i, i - 1);
  compiled_init (&compiled, deep->str, deep->len);
  g_assert_null (compiled.plan);
  compiled_clear (&compiled);

  for (unsigned i = 0; i < 2000; i++)
    g_string_append_printf (wide, " l%u", i);
  g_string_append (wide, " }\ntest t { uses all; log x }\n");
  for (unsigned i = 0; i < 2000; i++)
    g_string_append_printf (wide, "layer l%u { }\n", i);
  compiled_init (&compiled, wide->str, wide->len);
  g_assert_nonnull (compiled.plan);
  g_assert_cmpuint (compiled.plan->tests[0].n_layers, ==, 2001);
  compiled_clear (&compiled);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fixture/order", test_order);
  g_test_add_func ("/fixture/hold", test_hold);
  g_test_add_func ("/fixture/values", test_values);
  g_test_add_func ("/fixture/processes", test_processes);
  g_test_add_func ("/fixture/settings", test_settings);
  g_test_add_func ("/fixture/defaults", test_defaults);
  g_test_add_func ("/fixture/cut-off", test_cut_off);
  g_test_add_func ("/fixture/many", test_many);
  return g_test_run ();
}
