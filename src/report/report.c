#include "config.h"

#include "report/report.h"

#include "base/write.h"

void
report_free (Report *report)
{
  if (report == NULL)
    return;

  report->class->free (report);
  g_string_free (report->out, TRUE);
  g_free (report);
}

/* Nothing more is tried after a failure: half a report is not read better with
 * a hole in it. */
static void
write_out (Report *report)
{
  if (report->out->len == 0)
    return;

  if (report->writer != NULL)
    writer_add (report->writer, report->out->str, report->out->len);
  else if (report->write_errno == 0)
    report->write_errno
        = write_all (report->fd, report->out->str, report->out->len);
  g_string_truncate (report->out, 0);
}

Report *
report_innermost (Report *report)
{
  while (report->class->inner != NULL)
    report = report->class->inner (report);
  return report;
}

void
report_set_writer (Report *report, Writer *writer)
{
  report_innermost (report)->writer = writer;
}

int
report_errno (Report *report)
{
  const Report *writes = report_innermost (report);

  if (writes->class->may_fail)
    return 0;
  return writes->write_errno == 0 && writes->writer != NULL
             ? writer_errno (writes->writer)
             : writes->write_errno;
}

void
report_begin (Report *report, const ReportTest *tests, unsigned n_tests)
{
  report->class->begin (report, tests, n_tests);
  write_out (report);
}

void
report_event (Report *report, const ReportTest *test, const Event *event)
{
  report->class->on_event (report, test, event);
  write_out (report);
}

void
report_progress (Report *report, const ReportProgress *progress)
{
  if (report->class->on_progress == NULL
      || (report->writer != NULL && writer_n_waiting (report->writer) > 0))
    return;

  report->class->on_progress (report, progress);
  write_out (report);
}

void
report_status (Report *report, const ReportProgress *progress)
{
  if (report->class->on_status == NULL)
    return;

  report->class->on_status (report, progress);
  write_out (report);
}

void
report_hide_progress (Report *report)
{
  if (report->class->on_hide == NULL)
    return;

  report->class->on_hide (report);
  write_out (report);
}

void
report_end (Report *report, const ReportCounts *counts)
{
  report->class->end (report, counts);
  write_out (report);
}
