/* runlog.h - the journal of a run: what happened, in the order of its happening
 *
 * LOGDIR/run-DATE.json, an event a line, as --json writes it.  It is there from
 * the begin on, also when all else is lost, and stays when anything else does.
 * A run of one test has none: that test's own journal says all.
 */
#pragma once

#include "suite/schedule/plandirs.h"
#include "suite/suite.h"

typedef struct RunLog RunLog;

/* NULL: there is none, or it could not be made, as no log can then. */
RunLog *run_log_new (PlanDirs *dirs, const SuiteOptions *options);
/* It stays if @stays. */
void run_log_free (RunLog *log, bool stays);

/* NULL for NULL. */
Report *run_log_report (const RunLog *log);
