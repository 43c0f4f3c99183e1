/* running.h - runs what the command line names
 *
 * Loads the plans, chooses and orders their tests by the settings, and runs
 * them; tells reports on the way.
 */
#pragma once

#include "cli/commands.h"
#include "report/report.h"

/* @reports: of Report, told in addition to those that the settings ask for; it
 * takes them, and frees the array; NULL: none.  @main, which it takes, is in
 * the place of the report on standard output; NULL: it is that.  Returns the
 * exit status. */
int running_run (Cli *cli, GPtrArray *reports, Report *main);
