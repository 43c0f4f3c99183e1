#include "config.h"

#include "report/doing.h"

#include "base/visible.h"
#include "report/label.h"

#include <string.h>

/* Of a longer text of an operation, so many bytes are shown. */
#define LONGEST_OP ((size_t)400)

#define DEFAULT_SLOW_MICROSECS (10 * G_USEC_PER_SEC)
/* A test is not called slow for what nobody notices. */
#define LEAST_SLOW_MICROSECS G_USEC_PER_SEC

static int
seconds (int64_t microsecs)
{
  return (int)((MAX (microsecs, 0) + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC);
}

static bool
is_unusual (const ReportRunning *running)
{
  return running->usual_microsecs >= 0
         && running->test_microsecs > LEAST_SLOW_MICROSECS
         && running->test_microsecs > 2 * running->usual_microsecs;
}

int64_t
doing_slow_microsecs (const ReportTest *test, int64_t slow_microsecs)
{
  if (test->slow_microsecs > 0)
    return test->slow_microsecs;
  return slow_microsecs > 0 ? slow_microsecs : DEFAULT_SLOW_MICROSECS;
}

bool
doing_is_slow (const ReportRunning *running, int64_t slow_microsecs)
{
  return is_unusual (running)
         || running->test_microsecs
                > doing_slow_microsecs (running->test, slow_microsecs);
}

static bool
has_op (const ReportRunning *running)
{
  const PlanTest *const test = running->test->test;

  return running->op != PLAN_NONE && running->op >= test->first_op
         && running->op < plan_test_end (test);
}

void
doing_append_seconds (GString *out, int64_t microsecs)
{
  g_string_append_printf (out, "%ds", seconds (microsecs));
}

void
doing_append_place (GString *out, const ReportRunning *running)
{
  const PlanTest *const test = running->test->test;

  doing_append_seconds (out, running->test_microsecs);
  if (is_unusual (running))
    {
      g_string_append (out, " (usually ");
      label_append_seconds (out, running->usual_microsecs);
      g_string_append_c (out, ')');
    }
  if (has_op (running))
    g_string_append_printf (out, ", operation %u of %u",
                            running->op - test->first_op + 1, test->n_ops);
}

/* ": wait web 0". */
static void
append_op (GString *out, const ReportRunning *running)
{
  const Plan *const plan = running->test->plan;
  g_autoptr (GString) text = g_string_new (NULL);

  if (!has_op (running))
    return;

  plan_append_op (plan, running->test->test, &plan->ops[running->op], text);

  const bool is_cut = text->len > LONGEST_OP;
  size_t n = MIN (text->len, LONGEST_OP);

  while (is_cut && n > 0 && ((unsigned char)text->str[n] & 0xc0) == 0x80)
    n--; /* not within a character */
  g_string_append (out, ": ");
  visible_append (out, text->str, n);
  if (is_cut)
    g_string_append (out, "...");
}

void
doing_append (GString *out, const ReportRunning *running)
{
  doing_append_place (out, running);
  append_op (out, running);
}

void
doing_append_more (GString *out, const char *between, unsigned n_more)
{
  if (n_more > 0)
    g_string_append_printf (out, "%sand %u more", between, n_more);
}

void
doing_append_clock (GString *out, int64_t microsecs)
{
  const int secs = seconds (microsecs);

  if (secs >= 3600)
    g_string_append_printf (out, "%d:%02d:%02d", secs / 3600, secs / 60 % 60,
                            secs % 60);
  else
    g_string_append_printf (out, "%d:%02d", secs / 60, secs % 60);
}

/* --- Who is doing what ------------------------------------------------- */

static void
append_processes (GString *out, const char *margin, const char *lines)
{
  const char *at = lines;

  while (*at != '\0')
    {
      const size_t n = strcspn (at, "\n");

      g_string_append_printf (out, "%s    ", margin);
      visible_append (out, at, n);
      g_string_append_c (out, '\n');
      at += n + (at[n] == '\n');
    }
}

static void
append_running (GString *out, const char *margin, const ReportRunning *running)
{
  g_string_append_printf (out, "%s  ", margin);
  label_append_test (out, running->test);
  g_string_append (out, "  ");
  doing_append_place (out, running);
  if (has_op (running))
    {
      g_string_append (out, " for ");
      doing_append_seconds (out, running->microsecs);
    }
  append_op (out, running);
  g_string_append_c (out, '\n');
  if (running->processes != NULL)
    append_processes (out, margin, running->processes);
}

void
doing_append_status (GString *out, const char *margin,
                     const ReportProgress *progress)
{
  const ReportCounts *const counts = progress->counts;
  unsigned n_ended = 0;

  for (unsigned i = 0; i < N_VERDICTS; i++)
    n_ended += counts->n_verdicts[i];
  g_string_append_printf (out, "%sstatus  %u of %u tests ended, %u running, ",
                          margin, n_ended, counts->n_tests,
                          progress->n_running);
  doing_append_clock (out, progress->microsecs);
  g_string_append_c (out, '\n');
  for (unsigned i = 0; i < progress->n_running; i++)
    append_running (out, margin, &progress->running[i]);
}
