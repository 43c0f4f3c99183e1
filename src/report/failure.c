#include "config.h"

#include "report/failure.h"

#include "base/diag.h"
#include "base/visible.h"
#include "report/label.h"

#include <string.h>

static void
append_message (GString *out, const ReportTest *test, DiagSeverity severity,
                SrcSpan span, const RecordText *text, bool color)
{
  if (text->n_bytes > 0)
    diag_print_message (test->plan->sources, severity, span, text->bytes, out,
                        color);
}

/* A note without a place; the first of its lines is its heading. */
static void
append_remark (GString *out, const RecordText *text)
{
  const char *margin = "  note: ";
  const char *at = text->bytes;
  const char *const end = at + text->n_bytes;

  while (at < end)
    {
      const char *newline = memchr (at, '\n', (size_t)(end - at));
      const char *const line_end = newline != NULL ? newline : end;

      g_string_append (out, margin);
      visible_append (out, at, (size_t)(line_end - at));
      g_string_append_c (out, '\n');
      at = line_end + 1;
      margin = "    ";
    }
}

static void
append_failure (GString *out, const ReportTest *test,
                const RecordFailure *failure, bool color)
{
  append_message (out, test, DIAG_ERROR, failure->span, &failure->text, color);
  for (unsigned i = 0; failure->notes != NULL && i < failure->notes->len; i++)
    {
      const RecordNote *const note
          = &g_array_index (failure->notes, RecordNote, i);

      if (note->span.begin != SRC_SPAN_NONE.begin)
        append_message (out, test, DIAG_NOTE, note->span, &note->text, color);
      else
        append_remark (out, &note->text);
    }
}

/* Each of its lines behind a margin, so that none looks like one of ours. */
static void
append_tail (GString *out, const RecordTail *tail, bool color)
{
  g_autofree char *margin
      = g_strdup_printf ("    %s| ", label_stream (tail->stream));
  const char *at = tail->text.bytes;
  const char *const end = at + tail->text.n_bytes;

  while (at < end)
    {
      const char *newline = memchr (at, '\n', (size_t)(end - at));
      const char *const line_end = newline != NULL ? newline : end;
      const bool has_return = line_end > at && line_end[-1] == '\r';

      label_append_painted (out, color, PAINT_FAINT, margin);
      visible_append (out, at, (size_t)(line_end - at) - has_return);
      g_string_append_c (out, '\n');
      at = line_end + 1;
    }
}

static void
append_process (GString *out, const ReportTest *test,
                const RecordProcess *process, bool color)
{
  g_string_append (out, "  ");
  if (process->process != PLAN_NONE)
    g_string_append_printf (out,
                            "%s: ", label_process (test, process->process));
  visible_append (out, process->state.bytes, process->state.n_bytes);
  g_string_append_c (out, '\n');
  for (unsigned i = 0; process->tails != NULL && i < process->tails->len; i++)
    append_tail (out, &g_array_index (process->tails, RecordTail, i), color);
}

static void
append_leftovers (GString *out, const Record *record)
{
  for (unsigned i = 0; i < record->leftovers->len; i++)
    {
      const RecordLeftover *const leftover
          = &g_array_index (record->leftovers, RecordLeftover, i);

      g_string_append_printf (out, "  left behind: pid %d, ", leftover->pid);
      visible_append (out, leftover->text.bytes, leftover->text.n_bytes);
      g_string_append_c (out, '\n');
    }
}

void
failure_append_killed (GString *out, const char *margin, const ReportTest *test,
                       const Record *record)
{
  for (unsigned i = 0; i < record->killed->len; i++)
    {
      const RecordKilled *const killed
          = &g_array_index (record->killed, RecordKilled, i);

      g_string_append (out, margin);
      if (killed->process != PLAN_NONE)
        g_string_append (out, label_process (test, killed->process));
      else
        g_string_append_printf (out, "pid %d", killed->pid);
      g_string_append (out, ": ");
      visible_append (out, killed->text.bytes, killed->text.n_bytes);
      g_string_append_c (out, '\n');
    }
}

static void
append_details (GString *out, const ReportTest *test, const Record *record,
                bool color)
{
  for (unsigned i = 0; i < record->log_lines->len; i++)
    {
      const RecordText *const text
          = &g_array_index (record->log_lines, RecordText, i);

      g_string_append (out, "  log: ");
      visible_append (out, text->bytes, text->n_bytes);
      g_string_append_c (out, '\n');
    }
  for (unsigned i = 0; i < record->processes->len; i++)
    append_process (
        out, test, &g_array_index (record->processes, RecordProcess, i), color);
  append_leftovers (out, record);
  failure_append_killed (out, "  ", test, record);
}

static void
append_briefly (GString *out, const char *margin, const ReportTest *test,
                const GArray *failures, bool color)
{
  for (unsigned i = 0; i < failures->len; i++)
    {
      const RecordFailure *const failure
          = &g_array_index (failures, RecordFailure, i);

      g_string_append (out, margin);
      diag_print_headline (test->plan->sources, DIAG_ERROR, failure->span,
                           failure->text.bytes, out, color);
    }
}

static void
append_logs (GString *out, const char *margin, const RecordText *logs)
{
  if (logs->n_bytes == 0)
    return;

  g_string_append_printf (out, "%slogs: ", margin);
  visible_append (out, logs->bytes, logs->n_bytes);
  g_string_append_c (out, '\n');
}

/* Why the tries before this one failed. */
static void
append_tries (GString *out, const ReportTest *test, const Record *record,
              bool color)
{
  for (unsigned i = 0; i < record->tries->len; i++)
    {
      const RecordTry *const try = &g_array_index (record->tries, RecordTry, i);
      g_autofree char *margin = g_strdup_printf ("  try %u: ", i + 1);

      append_briefly (out, margin, test, try->failures, color);
      append_logs (out, margin, &try->logs);
    }
}

static bool
has_passed (const Record *record)
{
  return record->verdict == VERDICT_PASSED || record->verdict == VERDICT_FLAKY;
}

void
failure_append (GString *out, const ReportTest *test, const Record *record,
                bool color, bool brief)
{
  if (brief)
    append_briefly (out, "", test, record->failures, color);
  for (unsigned i = 0; !brief && i < record->failures->len; i++)
    append_failure (out, test,
                    &g_array_index (record->failures, RecordFailure, i), color);
  if (!brief)
    append_details (out, test, record, color);
  else if (has_passed (record))
    {
      append_leftovers (out, record);
      failure_append_killed (out, "  ", test, record);
    }
  append_logs (out, "  ", &record->logs);
  if (!brief || has_passed (record))
    append_tries (out, test, record, color);
}
