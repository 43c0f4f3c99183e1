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

static void
try_clear (RecordTry *try)
{
  g_clear_pointer (&try->failures, g_array_unref);
}

static GArray *
new_list (size_t size, GDestroyNotify clear)
{
  GArray *list = g_array_new (FALSE, TRUE, (unsigned)size);

  g_array_set_clear_func (list, clear);
  return list;
}

static GArray *
new_failures (void)
{
  return new_list (sizeof (RecordFailure), (GDestroyNotify)failure_clear);
}

Record *
record_new (const ReportTest *test)
{
  Record *record = g_new0 (Record, 1);
  const char *const reason = test->test->skip_reason;

  record->arena = arena_new ();
  record->failures = new_failures ();
  record->processes
      = new_list (sizeof (RecordProcess), (GDestroyNotify)process_clear);
  record->leftovers = new_list (sizeof (RecordLeftover), NULL);
  record->killed = new_list (sizeof (RecordKilled), NULL);
  record->log_lines = new_list (sizeof (RecordText), NULL);
  record->tries = new_list (sizeof (RecordTry), (GDestroyNotify)try_clear);
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
  g_array_unref (record->killed);
  g_array_unref (record->log_lines);
  g_array_unref (record->tries);
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
                                  .text = copy_text (record, event),
                                  .was_up = record->is_up };

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

/* Of what is tried again and again, the last. */
static void
add_killed (Record *record, const Event *event)
{
  const RecordKilled killed = { .process = event->process,
                                .pid = event->pid,
                                .text = copy_text (record, event) };
  GArray *const list = record->killed;

  for (unsigned i = 0; event->process != PLAN_NONE && i < list->len; i++)
    {
      RecordKilled *const other = &g_array_index (list, RecordKilled, i);

      if (other->process == event->process)
        {
          *other = killed;
          return;
        }
    }
  g_array_append_val (list, killed);
}

static void
add_log_line (Record *record, const Event *event)
{
  const RecordText text = copy_text (record, event);

  g_array_append_val (record->log_lines, text);
}

static void
keep_try (Record *record, const Event *event)
{
  const RecordTry try
      = { .verdict = (Verdict)event->number,
          .microsecs = event_time (event) - record->begin_microsecs,
          .text = copy_text (record, event),
          .logs = record->logs,
          .failures = g_steal_pointer (&record->failures) };

  g_array_append_val (record->tries, try);
  record->failures = new_failures ();
}

/* There may be any number of rounds. */
static void
end_round (Record *record, const Event *event)
{
  g_array_set_size (record->failures, 0);
  g_array_set_size (record->tries, 0);
  arena_free (record->arena);
  record->arena = arena_new ();
  record->round = copy_text (record, event);
}

/* All that was told up to here is of a try that is over. */
static void
begin_again (Record *record, const Event *event)
{
  record->verdict = (Verdict)event->number;
  record->end_microsecs = event_time (event);
  g_array_set_size (record->processes, 0);
  g_array_set_size (record->leftovers, 0);
  g_array_set_size (record->killed, 0);
  g_array_set_size (record->log_lines, 0);
  if (record->verdict == VERDICT_FAILED || record->verdict == VERDICT_ERROR)
    keep_try (record, event);
  else
    end_round (record, event);
  record->skip_reason = (RecordText){ 0 };
  record->logs = (RecordText){ 0 };
}

void
record_add (Record *record, const Event *event)
{
  switch (event->kind)
    {
    case EVENT_TEST_BEGIN:
      record->begin_microsecs = event_time (event);
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
    case EVENT_KILLED:
      add_killed (record, event);
      break;
    case EVENT_LOG:
      add_log_line (record, event);
      break;
    case EVENT_LOGS:
      record->logs = copy_text (record, event);
      break;
    case EVENT_UP:
      record->is_up = true;
      break;
    case EVENT_AGAIN:
      begin_again (record, event);
      break;
    case EVENT_TEST_END:
      record->verdict = (Verdict)event->number;
      record->end_microsecs = event_time (event);
      break;
    default: /* told as it happens, or not at all */
      break;
    }
}

bool
record_has_failed (const Record *record)
{
  for (unsigned i = 0; i < record->failures->len; i++)
    if (g_array_index (record->failures, RecordFailure, i).failure
        != FAILURE_INTERRUPTED)
      return true;
  return record->verdict == VERDICT_FAILED || record->verdict == VERDICT_ERROR;
}

bool
record_is_worth_telling (const Record *record)
{
  return record_has_failed (record) || record->failures->len > 0;
}

bool
record_is_spoiled (const Record *record)
{
  return record->verdict == VERDICT_ERROR && record->failures->len > 0
         && g_array_index (record->failures, RecordFailure, 0).failure
                == FAILURE_LAYER;
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

Record *
records_steal (Records *records, const ReportTest *test)
{
  Record *record = g_hash_table_lookup (records->of_test, test);

  if (record != NULL)
    (void)g_hash_table_steal (records->of_test, test); /* it was there */
  return record;
}

/* The first section lasts while the layer is up.  What is found at the very end
 * is of no operation; nor is it when its process is lost. */
bool
record_is_of_tear_down (const ReportTest *test, const RecordFailure *failure)
{
  const PlanTest *const unit = test->test;

  if (!failure->was_up || unit->n_sections == 0)
    return false;
  if (failure->op == PLAN_NONE)
    return failure->failure != FAILURE_TROUBLE;
  return failure->op >= unit->sections[0].first_op + unit->sections[0].n_ops;
}
