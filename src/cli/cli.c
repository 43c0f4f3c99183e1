#include "config.h"

#include "cli/cli.h"

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/print.h"

#include <string.h>
#include <unistd.h>

/* The first word is a command; where it is none, it is a plan to run. */
static const Command *
take_command (Cli *cli)
{
  GPtrArray *const args = cli->settings.args;
  const Command *const command
      = args->len > 0 ? command_find (g_ptr_array_index (args, 0)) : NULL;

  if (command == NULL)
    return command_find ("run");

  g_ptr_array_remove_index (args, 0);
  return command;
}

/* A command that was misspelt looks like a plan that is not there. */
static bool
check_command (Cli *cli)
{
  const GPtrArray *const args = cli->settings.args;
  const char *const first = args->len > 0 ? g_ptr_array_index (args, 0) : "-";
  Nearest nearest;

  nearest_init (&nearest, first);
  for (unsigned i = 0; i < N_COMMANDS; i++)
    nearest_try (&nearest, command_table[i].name);
  if (nearest.best == NULL || strcmp (nearest.best, first) == 0
      || strpbrk (first, "./:") != NULL || access (first, F_OK) == 0)
    return true;

  diag_error (cli->diag, SRC_SPAN_NONE,
              "there is neither a command nor a plan \"%s\"", first);
  diag_note (cli->diag, SRC_SPAN_NONE, "did you mean \"%s\"?", nearest.best);
  return false;
}

static int
show_help (Cli *cli)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const GPtrArray *const args = cli->settings.args;

  command_append_help (
      out, args->len > 0 ? command_find (g_ptr_array_index (args, 0)) : NULL);
  return print (cli, out) ? STATUS_PASSED : STATUS_TROUBLE;
}

static int
show_version (Cli *cli)
{
  g_autoptr (GString) out = g_string_new (PACKAGE_STRING "\n");

  return print (cli, out) ? STATUS_PASSED : STATUS_TROUBLE;
}

/* Automake's options for its test drivers are in no table of ours: it is the
 * driver that takes them. */
static bool
is_for_driver (int argc, char **argv)
{
  return argc > 1 && strcmp (argv[1], "driver") == 0;
}

static int
act (Cli *cli, int argc, char **argv)
{
  if (is_for_driver (argc, argv))
    {
      cli->n_words = argc - 1;
      cli->words = argv + 1;
      return command_driver (cli);
    }

  const bool is_ok = settings_parse (&cli->settings, argc, argv, cli->diag);

  if (!is_ok)
    return STATUS_USAGE;
  if (cli->settings.help)
    return show_help (cli);
  if (cli->settings.version)
    return show_version (cli);
  if (!check_command (cli))
    return STATUS_USAGE;

  const Command *const command = take_command (cli);

  if (!settings_check (&cli->settings, command->bit, command->name, cli->diag))
    return STATUS_USAGE;
  if (!settings_read_suite (&cli->settings, command->bit, cli->sources,
                            cli->diag))
    return STATUS_USAGE;
  return command->run (cli);
}

int
cli_main (int argc, char **argv)
{
  Cli cli = { .n_words = 0 };

  settings_init (&cli.settings);
  cli.sources = sources_new ();
  cli.diag = diag_new (cli.sources);

  const int status = act (&cli, argc, argv);

  print_diagnostics (&cli);
  diag_free (cli.diag);
  sources_free (cli.sources);
  settings_clear (&cli.settings);
  return status;
}
