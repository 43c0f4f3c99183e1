#include "config.h"

#include "cli/commands.h"

#include "cli/load.h"

int
command_check (Cli *cli)
{
  Load load;

  load_init (&load);

  const bool is_ok
      = load_plans (&load, cli)
        && (!cli->settings.strict || diag_n_warnings (cli->diag) == 0);

  load_clear (&load);
  return is_ok ? STATUS_PASSED : STATUS_USAGE;
}
