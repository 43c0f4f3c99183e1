#include "config.h"

#include "telling.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BEGIN    INT64_C (1000000)
#define DURATION INT64_C (12000)

void
telling_init (Telling *telling)
{
  telling->sources = sources_new ();
  telling->plans = g_ptr_array_new_with_free_func ((GDestroyNotify)plan_free);
  telling->tests = g_array_new (FALSE, FALSE, sizeof (ReportTest));
  telling->report = NULL;
  telling->counts = (ReportCounts){ 0 };
  telling->left_microsecs = -1;
  telling->fd = memfd_create ("report", MFD_CLOEXEC);
  g_assert_cmpint (telling->fd, >=, 0);
}

void
telling_clear (Telling *telling)
{
  g_array_unref (telling->tests);
  g_ptr_array_unref (telling->plans);
  sources_free (telling->sources);
  close (telling->fd);
}

void
telling_add_plan (Telling *telling, const char *path, const char *const *names)
{
  Plan *plan = sample_plan (telling->sources, path, names);

  g_ptr_array_add (telling->plans, plan);
  for (uint32_t i = 0; i < plan->n_tests; i++)
    {
      const ReportTest test = { .plan = plan,
                                .test = &plan->tests[i],
                                .number = telling->tests->len + 1 };

      g_array_append_val (telling->tests, test);
    }
}

static const ReportTest *
find_test (const Telling *telling, unsigned test)
{
  return &g_array_index (telling->tests, ReportTest, test);
}

void
telling_begin (Telling *telling, Report *report)
{
  telling->report = report;
  report_begin (report, find_test (telling, 0), telling->tests->len);
}

void
telling_end (Telling *telling, const ReportCounts *counts)
{
  report_end (telling->report, counts);
}

void
tell_bytes (Telling *telling, unsigned test, EventKind kind, int number,
            const char *bytes, size_t n_bytes)
{
  const ReportTest *const report_test = find_test (telling, test);
  const bool has_place = kind == EVENT_FAILED || kind == EVENT_NOTE;
  const Event event = {
    .kind = kind,
    .op = 3,
    .pid = 4711,
    .number = number,
    .span = has_place ? sample_span (report_test->plan) : SRC_SPAN_NONE,
    .microsecs = kind == EVENT_TEST_END ? BEGIN + DURATION : BEGIN,
    .text = bytes,
    .n_text = n_bytes,
  };

  report_event (telling->report, report_test, &event);
}

void
tell (Telling *telling, unsigned test, EventKind kind, int number,
      const char *text)
{
  tell_bytes (telling, test, kind, number, text, strlen (text));
}

void
tell_test (Telling *telling, unsigned test, Verdict verdict)
{
  tell (telling, test, EVENT_TEST_BEGIN, 0, "");
  tell (telling, test, EVENT_TEST_END, verdict, "");
}

void
tell_failure (Telling *telling, unsigned test)
{
  tell (telling, test, EVENT_TEST_BEGIN, 0, "");
  tell (telling, test, EVENT_FAILED, FAILURE_WRONG_STATUS,
        "\"echo\" exited with 3");
  tell (telling, test, EVENT_NOTE, 0, "spawned here");
  tell (telling, test, EVENT_STATE, 0, "exited with 3");
  tell (telling, test, EVENT_TAIL, STDOUT_FILENO, "hello\nworld\n");
  tell (telling, test, EVENT_TAIL, STDERR_FILENO, "\33[31moh no\r\nok 1");
  tell (telling, test, EVENT_LEFTOVER, 0, "sleep 100");
  tell (telling, test, EVENT_LOGS, 0, "/logs/echo");
  tell (telling, test, EVENT_TEST_END, VERDICT_FAILED, "");
}

void
tell_note_of_lines (Telling *telling, unsigned test)
{
  static const char text[] = "how they differ:\n--- a\n@@ \33 @@\n+b";

  tell (telling, test, EVENT_TEST_BEGIN, 0, "");
  tell (telling, test, EVENT_FAILED, FAILURE_CHECK_FAILED, "bad");
  report_event (telling->report,
                &g_array_index (telling->tests, ReportTest, test),
                &(Event){ .kind = EVENT_NOTE,
                          .process = PLAN_NONE,
                          .span = SRC_SPAN_NONE,
                          .text = text,
                          .n_text = strlen (text) });
  tell (telling, test, EVENT_TEST_END, VERDICT_FAILED, "");
}

/* --- A layer ------------------------------------------------------------ */

static void
make_layer (Telling *telling)
{
  const Plan *plan = g_ptr_array_index (telling->plans, 0);

  telling->sections[0] = (PlanSection){ .first_op = 3, .n_ops = 1 };
  telling->sections[1] = (PlanSection){ .first_op = 4, .is_teardown = true };
  telling->layer = (PlanLayer){ .unit = plan->tests[0] };
  telling->layer.unit.name = "database";
  telling->layer.unit.sections = telling->sections;
  telling->layer.unit.n_sections = 2;
  telling->layer_test = (ReportTest){ .plan = plan,
                                      .test = &telling->layer.unit,
                                      .layer = &telling->layer,
                                      .number = 1 };
}

void
tell_layer (Telling *telling, EventKind kind, int number, uint32_t op,
            const char *text)
{
  if (kind == EVENT_TEST_BEGIN)
    make_layer (telling);

  const Event event = {
    .kind = kind,
    .op = op,
    .pid = 4711,
    .number = number,
    .span = kind == EVENT_FAILED ? sample_span (telling->layer_test.plan)
                                 : SRC_SPAN_NONE,
    .microsecs = kind == EVENT_TEST_END ? BEGIN + DURATION : BEGIN,
    .text = text,
    .n_text = strlen (text),
  };

  report_event (telling->report, &telling->layer_test, &event);
}

/* --- Progress ----------------------------------------------------------- */

static int64_t
read_microsecs (const char *at, char **end)
{
  return (int64_t)(g_ascii_strtod (at, end) * G_USEC_PER_SEC);
}

static ReportRunning
read_running (Telling *telling, const char *text)
{
  char *end = (char *)text + 1;
  ReportRunning running = { .op = 3, .usual_microsecs = -1 };

  if (*text == 'L')
    running.test = &telling->layer_test;
  else
    running.test = find_test (telling, (unsigned)strtoul (text, &end, 10));
  if (*end == '-')
    running.op = PLAN_NONE;
  running.test_microsecs = read_microsecs (end + 1, &end);
  running.microsecs = running.test_microsecs;
  if (*end == '~')
    running.usual_microsecs = read_microsecs (end + 1, &end);
  g_assert_cmpint (*end, ==, '\0');
  return running;
}

static void
tell_running (Telling *telling, double seconds, const char *text,
              const char *processes,
              void (*func) (Report *report, const ReportProgress *progress))
{
  g_autoptr (GArray) running
      = g_array_new (FALSE, FALSE, sizeof (ReportRunning));
  g_auto (GStrv) words = g_strsplit (text, " ", 0);

  for (unsigned i = 0; words[i] != NULL; i++)
    {
      ReportRunning one = read_running (telling, words[i]);

      one.processes = processes;
      g_array_append_val (running, one);
    }

  const ReportProgress progress = {
    .running = &g_array_index (running, ReportRunning, 0),
    .n_running = running->len,
    .counts = &telling->counts,
    .microsecs = (int64_t)(seconds * G_USEC_PER_SEC + 0.5),
    .left_microsecs = telling->left_microsecs,
  };

  func (telling->report, &progress);
}

void
tell_progress (Telling *telling, double seconds, const char *running)
{
  tell_running (telling, seconds, running, NULL, report_progress);
}

void
tell_status (Telling *telling, double seconds, const char *running)
{
  tell_running (telling, seconds, running,
                "echo: pid 4711, runs for 3s\n\33 left: pid 4712\n",
                report_status);
}

char *
telling_take (Telling *telling)
{
  const off_t n = lseek (telling->fd, 0, SEEK_CUR);
  char *text = g_malloc0 ((size_t)n + 1);

  g_assert_cmpint (pread (telling->fd, text, (size_t)n, 0), ==, n);
  g_assert_cmpint (ftruncate (telling->fd, 0), ==, 0);
  g_assert_cmpint (lseek (telling->fd, 0, SEEK_SET), ==, 0);
  return text;
}

void
assert_told (Telling *telling, const char *expected)
{
  g_autofree char *text = telling_take (telling);

  g_assert_cmpstr (text, ==, expected);
}

void
telling_tear_down (Telling *telling, const void *data)
{
  (void)data;
  report_free (telling->report);
  telling_clear (telling);
}
