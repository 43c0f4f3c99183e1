#include "config.h"

#include "sample.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

/* As wait(2) gives them. */
#define EXITED(code)       ((code) << 8)
#define KILLED(number)     (number)
#define DUMPED(number)     ((number) | 0x80)
#define STOPPED(number)    (((number) << 8) | 0x7f)
#define BIT(n)             (UINT64_C (1) << (n))
#define SIGNAL_BIT(number) BIT ((number)-1)

typedef struct
{
  const char *path;
  PlanStatus status;
  int wait_status;
  bool has;
} StatusCase;

static const StatusCase statuses[] = {
  { "/plan/status/zero", { .codes = { 1 } }, EXITED (0), true },
  { "/plan/status/other-code", { .codes = { 1 } }, EXITED (1), false },
  { "/plan/status/64", { .codes = { 0, 1 } }, EXITED (64), true },
  { "/plan/status/65", { .codes = { 0, 1 } }, EXITED (65), false },
  { "/plan/status/255",
    { .codes = { 0, 0, 0, BIT (63) } },
    EXITED (255),
    true },
  { "/plan/status/code-is-no-signal",
    { .codes = { BIT (15) } },
    KILLED (SIGTERM),
    false },
  { "/plan/status/killed",
    { .signals = SIGNAL_BIT (SIGTERM) },
    KILLED (SIGTERM),
    true },
  { "/plan/status/killed-otherwise",
    { .signals = SIGNAL_BIT (SIGTERM) },
    KILLED (SIGKILL),
    false },
  { "/plan/status/dumped",
    { .signals = SIGNAL_BIT (SIGSEGV) },
    DUMPED (SIGSEGV),
    true },
  { "/plan/status/signal-64", { .signals = BIT (63) }, KILLED (64), true },
  { "/plan/status/signal-is-no-code",
    { .signals = SIGNAL_BIT (SIGTERM) },
    EXITED (15),
    false },
  { "/plan/status/stopped",
    { .codes = { ~0ULL }, .signals = ~0ULL },
    STOPPED (SIGSTOP),
    false },
};

static void
test_status (const void *data)
{
  const StatusCase *const c = data;

  g_assert_cmpint (plan_status_has (&c->status, c->wait_status), ==, c->has);
}

static void
assert_dump (const Plan *plan, const PlanTest *test, const PlanOp *op,
             const char *expected)
{
  g_autoptr (GString) out = g_string_new (NULL);

  plan_append_op (plan, test, op, out);
  g_assert_cmpstr (out->str, ==, expected);
}

/* --- A plan to play with -------------------------------------------------- */

typedef struct
{
  Sources *sources;
  Plan *plan;
  PlanTest *test;
  PlanContext *context;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  static const char *const names[] = { "t", NULL };

  (void)data; /* the same for all */
  fixture->sources = sources_new ();
  fixture->plan = sample_plan (fixture->sources, "echo.plan", names);
  fixture->test = &fixture->plan->tests[0];
  fixture->context = (PlanContext *)fixture->test->processes[0].spawn->context;
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  plan_free (fixture->plan);
  sources_free (fixture->sources);
}

static void
test_sample (Fixture *fixture, const void *data)
{
  const PlanOp *const ops = fixture->plan->ops;

  (void)data;
  assert_dump (fixture->plan, fixture->test, &ops[0], "check-exits ()");
  assert_dump (fixture->plan, fixture->test, &ops[1],
               "spawn echo: /bin/echo \"hello world\"");
  assert_dump (fixture->plan, fixture->test, &ops[2], "check-exits (echo)");
  assert_dump (fixture->plan, fixture->test, &ops[3], "wait echo 0 within 20s");
}

/* The waits of a step that begins with them; those of a kill are none. */
static void
test_check_exits (Fixture *fixture, const void *data)
{
  PlanProcess processes[] = { { .name = "a" }, { .name = "b" } };
  PlanOp ops[] = {
    { .code = OP_CHECK_EXITS },
    { .code = OP_WAIT, .process = 0, .flags = OP_FLAG_PAR },
    { .code = OP_WAIT, .process = 1, .flags = OP_FLAG_PAR },
    { .code = OP_CHECK_EXITS, .flags = OP_FLAG_KILL },
    { .code = OP_KILL, .process = 0, .signal = SIGTERM },
    { .code = OP_WAIT, .process = 0, .flags = OP_FLAG_PAR | OP_FLAG_KILL },
    { .code = OP_WAIT, .process = 1 }, /* of the next test */
  };
  PlanTest test = { .n_ops = 6, .processes = processes, .n_processes = 2 };

  (void)data;
  fixture->plan->ops = ops;
  assert_dump (fixture->plan, &test, &ops[0], "check-exits (a, b)");
  assert_dump (fixture->plan, &test, &ops[3], "check-exits ()");
  test.n_ops = 2;
  assert_dump (fixture->plan, &test, &ops[0], "check-exits (a)");
}

static void
test_operations (Fixture *fixture, const void *data)
{
  static const struct
  {
    PlanOp op;
    const char *expected;
  } rows[] = {
    { { .code = OP_WAIT }, "wait echo 0" },
    { { .code = OP_KILL, .signal = SIGTERM }, "kill -SIGTERM echo" },
    { { .code = OP_KILL,
        .signal = SIGHUP,
        .flags = OP_FLAG_GROUP,
        .microsecs = 1500000 },
      "kill -SIGHUP --group echo grace 1.5s" },
    { { .code = OP_SIGNAL, .signal = SIGUSR1 }, "signal -SIGUSR1 echo" },
    { { .code = OP_STOP, .microsecs = 250000 }, "stop echo within 250ms" },
    { { .code = OP_CONT }, "cont echo" },
    { { .code = OP_SLEEP, .microsecs = 120 * G_USEC_PER_SEC }, "sleep 2m" },
    { { .code = OP_DEFER, .section = 1 }, "defer (section 2)" },
  };

  (void)data;
  for (unsigned i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_dump (fixture->plan, fixture->test, &rows[i].op, rows[i].expected);
}

static void
test_texts (Fixture *fixture, const void *data)
{
  static const PlanSlot slots[]
      = { { 3, PLAN_VAR_TMP }, { 5, PLAN_VAR_LOGDIR } };
  PlanText *text = (PlanText *)sample_text (fixture->plan->arena, "in /ax");
  g_autoptr (GString) out = g_string_new (NULL);

  (void)data;
  text->n_slots = 2;
  text->slots = slots;
  plan_append_text (text, NULL, out);
  g_assert_cmpstr (out->str, ==, "in $tmp/a${logdir}x");
  assert_dump (fixture->plan, fixture->test,
               &(PlanOp){ .code = OP_LOG, .text = text },
               "log \"in $tmp/a${logdir}x\"");
  assert_dump (
      fixture->plan, fixture->test,
      &(PlanOp){ .code = OP_FAIL,
                 .text = sample_text (fixture->plan->arena, "a\n\"b") },
      "fail \"a\\n\\\"b\"");
}

static void
test_environment (Fixture *fixture, const void *data)
{
  Arena *const arena = fixture->plan->arena;
  const PlanEnv clear = { .name = NULL };
  const PlanEnv set
      = { .older = &clear, .name = "A", .value = sample_text (arena, "b c") };
  const PlanEnv unset = { .older = &set, .name = "B" };

  (void)data;
  fixture->context->env = &unset;
  assert_dump (fixture->plan, fixture->test, &fixture->plan->ops[1],
               "spawn echo: --clear-env --env=A=\"b c\" --unset=B /bin/echo "
               "\"hello world\"");
}

static void
test_context (Fixture *fixture, const void *data)
{
  static const PlanLimit limits[]
      = { { RLIMIT_NOFILE, 64 }, { RLIMIT_CORE, UINT64_MAX } };
  Arena *const arena = fixture->plan->arena;
  PlanProcess *process = (PlanProcess *)fixture->test->processes;

  (void)data;
  *fixture->context = (PlanContext){ .cwd = sample_text (arena, "/a b"),
                                     .stdin_kind = PLAN_STDIN_TEXT,
                                     .stdin_text = sample_text (arena, "x\n"),
                                     .stdout_path = sample_text (arena, "o"),
                                     .merge = true,
                                     .log_pipe = true,
                                     .pty = true,
                                     .pty_rows = 24,
                                     .pty_columns = 80,
                                     .umask = 022,
                                     .limits = limits,
                                     .n_limits = 2,
                                     .user = "nobody",
                                     .nice = -5 };
  process->flags = PLAN_DAEMON | PLAN_OPTIONAL;
  assert_dump (fixture->plan, fixture->test, &fixture->plan->ops[1],
               "spawn echo: --cwd=\"/a b\" --stdout=o --merge --log=pipe "
               "--pty=24x80 "
               "--umask=022 --limit=nofile=64,core=unlimited --user=nobody "
               "--nice=-5 --daemon --optional /bin/echo \"hello world\" "
               "<<\"x\\n\"");
}

static void
test_stdin (Fixture *fixture, const void *data)
{
  static const char *const expected[] = {
    [PLAN_STDIN_NULL] = "spawn echo: /bin/echo \"hello world\"",
    [PLAN_STDIN_FILE] = "spawn echo: --stdin=in /bin/echo \"hello world\"",
    [PLAN_STDIN_TEXT] = "spawn echo: /bin/echo \"hello world\" <<in",
    [PLAN_STDIN_PIPE] = "spawn echo: --stdin=pipe /bin/echo \"hello world\"",
    [PLAN_STDIN_INHERIT]
    = "spawn echo: --stdin=inherit /bin/echo \"hello world\"",
  };

  (void)data;
  fixture->context->stdin_text = sample_text (fixture->plan->arena, "in");
  for (unsigned i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      fixture->context->stdin_kind = (PlanStdin)i;
      assert_dump (fixture->plan, fixture->test, &fixture->plan->ops[1],
                   expected[i]);
    }
}

/* Every row of ops.def. */
static void
test_names (void)
{
  for (unsigned i = 0; i < N_OPS; i++)
    {
      g_assert_cmpuint (strlen (op_name ((OpCode)i)), >, 0);
      for (unsigned j = 0; j < i; j++)
        g_assert_cmpstr (op_name ((OpCode)i), !=, op_name ((OpCode)j));
    }
  g_assert_cmpstr (op_name (OP_CHECK_EXITS), ==, "check-exits");
  g_assert_cmpuint (op_operands (OP_CONT), ==, OP_HAS_PROCESS | OP_IN_STEP);
}

/* There are millions of them. */
/* What may wait has a field for its limit; what has another limit, none: that
 * of `output` no plan says, since it only waits for another process of ours. */
static void
test_op_limits (void)
{
  const unsigned times = OP_HAS_LIMIT | OP_HAS_TIME | OP_HAS_EXPECT
                         | OP_HAS_AWAIT | OP_HAS_SEND | OP_HAS_ADOPT
                         | OP_HAS_CHECK;

  for (OpCode code = 0; code < N_OPS; code++)
    {
      const unsigned operands = op_operands (code);
      const bool may_wait = (operands & OP_MAY_WAIT) != 0;

      g_assert_true (((operands & times) != 0 || code == OP_OUTPUT)
                     == may_wait);
      g_assert_false (may_wait && (operands & OP_NO_LIMIT) != 0);
    }
}

static void
test_size (void)
{
  g_assert_cmpuint (sizeof (PlanOp), <=, 24);
}

static void
test_limits (void)
{
  unsigned n = 0;

  for (; plan_limit_kinds[n].name != NULL; n++)
    {
      for (unsigned j = 0; j < n; j++)
        g_assert_cmpint (plan_limit_kinds[n].resource, !=,
                         plan_limit_kinds[j].resource);
    }
  g_assert_cmpuint (n, >=, 10);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, const void *data);
  } tests[] = {
    { "/plan/dump/sample", test_sample },
    { "/plan/dump/check-exits", test_check_exits },
    { "/plan/dump/operations", test_operations },
    { "/plan/dump/texts", test_texts },
    { "/plan/dump/environment", test_environment },
    { "/plan/dump/context", test_context },
    { "/plan/dump/stdin", test_stdin },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (statuses); i++)
    g_test_add_data_func (statuses[i].path, &statuses[i], test_status);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  g_test_add_func ("/plan/op/names", test_names);
  g_test_add_func ("/plan/op/size", test_size);
  g_test_add_func ("/plan/op/limits", test_op_limits);
  g_test_add_func ("/plan/limits", test_limits);
  return g_test_run ();
}
