#include "config.h"

#include "telling.h"

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
