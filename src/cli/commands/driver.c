#include "config.h"

#include "cli/commands.h"

#include "base/signame.h"
#include "base/syserror.h"
#include "base/write.h"
#include "cli/driving.h"
#include "cli/option.h"
#include "cli/print.h"
#include "cli/rewrite.h"
#include "cli/running.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What make is to find is in memory until all is known: it takes files for
 * what they are, half or whole. */
typedef struct
{
  Driving driving;
  AutomakeStyle for_make;
  AutomakeStyle for_people;
  int log_fd;
  int trs_fd;
  int stderr_fd; /* what it was */
} Driver;

static void
driver_clear (Driver *driver)
{
  const int fds[] = { driver->log_fd, driver->trs_fd, driver->stderr_fd };

  driving_clear (&driver->driving);
  for (unsigned i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      if (fds[i] >= 0)
        (void)close (fds[i]); /* nothing is written there any more */
    }
}

/* --- Before ------------------------------------------------------------- */

/* What is there should we be killed: results that say so, and make "make
 * recheck" run it again, and a log that is older than any plan, so that make
 * does not take it for done. */
static bool
put_stubs (const Driving *driving, GError **error)
{
  static const char reason[] = "proctor was killed, or is still running";
  const struct timespec long_ago[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
  const char *const log_file = driving->log_file;
  const AutomakeStyle style = { .for_people = false }; /* an error is one */
  unsigned n_results[N_AUTOMAKE_RESULTS];
  g_autoptr (GString) trs = g_string_new (NULL);
  g_autofree char *log
      = g_strdup_printf ("%s: %s\n", driving->test_name, reason);

  automake_append_result (trs, &style, AUTOMAKE_ERROR, NULL, reason);
  automake_count (trs->str, n_results);
  automake_append_end (trs, n_results);
  if (!rewrite_file (log_file, log, strlen (log), error)
      || !rewrite_file (driving->trs_file, trs->str, trs->len, error))
    return false;
  if (utimensat (AT_FDCWD, log_file, long_ago, 0) == 0)
    return true;

  syserror_set (error, errno, "cannot set the time of \"%s\"", log_file);
  return false;
}

/* Messages go into the log, whoever writes them. */
static bool
open_files (Driver *driver, GError **error)
{
  driver->log_fd = memfd_create ("log", MFD_CLOEXEC);
  driver->trs_fd = memfd_create ("trs", MFD_CLOEXEC);
  driver->stderr_fd = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (driver->log_fd >= 0 && driver->trs_fd >= 0 && driver->stderr_fd >= 0
      && dup2 (driver->log_fd, STDERR_FILENO) >= 0)
    return true;

  syserror_set (error, errno, "cannot make a file in memory");
  return false;
}

/* --- The run ------------------------------------------------------------ */

static Report *
new_log_report (const Driver *driver, const Settings *settings)
{
  const ReportStyle style = { .verbosity = settings->verbosity,
                              .tells_logs = settings->update,
                              .signs = SIGNS_NONE,
                              .slow_microsecs = settings->slow_microsecs };

  Report *const text = text_report_new (driver->log_fd, &style);

  /* What waits for its turn does so without the output that -v shows. */
  return settings->verbosity > 0 ? text : ordered_report_new (text);
}

static int
run_plan (Driver *driver, Cli *cli)
{
  GPtrArray *const reports
      = g_ptr_array_new_with_free_func ((GDestroyNotify)report_free);

  driver->for_make.fail_on_flaky = cli->settings.fail_on_flaky;
  driver->for_people.fail_on_flaky = cli->settings.fail_on_flaky;
  g_ptr_array_add (reports, ordered_report_new (automake_report_new (
                                driver->trs_fd, &driver->for_make)));
  g_ptr_array_add (reports, ordered_report_new (automake_report_new (
                                STDOUT_FILENO, &driver->for_people)));
  return running_run (cli, reports, new_log_report (driver, &cli->settings));
}

/* --- After -------------------------------------------------------------- */

static GString *
read_memory (int fd)
{
  GString *const text = g_string_new (NULL);
  char buffer[4096];
  ssize_t n;

  while ((n = pread (fd, buffer, sizeof buffer, (off_t)text->len)) > 0)
    g_string_append_len (text, buffer, n);
  return text;
}

/* Whatever was told of the tests, the exit status has the last word.  Returns
 * why there is to be one more result; NULL: there is not. */
static char *
find_verdict (int status, const unsigned n[N_AUTOMAKE_RESULTS],
              AutomakeResult *result)
{
  const unsigned n_bad
      = n[AUTOMAKE_FAIL] + n[AUTOMAKE_XFAIL] + n[AUTOMAKE_ERROR];
  const unsigned n_all
      = n_bad + n[AUTOMAKE_PASS] + n[AUTOMAKE_XPASS] + n[AUTOMAKE_SKIP];

  if (status == STATUS_PASSED && n_bad == 0 && n_all > 0)
    return NULL;
  if (status == STATUS_SKIPPED && n_all > 0)
    return NULL;
  if (status == STATUS_PASSED && n_all == 0)
    status = STATUS_SKIPPED; /* nothing had to be run */
  if (status == STATUS_FAILED && n_bad > 0)
    return NULL;
  if (status > STATUS_SKIPPED && n[AUTOMAKE_ERROR] > 0)
    return NULL;

  *result = status == STATUS_SKIPPED  ? AUTOMAKE_SKIP
            : status == STATUS_FAILED ? AUTOMAKE_FAIL
                                      : AUTOMAKE_ERROR;
  char signal[SIGNAL_NAME_SIZE];
  switch (status)
    {
    case STATUS_USAGE:
      return g_strdup ("nothing was run: see the log");
    case STATUS_SKIPPED:
      return g_strdup ("no test is chosen: see the log");
    default:
      return status > STATUS_SIGNAL
                 ? g_strdup_printf (
                     "ended by %s: see the log",
                     signal_name (status - STATUS_SIGNAL, signal))
                 : g_strdup_printf ("exit status %d: see the log", status);
    }
}

static bool
write_results (Driver *driver, int status, Cli *cli)
{
  g_autoptr (GString) trs = read_memory (driver->trs_fd);
  g_autoptr (GString) console = g_string_new (NULL);
  unsigned n_results[N_AUTOMAKE_RESULTS];
  AutomakeResult result;
  g_autoptr (GError) error = NULL;

  automake_count (trs->str, n_results);

  g_autofree char *reason = find_verdict (status, n_results, &result);

  if (reason != NULL)
    {
      automake_append_result (trs, &driver->for_make, result, NULL, reason);
      automake_append_result (console, &driver->for_people, result, NULL,
                              reason);
      automake_count (trs->str, n_results);
    }
  automake_append_end (trs, n_results);
  if (!rewrite_file (driver->driving.trs_file, trs->str, trs->len, &error))
    diag_error (cli->diag, SRC_SPAN_NONE, "%s", error->message);
  return print (cli, console) && error == NULL;
}

/* The results are last: they say that the log is whole. */
static int
finish (Driver *driver, int status, Cli *cli)
{
  g_autoptr (GError) error = NULL;

  print_diagnostics (cli);
  (void)dup2 (driver->stderr_fd, STDERR_FILENO); /* it was open before */

  g_autoptr (GString) log = read_memory (driver->log_fd);
  const bool has_log
      = rewrite_file (driver->driving.log_file, log->str, log->len, &error);

  if (!has_log)
    {
      diag_error (cli->diag, SRC_SPAN_NONE, "%s", error->message);
      status = STATUS_TROUBLE;
    }
  /* A test that failed is no error of its driver; of a signal it dies, too. */
  if (!write_results (driver, status, cli) || !has_log)
    return STATUS_TROUBLE;
  return status > STATUS_SIGNAL ? status : STATUS_PASSED;
}

/* --- The command -------------------------------------------------------- */

static int
drive (Driver *driver, bool is_ok, Cli *cli)
{
  g_autoptr (GError) error = NULL;

  driver->for_make = driving_style (&driver->driving);
  driver->for_people = driver->for_make;
  driver->for_people.for_people = true;
  if (!put_stubs (&driver->driving, &error) || !open_files (driver, &error))
    {
      diag_error (cli->diag, SRC_SPAN_NONE, "%s", error->message);
      return STATUS_TROUBLE;
    }

  cli->settings.color = COLOR_NEVER; /* in the log */
  cli->settings.progress = PROGRESS_NONE;
  return finish (driver, is_ok ? run_plan (driver, cli) : STATUS_USAGE, cli);
}

static int
show_help (Cli *cli)
{
  g_autoptr (GString) out = g_string_new (
      "Usage: proctor driver --test-name NAME --log-file FILE --trs-file FILE\n"
      "         [--color-tests yes|no] [--expect-failure yes|no]\n"
      "         [--enable-hard-errors yes|no] [OPTION...] -- [OPTION...] "
      "PLAN\n\n"
      "This is how automake's \"make check\" runs a plan as one of its "
      "tests.\nThe other options are those of \"run\":\n\n");

  option_append_help (out, COMMAND_RUN);
  return print (cli, out) ? STATUS_PASSED : STATUS_TROUBLE;
}

/* @words: the command line without what was for the driver. */
static int
act (Driver *driver, const GPtrArray *words, Cli *cli)
{
  Settings *const settings = &cli->settings;
  const bool is_parsed = settings_parse (settings, (int)words->len,
                                         (char **)words->pdata, cli->diag);

  if (settings->help)
    return show_help (cli);

  const bool is_ok
      = is_parsed && settings_check (settings, COMMAND_RUN, "driver", cli->diag)
        && settings_read_suite (settings, COMMAND_RUN, cli->sources, cli->diag);

  return driving_check (&driver->driving, cli->diag)
             ? drive (driver, is_ok, cli)
             : STATUS_USAGE;
}

int
command_driver (Cli *cli)
{
  Driver driver = { .log_fd = -1, .trs_fd = -1, .stderr_fd = -1 };
  g_autoptr (GPtrArray) words
      = driving_take (&driver.driving, cli->n_words, cli->words, cli->diag);
  const int status = words != NULL ? act (&driver, words, cli) : STATUS_USAGE;

  driver_clear (&driver);
  return status;
}
