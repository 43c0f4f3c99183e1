#include "config.h"

#include "report/history/history-text.h"

#include <string.h>

/* --- What results say, as letters: the newest last --------------------- */

static const struct
{
  const char *letters; /* each took as many milliseconds as its place, from 1 */
  int usual_millisecs;
  int most_millisecs;
  unsigned n_run;
  unsigned n_passed;
  unsigned n_unsteady;
  unsigned n_failed_since;
} rows[] = {
  { "", -1, -1, 0, 0, 0, 0 },
  { "s", -1, -1, 0, 0, 0, 0 },
  { "f", -1, 1, 1, 0, 0, 0 },
  { "p", 1, 1, 1, 1, 0, 0 },
  { "ppp", 2, 3, 3, 3, 0, 0 },
  { "pfsfe", 1, 5, 4, 1, 1, 3 },
  { "ppfp", 2, 4, 4, 3, 2, 0 },
  { "pypy", 3, 4, 4, 4, 2, 0 },
  { "fyf", -1, 3, 3, 1, 1, 1 },
  { "ffff", -1, 4, 4, 0, 0, 0 },
  { "i", -1, -1, 0, 0, 0, 0 },
  { "pifi", 1, 3, 2, 1, 1, 1 },
  { "fppppppppppppppppppp", 16, 20, 20, 19, 1, 0 },
};

static GArray *
make_results (const char *letters)
{
  GArray *results = g_array_new (FALSE, FALSE, sizeof (HistoryResult));

  for (size_t i = strlen (letters); i > 0; i--)
    {
      static const char all[] = { 'p', 's', 'y', 'f', 'e', 'i' };
      const char *const found = memchr (all, letters[i - 1], sizeof all);
      const HistoryResult result = { .verdict = (Verdict)(found - all),
                                     .n_tries = 1,
                                     .microsecs = (int64_t)i * 1000 };

      g_array_append_val (results, result);
    }
  return results;
}

static void
test_results (const void *data)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GArray) results = make_results (rows[i].letters);
      const HistoryResult *since;

      g_test_message ("%s", rows[i].letters);
      g_assert_cmpint (
          history_usual_microsecs (results), ==,
          rows[i].usual_millisecs < 0 ? -1 : rows[i].usual_millisecs * 1000);
      g_assert_cmpint (
          history_most_microsecs (results), ==,
          rows[i].most_millisecs < 0 ? -1 : rows[i].most_millisecs * 1000);
      g_assert_cmpuint (history_n_run (results), ==, rows[i].n_run);
      g_assert_cmpuint (history_n_passed (results), ==, rows[i].n_passed);
      g_assert_cmpuint (history_n_unsteady (results), ==, rows[i].n_unsteady);
      g_assert_cmpuint (history_n_failed_since (results, &since), ==,
                        rows[i].n_failed_since);
    }
  (void)data;
}

/* --- What is shown ----------------------------------------------------- */

static void
expect_text (GString *out, const char *text)
{
  g_assert_cmpstr (out->str, ==, text);
  g_string_truncate (out, 0);
}

/* Tests of a plan that is there (this program) and of one that is not, with
 * these results. */
static GPtrArray *
make_tests (HistoryTest *all, unsigned n)
{
  GPtrArray *tests = g_ptr_array_new ();

  for (unsigned i = 0; i < n; i++)
    g_ptr_array_add (tests, &all[i]);
  return tests;
}

static void
test_text_of_tests (const void *data)
{
  HistoryTest all[] = {
    { (char *)"/dev/null", (char *)"steady", make_results ("ppp") },
    { (char *)"/dev/null", (char *)"unsteady", make_results ("pfpyps") },
    { (char *)"/dev/null", (char *)"broken", make_results ("ppppfei") },
    { (char *)"/no/such.plan", (char *)"gone", make_results ("pppppp") },
  };
  g_autoptr (GPtrArray) tests = make_tests (all, G_N_ELEMENTS (all));
  g_autoptr (GString) out = g_string_new (NULL);

  (void)data;
  g_array_index (all[2].results, HistoryResult, 2).began
      = INT64_C (1700000000) * G_USEC_PER_SEC;
  history_text_append_overview (out, tests);
  expect_text (out, "slowest: usual, longest, passed/run\n"
                    "    0.003s    0.006s    4/6  /dev/null:broken\n"
                    "    0.003s    0.005s    4/5  /dev/null:unsteady\n"
                    "    0.002s    0.003s    3/3  /dev/null:steady\n"
                    "flakiest: changes, passed/run\n"
                    "    3    4/5  /dev/null:unsteady\n"
                    "newly failing: since, times\n"
                    "  2023-11-14 22:13:20    2  /dev/null:broken\n");
  history_text_append_tests (out, tests);
  expect_text (out, "  passed         0.002s    0.003s    3/3  "
                    "                 ...  /dev/null:steady\n"
                    "  skipped        0.003s    0.005s    4/5  "
                    "              .F.~.s  /dev/null:unsteady\n"
                    "  interrupted    0.003s    0.006s    4/6  "
                    "             ....FEI  /dev/null:broken\n"
                    "  passed         0.004s    0.006s    6/6  "
                    "              ......  /no/such.plan:gone\n");
  for (unsigned i = 0; i < G_N_ELEMENTS (all); i++)
    g_array_unref (all[i].results);
}

static void
test_text_of_trend (const void *data)
{
  const HistoryTest test
      = { (char *)"/x.plan", (char *)"a\nb", make_results ("fs") };
  g_autoptr (GString) out = g_string_new (NULL);

  (void)data;
  history_text_append_trend (out, &test);
  expect_text (out, "/x.plan:a\\nb\n"
                    "  1970-01-01 00:00:00  failed         1    0.001s"
                    "  ##############################\n"
                    "  1970-01-01 00:00:00  skipped        1    0.002s\n"
                    "  usual         -  slowest    0.001s  passed    0/1\n");
  g_array_unref (test.results);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  (void)g_setenv ("TZ", "UTC", TRUE);
  g_test_add_data_func ("/history/results", NULL, test_results);
  g_test_add_data_func ("/history/text/of-tests", NULL, test_text_of_tests);
  g_test_add_data_func ("/history/text/of-trend", NULL, test_text_of_trend);
  return g_test_run ();
}
