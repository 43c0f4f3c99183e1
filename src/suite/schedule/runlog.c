#include "config.h"

#include "suite/schedule/runlog.h"

#include "suite/worker/logdir.h"

#include <unistd.h>

struct RunLog
{
  Report *report; /* owned */
  PlanDirs *dirs;
  char *name; /* owned */
  int fd;     /* owned */
};

RunLog *
run_log_new (PlanDirs *dirs, const SuiteOptions *options)
{
  g_autofree char *wish = logdir_plan_name ("run");
  char *name;
  const int fd = options->n_tests < 2
                     ? -1
                     : plan_dirs_make_file (dirs, wish, ".json", &name, NULL);

  if (fd < 0)
    return NULL;

  RunLog *log = g_new (RunLog, 1);
  *log = (RunLog){
    .report = json_report_new (fd), .dirs = dirs, .name = name, .fd = fd
  };
  return log;
}

void
run_log_free (RunLog *log, bool stays)
{
  if (log == NULL)
    return;
  report_free (log->report);
  (void)close (log->fd);
  if (!stays)
    plan_dirs_remove_file (log->dirs, log->name);
  g_free (log->name);
  g_free (log);
}

Report *
run_log_report (const RunLog *log)
{
  return log == NULL ? NULL : log->report;
}
