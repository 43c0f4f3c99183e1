#include "config.h"

#include "cli/commands.h"

#include "cli/load.h"
#include "cli/print.h"
#include "suite/suite.h"

#include <unistd.h>

static unsigned
find_columns (void)
{
  const char *const text = g_getenv ("COLUMNS");
  uint64_t columns;

  if (text == NULL
      || !g_ascii_string_to_unsigned (text, 10, 1, 10000, &columns, NULL))
    return 0;
  return (unsigned)columns;
}

static ReportStyle
make_style (const Cli *cli)
{
  const Settings *const settings = &cli->settings;

  return (ReportStyle){
    .verbosity = settings->verbosity,
    .color = print_has_color (cli, STDOUT_FILENO),
    .is_live = settings->verbosity == 0 && !settings->tap
               && print_is_terminal (STDOUT_FILENO),
    .tells_logs = settings->update,
    .columns = find_columns (),
  };
}

static int
run_tests (const Load *load, Cli *cli)
{
  const Settings *const settings = &cli->settings;
  const ReportStyle style = make_style (cli);
  g_autoptr (Report) report = settings->tap
                                  ? tap_report_new (STDOUT_FILENO)
                                  : text_report_new (STDOUT_FILENO, &style);
  const bool tells_all = settings->verbosity > 0 && !settings->tap;
  const SuiteOptions suite = {
    .tests = (const ReportTest *)(void *)load->selection.tests->data,
    .n_tests = load->selection.tests->len,
    .reports = &report,
    .n_reports = 1,
    .logdir = settings->logdir,
    .timeout_multiplier = settings->timeout_multiplier,
    .keep = settings->keep,
    .fail_fast = settings->fail_fast,
    .update = settings->update,
    .wants_ops = tells_all,
    .wants_output = tells_all,
    .is_live = style.is_live,
  };

  const int status = suite_run (&suite);

  /* It is another process that writes the report, and knows more. */
  if (status == STATUS_TROUBLE)
    {
      diag_error (cli->diag, SRC_SPAN_NONE,
                  "proctor could not do all of its work");
      diag_note (cli->diag, SRC_SPAN_NONE,
                 "a test could not be run (see above), or a report, a log or "
                 "a journal not be written");
    }
  return status;
}

int
command_run (Cli *cli)
{
  Load load;

  if (cli->settings.list)
    return command_list (cli);

  load_init (&load);

  int status = load_selected (&load, cli);

  if (status == STATUS_PASSED)
    {
      print_diagnostics (cli); /* warnings, before the tests print theirs */
      status = run_tests (&load, cli);
    }
  load_clear (&load);
  return status;
}
