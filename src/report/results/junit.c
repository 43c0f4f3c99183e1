#include "config.h"

#include "base/write.h"
#include "report/results/junit-case.h"
#include "report/results/xmldoc.h"

#include <string.h>
#include <unistd.h>

/* The tests of a plan file, and the layers of it that failed. */
typedef struct
{
  const Plan *plan;
  GPtrArray *layers; /* owned; of JunitCase */
  GPtrArray *tests;  /* owned; of JunitCase, in the order of their numbers */
} Suite;

typedef struct
{
  Report report;
  GPtrArray *suites;    /* owned; of Suite, in the order of their tests */
  GHashTable *of_plan;  /* owned; of Suite, borrowed, by Plan */
  const char *ended_by; /* borrowed: what has ended the run; NULL: nothing */
  GHashTable *of_test;  /* owned; of JunitCase, borrowed, by ReportTest: the
                         * last of it */
  int64_t clock_offset; /* from CLOCK_MONOTONIC to the wall clock */
  int64_t begin_microsecs;
} JunitReport;

static void
suite_free (Suite *suite)
{
  g_ptr_array_unref (suite->layers);
  g_ptr_array_unref (suite->tests);
  g_free (suite);
}

static Suite *
suite_of (JunitReport *junit, const Plan *plan)
{
  Suite *suite = g_hash_table_lookup (junit->of_plan, plan);

  if (suite != NULL)
    return suite;

  suite = g_new0 (Suite, 1);
  suite->plan = plan;
  suite->layers
      = g_ptr_array_new_with_free_func ((GDestroyNotify)junit_case_free);
  suite->tests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)junit_case_free);
  g_ptr_array_add (junit->suites, suite);
  g_hash_table_insert (junit->of_plan, (void *)plan, suite);
  return suite;
}

static JunitCase *
add_case (JunitReport *junit, const ReportTest *test)
{
  Suite *const suite = suite_of (junit, test->plan);
  JunitCase *new_case = junit_case_new (test);

  g_ptr_array_add (test->layer != NULL ? suite->layers : suite->tests,
                   new_case);
  g_hash_table_insert (junit->of_test, (void *)test, new_case);
  return new_case;
}

/* All tests have a place from the beginning: none that was not told of any
 * more is left out. */
static void
junit_begin (Report *report, const ReportTest *tests, unsigned n_tests)
{
  JunitReport *const junit = (JunitReport *)report;

  junit->begin_microsecs = g_get_monotonic_time ();
  junit->clock_offset = g_get_real_time () - junit->begin_microsecs;
  for (unsigned i = 0; i < n_tests; i++)
    (void)add_case (junit, &tests[i]); /* it is in its suite */
}

static void
junit_on_event (Report *report, const ReportTest *test, const Event *event)
{
  JunitReport *const junit = (JunitReport *)report;
  JunitCase *a_case = g_hash_table_lookup (junit->of_test, test);

  /* A layer may be set up again. */
  if (a_case == NULL || a_case->has_ended)
    a_case = add_case (junit, test);
  junit_case_add (a_case, event);
}

/* --- What is written ----------------------------------------------------- */

typedef struct
{
  unsigned n_tests;
  unsigned n_failures;
  unsigned n_errors;
  unsigned n_skipped;
  int64_t microsecs;       /* of all tests together */
  int64_t begin_microsecs; /* of the first; INT64_MAX: none began */
} SuiteCounts;

static void
count_cases (const GPtrArray *cases, SuiteCounts *counts)
{
  for (unsigned i = 0; i < cases->len; i++)
    {
      const JunitCase *const a_case = g_ptr_array_index (cases, i);
      const JunitResult result = junit_case_result (a_case);

      if (result == JUNIT_LEFT_OUT)
        continue;
      counts->n_tests++;
      counts->n_failures += result == JUNIT_FAILURE;
      counts->n_errors += result == JUNIT_ERROR;
      counts->n_skipped += result == JUNIT_SKIPPED;
      counts->microsecs += a_case->microsecs;
      if (a_case->has_begun)
        counts->begin_microsecs
            = MIN (counts->begin_microsecs, a_case->begin_microsecs);
    }
}

/* "plans/net/x.plan" as "plans.net.x": packages and a class, for those who
 * show a tree of them. */
static char *
make_class (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_autoptr (GString) name = g_string_new (NULL);

  for (char **part = parts; *part != NULL; part++)
    {
      if (**part == '\0' || strcmp (*part, ".") == 0
          || strcmp (*part, "..") == 0)
        continue;
      if (name->len > 0)
        g_string_append_c (name, '.');
      g_string_append (name, *part);
    }
  if (g_str_has_suffix (name->str, ".plan") && name->len > strlen (".plan"))
    g_string_truncate (name, name->len - strlen (".plan"));
  return g_string_free (g_steal_pointer (&name), FALSE);
}

static void
write_time (const JunitReport *junit, XmlDoc *doc, int64_t microsecs)
{
  const int64_t began
      = microsecs == INT64_MAX ? junit->begin_microsecs : microsecs;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (
      (began + junit->clock_offset) / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S");

  xmldoc_text (doc, "timestamp", text);
}

static void
write_property (XmlDoc *doc, const char *name, const char *value)
{
  xmldoc_begin (doc, "property");
  xmldoc_text (doc, "name", name);
  xmldoc_text (doc, "value", value);
  xmldoc_end (doc);
}

static void
write_attributes (const JunitReport *junit, XmlDoc *doc, const Suite *suite,
                  unsigned id, const char *class)
{
  SuiteCounts counts = { .begin_microsecs = INT64_MAX };
  const char *const dot = strrchr (class, '.');
  g_autofree char *package
      = g_strndup (class, dot != NULL ? (size_t)(dot - class) : 0);
  const char *const host = g_get_host_name ();

  count_cases (suite->layers, &counts);
  count_cases (suite->tests, &counts);
  xmldoc_number (doc, "id", id);
  xmldoc_text (doc, "package", package);
  xmldoc_text (doc, "name", suite->plan->path);
  write_time (junit, doc, counts.begin_microsecs);
  xmldoc_text (doc, "hostname", *host != '\0' ? host : "localhost");
  xmldoc_number (doc, "tests", counts.n_tests);
  xmldoc_number (doc, "failures", counts.n_failures);
  xmldoc_number (doc, "errors", counts.n_errors);
  xmldoc_number (doc, "skipped", counts.n_skipped);
  xmldoc_seconds (doc, "time", counts.microsecs);
}

/* The schemas have no place in a test case that passed for what went wrong
 * before: the name is a property of the suite, and the story is what the
 * suite printed. */
static void
write_flaky (XmlDoc *doc, const Suite *suite, GString *story)
{
  for (unsigned i = 0; i < suite->tests->len; i++)
    {
      const JunitCase *const a_case = g_ptr_array_index (suite->tests, i);

      if (a_case->verdict != VERDICT_FLAKY)
        continue;
      g_autofree char *name = junit_case_name (a_case);

      write_property (doc, "flaky", name);
      g_string_append_printf (story, "flaky: %s\n%s", name, a_case->tries->str);
    }
}

static void
write_suite (const JunitReport *junit, XmlDoc *doc, const Suite *suite,
             unsigned id)
{
  g_autofree char *class = make_class (suite->plan->path);
  g_autoptr (GString) story = g_string_new (NULL);

  xmldoc_begin (doc, "testsuite");
  write_attributes (junit, doc, suite, id, class);
  xmldoc_begin (doc, "properties");
  write_property (doc, "proctor", PACKAGE_VERSION);
  if (junit->ended_by != NULL)
    write_property (doc, "ended-by", junit->ended_by);
  write_flaky (doc, suite, story);
  xmldoc_end (doc);
  for (unsigned i = 0; i < suite->layers->len; i++)
    junit_case_write (g_ptr_array_index (suite->layers, i), class, doc);
  for (unsigned i = 0; i < suite->tests->len; i++)
    junit_case_write (g_ptr_array_index (suite->tests, i), class, doc);
  xmldoc_begin (doc, "system-out");
  xmldoc_lines (doc, story->str, story->len);
  xmldoc_end (doc);
  xmldoc_begin (doc, "system-err");
  xmldoc_end (doc);
  xmldoc_end (doc);
}

/* Half a document would be worse than none: then the file is left empty, if it
 * is one. */
static void
write_whole (Report *report)
{
  report->write_errno
      = write_all (report->fd, report->out->str, report->out->len);
  g_string_truncate (report->out, 0);
  if (report->write_errno == 0)
    return;

  const int cut = ftruncate (report->fd, 0);

  (void)cut; /* it is no file */
}

static void
junit_end (Report *report, const ReportCounts *counts)
{
  JunitReport *const junit = (JunitReport *)report;
  g_autoptr (XmlDoc) doc = xmldoc_new ();

  junit->ended_by = counts->ended_by;
  xmldoc_begin (doc, "testsuites");
  for (unsigned i = 0; i < junit->suites->len; i++)
    write_suite (junit, doc, g_ptr_array_index (junit->suites, i), i);
  xmldoc_end (doc);
  xmldoc_append (doc, report->out);
  write_whole (report);
}

static void
junit_free (Report *report)
{
  JunitReport *const junit = (JunitReport *)report;

  g_hash_table_unref (junit->of_test);
  g_hash_table_unref (junit->of_plan);
  g_ptr_array_unref (junit->suites);
}

static const ReportClass junit_class = { .begin = junit_begin,
                                         .on_event = junit_on_event,
                                         .end = junit_end,
                                         .free = junit_free };

Report *
junit_report_new (int fd)
{
  JunitReport *junit = g_new0 (JunitReport, 1);

  junit->report.class = &junit_class;
  junit->report.fd = fd;
  junit->report.out = g_string_new (NULL);
  junit->suites = g_ptr_array_new_with_free_func ((GDestroyNotify)suite_free);
  junit->of_plan = g_hash_table_new (NULL, NULL);
  junit->of_test = g_hash_table_new (NULL, NULL);
  return &junit->report;
}
