#include "config.h"

#include "vm/check/measure.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  const char *path;
  PlanMeasure measure;
  const char *text;
  int64_t value; /* -1: it is none */
} Value;

static const Value values[] = {
  { "/measure/parse/size", MEASURE_RSS, "64K", 65536 },
  { "/measure/parse/bytes", MEASURE_RSS, "100", 100 },
  { "/measure/parse/no-size", MEASURE_RSS, "2s", -1 },
  { "/measure/parse/duration", MEASURE_CPU, "1.5s", 1500000 },
  { "/measure/parse/seconds", MEASURE_CPU, "2", 2000000 },
  { "/measure/parse/no-duration", MEASURE_CPU, "2M", -1 },
  { "/measure/parse/count", MEASURE_THREADS, "8", 8 },
  { "/measure/parse/leading-zeros", MEASURE_FDS, "08", 8 },
  { "/measure/parse/no-count", MEASURE_FDS, "8K", -1 },
  { "/measure/parse/negative", MEASURE_CHILDREN, "-1", -1 },
  { "/measure/parse/nothing", MEASURE_CHILDREN, "", -1 },
};

static void
test_parse (const void *data)
{
  const Value *c = data;
  uint64_t value = 0;

  g_assert_cmpint (measure_parse (c->measure, c->text, &value), ==,
                   c->value >= 0);
  if (c->value >= 0)
    g_assert_cmpuint (value, ==, (uint64_t)c->value);
}

typedef struct
{
  const char *path;
  PlanMeasure measure;
  bool has_ended;
  uint64_t value;
  const char *text;
} Shown;

static const Shown shown[] = {
  { "/measure/show/memory", MEASURE_RSS, false, 73400320,
    "uses 70M of memory" },
  { "/measure/show/most-memory", MEASURE_RSS, true, 67112960,
    "used 65540K of memory at the most" },
  { "/measure/show/time", MEASURE_CPU, false, 2500000,
    "has used 2.5s of processor time" },
  { "/measure/show/all-time", MEASURE_CPU, true, 0,
    "used 0s of processor time" },
  { "/measure/show/thread", MEASURE_THREADS, false, 1, "has 1 thread" },
  { "/measure/show/threads", MEASURE_THREADS, false, 9, "has 9 threads" },
  { "/measure/show/descriptors", MEASURE_FDS, false, 5,
    "has 5 open descriptors" },
  { "/measure/show/child", MEASURE_CHILDREN, false, 1, "has 1 child" },
  { "/measure/show/children", MEASURE_CHILDREN, false, 0, "has 0 children" },
};

static void
test_shown (const void *data)
{
  const Shown *c = data;
  g_autoptr (GString) out = g_string_new (NULL);

  measure_append (out, c->measure, c->has_ended, c->value);
  g_assert_cmpstr (out->str, ==, c->text);
}

static uint64_t
take (const Proc *proc, PlanMeasure measure)
{
  g_autoptr (GError) error = NULL;
  uint64_t value = 0;
  const bool is_taken = measure_take (proc, measure, &value, &error);

  g_assert_no_error (error);
  g_assert_true (is_taken);
  return value;
}

/* Of ourselves. */
static void
test_running (void)
{
  const Proc proc = { .state = PROC_RUNNING, .pid = getpid () };
  const uint64_t n_fds = take (&proc, MEASURE_FDS);
  const uint64_t cpu = take (&proc, MEASURE_CPU);

  const int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  g_assert_cmpuint (take (&proc, MEASURE_FDS), ==, n_fds + 1);
  (void)close (fd);
  g_assert_cmpuint (take (&proc, MEASURE_RSS), >, 4096);
  g_assert_cmpuint (take (&proc, MEASURE_THREADS), >=, 1);
  g_assert_cmpuint (take (&proc, MEASURE_CPU), >, cpu); /* it was not idle */

  g_assert_cmpuint (take (&proc, MEASURE_CHILDREN), ==, 0);
  const pid_t pid = fork ();
  if (pid == 0)
    for (;;)
      (void)pause ();
  g_assert_cmpuint (take (&proc, MEASURE_CHILDREN), ==, 1);
  (void)kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

static void
test_ended (void)
{
  const Proc proc
      = { .state = PROC_ENDED, .cpu_microsecs = 1234, .max_rss = 4321 };

  g_assert_cmpuint (take (&proc, MEASURE_CPU), ==, 1234);
  g_assert_cmpuint (take (&proc, MEASURE_RSS), ==, 4321);
  g_assert_true (measure_outlives (MEASURE_CPU));
  g_assert_true (measure_outlives (MEASURE_RSS));
  g_assert_false (measure_outlives (MEASURE_THREADS));
  g_assert_false (measure_outlives (MEASURE_FDS));
  g_assert_false (measure_outlives (MEASURE_CHILDREN));
}

/* It died between the look for it and the measure. */
static void
test_gone (void)
{
  static const PlanMeasure measures[]
      = { MEASURE_RSS, MEASURE_CPU, MEASURE_THREADS, MEASURE_FDS };
  const pid_t pid = fork ();

  if (pid == 0)
    _exit (0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  for (unsigned i = 0; i < G_N_ELEMENTS (measures); i++)
    {
      const Proc proc = { .state = PROC_RUNNING, .pid = pid };
      g_autoptr (GError) error = NULL;
      uint64_t value;
      g_assert_false (measure_take (&proc, measures[i], &value, &error));
      g_assert_nonnull (error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (values); i++)
    g_test_add_data_func (values[i].path, &values[i], test_parse);
  for (unsigned i = 0; i < G_N_ELEMENTS (shown); i++)
    g_test_add_data_func (shown[i].path, &shown[i], test_shown);
  g_test_add_func ("/measure/running", test_running);
  g_test_add_func ("/measure/ended", test_ended);
  g_test_add_func ("/measure/gone", test_gone);
  return g_test_run ();
}
