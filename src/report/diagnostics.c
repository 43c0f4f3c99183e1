#include "config.h"

#include "report/diagnostics.h"

#include "base/yamldoc.h"
#include "report/label.h"

#include <string.h>

static void
write_string (YamlDoc *doc, const char *key, const char *text)
{
  yamldoc_key (doc, key);
  yamldoc_text (doc, text, strlen (text));
}

static void
write_text (YamlDoc *doc, const char *key, const RecordText *text)
{
  yamldoc_key (doc, key);
  yamldoc_text (doc, text->bytes, text->n_bytes);
}

/* Of one line or more. */
static void
write_lines (YamlDoc *doc, const char *key, const RecordText *text)
{
  if (text->n_bytes == 0 || memchr (text->bytes, '\n', text->n_bytes) == NULL)
    {
      write_text (doc, key, text);
      return;
    }
  yamldoc_key (doc, key);
  yamldoc_block (doc, text->bytes, text->n_bytes);
}

static void
write_place (YamlDoc *doc, const Plan *plan, SrcSpan span)
{
  const Source *const source = sources_find (plan->sources, span.begin);

  if (source == NULL)
    return;

  const SourceLine line = source_line (source, span.begin);

  yamldoc_key (doc, "at");
  yamldoc_begin_map (doc);
  write_string (doc, "file", source->name);
  yamldoc_key (doc, "line");
  yamldoc_number (doc, line.line);
  yamldoc_key (doc, "column");
  yamldoc_number (doc, line.column);
  yamldoc_end_map (doc);
}

static void
write_failure (YamlDoc *doc, const Plan *plan, const RecordFailure *failure,
               Verdict verdict)
{
  const bool is_error = failure->failure == FAILURE_TROUBLE
                        || failure->failure == FAILURE_INTERRUPTED
                        || verdict == VERDICT_ERROR;

  write_text (doc, "message", &failure->text);
  write_string (doc, "severity", is_error ? "error" : "fail");
  write_place (doc, plan, failure->span);
  write_string (doc, "failure", failure_name (failure->failure));
  if (failure->notes == NULL)
    return;

  yamldoc_key (doc, "notes");
  yamldoc_begin_list (doc);
  for (unsigned i = 0; i < failure->notes->len; i++)
    {
      const RecordNote *const note
          = &g_array_index (failure->notes, RecordNote, i);

      yamldoc_begin_map (doc);
      write_lines (doc, "message", &note->text);
      write_place (doc, plan, note->span);
      yamldoc_end_map (doc);
    }
  yamldoc_end_list (doc);
}

/* The failures after the first, which stands in the map itself. */
static void
write_other_failures (YamlDoc *doc, const Plan *plan, const GArray *failures,
                      Verdict verdict)
{
  if (failures->len < 2)
    return;

  yamldoc_key (doc, "also");
  yamldoc_begin_list (doc);
  for (unsigned i = 1; i < failures->len; i++)
    {
      yamldoc_begin_map (doc);
      write_failure (doc, plan, &g_array_index (failures, RecordFailure, i),
                     verdict);
      yamldoc_end_map (doc);
    }
  yamldoc_end_list (doc);
}

static void
write_failures (YamlDoc *doc, const Plan *plan, const GArray *failures,
                Verdict verdict)
{
  write_failure (doc, plan, &g_array_index (failures, RecordFailure, 0),
                 verdict);
  write_other_failures (doc, plan, failures, verdict);
}

static void
write_try (YamlDoc *doc, const Plan *plan, const RecordTry *try)
{
  yamldoc_begin_map (doc);
  if (try->failures->len > 0)
    write_failures (doc, plan, try->failures, try->verdict);
  else
    write_string (doc, "message", verdict_name (try->verdict));
  yamldoc_key (doc, "duration_ms");
  yamldoc_number (doc, try->microsecs / 1000);
  if (try->logs.n_bytes > 0)
    write_text (doc, "logs", &try->logs);
  yamldoc_end_map (doc);
}

/* Those before the last one. */
static void
write_tries (YamlDoc *doc, const Plan *plan, const Record *record)
{
  if (record->tries->len == 0)
    return;

  yamldoc_key (doc, "tries");
  yamldoc_begin_list (doc);
  for (unsigned i = 0; i < record->tries->len; i++)
    write_try (doc, plan, &g_array_index (record->tries, RecordTry, i));
  yamldoc_end_list (doc);
}

static void
write_flaky (YamlDoc *doc, const ReportTest *test, const Record *record)
{
  g_autofree char *text
      = g_strdup_printf ("passed at try %u of %u", record->tries->len + 1,
                         MAX (test->n_retries, record->tries->len) + 1);

  write_string (doc, "flaky", text);
}

static void
write_processes (YamlDoc *doc, const ReportTest *test, const Record *record)
{
  if (record->processes->len == 0)
    return;

  yamldoc_key (doc, "processes");
  yamldoc_begin_list (doc);
  for (unsigned i = 0; i < record->processes->len; i++)
    {
      const RecordProcess *const process
          = &g_array_index (record->processes, RecordProcess, i);
      const unsigned n_tails = process->tails != NULL ? process->tails->len : 0;

      yamldoc_begin_map (doc);
      if (process->process != PLAN_NONE)
        write_string (doc, "name", label_process (test, process->process));
      write_text (doc, "state", &process->state);
      for (unsigned t = 0; t < n_tails; t++)
        {
          const RecordTail *const tail
              = &g_array_index (process->tails, RecordTail, t);

          yamldoc_key (doc, label_stream (tail->stream));
          yamldoc_block (doc, tail->text.bytes, tail->text.n_bytes);
        }
      yamldoc_end_map (doc);
    }
  yamldoc_end_list (doc);
}

static void
write_leftovers (YamlDoc *doc, const Record *record)
{
  if (record->leftovers->len == 0)
    return;

  yamldoc_key (doc, "leftovers");
  yamldoc_begin_list (doc);
  for (unsigned i = 0; i < record->leftovers->len; i++)
    {
      const RecordLeftover *const leftover
          = &g_array_index (record->leftovers, RecordLeftover, i);

      yamldoc_begin_map (doc);
      yamldoc_key (doc, "pid");
      yamldoc_number (doc, leftover->pid);
      write_text (doc, "what", &leftover->text);
      yamldoc_end_map (doc);
    }
  yamldoc_end_list (doc);
}

static void
write_killed (YamlDoc *doc, const ReportTest *test, const Record *record)
{
  if (record->killed->len == 0)
    return;

  yamldoc_key (doc, "killed");
  yamldoc_begin_list (doc);
  for (unsigned i = 0; i < record->killed->len; i++)
    {
      const RecordKilled *const killed
          = &g_array_index (record->killed, RecordKilled, i);

      yamldoc_begin_map (doc);
      if (killed->process != PLAN_NONE)
        write_string (doc, "name", label_process (test, killed->process));
      yamldoc_key (doc, "pid");
      yamldoc_number (doc, killed->pid);
      write_text (doc, "what", &killed->text);
      yamldoc_end_map (doc);
    }
  yamldoc_end_list (doc);
}

void
diagnostics_append (GString *out, const char *margin, const ReportTest *test,
                    const Record *record)
{
  g_autoptr (YamlDoc) doc = yamldoc_new (out, margin);

  yamldoc_begin_map (doc);
  if (record->verdict == VERDICT_FLAKY)
    {
      write_flaky (doc, test, record);
    }
  else if (record->failures->len > 0)
    {
      write_failures (doc, test->plan, record->failures, record->verdict);
    }
  else
    {
      write_string (doc, "message", verdict_name (record->verdict));
      write_string (doc, "severity", "error");
      write_place (doc, test->plan, test->test->span);
    }
  yamldoc_key (doc, "duration_ms");
  yamldoc_number (doc,
                  (record->end_microsecs - record->begin_microsecs) / 1000);
  write_processes (doc, test, record);
  write_leftovers (doc, record);
  write_killed (doc, test, record);
  write_tries (doc, test->plan, record);
  yamldoc_end_map (doc);
}
