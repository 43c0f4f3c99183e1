#include "config.h"

#include "telling.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define N_MANY 10000

static void
set_up (Telling *telling, const void *data)
{
  static const ReportStyle style = { .signs = SIGNS_DOTS };
  static const char *const names[] = { "1", "2", "3", "4", NULL };

  (void)data;
  telling_init (telling);
  telling_add_plan (telling, "p", names);
  telling_begin (telling,
                 ordered_report_new (text_report_new (telling->fd, &style)));
}

/* Each step is an event: "b2" begins test 2, "l2" logs, "e2" ends it. */
static void
go (Telling *telling, const char *steps)
{
  g_auto (GStrv) words = g_strsplit (steps, " ", 0);

  for (unsigned i = 0; words[i] != NULL && *words[i] != '\0'; i++)
    {
      const unsigned test = (unsigned)(words[i][1] - '1');

      if (*words[i] == 'b')
        tell (telling, test, EVENT_TEST_BEGIN, 0, "");
      else if (*words[i] == 'l')
        tell (telling, test, EVENT_LOG, 0, "hm");
      else
        tell (telling, test, EVENT_TEST_END, VERDICT_PASSED, "");
    }
}

#define LOG(n) "log     p:" #n "  hm\n"
#define OK(n)  "ok      p:" #n "  0.012s\n"

static void
test_order (Telling *telling, const void *data)
{
  static const struct
  {
    const char *steps;
    const char *expected;
  } rows[] = {
    { "b2 l2 b1", "" },           /* too early */
    { "l1", LOG (1) },            /* the first, as it comes */
    { "b3 l3 e3 e2", "" },        /* the later before the earlier */
    { "e1", OK (1) LOG (2) OK (2) /* and all that waited for it */
      LOG (3) OK (3) },
    { "b4 l4", LOG (4) }, /* now that is the first */
    { "e4", OK (4) },
  };

  (void)data;
  for (unsigned i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      go (telling, rows[i].steps);
      assert_told (telling, rows[i].expected);
    }
}

/* What a test that still runs has told is out when those before it are. */
static void
test_running (Telling *telling, const void *data)
{
  (void)data;
  go (telling, "b1 b2 l2 e1");
  assert_told (telling, OK (1) LOG (2));
  go (telling, "l2 e2");
  assert_told (telling, LOG (2) OK (2));
}

static void
test_never_ended (Telling *telling, const void *data)
{
  const ReportCounts counts = { .n_verdicts = { 2 } };

  (void)data;
  go (telling, "b2 e2 b3 l3 b4 e4");
  assert_told (telling, "");
  telling_end (telling, &counts);
  assert_told (telling, OK (2) LOG (3) OK (4) "2 passed (0.000s)\n");
}

/* Whatever the bytes of a text are, they come out the same. */
static void
test_text (Telling *telling, const void *data)
{
  const ReportTest *test = &g_array_index (telling->tests, ReportTest, 1);

  (void)data;
  tell (telling, 1, EVENT_TEST_BEGIN, 0, "");
  tell_bytes (telling, 1, EVENT_LOG, 0, "a\0b\n", 4);
  report_event (telling->report, test,
                &(Event){ .kind = EVENT_LOG, .n_text = 7 });
  go (telling, "b1 e1");
  assert_told (telling, OK (1) "log     p:2  a\\x00b\\n\n"
                               "log     p:2  \n");
}

static void
test_failure (Telling *telling, const void *data)
{
  (void)data;
  tell_failure (telling, 1);
  go (telling, "b1 e1");

  g_autofree char *text = telling_take (telling);

  g_assert_nonnull (strstr (text, "p:2:5: note: spawned here\n"));
  g_assert_nonnull (strstr (text, "    stdout| world\n"));
  g_assert_true (g_str_has_suffix (text, "  logs: /logs/echo\n"));
}

/* They do not wait, nor does anything wait for them. */
static void
test_layer (Telling *telling, const void *data)
{
  (void)data;
  go (telling, "b1 b2 e2");
  tell_layer (telling, EVENT_TEST_BEGIN, 0, 0, "");
  tell_layer (telling, EVENT_FAILED, FAILURE_SAID_SO, 0, "");
  tell_layer (telling, EVENT_TEST_END, VERDICT_FAILED, 0, "");
  assert_told (telling,
               "ERROR   layer p:database  0.012s  (could not be set up)\n");
  go (telling, "e1");
  assert_told (telling, OK (1) OK (2));
}

/* There is life, though nothing may be told. */
static void
test_progress (Telling *telling, const void *data)
{
  (void)data;
  go (telling, "b1 b2 e2");
  tell_progress (telling, 1, "0-1");
  assert_told (telling, "running p:1  1s .");
  tell_status (telling, 1, "");
  assert_told (telling, "\nstatus  0 of 0 tests ended, 0 running, 0:01\n");
  tell_progress (telling, 2, "0-2");
  report_hide_progress (telling->report);
  assert_told (telling, "running p:1  2s .\n");
}

/* Only tests of a run have a place in it. */
static void
test_odd_numbers (Telling *telling, const void *data)
{
  (void)data;
  g_array_index (telling->tests, ReportTest, 1).number = 0;
  g_array_index (telling->tests, ReportTest, 2).number = 99;
  go (telling, "b2 e2 b3 e3");
  assert_told (telling, OK (2) OK (3));
}

/* Of rounds without end only the last is kept while they wait. */
static void
test_rounds (Telling *telling, const void *data)
{
  (void)data;
  for (unsigned i = 0; i < 3; i++)
    {
      go (telling, "b2 l2");
      tell (telling, 1, EVENT_AGAIN, VERDICT_PASSED, "round 3");
    }
  go (telling, "b2 l2 e2 b1 e1");
  assert_told (telling,
               OK (1) LOG (2) "ok      p:2  0.012s  (after round 3)\n");
}

/* --- Many --------------------------------------------------------------- */

static void
begin_many (Telling *telling, int fd)
{
  static const ReportStyle style = { .verbosity = 0 };
  g_autofree const char **names = g_new0 (const char *, N_MANY + 1);

  for (unsigned i = 0; i < N_MANY; i++)
    names[i] = "t";
  telling_init (telling);
  telling_add_plan (telling, "p", names);
  telling_begin (telling, ordered_report_new (text_report_new (fd, &style)));
}

/* The first is the last to end: all others wait for it. */
static void
test_many (void)
{
  Telling telling;

  begin_many (&telling, -1);
  tell (&telling, 0, EVENT_TEST_BEGIN, 0, "");
  for (unsigned i = N_MANY - 1; i > 0; i--)
    {
      tell (&telling, i, EVENT_TEST_BEGIN, 0, "t");
      tell (&telling, i, EVENT_OUTPUT, STDOUT_FILENO, "much");
      tell (&telling, i, EVENT_TEST_END, VERDICT_PASSED, "");
    }
  g_assert_cmpint (report_errno (telling.report), ==, 0);
  tell (&telling, 0, EVENT_TEST_END, VERDICT_PASSED, "");
  g_assert_cmpint (report_errno (telling.report), ==, EBADF);
  report_free (telling.report);
  telling_clear (&telling);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Telling *telling, const void *data);
  } tests[] = {
    { "/report/ordered/order", test_order },
    { "/report/ordered/running", test_running },
    { "/report/ordered/never-ended", test_never_ended },
    { "/report/ordered/text", test_text },
    { "/report/ordered/failure", test_failure },
    { "/report/ordered/layer", test_layer },
    { "/report/ordered/progress", test_progress },
    { "/report/ordered/rounds", test_rounds },
    { "/report/ordered/odd-numbers", test_odd_numbers },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Telling, NULL, set_up, tests[i].func,
                telling_tear_down);
  g_test_add_func ("/report/ordered/many", test_many);
  return g_test_run ();
}
