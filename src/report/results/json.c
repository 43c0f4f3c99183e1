#include "config.h"

#include "base/signame.h"
#include "report/label.h"
#include "report/results/jsondoc.h"

#include <string.h>
#include <sys/wait.h>

/* Grows when a reader of the old form would be misled; a new event or member
 * is none. */
#define FORMAT 1

typedef struct
{
  Report report;
  int64_t begin_microsecs;
  GHashTable
      *begun; /* owned; int64_t, owned: when a running ReportTest began */
} JsonReport;

/* --- The members that events have in common ------------------------------ */

static void
write_place (JsonDoc *doc, const ReportTest *test, SrcSpan span)
{
  const Source *const source = sources_find (test->plan->sources, span.begin);

  if (source == NULL)
    return;

  const SourceLine line = source_line (source, span.begin);
  JsonDoc *const place = jsondoc_object (doc, "at");

  jsondoc_bytes (place, "file", source->name, strlen (source->name));
  jsondoc_number (place, "line", line.line);
  jsondoc_number (place, "column", line.column);
}

static void
write_op (JsonDoc *doc, const ReportTest *test, const Event *event)
{
  const Plan *const plan = test->plan;
  const PlanTest *const unit = test->test;
  g_autoptr (GString) text = g_string_new (NULL);

  if (event->op < unit->first_op || event->op >= plan_test_end (unit))
    return;

  JsonDoc *const op = jsondoc_object (doc, "op");

  plan_append_op (plan, unit, &plan->ops[event->op], text);
  jsondoc_bytes (op, "text", text->str, text->len);
  jsondoc_number (op, "number", event->op - unit->first_op + 1);
  jsondoc_number (op, "of", unit->n_ops);
  write_place (op, test, plan->ops[event->op].span);
}

static void
write_process (JsonDoc *doc, const ReportTest *test, const Event *event)
{
  if (event->process < test->test->n_processes)
    jsondoc_word (doc, "process", label_process (test, event->process));
}

static void
write_pid (JsonDoc *doc, const ReportTest *test, const Event *event)
{
  (void)test;
  jsondoc_number (doc, "pid", event->pid);
}

static void
write_span (JsonDoc *doc, const ReportTest *test, const Event *event)
{
  write_place (doc, test, event->span);
}

static void
write_text (JsonDoc *doc, const ReportTest *test, const Event *event)
{
  (void)test;
  jsondoc_bytes (doc, "text", event->text != NULL ? event->text : "",
                 event->text != NULL ? event->n_text : 0);
}

static void
write_status (JsonDoc *doc, const ReportTest *test, const Event *event)
{
  JsonDoc *const status = jsondoc_object (doc, "status");
  char name[SIGNAL_NAME_SIZE];

  (void)test;
  if (WIFEXITED (event->number))
    {
      jsondoc_number (status, "exited", WEXITSTATUS (event->number));
      return;
    }
  jsondoc_word (status, "signal", signal_name (WTERMSIG (event->number), name));
  jsondoc_flag (status, "core", WCOREDUMP (event->number));
}

static void
write_signal (JsonDoc *doc, const ReportTest *test, const Event *event)
{
  char name[SIGNAL_NAME_SIZE];

  (void)test;
  jsondoc_word (doc, "signal", signal_name (event->number, name));
}

static void
write_stream (JsonDoc *doc, const ReportTest *test, const Event *event)
{
  (void)test;
  jsondoc_word (doc, "stream", label_stream (event->number));
}

static void
write_failure (JsonDoc *doc, const ReportTest *test, const Event *event)
{
  (void)test;
  jsondoc_word (doc, "failure", failure_name ((Failure)event->number));
}

static void
write_verdict (JsonDoc *doc, const ReportTest *test, const Event *event)
{
  (void)test;
  jsondoc_word (doc, "verdict", verdict_name ((Verdict)event->number));
}

/* What an event tells is what events.def says of it. */
static const struct
{
  EventFields field;
  void (*write) (JsonDoc *doc, const ReportTest *test, const Event *event);
} members[] = {
  { EVENT_HAS_VERDICT, write_verdict }, { EVENT_HAS_FAILURE, write_failure },
  { EVENT_HAS_PROCESS, write_process }, { EVENT_HAS_PID, write_pid },
  { EVENT_HAS_STATUS, write_status },   { EVENT_HAS_SIGNAL, write_signal },
  { EVENT_HAS_STREAM, write_stream },   { EVENT_HAS_OP, write_op },
  { EVENT_HAS_SPAN, write_span },       { EVENT_HAS_TEXT, write_text },
};

/* --- Lines --------------------------------------------------------------- */

static void
json_begin (Report *report, const ReportTest *tests, unsigned n_tests)
{
  JsonReport *const json = (JsonReport *)report;
  g_autoptr (JsonDoc) doc = jsondoc_new ();
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *started = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");

  (void)tests;
  json->begin_microsecs = g_get_monotonic_time ();
  jsondoc_word (doc, "event", "run-begin");
  jsondoc_number (doc, "format", FORMAT);
  jsondoc_word (doc, "proctor", PACKAGE_VERSION);
  jsondoc_word (doc, "started", started);
  jsondoc_number (doc, "tests", n_tests);
  jsondoc_append (doc, report->out);
}

static void
write_test (JsonDoc *doc, const ReportTest *test)
{
  g_autofree char *name
      = g_strconcat (test->plan->path, ":", test->test->name, NULL);

  jsondoc_bytes (doc, "test", name, strlen (name));
  jsondoc_number (doc, "number", test->number);
  if (test->round > 0)
    jsondoc_number (doc, "round", test->round);
  if (test->layer != NULL)
    jsondoc_flag (doc, "layer", true);
}

/* How long it took, once it has ended; until then, when it began. */
static void
write_duration (JsonReport *json, JsonDoc *doc, const ReportTest *test,
                const Event *event)
{
  if (event->kind == EVENT_TEST_BEGIN)
    {
      int64_t *const microsecs = g_new (int64_t, 1);

      *microsecs = event_time (event);
      g_hash_table_insert (json->begun, (void *)test, microsecs);
    }
  if (!(event_fields (event->kind) & EVENT_HAS_VERDICT))
    return;

  const int64_t *const begun = g_hash_table_lookup (json->begun, test);

  if (begun != NULL)
    jsondoc_seconds (doc, "seconds", event_time (event) - *begun);
  (void)g_hash_table_remove (json->begun, test); /* if it was there */
}

static void
json_on_event (Report *report, const ReportTest *test, const Event *event)
{
  JsonReport *const json = (JsonReport *)report;
  const unsigned fields = event_fields (event->kind);

  /* Told only if another report wants it, and no result. */
  if (event->kind == EVENT_OUTPUT)
    return;

  g_autoptr (JsonDoc) doc = jsondoc_new ();

  jsondoc_word (doc, "event", event_name (event->kind));
  jsondoc_seconds (doc, "time", event->microsecs - json->begin_microsecs);
  write_test (doc, test);
  for (unsigned i = 0; i < G_N_ELEMENTS (members); i++)
    if (fields & members[i].field)
      members[i].write (doc, test, event);
  write_duration (json, doc, test, event);
  jsondoc_append (doc, report->out);
}

static void
json_end (Report *report, const ReportCounts *counts)
{
  const JsonReport *const json = (JsonReport *)report;
  g_autoptr (JsonDoc) doc = jsondoc_new ();

  jsondoc_word (doc, "event", "run-end");
  jsondoc_seconds (doc, "time",
                   g_get_monotonic_time () - json->begin_microsecs);
  jsondoc_seconds (doc, "seconds", counts->microsecs);
  jsondoc_number (doc, "tests", counts->n_tests);

  JsonDoc *const verdicts = jsondoc_object (doc, "verdicts");

  for (unsigned i = 0; i < N_VERDICTS; i++)
    jsondoc_number (verdicts, verdict_name ((Verdict)i), counts->n_verdicts[i]);
  jsondoc_number (doc, "layers_failed", counts->n_layers_failed);
  if (counts->ended_by != NULL)
    jsondoc_word (doc, "ended_by", counts->ended_by);
  jsondoc_append (doc, report->out);
}

static void
json_free (Report *report)
{
  g_hash_table_unref (((JsonReport *)report)->begun);
}

static const ReportClass json_class = { .begin = json_begin,
                                        .on_event = json_on_event,
                                        .end = json_end,
                                        .free = json_free };

Report *
json_report_new (int fd)
{
  JsonReport *json = g_new0 (JsonReport, 1);

  json->report.class = &json_class;
  json->report.fd = fd;
  json->report.out = g_string_new (NULL);
  json->begun = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return &json->report;
}
