#include "config.h"

#include "report/record.h"

#include <string.h>

static void
failure_clear (RecordFailure *failure)
{
  g_clear_pointer (&failure->notes, g_array_unref);
}

static void
process_clear (RecordProcess *process)
{
  g_clear_pointer (&process->tails, g_array_unref);
}

static GArray *
new_list (size_t size, GDestroyNotify clear)
{
  GArray *list = g_array_new (FALSE, TRUE, (unsigned)size);

  g_array_set_clear_func (list, clear);
  return list;
}

Record *
record_new (const ReportTest *test)
{
  Record *record = g_new0 (Record, 1);
  const char *const reason = test->test->skip_reason;

  record->arena = arena_new ();
  record->failures
      = new_list (sizeof (RecordFailure), (GDestroyNotify)failure_clear);
  record->processes
      = new_list (sizeof (RecordProcess), (GDestroyNotify)process_clear);
  record->leftovers = new_list (sizeof (RecordLeftover), NULL);
  record->log_lines = new_list (sizeof (RecordText), NULL);
  if (reason != NULL)
    record->skip_reason
        = (RecordText){ .bytes = reason, .n_bytes = strlen (reason) };
  return record;
}

void
record_free (Record *record)
{
  if (record == NULL)
    return;

  g_array_unref (record->failures);
  g_array_unref (record->processes);
  g_array_unref (record->leftovers);
  g_array_unref (record->log_lines);
  arena_free (record->arena);
  g_free (record);
}

static RecordText
copy_text (Record *record, const Event *event)
{
  const char *const text = event->text != NULL ? event->text : "";

  return (RecordText){
    .bytes = arena_strndup (record->arena, text, event->n_text),
    .n_bytes = event->n_text,
  };
}

static void
add_failure (Record *record, const Event *event)
{
  const RecordFailure failure = { .failure = (Failure)event->number,
                                  .op = event->op,
                                  .span = event->span,
                                  .text = copy_text (record, event) };

  g_array_append_val (record->failures, failure);
}

static void
add_note (Record *record, const Event *event)
{
  const RecordNote note
      = { .span = event->span, .text = copy_text (record, event) };
  GArray *const failures = record->failures;

  if (failures->len == 0)
    return;

  RecordFailure *const failure
      = &g_array_index (failures, RecordFailure, failures->len - 1);

  if (failure->notes == NULL)
    failure->notes = new_list (sizeof (RecordNote), NULL);
  g_array_append_val (failure->notes, note);
}

static void
add_state (Record *record, const Event *event)
{
  const RecordProcess process
      = { .process = event->process, .state = copy_text (record, event) };

  g_array_append_val (record->processes, process);
}

static void
add_tail (Record *record, const Event *event)
{
  const RecordTail tail
      = { .stream = event->number, .text = copy_text (record, event) };
  GArray *const processes = record->processes;

  if (processes->len == 0)
    return;

  RecordProcess *const process
      = &g_array_index (processes, RecordProcess, processes->len - 1);

  if (process->tails == NULL)
    process->tails = new_list (sizeof (RecordTail), NULL);
  g_array_append_val (process->tails, tail);
}

static void
add_leftover (Record *record, const Event *event)
{
  const RecordLeftover leftover
      = { .pid = event->pid, .text = copy_text (record, event) };

  g_array_append_val (record->leftovers, leftover);
}

static void
add_log_line (Record *record, const Event *event)
{
  const RecordText text = copy_text (record, event);

  g_array_append_val (record->log_lines, text);
}

void
record_add (Record *record, const Event *event)
{
  switch (event->kind)
    {
    case EVENT_TEST_BEGIN:
      record->begin_microsecs = event->microsecs;
      break;
    case EVENT_SKIPPED:
      record->skip_reason = copy_text (record, event);
      break;
    case EVENT_FAILED:
      add_failure (record, event);
      break;
    case EVENT_NOTE:
      add_note (record, event);
      break;
    case EVENT_STATE:
      add_state (record, event);
      break;
    case EVENT_TAIL:
      add_tail (record, event);
      break;
    case EVENT_LEFTOVER:
      add_leftover (record, event);
      break;
    case EVENT_LOG:
      add_log_line (record, event);
      break;
    case EVENT_LOGS:
      record->logs = copy_text (record, event);
      break;
    case EVENT_TEST_END:
      record->verdict = (Verdict)event->number;
      record->end_microsecs = event->microsecs;
      break;
    default: /* told as it happens, or not at all */
      break;
    }
}

/* --- Of all running tests --------------------------------------------- */

struct Records
{
  GHashTable *of_test; /* owned; of Record, by ReportTest */
};

Records *
records_new (void)
{
  Records *records = g_new0 (Records, 1);

  records->of_test
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)record_free);
  return records;
}

void
records_free (Records *records)
{
  if (records == NULL)
    return;

  g_hash_table_unref (records->of_test);
  g_free (records);
}

Record *
records_add (Records *records, const ReportTest *test, const Event *event)
{
  Record *record = g_hash_table_lookup (records->of_test, test);

  if (record == NULL)
    {
      record = record_new (test);
      g_hash_table_insert (records->of_test, (void *)test, record);
    }
  record_add (record, event);
  return record;
}

void
records_remove (Records *records, const ReportTest *test)
{
  (void)g_hash_table_remove (records->of_test, test); /* it was there */
}
