#include "config.h"

#include "base/write.h"
#include "report/label.h"
#include "report/record.h"
#include "report/results/annotation.h"
#include "report/results/github-summary.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* GitHub takes a megabyte of summary, and people read less. */
#define N_ROWS 100

/* A test, or a layer, that somebody is to look at. */
typedef struct
{
  ReportTest test; /* a copy: that of a layer ends with it */
  Verdict verdict;
  char *why;    /* owned: why it failed first */
  char *orders; /* owned: lines that GitHub takes for its own */
} Finding;

typedef struct
{
  Report report;
  Records *records;    /* owned */
  GPtrArray *findings; /* owned; of Finding */
  char *workspace;     /* owned: what GitHub's paths begin at; NULL: unknown */
} GithubReport;

static void
finding_free (Finding *finding)
{
  g_free (finding->why);
  g_free (finding->orders);
  g_free (finding);
}

/* --- What is told --------------------------------------------------------- */

static void
github_begin (Report *report, const ReportTest *tests, unsigned n_tests)
{
  (void)report;
  (void)tests;
  (void)n_tests;
}

static void
add_finding (GithubReport *github, const ReportTest *test, Verdict verdict,
             const GArray *failures)
{
  const char *const order = verdict == VERDICT_FLAKY ? "warning" : "error";
  Finding *finding = g_new0 (Finding, 1);
  g_autoptr (GString) orders = g_string_new (NULL);
  g_autoptr (GString) why = g_string_new (NULL);

  for (unsigned i = 0; i < failures->len; i++)
    {
      const RecordFailure *const failure
          = &g_array_index (failures, RecordFailure, i);

      annotation_append (orders, order, github->workspace, test, failure);
      if (i == 0)
        annotation_append_message (why, &failure->text);
    }
  finding->test = *test;
  finding->verdict = verdict;
  finding->why = g_string_free (g_steal_pointer (&why), FALSE);
  finding->orders = g_string_free (g_steal_pointer (&orders), FALSE);
  g_ptr_array_add (github->findings, finding);
}

static void
end_test (GithubReport *github, const ReportTest *test, const Record *record)
{
  const bool is_bad = test->layer != NULL ? record_is_worth_telling (record)
                                          : verdict_is_bad (record->verdict);

  if (record->verdict == VERDICT_FLAKY && record->tries->len > 0)
    add_finding (github, test, record->verdict,
                 g_array_index (record->tries, RecordTry, 0).failures);
  /* That a layer failed is told once, where it did. */
  else if (is_bad && !record_is_spoiled (record))
    add_finding (github, test, record->verdict, record->failures);
}

static void
github_on_event (Report *report, const ReportTest *test, const Event *event)
{
  GithubReport *const github = (GithubReport *)report;
  const Record *const record = records_add (github->records, test, event);

  if (event->kind != EVENT_TEST_END)
    return;

  end_test (github, test, record);
  records_remove (github->records, test);
}

/* --- At the end of all ---------------------------------------------------- */

/* Layers first: they are the reason for others; flaky tests last. */
static int
compare (const void *a, const void *b)
{
  const Finding *const left = *(const Finding *const *)a;
  const Finding *const right = *(const Finding *const *)b;
  const bool left_is_flaky = left->verdict == VERDICT_FLAKY;
  const bool right_is_flaky = right->verdict == VERDICT_FLAKY;

  if (left_is_flaky != right_is_flaky)
    return left_is_flaky ? 1 : -1;
  if ((left->test.layer == NULL) != (right->test.layer == NULL))
    return left->test.layer == NULL ? 1 : -1;
  return left->test.number < right->test.number
             ? -1
             : left->test.number > right->test.number;
}

static void
append_summary (const GithubReport *github, GString *out,
                const ReportCounts *counts)
{
  const GPtrArray *const findings = github->findings;

  github_summary_append_counts (out, counts);
  if (findings->len > 0)
    github_summary_append_head (out);
  for (unsigned i = 0; i < MIN (findings->len, N_ROWS); i++)
    {
      const Finding *const finding = g_ptr_array_index (findings, i);
      g_autoptr (GString) label = g_string_new (NULL);

      label_append_test (label, &finding->test);
      github_summary_append_row (out, finding->verdict, label->str,
                                 finding->why);
    }
  if (findings->len > N_ROWS)
    g_string_append_printf (out, "\nand %u more\n", findings->len - N_ROWS);
  if (findings->len > 0)
    g_string_append_c (out, '\n');
}

/* Returns 0, or the errno. */
static int
write_summary (const GithubReport *github, const char *path,
               const ReportCounts *counts)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const int fd
      = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);

  if (fd < 0)
    return errno;

  append_summary (github, out, counts);

  const int write_errno = write_all (fd, out->str, out->len);

  if (close (fd) != 0 && write_errno == 0)
    return errno;
  return write_errno;
}

/* Only now: other reports write to the same descriptor, and an annotation is
 * one only at the beginning of a line. */
static void
github_end (Report *report, const ReportCounts *counts)
{
  GithubReport *const github = (GithubReport *)report;
  const char *const path = g_getenv ("GITHUB_STEP_SUMMARY");

  g_ptr_array_sort (github->findings, compare);
  for (unsigned i = 0; i < github->findings->len; i++)
    {
      const Finding *const finding = g_ptr_array_index (github->findings, i);

      g_string_append (report->out, finding->orders);
    }
  if (counts->ended_by != NULL)
    g_string_append_printf (
        report->out,
        "::error title=proctor::the run was ended by %s; "
        "%u of %u tests were not run\n",
        counts->ended_by, counts->n_verdicts[VERDICT_NOT_RUN], counts->n_tests);
  if (path != NULL && *path != '\0' && report->write_errno == 0)
    report->write_errno = write_summary (github, path, counts);
}

static void
github_free (Report *report)
{
  GithubReport *const github = (GithubReport *)report;

  records_free (github->records);
  g_ptr_array_unref (github->findings);
  g_free (github->workspace);
}

static const ReportClass github_class = { .begin = github_begin,
                                          .on_event = github_on_event,
                                          .end = github_end,
                                          .free = github_free };

Report *
github_report_new (int fd)
{
  GithubReport *github = g_new0 (GithubReport, 1);
  const char *const workspace = g_getenv ("GITHUB_WORKSPACE");

  github->report.class = &github_class;
  github->report.fd = fd;
  github->report.out = g_string_new (NULL);
  github->records = records_new ();
  github->findings
      = g_ptr_array_new_with_free_func ((GDestroyNotify)finding_free);
  if (workspace != NULL && *workspace != '\0')
    github->workspace = annotation_real_path (workspace);
  return &github->report;
}
