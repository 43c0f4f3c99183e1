#include "config.h"

#include "cli/commands.h"

#include "cli/running.h"

int
command_run (Cli *cli)
{
  return cli->settings.list ? command_list (cli)
                            : running_run (cli, NULL, NULL);
}
