#include "config.h"

#include "cli/commands.h"

#include "base/visible.h"
#include "cli/load.h"
#include "cli/print.h"
#include "cli/rewrite.h"
#include "front/layout.h"

#include <string.h>

/* A plan with its layout. */
typedef struct
{
  const Source *source; /* borrowed */
  GString *text;        /* owned */
} Laid;

static void
laid_clear (Laid *laid)
{
  g_string_free (laid->text, TRUE);
}

static bool
would_change (const Laid *laid)
{
  return laid->text->len != laid->source->n_text
         || memcmp (laid->text->str, laid->source->text, laid->text->len) != 0;
}

/* --- What is asked for ------------------------------------------------- */

static void
check_options (const GPtrArray *targets, Cli *cli)
{
  const Settings *const settings = &cli->settings;

  if (settings->check && settings->write)
    {
      diag_error (cli->diag, SRC_SPAN_NONE,
                  "\"--check\" writes nothing, so it cannot stand with "
                  "\"--write\"");
    }
  else if (!settings->check && !settings->write && targets->len > 1)
    {
      diag_error (cli->diag, SRC_SPAN_NONE,
                  "only one plan can be printed, and %u are given",
                  targets->len);
      diag_note (cli->diag, SRC_SPAN_NONE,
                 "\"--write\" rewrites plans, \"--check\" names those that it "
                 "would change");
    }
}

static void
check_target (const Target *target, Cli *cli)
{
  if (target->test != NULL)
    {
      diag_error (cli->diag, SRC_SPAN_NONE,
                  "\"%s:%s\" is one test: only a whole plan has a layout",
                  target->path, target->test);
    }
  else if (cli->settings.write && strcmp (target->path, "-") == 0)
    {
      diag_error (cli->diag, SRC_SPAN_NONE,
                  "standard input cannot be rewritten");
      diag_note (cli->diag, SRC_SPAN_NONE,
                 "without \"--write\" the plan is printed");
    }
}

/* --- Laying out -------------------------------------------------------- */

static void
lay_out (GHashTable *done, GArray *all, const Target *target, Cli *cli)
{
  const Source *const source = load_source (cli, target->path);

  if (source == NULL)
    return;
  if (!g_hash_table_add (done, (void *)source))
    return;

  const Laid laid = { .source = source, .text = g_string_new (NULL) };

  (void)layout_source (source, cli->diag, laid.text); /* told if it fails */
  g_array_append_val (all, laid);
}

static void
lay_out_all (GArray *all, const GPtrArray *targets, Cli *cli)
{
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);

  for (unsigned i = 0; i < targets->len; i++)
    lay_out (done, all, g_ptr_array_index (targets, i), cli);
}

/* --- What is done with it ---------------------------------------------- */

static int
name_changes (const GArray *all, Cli *cli)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (unsigned i = 0; i < all->len; i++)
    {
      const Laid *const laid = &g_array_index (all, Laid, i);
      const char *const name = laid->source->name;

      if (!would_change (laid))
        continue;

      visible_append (out, name, strlen (name));
      g_string_append_c (out, '\n');
    }

  const bool is_any = out->len > 0;

  if (!print (cli, out))
    return STATUS_TROUBLE;
  return is_any ? STATUS_FAILED : STATUS_PASSED;
}

static int
rewrite_all (const GArray *all, Cli *cli)
{
  int status = STATUS_PASSED;

  for (unsigned i = 0; i < all->len; i++)
    {
      const Laid *const laid = &g_array_index (all, Laid, i);
      g_autoptr (GError) error = NULL;

      if (!would_change (laid)
          || rewrite_file (laid->source->name, laid->text->str, laid->text->len,
                           &error))
        continue;

      diag_error (cli->diag, SRC_SPAN_NONE, "%s", error->message);
      status = STATUS_TROUBLE;
    }
  return status;
}

/* Where one plan is wrong none is written, as none would be run. */
static int
finish (const GArray *all, Cli *cli)
{
  if (diag_n_errors (cli->diag) > 0)
    return STATUS_USAGE;
  if (cli->settings.check)
    return name_changes (all, cli);
  if (cli->settings.write)
    return rewrite_all (all, cli);
  return print (cli, g_array_index (all, Laid, 0).text) ? STATUS_PASSED
                                                        : STATUS_TROUBLE;
}

int
command_fmt (Cli *cli)
{
  g_autoptr (GPtrArray) targets = targets_new ();
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Laid));

  g_array_set_clear_func (all, (GDestroyNotify)laid_clear);
  load_targets (targets, cli);
  check_options (targets, cli);
  for (unsigned i = 0; i < targets->len; i++)
    check_target (g_ptr_array_index (targets, i), cli);
  if (diag_n_errors (cli->diag) == 0)
    lay_out_all (all, targets, cli);
  return finish (all, cli);
}
