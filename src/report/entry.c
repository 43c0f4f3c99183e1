#include "config.h"

#include "report/entry.h"

#include "base/visible.h"
#include "report/failure.h"
#include "report/label.h"

/* How a verdict looks. */
static const struct
{
  const char *word; /* eight columns */
  Paint paint;
} looks[N_VERDICTS] = {
  [VERDICT_PASSED] = { "ok      ", PAINT_GOOD },
  [VERDICT_SKIPPED] = { "skip    ", PAINT_WARN },
  [VERDICT_FLAKY] = { "flaky   ", PAINT_WARN },
  [VERDICT_FAILED] = { "FAIL    ", PAINT_BAD },
  [VERDICT_ERROR] = { "ERROR   ", PAINT_BAD },
  [VERDICT_INTERRUPTED] = { "stopped ", PAINT_WARN },
  [VERDICT_NOT_RUN] = { "not run ", PAINT_WARN },
};

static void
append_duration (GString *out, const Record *record, int64_t end_microsecs)
{
  g_string_append (out, "  ");
  label_append_seconds (out, end_microsecs - record->begin_microsecs);
}

static void
append_reason (GString *out, const RecordText *reason)
{
  g_string_append (out, "  (");
  visible_append (out, reason->bytes, reason->n_bytes);
  g_string_append_c (out, ')');
}

/* "  (after round 17, try 2 of 3)", if it was run more than once. */
static void
append_try (GString *out, const ReportTest *test, const Record *record)
{
  const char *const what
      = record->verdict == VERDICT_FLAKY ? "passed at try" : "try";
  const unsigned n_tries = record->tries->len + 1;
  const bool has_round = record->round.n_bytes > 0;

  if (!has_round && n_tries == 1)
    return;

  g_string_append (out, "  (");
  if (has_round)
    {
      g_string_append (out, "after ");
      visible_append (out, record->round.bytes, record->round.n_bytes);
    }
  if (n_tries > 1)
    g_string_append_printf (out, "%s%s %u of %u", has_round ? ", " : "", what,
                            n_tries, MAX (test->n_retries + 1, n_tries));
  g_string_append_c (out, ')');
}

/* What went wrong with it is seen in when it did. */
static const char *
layer_trouble (const ReportTest *test, const Record *record)
{
  if (record->failures->len == 0)
    return record->is_up ? "broke while it was up" : "could not be set up";

  const RecordFailure *const failure
      = &g_array_index (record->failures, RecordFailure, 0);

  if (!failure->was_up)
    return "could not be set up";
  return record_is_of_tear_down (test, failure) ? "could not be torn down"
                                                : "broke while it was up";
}

/* Of one that was interrupted: in what. */
static const char *
layer_stage (const ReportTest *test, const Record *record)
{
  const RecordFailure *const failure
      = &g_array_index (record->failures, RecordFailure, 0);

  if (!failure->was_up)
    return "in its set-up";
  return record_is_of_tear_down (test, failure) ? "in its tear-down"
                                                : "while it was up";
}

static bool
is_failed_layer (const ReportTest *test, const Record *record)
{
  return test->layer != NULL && record_has_failed (record);
}

/* The layer has told why; here it is named. */
static bool
is_spoiled (const ReportTest *test, const Record *record)
{
  return test->layer == NULL && record_is_spoiled (record);
}

static void
append_line (GString *out, const ReportTest *test, const Record *record,
             bool color)
{
  const Verdict look
      = is_failed_layer (test, record) ? VERDICT_ERROR : record->verdict;

  label_append_painted (out, color, looks[look].paint, looks[look].word);
  label_append_test (out, test);
  if (record->verdict == VERDICT_SKIPPED)
    {
      append_reason (out, &record->skip_reason);
    }
  else if (is_spoiled (test, record))
    {
      append_reason (out,
                     &g_array_index (record->failures, RecordFailure, 0).text);
    }
  else if (record->verdict != VERDICT_NOT_RUN)
    {
      append_duration (out, record, record->end_microsecs);
      append_try (out, test, record);
    }
  if (is_failed_layer (test, record))
    g_string_append_printf (out, "  (%s)", layer_trouble (test, record));
  else if (test->layer != NULL && record->failures->len > 0)
    g_string_append_printf (out, "  (%s)", layer_stage (test, record));
  g_string_append_c (out, '\n');
}

void
entry_append (GString *out, const ReportTest *test, const Record *record,
              bool color, bool brief)
{
  append_line (out, test, record, color);
  if (!is_spoiled (test, record))
    failure_append (out, test, record, color, brief);
}

void
entry_append_again (GString *out, const ReportTest *test, const Record *record,
                    const Event *event)
{
  g_string_append (out, "again   ");
  label_append_test (out, test);
  append_duration (out, record, event_time (event));
  g_string_append_printf (out, "  (%s, ", verdict_name (record->verdict));
  visible_append (out, event->text, event->n_text);
  g_string_append (out, ")\n");
}

void
entry_append_layer (GString *out, const ReportTest *test, const Record *record,
                    const Event *event)
{
  g_string_append (out, event->kind == EVENT_UP ? "up      " : "down    ");
  label_append_test (out, test);
  append_duration (out, record, event_time (event));
  g_string_append_c (out, '\n');
}

void
entry_append_counts (GString *out, const ReportCounts *counts)
{
  static const Verdict others[] = {
    VERDICT_FLAKY,   VERDICT_FAILED,      VERDICT_ERROR,
    VERDICT_SKIPPED, VERDICT_INTERRUPTED, VERDICT_NOT_RUN,
  };
  const unsigned n_layers = counts->n_layers_failed;

  g_string_append_printf (out, "%u %s", counts->n_verdicts[VERDICT_PASSED],
                          verdict_name (VERDICT_PASSED));
  for (unsigned i = 0; i < G_N_ELEMENTS (others); i++)
    {
      const unsigned n = counts->n_verdicts[others[i]];

      if (n > 0)
        g_string_append_printf (out, ", %u %s%s", n, verdict_name (others[i]),
                                others[i] == VERDICT_ERROR && n > 1 ? "s" : "");
    }
  if (n_layers > 0)
    g_string_append_printf (out, ", %u layer%s failed", n_layers,
                            n_layers > 1 ? "s" : "");
}
