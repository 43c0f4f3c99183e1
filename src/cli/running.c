#include "config.h"

#include "cli/running.h"

#include "base/replace.h"
#include "base/write.h"
#include "cli/arrange.h"
#include "cli/print.h"
#include "suite/suite.h"
#include "vm/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* For the scheduler, one worker, and a simple test. */
#define LEAST_DESCRIPTORS 24u

/* A run that is got ready. */
typedef struct
{
  Cli *cli;
  Load load;
  History *history;     /* owned; NULL: none is kept */
  Jobserver *jobserver; /* owned; NULL: there is none */
  Arrangement arrangement;
  ReportStyle style;
  GPtrArray *reports; /* owned: of Report */
  int json_fd;        /* owned; -1: none is written */
  int *write_errnos;  /* owned: of the reports, as the scheduler tells */
  bool is_quiet; /* a program has called us, and nobody can act on advice */
  int status;
} Running;

/* --- How it is shown ------------------------------------------------------ */

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

static ReportSigns
choose_signs (const Settings *settings)
{
  static const ReportSigns chosen[] = { [PROGRESS_LIVE] = SIGNS_LIVE,
                                        [PROGRESS_DOTS] = SIGNS_DOTS,
                                        [PROGRESS_NONE] = SIGNS_NONE };

  if (settings->progress != PROGRESS_AUTO)
    return settings->tap && settings->progress == PROGRESS_LIVE
               ? SIGNS_DOTS
               : chosen[settings->progress];
  if (settings->verbosity < 0)
    return SIGNS_NONE;
  return settings->tap || settings->verbosity > 0
                 || !print_is_terminal (STDOUT_FILENO)
             ? SIGNS_DOTS
             : SIGNS_LIVE;
}

static ReportStyle
make_style (const Cli *cli)
{
  const Settings *const settings = &cli->settings;

  return (ReportStyle){
    .verbosity = settings->verbosity,
    .color = print_has_color (cli, STDOUT_FILENO),
    .signs = choose_signs (settings),
    .slow_microsecs = settings->slow_microsecs,
    .tells_logs = settings->update,
    .columns = find_columns (),
  };
}

/* On a terminal, and with what the children print, things are told as they
 * happen; elsewhere in the order of the tests. */
static Report *
make_main (const Running *running)
{
  const Settings *const settings = &running->cli->settings;

  if (settings->tap)
    return ordered_report_new (
        tap_report_new (STDOUT_FILENO, running->style.signs));

  Report *const text = text_report_new (STDOUT_FILENO, &running->style);

  return running->style.signs == SIGNS_LIVE || settings->verbosity > 0
             ? text
             : ordered_report_new (text);
}

static void
add_reports (Running *running, Report *main)
{
  const Settings *const settings = &running->cli->settings;

  g_ptr_array_add (running->reports, main != NULL ? main : make_main (running));
  if (running->json_fd >= 0)
    g_ptr_array_add (running->reports, json_report_new (running->json_fd));
  if (settings->github)
    g_ptr_array_add (running->reports, github_report_new (STDOUT_FILENO));
  if (running->history != NULL)
    g_ptr_array_add (running->reports,
                     history_report_new (running->history, STDERR_FILENO));
}

static bool
open_json (Running *running)
{
  const char *const path = running->cli->settings.json;

  if (path == NULL)
    return true;
  running->json_fd
      = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (running->json_fd < 0)
    diag_error (running->cli->diag, SRC_SPAN_NONE, "cannot write \"%s\": %s",
                path, g_strerror (errno));
  return running->json_fd >= 0;
}

/* --- How much at once ------------------------------------------------------
 */

/* What make has put into our environment is for us alone. */
static void
take_jobserver (Running *running)
{
  g_autoptr (GError) error = NULL;

  if (running->cli->settings.n_jobs < 0)
    running->jobserver = jobserver_open (g_getenv ("MAKEFLAGS"), &error);
  if (error != NULL && !running->is_quiet)
    diag_warning (running->cli->diag, SRC_SPAN_NONE, "%s", error->message);
  jobserver_scrub_environment ();
}

/* Those that we may use, which GLib does not look at. */
static unsigned
count_cores (void)
{
  cpu_set_t set;

  return sched_getaffinity (0, sizeof set, &set) == 0
             ? (unsigned)CPU_COUNT (&set)
             : g_get_num_processors ();
}

static unsigned
count_jobs (const Running *running)
{
  const int n_jobs = running->cli->settings.n_jobs;

  if (n_jobs < 0)
    return running->jobserver != NULL ? 0 : 1;
  return n_jobs > 0 ? (unsigned)n_jobs : count_cores ();
}

/* --- Running ---------------------------------------------------------------
 */

static bool
uses_stdin (const GArray *tests)
{
  for (unsigned i = 0; i < tests->len; i++)
    {
      const PlanTest *const test = g_array_index (tests, ReportTest, i).test;

      for (uint32_t p = 0; p < test->n_processes; p++)
        if (test->processes[p].spawn != NULL
            && test->processes[p].spawn->context->stdin_kind
                   == PLAN_STDIN_INHERIT)
          return true;
    }
  return false;
}

/* Whatever the report looks like, and whatever kind of terminal it is; but the
 * keys may be for a test, or for who reads our output (less). */
static bool
may_take_keys (const Running *running)
{
  return !running->is_quiet && isatty (STDIN_FILENO) == 1
         && isatty (STDOUT_FILENO) == 1
         && !uses_stdin (running->load.selection.tests);
}

static void
run_suite (Running *running)
{
  const Settings *const settings = &running->cli->settings;
  const GArray *const tests = running->load.selection.tests;
  const bool tells_all = settings->verbosity > 0 && !settings->tap;
  const SuiteOptions suite = {
    .tests = (const ReportTest *)(void *)tests->data,
    .n_tests = tests->len,
    .reports = (Report *const *)(void *)running->reports->pdata,
    .n_reports = running->reports->len,
    .write_errnos = running->write_errnos,
    .order = running->arrangement.order,
    .usual_microsecs = running->arrangement.usual_microsecs,
    .n_jobs = count_jobs (running),
    .jobserver = running->jobserver,
    .n_max_fail
    = settings->fail_fast || settings->until_fail ? 1 : settings->n_max_fail,
    .until_fail = settings->until_fail && settings->n_repeats <= 1,
    .fail_on_flaky = settings->fail_on_flaky,
    .takes_keys = may_take_keys (running),
    .logdir = settings->logdir,
    .timeout_multiplier = settings->timeout_multiplier,
    .run_limit_microsecs = settings->run_limit_microsecs,
    .keep = settings->keep,
    .update = settings->update,
    .wants_ops = tells_all || running->json_fd >= 0,
    .wants_output = tells_all,
    .wants_progress = running->style.signs != SIGNS_NONE,
  };

  running->status = suite_run (&suite);
  /* What was skipped here is one part of a run. */
  if (running->status == STATUS_SKIPPED && settings->shard != NULL)
    running->status = STATUS_PASSED;
}

/* With room for that of JUnit, which comes last. */
static void
share_write_errnos (Running *running)
{
  void *shared
      = mmap (NULL, (running->reports->len + 1) * sizeof (int),
              PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  running->write_errnos = shared != MAP_FAILED ? shared : NULL;
}

/* Into the new file that is to be @fd's; it is whole, or there is none. */
static bool
run_with_junit (int fd, void *data, GError **error)
{
  Running *const running = data;

  g_ptr_array_add (running->reports, junit_report_new (fd));
  run_suite (running);
  if (lseek (fd, 0, SEEK_END) > 0)
    return true;
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_IO,
                       "the results were not written");
  return false;
}

static void
run (Running *running)
{
  const char *const path = running->cli->settings.junit;
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    {
      run_suite (running);
      return;
    }

  running->status = STATUS_USAGE;
  if (replace_file (path, run_with_junit, running, &error))
    return;
  diag_error (running->cli->diag, SRC_SPAN_NONE, "cannot write \"%s\": %s",
              path, error->message);
  if (running->status != STATUS_USAGE && running->status <= STATUS_SIGNAL)
    running->status = STATUS_TROUBLE;
}

static char *
describe_report (const Running *running, guint i)
{
  const Settings *const settings = &running->cli->settings;
  const Report *report = running->reports->pdata[i];

  if (report->fd == running->json_fd)
    return g_strdup_printf ("the report to \"%s\"", settings->json);
  if (report->fd != STDOUT_FILENO)
    return g_strdup_printf ("the report to \"%s\"", settings->junit);
  return g_strdup (i == 0 ? "the report to standard output"
                          : "what GitHub is told");
}

/* Of those to standard error there is nobody to tell. */
static void
say_unwritten (const Running *running)
{
  for (guint i = 0; running->write_errnos != NULL && i < running->reports->len;
       i++)
    {
      const Report *report = running->reports->pdata[i];
      g_autofree char *what = describe_report (running, i);
      if (running->write_errnos[i] != 0 && report->fd != STDERR_FILENO)
        diag_error (running->cli->diag, SRC_SPAN_NONE,
                    "%s could not be written: %s", what,
                    running->write_errnos[i] == ETIMEDOUT
                        ? "nobody reads it"
                        : g_strerror (running->write_errnos[i]));
      if (running->write_errnos[i] == ETIMEDOUT)
        running->cli->is_hurried = true;
    }
}

/* It is another process that writes the reports, and knows more. */
static void
say_trouble (const Running *running)
{
  running->cli->is_hurried = running->status > STATUS_SIGNAL;
  say_unwritten (running);
  if (running->status != STATUS_TROUBLE)
    return;
  diag_error (running->cli->diag, SRC_SPAN_NONE,
              "proctor could not do all of its work");
  diag_note (running->cli->diag, SRC_SPAN_NONE,
             "a test could not be run (see above), or a report, a log or "
             "a journal not be written");
}

/* Which shard, which seed.  TAP has its own first line: there it goes to
 * standard error. */
static void
say_arrangement (const Running *running)
{
  g_autoptr (GString) out = g_string_new (running->arrangement.said->str);

  if (running->cli->settings.tap)
    (void)write_all (STDERR_FILENO, out->str, out->len); /* or nobody reads */
  else
    (void)print (running->cli, out); /* the report will tell it, too */
}

/* --- All of it --------------------------------------------------------------
 */

/* With fewer, a process of proctor's own would not get to where it can say
 * so. */
static bool
has_descriptors (Cli *cli)
{
  int fds[LEAST_DESCRIPTORS];
  unsigned n = 0;

  while (n < LEAST_DESCRIPTORS
         && (fds[n] = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
    n++;
  for (unsigned i = 0; i < n; i++)
    (void)close (fds[i]);
  if (n == LEAST_DESCRIPTORS)
    return true;
  diag_error (cli->diag, SRC_SPAN_NONE,
              "no test can be run: too few files can be opened");
  diag_note (cli->diag, SRC_SPAN_NONE,
             "%u at the least are needed beside those that are open now; "
             "\"ulimit -n\" sets how many there may be",
             LEAST_DESCRIPTORS);
  return false;
}

static int
get_ready (Running *running)
{
  Cli *const cli = running->cli;

  if (!has_descriptors (cli))
    return STATUS_TROUBLE;
  take_jobserver (running);

  const int status = load_selected (&running->load, cli);

  if (status != STATUS_PASSED)
    return status;
  if (!cli->settings.no_history)
    running->history = history_new (cli->settings.history);
  running->style = make_style (cli);
  return arrange_tests (&running->arrangement, &running->load, cli,
                        running->history, running->style.signs == SIGNS_LIVE)
                 && open_json (running)
             ? STATUS_PASSED
             : STATUS_USAGE;
}

int
running_run (Cli *cli, GPtrArray *reports, Report *main)
{
  Running running = { .cli = cli, .json_fd = -1, .is_quiet = main != NULL };

  load_init (&running.load);
  running.reports
      = g_ptr_array_new_with_free_func ((GDestroyNotify)report_free);
  running.status = get_ready (&running);
  if (running.status == STATUS_PASSED)
    {
      print_diagnostics (cli); /* warnings, before the tests print theirs */
      say_arrangement (&running);
      add_reports (&running, g_steal_pointer (&main));
      if (reports != NULL)
        g_ptr_array_extend_and_steal (running.reports,
                                      g_steal_pointer (&reports));
      share_write_errnos (&running);
      run (&running);
      signals_unblock (); /* what is said now, perhaps nobody reads */
      say_trouble (&running);
    }

  report_free (main);
  if (reports != NULL)
    g_ptr_array_unref (reports);
  g_ptr_array_unref (running.reports);
  if (running.json_fd >= 0)
    (void)close (running.json_fd);
  arrangement_clear (&running.arrangement);
  history_free (running.history);
  jobserver_free (running.jobserver);
  load_clear (&running.load);
  return running.status;
}
