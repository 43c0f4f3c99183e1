#include "config.h"

#include "suite/schedule/runner.h"

#include "sample.h"
#include "scripted.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  Scripted scripted;
  Sources *sources;
  Plan *plan;
  ReportTest tests[2];
  PlanLayer layer;
  ReportTest layer_test;
  GMainContext *context;
  Runner *runner;
  GString *told; /* what was heard */
  int plan_dir;
  int life; /* a pipe that the worker holds the other end of */
  bool is_dead;
} Fixture;

/* --- What is heard ----------------------------------------------------------
 */

static void
on_event (Runner *runner, const Event *event, void *data)
{
  Fixture *fixture = data;

  g_assert_true (runner_data (runner) == data);
  g_string_append_printf (fixture->told, "%s %.*s\n", event_name (event->kind),
                          (int)event->n_text, event->text);
}

static void
on_news (Runner *runner, const News *news, void *data)
{
  static const char *const names[]
      = { "over", "ready", "stopped", "ended", "not started", "synced" };
  Fixture *fixture = data;

  g_assert_true (runner_data (runner) == data);
  g_string_append_printf (fixture->told, "%s", names[news->kind]);
  g_string_append (fixture->told, news->runner != 0 ? " 2\n" : "\n");
}

static void
on_end (Runner *runner, void *data)
{
  Fixture *fixture = data;
  (void)runner;

  g_string_append (fixture->told, "end\n");
}

static const RunnerFuncs funcs
    = { .on_event = on_event, .on_news = on_news, .on_end = on_end };

/* --- The scheduler -----------------------------------------------------------
 */

static void
set_up (Fixture *fixture, const void *data)
{
  static const char *const names[] = { "t", "u", NULL };
  (void)data;

  fixture->sources = sources_new ();
  fixture->plan = sample_plan (fixture->sources, "p.plan", names);
  for (unsigned i = 0; i < 2; i++)
    fixture->tests[i] = (ReportTest){ .plan = fixture->plan,
                                      .test = &fixture->plan->tests[i] };
  fixture->layer.unit = fixture->plan->tests[0];
  fixture->layer_test = (ReportTest){ .plan = fixture->plan,
                                      .test = &fixture->layer.unit,
                                      .layer = &fixture->layer };
  fixture->scripted.share.slots = slots_new (1);
  (void)slots_take (fixture->scripted.share.slots);
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->told = g_string_new (NULL);
  fixture->plan_dir = dup (STDIN_FILENO);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  (void)close (fixture->plan_dir);
  runner_free (fixture->runner);
  (void)g_string_free (fixture->told, TRUE);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
  slots_free (fixture->scripted.share.slots);
  plan_free (fixture->plan);
  sources_free (fixture->sources);
}

static gboolean
on_dead (gint fd, GIOCondition condition, void *data)
{
  Fixture *fixture = data;
  (void)condition;

  (void)close (fd);
  fixture->is_dead = true;
  return G_SOURCE_REMOVE;
}

static void
watch_life (Fixture *fixture)
{
  g_autoptr (GSource) source = g_unix_fd_source_new (fixture->life, G_IO_HUP);

  g_source_set_callback (source, G_SOURCE_FUNC (on_dead), fixture, NULL);
  g_source_attach (source, fixture->context);
}

static void
start (Fixture *fixture, const char *script)
{
  g_autoptr (GError) error = NULL;
  int life[2];

  g_assert_cmpint (pipe2 (life, O_CLOEXEC), ==, 0);
  fixture->life = life[0];
  fixture->scripted.script = script;
  fixture->runner
      = runner_park (&fixture->scripted.share, &funcs, fixture, &error);
  g_assert_no_error (error);
  (void)close (life[1]);
  watch_life (fixture);
  runner_attach (fixture->runner);
  g_assert_null (runner_test (fixture->runner));
  g_assert_cmpint (runner_pid (fixture->runner), >, 0);
}

static void
begin (Fixture *fixture, const ReportTest *test, uint32_t number)
{
  const RunnerJob job = { .test = test,
                          .number = number,
                          .slot = 0,
                          .plan_dir = fixture->plan_dir,
                          .plan_path = "/logs",
                          .data = fixture };

  runner_begin (fixture->runner, &job);
  g_assert_true (runner_test (fixture->runner) == test);
}

/* Waits for its end.  What it tells is heard meanwhile, or only when it was
 * reaped. */
static int
reap (Fixture *fixture, bool hears_first)
{
  siginfo_t info;
  int status;
  const pid_t pid = runner_pid (fixture->runner);

  while (hears_first && !fixture->is_dead)
    (void)g_main_context_iteration (fixture->context, TRUE);
  g_assert_cmpint (waitid (P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), ==, 0);
  while (hears_first && g_main_context_iteration (fixture->context, FALSE))
    ;
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  runner_set_ended (fixture->runner, status);
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  return status;
}

static void
hear (Fixture *fixture, const char *expected)
{
  while (strcmp (fixture->told->str, expected) != 0)
    {
      g_assert_true (g_str_has_prefix (expected, fixture->told->str));
      (void)g_main_context_iteration (fixture->context, TRUE);
    }
}

/* --- What it tells
 * ------------------------------------------------------------
 */

typedef struct
{
  const char *path;
  const char *script;
  const char *told;
  Verdict verdict;
} Case;

#define BEGUN    "test-begin t\n"
#define NONSENSE "failed the worker of this test told nonsense, and was ended\n"
#define ENDED(status)                                                          \
  "failed the worker of this test ended with status " status                   \
  " before its test did\n"

/* Of those that end by themselves. */
static const Case cases[] = {
  { "told/passed", "jBLP0", BEGUN "log hello\nend\n", VERDICT_PASSED },
  { "told/failed", "jBLF3", BEGUN "log hello\nend\n", VERDICT_FAILED },
  { "told/over-and-ready", "jBOPR0", BEGUN "over\nready\nend\n",
    VERDICT_PASSED },
  { "lost/killed", "jBLk",
    BEGUN "log hello\n"
          "failed the worker of this test was killed with SIGKILL\nend\n",
    VERDICT_ERROR },
  { "lost/tells-where-it-was", "jBsk",
    BEGUN "failed the worker of this test was killed with SIGKILL\n"
          "note it was at operation 4 of 4: wait echo 0 within 20s\n"
          "logs /logs/t\nend\n",
    VERDICT_ERROR },
  { "told/whatever-is-in-its-slot", "jBsP0", BEGUN "end\n", VERDICT_PASSED },
  { "lost/killed-before-its-test", "k",
    BEGUN "failed the worker of this test was killed with SIGKILL\nend\n",
    VERDICT_ERROR },
  { "lost/ends-before-its-test", "jBL3",
    BEGUN "log hello\n" ENDED ("3") "end\n", VERDICT_ERROR },
  { "lost/ends-without-a-word", "j0", BEGUN ENDED ("0") "end\n",
    VERDICT_ERROR },
  { "lost/half-a-record", "jBLh0", BEGUN "log hello\n" ENDED ("0") "end\n",
    VERDICT_ERROR },
  { "lost/half-a-record-is-all", "jh0", BEGUN ENDED ("0") "end\n",
    VERDICT_ERROR },
  { "nonsense/and-ends", "jBLg0", BEGUN "log hello\n" NONSENSE "end\n",
    VERDICT_ERROR },
  { "nonsense/and-says-that-it-passed", "jBgP0", BEGUN NONSENSE "end\n",
    VERDICT_ERROR },
};

static void
run_case (Fixture *fixture, const Case *c, bool hears_first)
{
  start (fixture, c->script);
  begin (fixture, &fixture->tests[0], 1);
  (void)reap (fixture, hears_first);
  g_assert_cmpstr (fixture->told->str, ==, c->told);
  g_assert_cmpint (runner_verdict (fixture->runner), ==, c->verdict);
}

static void
test_heard (Fixture *fixture, const void *data)
{
  run_case (fixture, data, true);
}

/* A child that it has forked may hold its end of the channel, and no end of
 * file comes: its end is told by that of the process. */
static void
test_reaped_first (Fixture *fixture, const void *data)
{
  run_case (fixture, data, false);
}

/* Of those that would never end. */
static const Case mad[] = {
  { "mad/nonsense", "jBgw", BEGUN NONSENSE "end\n", VERDICT_ERROR },
  { "mad/nonsense-first", "jgw", BEGUN NONSENSE "end\n", VERDICT_ERROR },
  { "mad/ready-before-the-end", "jBRw", BEGUN NONSENSE "end\n", VERDICT_ERROR },
  { "mad/news-of-a-layer", "jBEw", BEGUN NONSENSE "end\n", VERDICT_ERROR },
  { "mad/more-news-of-a-layer", "jBSw", BEGUN NONSENSE "end\n", VERDICT_ERROR },
  { "mad/goes-on-behind-its-end", "jBPLw", BEGUN "end\n", VERDICT_PASSED },
  { "mad/is-over-behind-its-end", "jBPOw", BEGUN "end\n", VERDICT_PASSED },
  { "mad/ends-twice", "jBPFw", BEGUN "end\n", VERDICT_PASSED },
};

/* It is killed. */
static void
test_mad (Fixture *fixture, const void *data)
{
  const Case *c = data;

  start (fixture, c->script);
  begin (fixture, &fixture->tests[0], 1);
  const int status = reap (fixture, true);
  g_assert_cmpint (WIFSIGNALED (status) ? WTERMSIG (status) : 0, ==, SIGKILL);
  g_assert_cmpstr (fixture->told->str, ==, c->told);
  g_assert_cmpint (runner_verdict (fixture->runner), ==, c->verdict);
}

/* --- Parked ------------------------------------------------------------------
 */

/* Nothing is told of it but its end. */
static void
test_dismissed (Fixture *fixture, const void *data)
{
  (void)data;

  start (fixture, "j3");
  runner_dismiss (fixture->runner);
  g_assert_cmpint (reap (fixture, true), ==, 0);
  g_assert_cmpstr (fixture->told->str, ==, "end\n");
}

static void
test_dies_parked (Fixture *fixture, const void *data)
{
  (void)data;

  start (fixture, "k");
  (void)reap (fixture, true);
  g_assert_cmpstr (fixture->told->str, ==, "end\n");
}

/* It was asked nothing: it is as mad as any, and gets no test. */
static void
test_speaks_parked (Fixture *fixture, const void *data)
{
  (void)data;

  start (fixture, "BLw");
  while (!g_main_context_iteration (fixture->context, TRUE))
    ;
  begin (fixture, &fixture->tests[0], 1);
  const int status = reap (fixture, true);
  g_assert_cmpint (WIFSIGNALED (status) ? WTERMSIG (status) : 0, ==, SIGKILL);
  g_assert_cmpstr (fixture->told->str, ==, BEGUN NONSENSE "end\n");
  g_assert_cmpint (runner_verdict (fixture->runner), ==, VERDICT_ERROR);
}

/* --- One test after the other ------------------------------------------------
 */

static void
test_two (Fixture *fixture, const void *data)
{
  (void)data;

  start (fixture, "jBPRjLF0");
  const pid_t pid = runner_pid (fixture->runner);
  begin (fixture, &fixture->tests[0], 1);
  hear (fixture, BEGUN "ready\n");
  g_assert_cmpint (runner_verdict (fixture->runner), ==, VERDICT_PASSED);
  begin (fixture, &fixture->tests[1], 2);
  g_assert_cmpint (runner_pid (fixture->runner), ==, pid);
  g_assert_cmpuint (runner_number (fixture->runner), ==, 1);
  (void)reap (fixture, true);
  g_assert_cmpstr (fixture->told->str, ==, BEGUN "ready\nlog hello\nend\n");
  g_assert_cmpint (runner_verdict (fixture->runner), ==, VERDICT_FAILED);
}

/* The second test has not begun, whatever the first has. */
static void
test_second_is_lost (Fixture *fixture, const void *data)
{
  (void)data;

  start (fixture, "jBPRjk");
  begin (fixture, &fixture->tests[0], 1);
  hear (fixture, BEGUN "ready\n");
  begin (fixture, &fixture->tests[1], 2);
  (void)reap (fixture, true);
  g_assert_cmpstr (
      fixture->told->str, ==,
      BEGUN "ready\ntest-begin u\n"
            "failed the worker of this test was killed with SIGKILL\nend\n");
  g_assert_cmpint (runner_verdict (fixture->runner), ==, VERDICT_ERROR);
}

/* It has told all of its test: its own end is nobody's fault. */
static void
test_dies_ready (Fixture *fixture, const void *data)
{
  (void)data;

  start (fixture, "jBPRk");
  begin (fixture, &fixture->tests[0], 1);
  (void)reap (fixture, true);
  g_assert_cmpstr (fixture->told->str, ==, BEGUN "ready\nend\n");
  g_assert_cmpint (runner_verdict (fixture->runner), ==, VERDICT_PASSED);
}

/* --- Signals, layers --------------------------------------------------------
 */

static void
test_signal (Fixture *fixture, const void *data)
{
  (void)data;

  start (fixture, "jBw");
  begin (fixture, &fixture->tests[0], 1);
  hear (fixture, BEGUN);
  runner_signal (fixture->runner, SIGTERM);
  (void)reap (fixture, true);
  g_assert_cmpstr (fixture->told->str, ==,
                   BEGUN
                   "failed the worker of this test was killed with SIGTERM\n"
                   "end\n");
  runner_signal (fixture->runner, SIGTERM); /* to nobody */
}

/* It was told to end at once: that it has is nobody's fault. */
static void
test_interrupted (Fixture *fixture, const void *data)
{
  (void)data;

  start (fixture, "jBsLw");
  begin (fixture, &fixture->tests[0], 1);
  hear (fixture, BEGUN "log hello\n");
  runner_signal (fixture->runner, SIGINT);
  (void)reap (fixture, true);
  g_assert_cmpstr (fixture->told->str, ==,
                   BEGUN "log hello\n"
                         "failed interrupted\n"
                         "note it was at operation 4 of 4: "
                         "wait echo 0 within 20s\n"
                         "logs /logs/t\n"
                         "end\n");
  g_assert_cmpint (runner_verdict (fixture->runner), ==, VERDICT_INTERRUPTED);
}

static void
test_layer (Fixture *fixture, const void *data)
{
  (void)data;

  start (fixture, "jBUESk");
  begin (fixture, &fixture->layer_test, 1);
  (void)reap (fixture, true);
  g_assert_cmpstr (fixture->told->str, ==,
                   BEGUN
                   "up \nended 2\nsynced 2\n"
                   "failed the worker of this layer was killed with SIGKILL\n"
                   "end\n");
  g_assert_cmpint (runner_verdict (fixture->runner), ==, VERDICT_ERROR);
}

/* A host has no test that could be over. */
static void
test_layer_is_mad (Fixture *fixture, const void *data)
{
  (void)data;

  start (fixture, "jBPR0");
  begin (fixture, &fixture->layer_test, 1);
  (void)reap (fixture, true);
  g_assert_cmpstr (fixture->told->str, ==, BEGUN "end\n");
}

/* Its host does not come to it. */
static void
test_lost_in_host (Fixture *fixture, const void *data)
{
  const RunnerJob job = { .test = &fixture->tests[0],
                          .number = 2,
                          .slot = SLOT_NONE,
                          .plan_dir = fixture->plan_dir,
                          .plan_path = "/",
                          .data = fixture };
  g_autoptr (GError) error = NULL;
  (void)data;

  start (fixture, "jBUP0");
  begin (fixture, &fixture->layer_test, 1);
  Runner *inner = runner_begin_in (fixture->runner, &job, &error);
  g_assert_no_error (error);
  g_assert_cmpint (runner_pid (inner), ==, 0);
  g_assert_cmpuint (runner_number (inner), ==, 2);
  (void)reap (fixture, true);
  g_assert_cmpstr (fixture->told->str, ==, BEGUN "up \nend\n");
  runner_set_lost (inner, "the layer is gone");
  g_assert_cmpstr (fixture->told->str, ==,
                   BEGUN "up \nend\n" BEGUN "failed the layer is gone\nend\n");
  g_assert_cmpint (runner_verdict (inner), ==, VERDICT_ERROR);
  runner_free (inner);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func)                                                  \
  g_test_add (path, Fixture, data, set_up, func, tear_down)
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *heard
          = g_strconcat ("/runner/heard/", cases[i].path, NULL);
      g_autofree char *reaped
          = g_strconcat ("/runner/reaped-first/", cases[i].path, NULL);
      ADD (heard, &cases[i], test_heard);
      ADD (reaped, &cases[i], test_reaped_first);
    }
  for (size_t i = 0; i < G_N_ELEMENTS (mad); i++)
    {
      g_autofree char *path = g_strconcat ("/runner/", mad[i].path, NULL);
      ADD (path, &mad[i], test_mad);
    }
  ADD ("/runner/parked/dismissed", NULL, test_dismissed);
  ADD ("/runner/parked/dies", NULL, test_dies_parked);
  ADD ("/runner/parked/speaks-and-is-ended", NULL, test_speaks_parked);
  ADD ("/runner/reuse/two-tests", NULL, test_two);
  ADD ("/runner/reuse/second-is-lost", NULL, test_second_is_lost);
  ADD ("/runner/reuse/dies-when-ready", NULL, test_dies_ready);
  ADD ("/runner/signal/ends-it", NULL, test_signal);
  ADD ("/runner/signal/interrupts-it", NULL, test_interrupted);
  ADD ("/runner/layer/told", NULL, test_layer);
  ADD ("/runner/layer/is-never-ready", NULL, test_layer_is_mad);
  ADD ("/runner/layer/worker-is-lost-with-it", NULL, test_lost_in_host);
  return g_test_run ();
}
