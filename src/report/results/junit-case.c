#include "config.h"

#include "report/results/junit-case.h"

#include "report/failure.h"
#include "report/label.h"

#include <string.h>

JunitCase *
junit_case_new (const ReportTest *test)
{
  JunitCase *a_case = g_new0 (JunitCase, 1);

  a_case->test = *test;
  a_case->verdict = VERDICT_NOT_RUN;
  a_case->text = g_string_new (NULL);
  a_case->tries = g_string_new (NULL);
  return a_case;
}

void
junit_case_free (JunitCase *a_case)
{
  if (a_case == NULL)
    return;

  record_free (a_case->record);
  g_free (a_case->message);
  g_string_free (a_case->text, TRUE);
  g_string_free (a_case->tries, TRUE);
  g_free (a_case);
}

/* --- What is told of it -------------------------------------------------- */

/* A layer that was ended for another one that broke tells nothing of its own.
 */
static bool
is_bad (const JunitCase *a_case, const Record *record)
{
  return a_case->test.layer != NULL && a_case->verdict == VERDICT_INTERRUPTED
             ? record->failures->len > 0
             : verdict_is_bad (a_case->verdict);
}

static char *
first_line (const RecordText *text)
{
  const char *const bytes = text->n_bytes > 0 ? text->bytes : "";
  const char *const end = memchr (bytes, '\n', text->n_bytes);

  return g_strndup (bytes, end != NULL ? (size_t)(end - bytes) : text->n_bytes);
}

/* What it was doing, of a layer, when it failed. */
static const char *
find_stage (const JunitCase *a_case, const RecordFailure *failure)
{
  if (!failure->was_up)
    return "set-up";
  return record_is_of_tear_down (&a_case->test, failure) ? "tear-down"
                                                         : "while it was up";
}

static void
keep_failure (JunitCase *a_case)
{
  const Record *const record = a_case->record;

  a_case->type = verdict_name (a_case->verdict);
  a_case->message = g_strdup (a_case->type);
  if (record->failures->len > 0)
    {
      const RecordFailure *const failure
          = &g_array_index (record->failures, RecordFailure, 0);

      g_free (a_case->message);
      a_case->message = first_line (&failure->text);
      a_case->type = failure_name (failure->failure);
      if (a_case->test.layer != NULL)
        a_case->stage = find_stage (a_case, failure);
    }
  failure_append (a_case->text, &a_case->test, record, false, false);
}

/* What is left of a try is its failure; a round that ended well leaves
 * nothing. */
static void
end_try (JunitCase *a_case, const Event *event)
{
  a_case->n_tries++;
  if (verdict_is_bad ((Verdict)event->number))
    {
      g_string_append_printf (a_case->tries, "try %u %s\n", a_case->n_tries,
                              verdict_name ((Verdict)event->number));
      failure_append (a_case->tries, &a_case->test, a_case->record, false,
                      false);
    }
  g_clear_pointer (&a_case->record, record_free);
}

static void
end_case (JunitCase *a_case, const Event *event)
{
  const Record *const record = a_case->record;

  a_case->has_ended = true;
  a_case->verdict = (Verdict)event->number;
  a_case->microsecs = event_time (event) - record->begin_microsecs;
  if (is_bad (a_case, record))
    keep_failure (a_case);
  else
    failure_append_killed (a_case->text, "", &a_case->test, record);
  if (a_case->verdict == VERDICT_SKIPPED)
    a_case->message = first_line (&record->skip_reason);
  g_clear_pointer (&a_case->record, record_free);
}

void
junit_case_add (JunitCase *a_case, const Event *event)
{
  if (a_case->record == NULL)
    a_case->record = record_new (&a_case->test);
  if (!a_case->has_begun)
    {
      a_case->has_begun = true;
      a_case->begin_microsecs = event->microsecs;
    }
  if (event->kind == EVENT_AGAIN)
    {
      end_try (a_case, event);
      return;
    }

  record_add (a_case->record, event);
  if (event->kind == EVENT_TEST_END)
    end_case (a_case, event);
}

/* --- What is written ------------------------------------------------------ */

JunitResult
junit_case_result (const JunitCase *a_case)
{
  switch (a_case->verdict)
    {
    case VERDICT_FAILED:
      return JUNIT_FAILURE;
    case VERDICT_ERROR:
      return JUNIT_ERROR;
    case VERDICT_INTERRUPTED:
      if (a_case->message != NULL)
        return JUNIT_ERROR;
      break;
    default:
      break;
    }
  if (a_case->test.layer != NULL)
    return JUNIT_LEFT_OUT;
  return a_case->verdict == VERDICT_PASSED || a_case->verdict == VERDICT_FLAKY
             ? JUNIT_PASSED
             : JUNIT_SKIPPED;
}

char *
junit_case_name (const JunitCase *a_case)
{
  g_autoptr (GString) name = g_string_new (NULL);

  if (a_case->test.layer != NULL)
    g_string_append (name, "layer ");
  label_append_name (name, &a_case->test);
  if (a_case->stage != NULL)
    g_string_append_printf (name, " (%s)", a_case->stage);
  return g_string_free (g_steal_pointer (&name), FALSE);
}

static void
write_failure (const JunitCase *a_case, const char *element, XmlDoc *doc)
{
  xmldoc_begin (doc, element);
  xmldoc_text (doc, "message", a_case->message);
  xmldoc_text (doc, "type", a_case->type);

  g_autofree char *text
      = g_strconcat (a_case->text->str, a_case->tries->str, NULL);

  xmldoc_lines (doc, text, strlen (text));
  xmldoc_end (doc);
}

/* What is to be known all the same. */
static void
write_remarks (const JunitCase *a_case, XmlDoc *doc)
{
  xmldoc_begin (doc, "system-out");
  xmldoc_lines (doc, a_case->text->str, a_case->text->len);
  xmldoc_end (doc);
}

void
junit_case_write (const JunitCase *a_case, const char *class, XmlDoc *doc)
{
  const JunitResult result = junit_case_result (a_case);

  if (result == JUNIT_LEFT_OUT)
    return;

  g_autofree char *name = junit_case_name (a_case);

  xmldoc_begin (doc, "testcase");
  xmldoc_text (doc, "name", name);
  xmldoc_text (doc, "classname", class);
  xmldoc_seconds (doc, "time", a_case->microsecs);
  if (result == JUNIT_SKIPPED)
    {
      xmldoc_begin (doc, "skipped");
      xmldoc_text (doc, "message",
                   a_case->message != NULL ? a_case->message
                                           : verdict_name (a_case->verdict));
      xmldoc_end (doc);
    }
  else if (result != JUNIT_PASSED)
    {
      write_failure (a_case, result == JUNIT_ERROR ? "error" : "failure", doc);
    }
  if (result == JUNIT_PASSED && a_case->text->len > 0)
    write_remarks (a_case, doc);
  xmldoc_end (doc);
}
