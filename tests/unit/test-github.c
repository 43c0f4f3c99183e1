#include "config.h"

#include "telling.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
begin (Telling *telling, const char *workspace)
{
  static const char *const names[] = { "one", "two", NULL };

  if (workspace != NULL)
    g_setenv ("GITHUB_WORKSPACE", workspace, TRUE);
  else
    g_unsetenv ("GITHUB_WORKSPACE");
  telling_init (telling);
  telling_add_plan (telling, "a,b:c%.plan", names);
  telling_begin (telling, github_report_new (telling->fd));
}

static void
set_up (Telling *telling, const void *data)
{
  (void)data;
  g_unsetenv ("GITHUB_STEP_SUMMARY");
  begin (telling, NULL);
}

static char *
end (Telling *telling)
{
  const ReportCounts counts = { .n_tests = 2 };

  telling_end (telling, &counts);
  return telling_take (telling);
}

/* They are told at the end, in the order of the tests. */
static void
test_failed (Telling *telling, const void *data)
{
  (void)data;
  tell_failure (telling, 1);
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_FAILED, FAILURE_SAID_SO, "100%\n::error::x, y: z");
  tell (telling, 0, EVENT_FAILED, FAILURE_LEFT_BEHIND, "also");
  tell (telling, 0, EVENT_TEST_END, VERDICT_FAILED, "");

  g_autofree char *before = telling_take (telling);
  g_autofree char *text = end (telling);

#define PLACE "file=a%2Cb%3Ac%25.plan,line=2,col=5,title=a%2Cb%3Ac%25.plan%3A"
  g_assert_cmpstr (before, ==, "");
  g_assert_cmpstr (text, ==,
                   "::error " PLACE
                   "one%3A failed by the plan::100%25%0A::error::x, y: z\n"
                   "::error " PLACE "one%3A left behind::also\n"
                   "::error " PLACE "two%3A wrong status::"
                   "\"echo\" exited with 3%0Aspawned here\n");
}

static void
test_passed (Telling *telling, const void *data)
{
  (void)data;
  tell_test (telling, 0, VERDICT_PASSED);
  tell_test (telling, 1, VERDICT_NOT_RUN);

  g_autofree char *text = end (telling);

  g_assert_cmpstr (text, ==, "");
}

static void
test_flaky (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_FAILED, FAILURE_SAID_SO, "\33\xff");
  tell (telling, 0, EVENT_AGAIN, VERDICT_FAILED, "try 1 of 2");
  tell_test (telling, 0, VERDICT_FLAKY);
  tell_failure (telling, 1);

  g_autofree char *text = end (telling);

  g_assert_true (g_str_has_prefix (text, "::error " PLACE "two"));
  g_assert_nonnull (strstr (text, "\n::warning " PLACE
                                  "one%3A failed by the plan::\\x1b\\xff\n"));
}

static void
test_interrupted (Telling *telling, const void *data)
{
  (void)data;
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_FAILED, FAILURE_INTERRUPTED, "interrupted here");
  tell (telling, 0, EVENT_TEST_END, VERDICT_INTERRUPTED, "");
  tell_test (telling, 1, VERDICT_NOT_RUN);

  g_autofree char *text = end (telling);

  g_assert_cmpstr (text, ==,
                   "::error " PLACE "one%3A interrupted::interrupted here\n");
}

/* The layer tells it; and it comes first. */
static void
test_layer (Telling *telling, const void *data)
{
  const ReportTest *const first
      = &g_array_index (telling->tests, ReportTest, 0);
  const PlanLayer layer = { .unit = *first->test };
  const ReportTest test = {
    .plan = first->plan, .test = &layer.unit, .layer = &layer, .number = 9
  };
  const Event events[] = {
    { .kind = EVENT_TEST_BEGIN },
    { .kind = EVENT_FAILED,
      .number = FAILURE_SAID_SO,
      .span = SRC_SPAN_NONE,
      .text = "no",
      .n_text = 2 },
    { .kind = EVENT_TEST_END, .number = VERDICT_FAILED },
  };

  (void)data;
  tell_failure (telling, 1);
  tell (telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (telling, 0, EVENT_FAILED, FAILURE_LAYER, "the layer has failed");
  tell (telling, 0, EVENT_TEST_END, VERDICT_ERROR, "");
  for (unsigned i = 0; i < G_N_ELEMENTS (events); i++)
    report_event (telling->report, &test, &events[i]);

  g_autofree char *text = end (telling);

  g_assert_true (g_str_has_prefix (
      text, "::error title=layer a%2Cb%3Ac%25.plan%3Aone%3A failed by the "
            "plan::no\n"));
  g_assert_null (strstr (text, "the layer has failed"));
}

/* Paths are those of the repository, wherever we stand, and however it is
 * named. */
static void
test_workspace (void)
{
  g_autofree char *top = g_dir_make_tmp ("github-XXXXXX", NULL);
  g_autofree char *work = g_build_filename (top, "work", NULL);
  g_autofree char *other = g_build_filename (top, "work2", NULL);
  g_autofree char *link = g_build_filename (top, "link", NULL);
  g_autofree char *plan = g_build_filename (link, "p.plan", NULL);
  g_autofree char *far = g_build_filename (other, "p.plan", NULL);
  static const char *const names[] = { "t", NULL };
  Telling telling;

  g_assert_cmpint (g_mkdir (work, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  g_assert_cmpint (symlink ("work", link), ==, 0);
  g_assert_true (g_file_set_contents (plan, "", 0, NULL));
  g_assert_true (g_file_set_contents (far, "", 0, NULL));

  begin (&telling, link);
  telling_add_plan (&telling, plan, names);
  telling_add_plan (&telling, far, names);
  tell_failure (&telling, 2);
  tell_failure (&telling, 3);

  g_autofree char *text = end (&telling);
  g_autofree char *expected = g_strdup_printf ("\n::error file=%s,line=2", far);

  g_assert_true (g_str_has_prefix (text, "::error file=p.plan,line=2"));
  g_assert_nonnull (strstr (text, expected));
  telling_tear_down (&telling, NULL);
  g_assert_cmpint (g_unlink (plan), ==, 0);
  g_assert_cmpint (g_unlink (far), ==, 0);
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpint (g_rmdir (work), ==, 0);
  g_assert_cmpint (g_rmdir (other), ==, 0);
  g_assert_cmpint (g_rmdir (top), ==, 0);
}

static void
test_summary (void)
{
  const ReportCounts counts
      = { .n_tests = 2,
          .n_verdicts = { [VERDICT_FAILED] = 1, [VERDICT_FLAKY] = 1 },
          .microsecs = 1234000 };
  g_autofree char *top = g_dir_make_tmp ("github-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (top, "summary", NULL);
  g_autofree char *text = NULL;
  Telling telling;

  g_assert_true (g_file_set_contents (path, "before\n", -1, NULL));
  g_setenv ("GITHUB_STEP_SUMMARY", path, TRUE);
  begin (&telling, NULL);
  tell (&telling, 0, EVENT_TEST_BEGIN, 0, "");
  tell (&telling, 0, EVENT_FAILED, FAILURE_SAID_SO, "<b>|\n`x` \xff");
  tell (&telling, 0, EVENT_TEST_END, VERDICT_FAILED, "");
  telling_end (&telling, &counts);
  g_assert_cmpint (telling.report->write_errno, ==, 0);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==,
                   "before\n"
                   "### proctor: 1 failed, 1 flaky (1.234s)\n"
                   "\n"
                   "| | Test | Why |\n"
                   "| --- | --- | --- |\n"
                   "| failed | a&#44;b&#58;c&#37;&#46;plan&#58;one "
                   "| &#60;b&#62;&#124;&#92;n&#96;x&#96; &#92;xff |\n"
                   "\n");
  telling_tear_down (&telling, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);

  /* It cannot be made. */
  g_assert_cmpint (g_rmdir (top), ==, 0);
  begin (&telling, NULL);
  g_free (end (&telling));
  g_assert_cmpint (telling.report->write_errno, ==, ENOENT);
  telling_tear_down (&telling, NULL);
  g_unsetenv ("GITHUB_STEP_SUMMARY");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Telling *telling, const void *data);
  } tests[] = {
    { "/report/github/failed", test_failed },
    { "/report/github/passed", test_passed },
    { "/report/github/flaky", test_flaky },
    { "/report/github/interrupted", test_interrupted },
    { "/report/github/layer", test_layer },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Telling, NULL, set_up, tests[i].func,
                telling_tear_down);
  g_test_add_func ("/report/github/workspace", test_workspace);
  g_test_add_func ("/report/github/summary", test_summary);
  return g_test_run ();
}
