#include "config.h"

#include "cli/load.h"

#include "base/nearest.h"
#include "cli/suitefile.h"
#include "front/compile.h"

#include <string.h>

void
load_init (Load *load)
{
  load->targets = targets_new ();
  load->plans
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)plan_free);
  load->loaded = g_array_new (FALSE, FALSE, sizeof (LoadedTarget));
  selection_init (&load->selection);
}

void
load_clear (Load *load)
{
  g_ptr_array_unref (load->targets);
  g_hash_table_unref (load->plans);
  g_array_unref (load->loaded);
  selection_clear (&load->selection);
}

/* --- Compiling ---------------------------------------------------------- */

static Plan *
compile (Load *load, Cli *cli, const Source *source,
         const CompileOptions *options)
{
  Plan *plan = g_hash_table_lookup (load->plans, source);

  if (plan != NULL)
    return plan;

  plan = compile_plan (source, cli->sources, options, cli->diag);
  if (plan != NULL)
    g_hash_table_insert (load->plans, (void *)source, plan);
  return plan;
}

const Source *
load_source (Cli *cli, const char *path)
{
  g_autoptr (GError) error = NULL;
  const Source *source = sources_read (cli->sources, path, &error);

  if (source != NULL)
    return source;

  const char *way_out = sources_way_out (error);
  diag_error (cli->diag, SRC_SPAN_NONE, "%s", error->message);
  if (way_out != NULL)
    diag_note (cli->diag, SRC_SPAN_NONE, "%s", way_out);
  return NULL;
}

static void
load_target (Load *load, Cli *cli, const Target *target,
             const CompileOptions *options)
{
  const Source *const source = load_source (cli, target->path);

  if (source == NULL)
    return;

  LoadedTarget loaded
      = { .plan = compile (load, cli, source, options), .target = target };

  if (loaded.plan != NULL)
    g_array_append_val (load->loaded, loaded);
}

void
load_targets (GPtrArray *targets, Cli *cli)
{
  const GPtrArray *const args = cli->settings.args;

  for (unsigned i = 0; i < args->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!discover (g_ptr_array_index (args, i), targets, &error))
        diag_error (cli->diag, SRC_SPAN_NONE, "%s", error->message);
    }
  if (args->len > 0
      || (cli->settings.suite_file != NULL
          && suite_file_add_plans (cli->settings.suite_file, targets,
                                   cli->diag)))
    return;

  diag_error (cli->diag, SRC_SPAN_NONE, "no plan is given");
  diag_note (cli->diag, SRC_SPAN_NONE,
             "a plan is a file, a directory, FILE:TEST or \"-\"; \"proctor "
             "--help\" tells more");
}

bool
load_plans (Load *load, Cli *cli)
{
  g_autofree char *builddir = g_get_current_dir ();
  const CompileOptions options
      = { .timeout_microsecs = cli->settings.timeout_microsecs,
          .limit_microsecs = cli->settings.test_limit_microsecs,
          .builddir = builddir,
          .find_defaults
          = cli->settings.suite_file != NULL ? suite_file_find_defaults : NULL,
          .data = cli->settings.suite_file };

  load_targets (load->targets, cli);
  for (unsigned i = 0; i < load->targets->len; i++)
    load_target (load, cli, g_ptr_array_index (load->targets, i), &options);
  return diag_n_errors (cli->diag) == 0;
}

/* --- Choosing ------------------------------------------------------------ */

static bool
make_filter (Filter *filter, Cli *cli)
{
  const Settings *const settings = &cli->settings;
  g_autoptr (GError) error = NULL;

  filter->level = settings->level;
  for (unsigned i = 0; i < settings->tags->len; i++)
    filter_add_tags (filter, g_ptr_array_index (settings->tags, i));
  if (settings->filter == NULL
      || filter_set_pattern (filter, settings->filter, &error))
    return true;

  diag_error (cli->diag, SRC_SPAN_NONE, "--filter: %s", error->message);
  return false;
}

static void
complain_missing (const LoadedTarget *loaded, Cli *cli)
{
  const Plan *const plan = loaded->plan;
  const char *const name = loaded->target->test;
  Nearest nearest;

  diag_error (cli->diag, SRC_SPAN_NONE, "there is no test \"%s\" in \"%s\"",
              name, plan->path);
  nearest_init (&nearest, name);
  for (uint32_t i = 0; i < plan->n_tests; i++)
    nearest_try (&nearest, plan->tests[i].name);
  if (nearest.best != NULL)
    diag_note (cli->diag, SRC_SPAN_NONE, "did you mean \"%s\"?", nearest.best);
}

static void
select_from (Load *load, const Filter *filter, const LoadedTarget *loaded,
             Cli *cli)
{
  const Plan *const plan = loaded->plan;

  /* A directory may hold what others include. */
  if (plan->n_tests == 0 && loaded->target->is_named)
    diag_error (cli->diag, SRC_SPAN_NONE, "there is no test in the plan \"%s\"",
                plan->path);
  else if (!selection_add (&load->selection, filter, plan,
                           loaded->target->test))
    complain_missing (loaded, cli);
}

static unsigned
count_tests (const Load *load)
{
  GHashTableIter iter;
  void *plan;
  unsigned n = 0;

  g_hash_table_iter_init (&iter, load->plans);
  while (g_hash_table_iter_next (&iter, NULL, &plan))
    n += ((const Plan *)plan)->n_tests;
  return n;
}

static int
complain_nothing (const Load *load, Cli *cli)
{
  const unsigned n = count_tests (load);
  const unsigned n_too_high = load->selection.n_too_high;

  if (n == 0)
    {
      diag_error (cli->diag, SRC_SPAN_NONE, "there is no test in these plans");
      return STATUS_USAGE;
    }
  if (n_too_high > 0)
    {
      diag_warning (cli->diag, SRC_SPAN_NONE,
                    "no test is chosen: %u would be with a higher --level",
                    n_too_high);
      return STATUS_SKIPPED;
    }

  diag_error (cli->diag, SRC_SPAN_NONE, "none of the %u test%s is chosen", n,
              n == 1 ? "" : "s");
  if (cli->settings.filter != NULL)
    diag_note (cli->diag, SRC_SPAN_NONE, "the filter is \"%s\"",
               cli->settings.filter);
  for (unsigned i = 0; i < cli->settings.tags->len; i++)
    diag_note (cli->diag, SRC_SPAN_NONE, "the tags are \"%s\"",
               (const char *)g_ptr_array_index (cli->settings.tags, i));
  return STATUS_USAGE;
}

static void
select_all (Load *load, Cli *cli)
{
  Filter filter;

  filter_init (&filter);
  if (make_filter (&filter, cli))
    {
      for (unsigned i = 0; i < load->loaded->len; i++)
        select_from (load, &filter,
                     &g_array_index (load->loaded, LoadedTarget, i), cli);
    }
  filter_clear (&filter);
}

int
load_selected (Load *load, Cli *cli)
{
  if (!load_plans (load, cli))
    return STATUS_USAGE;

  select_all (load, cli);
  if (diag_n_errors (cli->diag) > 0)
    return STATUS_USAGE;
  return load->selection.tests->len > 0 ? STATUS_PASSED
                                        : complain_nothing (load, cli);
}
