#include "config.h"

#include "report/history/history-text.h"

#include "base/visible.h"
#include "report/label.h"

#include <string.h>
#include <unistd.h>

#define N_IN_SECTION 10
#define BAR_WIDTH    30

/* --- Columns ----------------------------------------------------------- */

static void
append_seconds (GString *out, int64_t microsecs)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (microsecs < 0)
    g_string_append_c (text, '-');
  else
    label_append_seconds (text, microsecs);
  g_string_append_printf (out, "  %8s", text->str);
}

static void
append_passed (GString *out, const GArray *results)
{
  g_autofree char *text = g_strdup_printf ("%u/%u", history_n_passed (results),
                                           history_n_run (results));

  g_string_append_printf (out, "  %5s", text);
}

static void
append_date (GString *out, int64_t microsecs)
{
  g_autoptr (GDateTime) date
      = g_date_time_new_from_unix_local (microsecs / G_USEC_PER_SEC);
  g_autofree char *text
      = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M:%S") : NULL;

  g_string_append_printf (out, "  %s", text != NULL ? text : "- -");
}

/* As one would write it here. */
static void
append_name (GString *out, const HistoryTest *test)
{
  g_autofree char *here = g_get_current_dir ();
  const size_t n_here = strlen (here);
  const bool is_below
      = strncmp (test->plan, here, n_here) == 0 && test->plan[n_here] == '/';
  const char *const path = is_below ? test->plan + n_here + 1 : test->plan;

  visible_append (out, path, strlen (path));
  g_string_append_c (out, ':');
  visible_append (out, test->name, strlen (test->name));
}

static void
end_row (GString *out, const HistoryTest *test)
{
  g_string_append (out, "  ");
  append_name (out, test);
  g_string_append_c (out, '\n');
}

/* --- The overview ------------------------------------------------------ */

/* A test in a section: the greater its weight the earlier. */
typedef struct
{
  const HistoryTest *test;
  int64_t weight;
} Row;

typedef struct
{
  const char *title;
  /* Less than 1: it has no place there. */
  int64_t (*weigh) (const GArray *results);
  void (*append) (GString *out, const GArray *results);
} Section;

static void
append_slow (GString *out, const GArray *results)
{
  append_seconds (out, history_usual_microsecs (results));
  append_seconds (out, history_most_microsecs (results));
  append_passed (out, results);
}

/* Once broken is not flaky, nor is once mended. */
static int64_t
weigh_flaky (const GArray *results)
{
  const unsigned n = history_n_unsteady (results);

  for (unsigned i = 0; i < results->len; i++)
    {
      if (g_array_index (results, HistoryResult, i).verdict == VERDICT_FLAKY)
        return n;
    }
  return n > 2 ? n : 0;
}

static void
append_flaky (GString *out, const GArray *results)
{
  g_string_append_printf (out, "  %3u", history_n_unsteady (results));
  append_passed (out, results);
}

/* Those that began to fail last come first. */
static int64_t
weigh_failing (const GArray *results)
{
  const HistoryResult *since;

  return history_n_failed_since (results, &since) > 0 ? since->began : 0;
}

static void
append_failing (GString *out, const GArray *results)
{
  const HistoryResult *since;
  const unsigned n = history_n_failed_since (results, &since);

  append_date (out, since->began);
  g_string_append_printf (out, "  %3u", n);
}

static const Section sections[] = {
  { "slowest: usual, longest, passed/run", history_usual_microsecs,
    append_slow },
  { "flakiest: changes, passed/run", weigh_flaky, append_flaky },
  { "newly failing: since, times", weigh_failing, append_failing },
};

static int
compare_rows (const void *a, const void *b)
{
  const Row *const left = a;
  const Row *const right = b;

  if (left->weight != right->weight)
    return left->weight > right->weight ? -1 : 1;

  const int order = strcmp (left->test->plan, right->test->plan);

  return order != 0 ? order : strcmp (left->test->name, right->test->name);
}

static void
append_section (GString *out, const Section *section, const GPtrArray *tests)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));

  for (unsigned i = 0; i < tests->len; i++)
    {
      const HistoryTest *const test = g_ptr_array_index (tests, i);
      const Row row
          = { .test = test, .weight = section->weigh (test->results) };

      if (row.weight > 0)
        g_array_append_val (rows, row);
    }
  if (rows->len == 0)
    return;

  g_array_sort (rows, compare_rows);
  g_string_append_printf (out, "%s\n", section->title);
  for (unsigned i = 0; i < MIN (rows->len, N_IN_SECTION); i++)
    {
      const HistoryTest *const test = g_array_index (rows, Row, i).test;

      section->append (out, test->results);
      end_row (out, test);
    }
}

/* They are sorted by their plans. */
static GPtrArray *
leave_out_gone (const GPtrArray *tests)
{
  GPtrArray *left = g_ptr_array_new ();
  const char *plan = "";
  bool is_there = false;

  for (unsigned i = 0; i < tests->len; i++)
    {
      HistoryTest *const test = g_ptr_array_index (tests, i);

      if (strcmp (plan, test->plan) != 0)
        is_there = access (test->plan, F_OK) == 0;
      plan = test->plan;
      if (is_there)
        g_ptr_array_add (left, test);
    }
  return left;
}

void
history_text_append_overview (GString *out, const GPtrArray *tests)
{
  g_autoptr (GPtrArray) left = leave_out_gone (tests);

  for (unsigned i = 0; i < G_N_ELEMENTS (sections); i++)
    append_section (out, &sections[i], left);
}

/* --- The tests of a plan ----------------------------------------------- */

static void
append_marks (GString *out, const GArray *results)
{
  static const char marks[] = {
    [VERDICT_PASSED] = '.', [VERDICT_SKIPPED] = 's',
    [VERDICT_FLAKY] = '~',  [VERDICT_FAILED] = 'F',
    [VERDICT_ERROR] = 'E',  [VERDICT_INTERRUPTED] = 'I',
  };

  g_string_append_printf (out, "  %*s",
                          (int)(HISTORY_TEXT_N_RESULTS - results->len), "");
  for (unsigned i = results->len; i > 0; i--)
    {
      const Verdict verdict
          = g_array_index (results, HistoryResult, i - 1).verdict;

      g_string_append_c (out, marks[verdict]);
    }
}

void
history_text_append_tests (GString *out, const GPtrArray *tests)
{
  for (unsigned i = 0; i < tests->len; i++)
    {
      const HistoryTest *const test = g_ptr_array_index (tests, i);

      if (test->results->len == 0)
        continue;

      const Verdict verdict
          = g_array_index (test->results, HistoryResult, 0).verdict;

      g_string_append_printf (out, "  %-11s", verdict_name (verdict));
      append_slow (out, test->results);
      append_marks (out, test->results);
      end_row (out, test);
    }
}

/* --- A trend ----------------------------------------------------------- */

static void
append_result (GString *out, const HistoryResult *result, int64_t most)
{
  append_date (out, result->began);
  g_string_append_printf (out, "  %-11s  %3u", verdict_name (result->verdict),
                          result->n_tries);
  append_seconds (out, result->microsecs);
  if (history_has_end (result->verdict) && most > 0)
    {
      const int64_t n = (result->microsecs * BAR_WIDTH + most - 1) / most;

      g_string_append (out, "  ");
      for (int64_t i = 0; i < n; i++)
        g_string_append_c (out, '#');
    }
  g_string_append_c (out, '\n');
}

void
history_text_append_trend (GString *out, const HistoryTest *test)
{
  const int64_t most = history_most_microsecs (test->results);

  append_name (out, test);
  g_string_append_c (out, '\n');
  for (unsigned i = test->results->len; i > 0; i--)
    append_result (out, &g_array_index (test->results, HistoryResult, i - 1),
                   most);

  g_string_append (out, "  usual");
  append_seconds (out, history_usual_microsecs (test->results));
  g_string_append (out, "  slowest");
  append_seconds (out, most);
  g_string_append (out, "  passed");
  append_passed (out, test->results);
  g_string_append_c (out, '\n');
}
