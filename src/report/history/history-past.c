#include "config.h"

#include "report/history/history-past.h"

#include <stdlib.h>

/* The usual duration is that of so many. */
#define N_USUAL 10

static const HistoryResult *
result_at (const GArray *results, unsigned i)
{
  return &g_array_index (results, HistoryResult, i);
}

bool
history_is_failure (Verdict verdict)
{
  return verdict == VERDICT_FAILED || verdict == VERDICT_ERROR;
}

bool
history_has_end (Verdict verdict)
{
  return verdict != VERDICT_SKIPPED && verdict != VERDICT_INTERRUPTED;
}

static int
compare_times (const void *a, const void *b)
{
  const int64_t left = *(const int64_t *)a;
  const int64_t right = *(const int64_t *)b;

  return (left > right) - (left < right);
}

int64_t
history_usual_microsecs (const GArray *results)
{
  int64_t times[N_USUAL];
  unsigned n = 0;

  for (unsigned i = 0; i < results->len && n < N_USUAL; i++)
    {
      if (result_at (results, i)->verdict == VERDICT_PASSED)
        times[n++] = result_at (results, i)->microsecs;
    }
  if (n == 0)
    return -1;

  qsort (times, n, sizeof *times, compare_times);
  return times[n / 2];
}

int64_t
history_most_microsecs (const GArray *results)
{
  int64_t most = -1;

  for (unsigned i = 0; i < results->len; i++)
    {
      if (history_has_end (result_at (results, i)->verdict))
        most = MAX (most, result_at (results, i)->microsecs);
    }
  return most;
}

unsigned
history_n_run (const GArray *results)
{
  unsigned n = 0;

  for (unsigned i = 0; i < results->len; i++)
    n += history_has_end (result_at (results, i)->verdict);
  return n;
}

unsigned
history_n_passed (const GArray *results)
{
  unsigned n = 0;

  for (unsigned i = 0; i < results->len; i++)
    {
      const Verdict verdict = result_at (results, i)->verdict;

      n += verdict == VERDICT_PASSED || verdict == VERDICT_FLAKY;
    }
  return n;
}

unsigned
history_n_unsteady (const GArray *results)
{
  const HistoryResult *newer = NULL;
  unsigned n = 0;

  for (unsigned i = 0; i < results->len; i++)
    {
      const HistoryResult *const result = result_at (results, i);

      if (result->verdict == VERDICT_FLAKY)
        n++;
      if (result->verdict == VERDICT_FLAKY
          || !history_has_end (result->verdict))
        continue;
      n += newer != NULL
           && history_is_failure (newer->verdict)
                  != history_is_failure (result->verdict);
      newer = result;
    }
  return n;
}

unsigned
history_n_failed_since (const GArray *results, const HistoryResult **since)
{
  unsigned n = 0;

  *since = NULL;
  for (unsigned i = 0; i < results->len; i++)
    {
      const HistoryResult *const result = result_at (results, i);

      if (!history_has_end (result->verdict))
        continue;
      if (!history_is_failure (result->verdict))
        return n;
      *since = result;
      n++;
    }
  return 0;
}
