#include "config.h"

#include "report/report.h"

#include <string.h>

/* A test that is not out yet. */
typedef struct
{
  const ReportTest *test; /* NULL: nothing was told of it */
  GByteArray *held;       /* owned: events, each with its text behind it; NULL:
                           * nothing waits */
  bool has_ended;
} Waiting;

typedef struct
{
  Report report;
  Report *inner;  /* owned */
  Waiting *tests; /* owned: @n_tests, by number; those before @next are out */
  unsigned n_tests;
  unsigned next; /* whose events are passed on as they come */
} OrderedReport;

/* --- What waits -------------------------------------------------------- */

/* Operations and output are for somebody who reads along, and of that a test
 * may make any amount. */
static bool
is_kept (const Event *event)
{
  return event->kind != EVENT_OUTPUT
         && (event_fields (event->kind) & EVENT_IS_DETAIL) == 0;
}

/* A round ended well, and there may be any number of them. */
static bool
is_new_round (const Event *event)
{
  return event->kind == EVENT_AGAIN && event->number != VERDICT_FAILED
         && event->number != VERDICT_ERROR;
}

static void
hold (Waiting *waiting, const ReportTest *test, const Event *event)
{
  Event copy = *event;

  if (copy.text == NULL)
    copy.n_text = 0;
  if (waiting->held == NULL)
    waiting->held = g_byte_array_new ();
  if (is_new_round (event))
    g_byte_array_set_size (waiting->held, 0);
  waiting->test = test;
  g_byte_array_append (waiting->held, (const uint8_t *)&copy, sizeof copy);
  if (copy.n_text > 0)
    g_byte_array_append (waiting->held, (const uint8_t *)copy.text,
                         (unsigned)copy.n_text);
  g_byte_array_append (waiting->held, (const uint8_t *)"", 1);
}

static void
pass_held (OrderedReport *ordered, Waiting *waiting)
{
  g_autoptr (GByteArray) held = g_steal_pointer (&waiting->held);
  size_t at = 0;

  while (held != NULL && at < held->len)
    {
      Event event;

      memcpy (&event, held->data + at, sizeof event);
      at += sizeof event;
      event.text = (const char *)held->data + at;
      at += event.n_text + 1;
      report_event (ordered->inner, waiting->test, &event);
    }
}

/* All that may be out now: of the first test that has not ended, what has
 * happened so far. */
static void
advance (OrderedReport *ordered)
{
  while (ordered->next < ordered->n_tests
         && ordered->tests[ordered->next].has_ended)
    {
      ordered->next++;
      if (ordered->next < ordered->n_tests)
        pass_held (ordered, &ordered->tests[ordered->next]);
    }
}

/* --- The report -------------------------------------------------------- */

static void
ordered_begin (Report *report, const ReportTest *tests, unsigned n_tests)
{
  OrderedReport *const ordered = (OrderedReport *)report;

  ordered->tests = g_new0 (Waiting, n_tests);
  ordered->n_tests = n_tests;
  report_begin (ordered->inner, tests, n_tests);
}

/* Layers stand in no order, and are passed on at once: that one has failed is
 * told before the tests that could not be run for it. */
static void
ordered_on_event (Report *report, const ReportTest *test, const Event *event)
{
  OrderedReport *const ordered = (OrderedReport *)report;
  const unsigned number = test->number - 1;

  if (test->layer != NULL || number >= ordered->n_tests
      || number <= ordered->next)
    report_event (ordered->inner, test, event);
  else if (is_kept (event))
    hold (&ordered->tests[number], test, event);

  if (event->kind == EVENT_TEST_END && test->layer == NULL
      && number < ordered->n_tests)
    {
      ordered->tests[number].has_ended = true;
      advance (ordered);
    }
}

static void
ordered_on_progress (Report *report, const ReportProgress *progress)
{
  OrderedReport *const ordered = (OrderedReport *)report;

  report_progress (ordered->inner, progress);
}

static void
ordered_on_status (Report *report, const ReportProgress *progress)
{
  OrderedReport *const ordered = (OrderedReport *)report;

  report_status (ordered->inner, progress);
}

static void
ordered_on_hide (Report *report)
{
  OrderedReport *const ordered = (OrderedReport *)report;

  report_hide_progress (ordered->inner);
}

/* A test that never ended holds up nothing any more. */
static void
ordered_end (Report *report, const ReportCounts *counts)
{
  OrderedReport *const ordered = (OrderedReport *)report;

  while (ordered->next < ordered->n_tests)
    {
      ordered->tests[ordered->next].has_ended = true;
      advance (ordered);
    }
  report_end (ordered->inner, counts);
}

static void
ordered_free (Report *report)
{
  OrderedReport *const ordered = (OrderedReport *)report;

  for (unsigned i = 0; i < ordered->n_tests; i++)
    if (ordered->tests[i].held != NULL)
      g_byte_array_unref (ordered->tests[i].held);
  g_free (ordered->tests);
  report_free (ordered->inner);
}

static Report *
ordered_inner (Report *report)
{
  return ((OrderedReport *)report)->inner;
}

static const ReportClass ordered_class = { .begin = ordered_begin,
                                           .on_event = ordered_on_event,
                                           .on_progress = ordered_on_progress,
                                           .on_status = ordered_on_status,
                                           .inner = ordered_inner,
                                           .on_hide = ordered_on_hide,
                                           .end = ordered_end,
                                           .free = ordered_free };

Report *
ordered_report_new (Report *inner)
{
  OrderedReport *ordered = g_new0 (OrderedReport, 1);

  ordered->report.class = &ordered_class;
  ordered->report.fd = inner->fd;
  ordered->report.out = g_string_new (NULL); /* stays empty */
  ordered->inner = inner;
  return &ordered->report;
}
