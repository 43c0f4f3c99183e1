#include "config.h"

#include "compiling.h"

#include <string.h>

void
compiled_init (Compiled *compiled, const char *text, size_t n_text)
{
  static const CompileOptions options
      = { .timeout_microsecs = 20000000, .builddir = "/started" };

  compiled->sources = sources_new ();
  compiled->diag = diag_new (compiled->sources);
  compiled->plan
      = compile_plan (sources_add (compiled->sources, "p.plan", text, n_text),
                      compiled->sources, &options, compiled->diag);
}

void
compiled_clear (Compiled *compiled)
{
  plan_free (compiled->plan);
  diag_free (compiled->diag);
  sources_free (compiled->sources);
}

char *
compiled_messages (const Compiled *compiled)
{
  g_autoptr (GString) printed = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;

  diag_print (compiled->diag, printed, false);
  lines = g_strsplit (printed->str, "\n", -1);
  for (unsigned i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "p.plan:"))
      g_string_append_printf (out, "%s\n", lines[i] + strlen ("p.plan:"));
  return g_strdup (out->str);
}

static void
append_test (const Plan *plan, const PlanTest *test, GString *out)
{
  g_string_append_printf (out, "%s\n", test->name);
  for (uint32_t i = test->first_op; i < test->first_op + test->n_ops; i++)
    {
      for (uint32_t k = 0; k < test->n_sections; k++)
        if (test->sections[k].first_op == i && test->sections[k].n_ops > 0)
          g_string_append (out, "-- section\n");
      plan_append_op (plan, test, &plan->ops[i], out);
      g_string_append_c (out, '\n');
    }
}

char *
compiled_ops (const Compiled *compiled)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (uint32_t i = 0; compiled->plan != NULL && i < compiled->plan->n_tests;
       i++)
    append_test (compiled->plan, &compiled->plan->tests[i], out);
  return g_strdup (out->str);
}

void
compiling_assert_beginnings (const char *text, size_t n_text)
{
  for (size_t n = 0; n <= n_text; n++)
    {
      Compiled compiled;

      compiled_init (&compiled, text, n);
      g_assert_true ((compiled.plan == NULL)
                     == (diag_n_errors (compiled.diag) > 0));
      compiled_clear (&compiled);
    }
}
