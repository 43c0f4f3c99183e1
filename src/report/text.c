#include "config.h"

#include "report/report.h"

#include "base/visible.h"
#include "report/failure.h"
#include "report/label.h"
#include "report/live.h"
#include "report/record.h"
#include "report/story.h"

#include <string.h>
#include <sys/ioctl.h>

/* What follows this many failures is told in fewer words. */
#define N_FAILURES_IN_FULL 20
/* So many tests that were not run are named. */
#define N_NOT_RUN_NAMED 10

#define DEFAULT_COLUMNS 80

typedef struct
{
  Report report;
  ReportStyle style;
  Records *records; /* owned */
  Story *story;     /* owned; NULL: not told (-v) */
  unsigned n_tests;
  unsigned n_failures; /* that were told */
  unsigned n_not_run;
  GString *live_line; /* owned: the one that is shown, or was */
  bool has_live_line;
} TextReport;

/* How a verdict looks. */
static const struct
{
  const char *word; /* eight columns */
  Paint paint;
} looks[N_VERDICTS] = {
  [VERDICT_PASSED] = { "ok      ", PAINT_GOOD },
  [VERDICT_SKIPPED] = { "skip    ", PAINT_WARN },
  [VERDICT_FAILED] = { "FAIL    ", PAINT_BAD },
  [VERDICT_ERROR] = { "ERROR   ", PAINT_BAD },
  [VERDICT_INTERRUPTED] = { "stopped ", PAINT_WARN },
  [VERDICT_NOT_RUN] = { "not run ", PAINT_WARN },
};

static void
text_begin (Report *report, const ReportTest *tests, unsigned n_tests)
{
  (void)tests; /* each is told of when it runs */
  ((TextReport *)report)->n_tests = n_tests;
}

/* What the plan says is told as it comes; else only of a test that fails. */
static bool
tells_logs (const TextReport *text)
{
  return text->style.verbosity >= 0 || text->style.tells_logs;
}

static void
tell_log (TextReport *text, const ReportTest *test, const Event *event)
{
  GString *const out = text->report.out;

  g_string_append (out, "log     ");
  label_append_test (out, test);
  g_string_append (out, "  ");
  visible_append (out, event->text, event->n_text);
  g_string_append_c (out, '\n');
}

/* --- When it has ended ------------------------------------------------- */

static bool
is_told (const TextReport *text, Verdict verdict)
{
  switch (verdict)
    {
    case VERDICT_PASSED:
    case VERDICT_SKIPPED:
      return text->style.verbosity >= 0;
    case VERDICT_NOT_RUN:
      return text->style.verbosity > 0
             || (text->style.verbosity == 0
                 && text->n_not_run <= N_NOT_RUN_NAMED);
    default:
      return true;
    }
}

/* A test that passed has nothing to tell but where its logs are. */
static bool
is_brief (const TextReport *text, const Record *record)
{
  return record->verdict == VERDICT_PASSED || record->verdict == VERDICT_SKIPPED
         || text->n_failures > N_FAILURES_IN_FULL;
}

static void
tell_end (TextReport *text, const ReportTest *test, Record *record)
{
  GString *const out = text->report.out;
  const bool color = text->style.color;

  text->n_not_run += record->verdict == VERDICT_NOT_RUN;
  text->n_failures += record->failures->len > 0;
  if (!is_told (text, record->verdict))
    return;

  label_append_painted (out, color, looks[record->verdict].paint,
                        looks[record->verdict].word);
  label_append_test (out, test);
  if (record->verdict == VERDICT_SKIPPED)
    {
      g_string_append (out, "  (");
      visible_append (out, record->skip_reason.bytes,
                      record->skip_reason.n_bytes);
      g_string_append_c (out, ')');
    }
  else if (record->verdict != VERDICT_NOT_RUN)
    {
      g_string_append (out, "  ");
      label_append_seconds (out,
                            record->end_microsecs - record->begin_microsecs);
    }
  g_string_append_c (out, '\n');

  if (tells_logs (text))
    g_array_set_size (record->log_lines, 0); /* they were told */
  failure_append (out, test, record, color, is_brief (text, record));
}

static void
text_on_event (Report *report, const ReportTest *test, const Event *event)
{
  TextReport *const text = (TextReport *)report;
  Record *const record = records_add (text->records, test, event);

  if (text->story != NULL)
    story_add (text->story, test, event, report->out);
  if (tells_logs (text) && event->kind == EVENT_LOG)
    tell_log (text, test, event);
  if (event->kind == EVENT_TEST_END)
    {
      tell_end (text, test, record);
      records_remove (text->records, test);
    }
  if (text->has_live_line && report->out->len > 0)
    {
      g_string_prepend (report->out, LIVE_ERASE);
      text->has_live_line = false;
    }
}

static unsigned
find_columns (const TextReport *text)
{
  struct winsize size;

  if (ioctl (text->report.fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return text->style.columns > 0 ? text->style.columns : DEFAULT_COLUMNS;
}

static void
text_on_progress (Report *report, const ReportTest *test,
                  const ReportProgress *progress, const ReportCounts *counts)
{
  TextReport *const text = (TextReport *)report;

  if (!text->style.is_live)
    return;

  live_append (report->out, test, text->n_tests, progress, counts,
               find_columns (text));
  /* What says the same would only flicker. */
  if (text->has_live_line
      && strcmp (text->live_line->str, report->out->str) == 0)
    {
      g_string_truncate (report->out, 0);
      return;
    }

  g_string_assign (text->live_line, report->out->str);
  text->has_live_line = true;
}

static void
text_on_hide (Report *report)
{
  TextReport *const text = (TextReport *)report;

  if (text->has_live_line)
    g_string_append (report->out, LIVE_ERASE);
  text->has_live_line = false;
}

/* --- At the end of all ------------------------------------------------- */

static void
text_end (Report *report, const ReportCounts *counts)
{
  static const Verdict others[] = {
    VERDICT_FAILED,      VERDICT_ERROR,   VERDICT_SKIPPED,
    VERDICT_INTERRUPTED, VERDICT_NOT_RUN,
  };
  TextReport *const text = (TextReport *)report;
  GString *const out = report->out;

  text_on_hide (report);
  if (text->n_not_run > N_NOT_RUN_NAMED && text->style.verbosity == 0)
    g_string_append_printf (out, "not run %u more\n",
                            text->n_not_run - N_NOT_RUN_NAMED);

  g_string_append_printf (out, "%u %s", counts->n_verdicts[VERDICT_PASSED],
                          verdict_name (VERDICT_PASSED));
  for (unsigned i = 0; i < G_N_ELEMENTS (others); i++)
    {
      const unsigned n = counts->n_verdicts[others[i]];

      if (n > 0)
        g_string_append_printf (out, ", %u %s%s", n, verdict_name (others[i]),
                                others[i] == VERDICT_ERROR && n > 1 ? "s" : "");
    }
  g_string_append (out, " (");
  label_append_seconds (out, counts->microsecs);
  g_string_append (out, ")\n");
}

static void
text_free (Report *report)
{
  TextReport *const text = (TextReport *)report;

  records_free (text->records);
  story_free (text->story);
  g_string_free (text->live_line, TRUE);
}

static const ReportClass text_class = { .begin = text_begin,
                                        .on_event = text_on_event,
                                        .on_progress = text_on_progress,
                                        .on_hide = text_on_hide,
                                        .end = text_end,
                                        .free = text_free };

Report *
text_report_new (int fd, const ReportStyle *style)
{
  TextReport *text = g_new0 (TextReport, 1);

  text->report.class = &text_class;
  text->report.fd = fd;
  text->report.out = g_string_new (NULL);
  text->style = *style;
  text->records = records_new ();
  text->live_line = g_string_new (NULL);
  if (style->verbosity > 0)
    text->story = story_new (style->color);
  return &text->report;
}
