#include "config.h"

#include "report/report.h"

#include "base/visible.h"
#include "report/doing.h"
#include "report/entry.h"
#include "report/label.h"
#include "report/live.h"
#include "report/record.h"
#include "report/signs.h"
#include "report/story.h"

#include <sys/ioctl.h>

/* What follows this many failures is told in fewer words. */
#define N_FAILURES_IN_FULL 20
/* So many tests that were not run are named. */
#define N_NOT_RUN_NAMED 10

#define DEFAULT_COLUMNS 80
#define DEFAULT_ROWS    24

typedef struct
{
  Report report;
  ReportStyle style;
  Records *records; /* owned */
  Story *story;     /* owned; NULL: not told (-v) */
  unsigned n_tests;
  unsigned n_failures; /* that were told */
  unsigned n_not_run;
  Live *live;   /* owned; NULL: not shown */
  Signs *signs; /* owned; NULL: none are given */
} TextReport;

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

/* What is in the report's @out is written next; what shows that there is life
 * must not be in its way. */
static void
make_way (TextReport *text)
{
  if (text->live != NULL)
    live_make_way (text->live, text->report.out);
  if (text->signs != NULL)
    signs_make_way (text->signs, text->report.out);
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

/* A test that passed has little to tell but where its logs are. */
static bool
is_brief (const TextReport *text, const Record *record)
{
  return record->verdict == VERDICT_PASSED || record->verdict == VERDICT_SKIPPED
         || record->verdict == VERDICT_FLAKY
         || text->n_failures > N_FAILURES_IN_FULL;
}

static void
tell_end (TextReport *text, const ReportTest *test, Record *record)
{
  text->n_not_run += record->verdict == VERDICT_NOT_RUN;
  text->n_failures += record->failures->len > 0 && !record_is_spoiled (record);
  if (!is_told (text, record->verdict))
    return;

  if (tells_logs (text))
    g_array_set_size (record->log_lines, 0); /* they were told */
  entry_append (text->report.out, test, record, text->style.color,
                is_brief (text, record));
}

/* Nobody asked for a layer: it is told of when it has failed, or has left
 * something behind. */
static void
tell_layer_end (TextReport *text, const ReportTest *test, Record *record,
                const Event *event)
{
  const bool is_verbose = text->style.verbosity > 0;

  if (record_is_worth_telling (record) || record->leftovers->len > 0
      || record->killed->len > 0
      || (is_verbose && record->verdict != VERDICT_PASSED))
    tell_end (text, test, record);
  else if (is_verbose)
    entry_append_layer (text->report.out, test, record, event);
}

/* What is told of a test when it is where it is now; @record has been told
 * already. */
static void
tell (TextReport *text, const ReportTest *test, Record *record,
      const Event *event)
{
  const bool is_verbose = text->style.verbosity > 0;

  switch (event->kind)
    {
    case EVENT_LOG:
      if (tells_logs (text))
        tell_log (text, test, event);
      break;
    case EVENT_UP:
      if (is_verbose)
        entry_append_layer (text->report.out, test, record, event);
      break;
    case EVENT_AGAIN:
      if (is_verbose)
        entry_append_again (text->report.out, test, record, event);
      break;
    case EVENT_TEST_END:
      if (test->layer != NULL)
        tell_layer_end (text, test, record, event);
      else
        tell_end (text, test, record);
      break;
    default: /* kept, or told in the story */
      break;
    }
}

static void
text_on_event (Report *report, const ReportTest *test, const Event *event)
{
  TextReport *const text = (TextReport *)report;
  Record *const record = records_add (text->records, test, event);

  if (text->story != NULL)
    story_add (text->story, test, event, report->out);
  tell (text, test, record, event);
  if (text->signs != NULL
      && (event->kind == EVENT_AGAIN || event->kind == EVENT_TEST_END))
    signs_forget (text->signs, test);
  if (event->kind == EVENT_TEST_END)
    records_remove (text->records, test);
  make_way (text);
}

/* --- While it runs ----------------------------------------------------- */

static LiveSize
find_size (const TextReport *text)
{
  LiveSize size = { .rows = DEFAULT_ROWS, .columns = DEFAULT_COLUMNS };
  struct winsize now;

  if (text->style.columns > 0)
    size.columns = text->style.columns;
  if (ioctl (text->report.fd, TIOCGWINSZ, &now) != 0)
    return size;

  if (now.ws_col > 0)
    size.columns = now.ws_col;
  if (now.ws_row > 0)
    size.rows = now.ws_row;
  return size;
}

static void
text_on_progress (Report *report, const ReportProgress *progress)
{
  TextReport *const text = (TextReport *)report;

  if (text->live != NULL)
    live_show (text->live, text->n_tests, progress, find_size (text),
               report->out);
  if (text->signs != NULL)
    signs_add (text->signs, progress, "", report->out);
}

static void
text_on_status (Report *report, const ReportProgress *progress)
{
  doing_append_status (report->out, "", progress);
  make_way ((TextReport *)report);
}

static void
text_on_hide (Report *report)
{
  TextReport *const text = (TextReport *)report;

  if (text->live != NULL)
    live_hide (text->live, report->out);
  if (text->signs != NULL)
    signs_hide (text->signs, report->out);
}

/* --- At the end of all ------------------------------------------------- */

static void
text_end (Report *report, const ReportCounts *counts)
{
  TextReport *const text = (TextReport *)report;
  GString *const out = report->out;

  text_on_hide (report);
  if (text->n_not_run > N_NOT_RUN_NAMED && text->style.verbosity == 0)
    g_string_append_printf (out, "not run %u more\n",
                            text->n_not_run - N_NOT_RUN_NAMED);
  if (counts->ended_by != NULL)
    g_string_append_printf (out, "the run was ended by %s\n", counts->ended_by);
  entry_append_counts (out, counts);
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
  live_free (text->live);
  signs_free (text->signs);
}

static const ReportClass text_class = { .begin = text_begin,
                                        .on_event = text_on_event,
                                        .on_progress = text_on_progress,
                                        .on_status = text_on_status,
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
  if (style->verbosity > 0)
    text->story = story_new (style->color);
  if (style->signs == SIGNS_LIVE)
    text->live = live_new (style);
  if (style->signs == SIGNS_DOTS)
    text->signs = signs_new (SIGNS_AS_DOTS, style->slow_microsecs);
  return &text->report;
}
