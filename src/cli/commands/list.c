#include "config.h"

#include "cli/commands.h"

#include "cli/arrange.h"
#include "cli/print.h"
#include "report/label.h"

static int
print_tests (Cli *cli, const Selection *selection)
{
  g_autoptr (GString) out = g_string_new (NULL);
  bool is_ok = true;

  for (unsigned i = 0; i < selection->tests->len && is_ok; i++)
    {
      label_append_test (out, &g_array_index (selection->tests, ReportTest, i));
      g_string_append_c (out, '\n');
      is_ok = print_some (cli, out);
    }
  return is_ok && print (cli, out) ? STATUS_PASSED : STATUS_TROUBLE;
}

static int
arrange (Load *load, Cli *cli)
{
  g_autoptr (History) history
      = cli->settings.no_history ? NULL : history_new (cli->settings.history);
  Arrangement arrangement;
  const bool is_ok = arrange_tests (&arrangement, load, cli, history, false);

  arrangement_clear (&arrangement);
  return is_ok ? STATUS_PASSED : STATUS_USAGE;
}

int
command_list (Cli *cli)
{
  Load load;

  load_init (&load);

  int status = load_selected (&load, cli);

  if (status == STATUS_PASSED)
    {
      print_forget_diagnostics (cli); /* warnings: not asked for */
      status = arrange (&load, cli);
    }
  if (status == STATUS_PASSED)
    status = print_tests (cli, &load.selection);
  load_clear (&load);
  return status;
}
