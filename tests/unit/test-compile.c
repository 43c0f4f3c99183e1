#include "config.h"

#include "compiling.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  const char *path;
  const char *text;
  const char *ops;
} Case;

static const Case cases[] = {
  /* The lowering of the original operators is the original's. */
  { "/compile/spawn", "spawn sleep 1\nwait sleep",
    "p\ncheck-exits ()\nspawn sleep: sleep 1\n"
    "check-exits (sleep)\nwait sleep 0 within 20s\n" },
  { "/compile/spawnPar", "spawnPar { a = cat; cat }\nwaitPar { cat 1; a }",
    "p\ncheck-exits ()\nspawn a: cat\nspawn cat: cat\n"
    "check-exits (cat, a)\nwait cat 1 within 20s\nwait a 0 within 20s\n" },
  { "/compile/kill", "a = spawn cat\nb = spawn cat\nkill a b 0 within 1s",
    "p\ncheck-exits ()\nspawn a: cat\ncheck-exits ()\nspawn b: cat\n"
    "check-exits ()\nkill -SIGTERM a\nkill -SIGTERM b\n"
    "wait a SIGTERM within 1s\nwait b 0 within 1s\n" },
  { "/compile/run", "run --within=1s --status=3 a b",
    "p\ncheck-exits ()\nspawn a: a b\nwait a 3 within 1s\n" },
  { "/compile/no-step", "log a\nsleep 1s\n", "p\nlog a\nsleep 1s\n" },

  { "/compile/names/of-paths", "run /usr/bin/a\nrun ./a b\nrun a/\nrun /",
    "p\ncheck-exits ()\nspawn a: /usr/bin/a\nwait a 0 within 20s\n"
    "check-exits ()\nspawn a-1: ./a b\nwait a-1 0 within 20s\n"
    "check-exits ()\nspawn a-2: a/\nwait a-2 0 within 20s\n"
    "check-exits ()\nspawn process: /\nwait process 0 within 20s\n" },
  { "/compile/names/unsafe", "run 'a b\u00e9$'\nrun $tmp/x\nrun -- -x\nrun .x",
    "p\ncheck-exits ()\nspawn a_b__: \"a b\u00e9\\$\"\n"
    "wait a_b__ 0 within 20s\n"
    "check-exits ()\nspawn x: \"$tmp/x\"\nwait x 0 within 20s\n"
    "check-exits ()\nspawn _x: -x\nwait _x 0 within 20s\n"
    "check-exits ()\nspawn _x-1: .x\nwait _x-1 0 within 20s\n" },
  { "/compile/names/taken-by-hand", "a-1 = run x\nrun a\nrun a",
    "p\ncheck-exits ()\nspawn a-1: x\nwait a-1 0 within 20s\n"
    "check-exits ()\nspawn a: a\nwait a 0 within 20s\n"
    "check-exits ()\nspawn a-2: a\nwait a-2 0 within 20s\n" },
  { "/compile/names/of-a-round",
    "repeat 2 { spawn a; spawn a; wait a-1; wait a }",
    "p\ncheck-exits ()\nspawn a: a\ncheck-exits ()\nspawn a-1: a\n"
    "check-exits (a-1)\nwait a-1 0 within 20s\n"
    "check-exits (a)\nwait a 0 within 20s\n"
    "check-exits ()\nspawn a-2: a\ncheck-exits ()\nspawn a-3: a\n"
    "check-exits (a-3)\nwait a-3 0 within 20s\n"
    "check-exits (a-2)\nwait a-2 0 within 20s\n" },
  { "/compile/names/of-inner-rounds",
    "repeat 1 { spawn a; repeat 1 { spawn a; wait a }; wait a }",
    "p\ncheck-exits ()\nspawn a: a\ncheck-exits ()\nspawn a-1: a\n"
    "check-exits (a-1)\nwait a-1 0 within 20s\n"
    "check-exits (a)\nwait a 0 within 20s\n" },
  { "/compile/names/seen-from-inside",
    "a = spawn x\nrepeat 2 { signal -HUP a }\nwait a",
    "p\ncheck-exits ()\nspawn a: x\n"
    "check-exits ()\nsignal -SIGHUP a\ncheck-exits ()\nsignal -SIGHUP a\n"
    "check-exits (a)\nwait a 0 within 20s\n" },
  { "/compile/names/of-a-macro", "def m { spawn a; wait a }\nm\nm",
    "p\ncheck-exits ()\nspawn a: a\ncheck-exits (a)\nwait a 0 within 20s\n"
    "check-exits ()\nspawn a-1: a\n"
    "check-exits (a-1)\nwait a-1 0 within 20s\n" },
  { "/compile/names/not-reserved",
    "spawn wait 0\nwait wait 0\nspawnPar { if }"
    "\nwaitPar { if }",
    "p\ncheck-exits ()\nspawn wait: wait 0\n"
    "check-exits (wait)\nwait wait 0 within 20s\n"
    "check-exits ()\nspawn if: if\ncheck-exits (if)\nwait if 0 within 20s\n" },
  { "/compile/names/like-a-status", "TERM = spawn a\nb = spawn a\nkill b TERM",
    "p\ncheck-exits ()\nspawn TERM: a\ncheck-exits ()\nspawn b: a\n"
    "check-exits ()\nkill -SIGTERM b\nkill -SIGTERM TERM\n"
    "wait b SIGTERM within 20s\nwait TERM SIGTERM within 20s\n" },

  { "/compile/options",
    "spawn --cwd=/a --env=A=b --unset=C --clear-env --env=D=$tmp --stdin=pipe "
    "--stdout=o --merge --pty --umask=027 --limit=core=0,as=1K --user=u "
    "--nice=-3 --daemon --optional -- --x --cwd=/y",
    "p\ncheck-exits ()\nspawn _-x: --cwd=/a --clear-env --env=D=\"$tmp\" "
    "--stdin=pipe --stdout=o --merge --pty=24x80 --umask=027 "
    "--limit=core=0,as=1024 --user=u --nice=-3 --daemon --optional --x "
    "--cwd=/y\n" },
  { "/compile/options/last-wins", "run --limit=core=0 --limit=core=1,cpu=2m a",
    "p\ncheck-exits ()\nspawn a: --limit=core=1,cpu=120 a\n"
    "wait a 0 within 20s\n" },
  { "/compile/options/from-a-list", "let o = --merge --cwd=/\nrun $@o a",
    "p\ncheck-exits ()\nspawn a: --cwd=/ --merge a\nwait a 0 within 20s\n" },
  { "/compile/options/of-the-program", "run a --merge",
    "p\ncheck-exits ()\nspawn a: a --merge\nwait a 0 within 20s\n" },
  { "/compile/options/stdin-names",
    "run --stdin=null a\nrun --stdin=./null a\n"
    "run --stdin=inherit a",
    "p\ncheck-exits ()\nspawn a: a\nwait a 0 within 20s\n"
    "check-exits ()\nspawn a-1: --stdin=./null a\nwait a-1 0 within 20s\n"
    "check-exits ()\nspawn a-2: --stdin=inherit a\nwait a-2 0 within 20s\n" },

  { "/compile/settings",
    "cd a\nenv A=1 B=2\nunset B\numask 2\ntimeout 1s\nrun x\ncd /b\nrun x",
    "p\ncheck-exits ()\nspawn x: --cwd=a --env=A=1 --unset=B --umask=002 x\n"
    "wait x 0 within 1s\n"
    "check-exits ()\nspawn x-1: --cwd=/b --env=A=1 --unset=B --umask=002 x\n"
    "wait x-1 0 within 1s\n" },
  { "/compile/settings/of-a-test",
    "timeout 3s\ntest a { timeout 1s; env A=1; run x }\ntest b { run x }",
    "a\ncheck-exits ()\nspawn x: --env=A=1 x\nwait x 0 within 1s\n"
    "b\ncheck-exits ()\nspawn x: x\nwait x 0 within 3s\n" },
  { "/compile/settings/of-setup",
    "setup { env A=1; cd /; let v = w }\n"
    "test a { run $v }\nteardown { run $v }",
    "a\ndefer (section 1)\n"
    "check-exits ()\nspawn w: --cwd=/ --env=A=1 w\nwait w 0 within 20s\n"
    "-- section\n"
    "check-exits ()\nspawn w-1: --cwd=/ --env=A=1 w\n"
    "wait w-1 0 within 20s\n" },
  { "/compile/settings/env-is-seen",
    "env A=1\nlog $A ${A:-2}\nunset A\n"
    "log ${A:-2}",
    "p\nlog \"1 1\"\nlog 2\n" },

  { "/compile/variables",
    "let a = b\nlet l = 1 \"2 3\"\nlog $a-$a ${a}x $l\n"
    "run x $@l $l",
    "p\nlog \"b-b bx 1 2 3\"\n"
    "check-exits ()\nspawn x: x 1 \"2 3\" \"1 2 3\"\nwait x 0 within 20s\n" },
  { "/compile/variables/with-dashes", "let a = 1\nlet a-b = 2\nlog $a-b $a-c",
    "p\nlog \"2 1-c\"\n" },
  { "/compile/variables/built-in", "log $plan $test $builddir\nlog $tmp$logdir",
    "p\nlog \"p p /started\"\nlog \"$tmp$logdir\"\n" },
  { "/compile/variables/known-later", "let d = $tmp/x\nrun a $d/$d",
    "p\ncheck-exits ()\nspawn a: a \"$tmp/x/$tmp/x\"\n"
    "wait a 0 within 20s\n" },
  { "/compile/variables/empty-list",
    "def m r... { run x $@r y; log \"$r\" }\nm",
    "p\ncheck-exits ()\nspawn x: x y\nwait x 0 within 20s\nlog \"\"\n" },
  { "/compile/variables/shadowed",
    "let a = 1\ndef m a { log $a }\nm 2\n"
    "for a in 3 { log $a }\nlog $a",
    "p\nlog 2\nlog 3\nlog 1\n" },

  { "/compile/for", "for i in a \"b c\" 1..2 { log $i }",
    "p\nlog a\nlog \"b c\"\nlog 1\nlog 2\n" },
  { "/compile/for/down", "for i in 2..-1 { log $i }",
    "p\nlog 2\nlog 1\nlog 0\nlog -1\n" },
  { "/compile/for/no-range", "for i in '1..2' a..b 1.. 1..2..3 { log $i }",
    "p\nlog 1..2\nlog a..b\nlog 1..\nlog 1..2..3\n" },
  { "/compile/repeat", "repeat 2 { log a }\nrepeat 0 { log b }",
    "p\nlog a\nlog a\n" },
  { "/compile/if",
    "if a == b { log 1 } else if not a == b { log 2 } else { log "
    "3 }\nif file / { log 4 }",
    "p\nlog 2\nlog 4\n" },

  { "/compile/tests", "test a { log $test }\ntest b { log $test }",
    "a\nlog a\nb\nlog b\n" },
  { "/compile/tests/from-a-loop", "for i in 1..2 { test t$i { log $i } }",
    "t1\nlog 1\nt2\nlog 2\n" },
  { "/compile/tests/from-a-macro", "def m n { test $n { log $n } }\nm a\nm b",
    "a\nlog a\nb\nlog b\n" },
  { "/compile/tests/none", "let a = 1\ndef m { log x }\nsetup { log y }", "" },
  { "/compile/tests/the-file",
    "def m { log x }\nif a == a { let b = 1 }\nm\n"
    "log $b\nsetup { log y }",
    "p\nlog y\nlog x\nlog 1\n" },

  { "/compile/cleanup",
    "setup { log s }\nteardown { log t1 }\nteardown { log t2 }\n"
    "test a { defer { log d1 }; log x; defer { log d2 } }",
    "a\ndefer (section 4)\ndefer (section 3)\nlog s\ndefer (section 2)\n"
    "log x\ndefer (section 1)\n"
    "-- section\nlog d2\n-- section\nlog d1\n"
    "-- section\nlog t2\n-- section\nlog t1\n" },
  { "/compile/cleanup/of-a-round",
    "for i in 1..2 { let j = $i; spawn a; "
    "defer { kill a; log $j } }",
    "p\ncheck-exits ()\nspawn a: a\ndefer (section 2)\n"
    "check-exits ()\nspawn a-1: a\ndefer (section 1)\n"
    "-- section\ncheck-exits ()\nkill -SIGTERM a-1\n"
    "wait a-1 SIGTERM within 20s\nlog 2\n"
    "-- section\ncheck-exits ()\nkill -SIGTERM a\n"
    "wait a SIGTERM within 20s\nlog 1\n" },
  { "/compile/cleanup/settings", "env A=1\ndefer { run a }\nenv A=2\nrun b",
    "p\ndefer (section 1)\n"
    "check-exits ()\nspawn b: --env=A=2 b\nwait b 0 within 20s\n"
    "-- section\ncheck-exits ()\nspawn a: --env=A=1 a\n"
    "wait a 0 within 20s\n" },
  { "/compile/here-document", "run cat <<E x\n$plan \\$\nE\n",
    "p\ncheck-exits ()\nspawn cat: cat x <<\"p \\$\\n\"\n"
    "wait cat 0 within 20s\n" },
};

static void
test_case (const void *data)
{
  const Case *const c = data;
  Compiled compiled;

  compiled_init (&compiled, c->text, strlen (c->text));

  g_autofree char *ops = compiled_ops (&compiled);

  if (compiled.plan == NULL)
    {
      g_autofree char *messages = compiled_messages (&compiled);

      g_test_message ("%s", messages);
    }
  g_assert_nonnull (compiled.plan);
  g_assert_cmpstr (ops, ==, c->ops);
  compiled_clear (&compiled);
}

/* --- What the machine relies on ----------------------------------------- */

static void
test_links (void)
{
  static const char text[] = "defer { run a }\nspawn b\nlog x\n"
                             "spawnPar { c; d }\nkill b grace 1s\n"
                             "waitPar { c; d }";
  Compiled compiled;
  uint32_t last = PLAN_NONE;
  unsigned n = 0;

  compiled_init (&compiled, text, strlen (text));
  for (uint32_t i = 0; i < compiled.plan->n_ops; i++)
    {
      if (compiled.plan->ops[i].code != OP_CHECK_EXITS)
        continue;
      if (last != PLAN_NONE)
        g_assert_cmpuint (compiled.plan->ops[last].next, ==, i);
      last = i;
      n++;
    }
  g_assert_cmpuint (compiled.plan->ops[last].next, ==, PLAN_NONE);
  g_assert_cmpuint (n, ==, 5);
  compiled_clear (&compiled);
}

static void
test_flags (void)
{
  static const char text[] = "a = spawn x\nb = spawn x\nc = spawn x\n"
                             "kill --group a\nwaitPar { b }\nwait c\n"
                             "d = spawn x\nkill d 0";
  static const struct
  {
    OpCode code;
    unsigned flags;
  } expected[] = {
    { OP_CHECK_EXITS, OP_FLAG_KILL },
    { OP_KILL, OP_FLAG_GROUP },
    { OP_WAIT, OP_FLAG_KILL | OP_FLAG_PAR | OP_FLAG_NO_STATUS },
    { OP_CHECK_EXITS, OP_FLAG_PAR },
    { OP_WAIT, OP_FLAG_PAR },
    { OP_CHECK_EXITS, 0 },
    { OP_WAIT, 0 },
    { OP_CHECK_EXITS, 0 },
    { OP_SPAWN, 0 },
    { OP_CHECK_EXITS, OP_FLAG_KILL },
    { OP_KILL, 0 },
    { OP_WAIT, OP_FLAG_KILL | OP_FLAG_PAR },
  };
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));
  for (unsigned i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const PlanOp *const op = &compiled.plan->ops[6 + i];

      g_assert_cmpuint (op->code, ==, expected[i].code);
      g_assert_cmpuint (op->flags, ==, expected[i].flags);
    }
  compiled_clear (&compiled);
}

static void
test_processes (void)
{
  static const char text[] = "a = spawn --daemon x\nspawn y\nkill y";
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));

  const PlanTest *const test = &compiled.plan->tests[0];

  g_assert_cmpuint (test->n_processes, ==, 2);
  g_assert_cmpstr (test->processes[0].name, ==, "a");
  g_assert_cmpuint (test->processes[0].flags, ==, PLAN_DAEMON);
  g_assert_cmpuint (test->processes[0].spawn_op, ==, 1);
  g_assert_cmpuint (test->processes[0].wait_op, ==, PLAN_NONE);
  g_assert_cmpstr (test->processes[1].name, ==, "y");
  g_assert_cmpuint (test->processes[1].spawn_op, ==, 3);
  g_assert_cmpuint (test->processes[1].wait_op, ==, 6);
  /* Started with the same, so they share it. */
  g_assert_true (test->processes[0].spawn->context
                 == test->processes[1].spawn->context);
  compiled_clear (&compiled);
}

static void
test_facts (void)
{
  static const char text[]
      = "tags all\nlevel 2\ntest a { tags x y x; level 3; log x }\n"
        "test b { requires file /no/such/file; log x }";
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));

  const PlanTest *const a = &compiled.plan->tests[0];
  const PlanTest *const b = &compiled.plan->tests[1];

  g_assert_cmpuint (a->level, ==, 3);
  g_assert_cmpuint (a->n_tags, ==, 3);
  g_assert_cmpstr (a->tags[0], ==, "all");
  g_assert_cmpstr (a->tags[2], ==, "y");
  g_assert_null (a->skip_reason);
  g_assert_cmpuint (b->level, ==, 2);
  g_assert_cmpuint (b->n_tags, ==, 1);
  g_assert_cmpstr (b->skip_reason, ==, "requires file /no/such/file");
  compiled_clear (&compiled);
}

/* The row of a macro or a round, the outer before the inner. */
static void
test_expansions (void)
{
  static const char text[] = "def m { log x; log y }\n"
                             "for i in a b { log $i; m }\nrepeat 1 { }\nm";
  static const struct
  {
    uint32_t first_op;
    uint32_t n_ops;
    const char *text;
  } expected[] = {
    { 0, 3, "with i = a" },
    { 1, 2, "expanded from \"m\", called here" },
    { 3, 3, "with i = b" },
    { 4, 2, "expanded from \"m\", called here" },
    { 6, 2, "expanded from \"m\", called here" },
  };
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));
  g_assert_cmpuint (compiled.plan->n_expansions, ==, G_N_ELEMENTS (expected));
  for (unsigned i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const PlanExpansion *const row = &compiled.plan->expansions[i];

      g_assert_cmpuint (row->first_op, ==, expected[i].first_op);
      g_assert_cmpuint (row->n_ops, ==, expected[i].n_ops);
      g_assert_cmpstr (row->text, ==, expected[i].text);
    }
  compiled_clear (&compiled);
}

/* --- Statuses ------------------------------------------------------------ */

#define EXITED(code)   ((code) << 8)
#define KILLED(signal) (signal)

static const struct
{
  const char *path;
  const char *status;
  int good[3];
  int bad[3];
} statuses[] = {
  { "/compile/status/code",
    "3",
    { EXITED (3), EXITED (3), EXITED (3) },
    { EXITED (0), EXITED (2), KILLED (3) } },
  { "/compile/status/signal",
    "SIGTERM",
    { KILLED (15), KILLED (15), KILLED (15) },
    { EXITED (15), KILLED (9), EXITED (0) } },
  { "/compile/status/any",
    "any",
    { EXITED (0), EXITED (255), KILLED (9) },
    { -1, -1, -1 } },
  { "/compile/status/failure",
    "!0",
    { EXITED (1), EXITED (255), KILLED (64) },
    { EXITED (0), EXITED (0), EXITED (0) } },
  { "/compile/status/range",
    "1..127",
    { EXITED (1), EXITED (64), EXITED (127) },
    { EXITED (0), EXITED (128), KILLED (15) } },
  { "/compile/status/alternatives",
    "0|SIGTERM|3..4",
    { EXITED (0), KILLED (15), EXITED (4) },
    { EXITED (1), EXITED (5), KILLED (9) } },
  { "/compile/status/not-a-signal",
    "!KILL",
    { EXITED (0), KILLED (15), EXITED (9) },
    { KILLED (9), KILLED (9), KILLED (9) } },
};

static void
test_status (const void *data)
{
  const unsigned n = GPOINTER_TO_UINT (data);
  g_autofree char *text
      = g_strdup_printf ("run --status=%s a", statuses[n].status);
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));

  const PlanStatus *const status
      = &compiled.plan->statuses[compiled.plan->ops[2].status];

  for (unsigned i = 0; i < 3; i++)
    {
      g_assert_true (plan_status_has (status, statuses[n].good[i]));
      if (statuses[n].bad[i] >= 0)
        g_assert_false (plan_status_has (status, statuses[n].bad[i]));
    }
  compiled_clear (&compiled);
}

/* --- Much ---------------------------------------------------------------- */

/* Many processes of one command have what they are started with in common. */
static void
test_stored_once (void)
{
  static const char text[] = "repeat 10000 { spawn a b c; wait a }";
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));

  const Plan *const plan = compiled.plan;

  g_assert_cmpuint (plan->n_ops, ==, 40000);
  g_assert_true (plan->tests[0].processes[0].spawn
                 == plan->tests[0].processes[9999].spawn);
  g_assert_cmpstr (plan->tests[0].processes[9999].name, ==, "a-9999");
  g_assert_cmpuint (arena_size (plan->arena) / plan->n_ops, <=, 64);
  compiled_clear (&compiled);
}

/* Who we are depends on who runs this. */
static void
test_user (void)
{
  g_autofree char *text = g_strdup_printf (
      "if user %u { log number }\nif user root { log root }\n"
      "if not user %u { log other }\nif user %u { log wrong }",
      (unsigned)geteuid (), (unsigned)geteuid () + 1, (unsigned)geteuid () + 1);
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));

  g_autofree char *ops = compiled_ops (&compiled);

  g_assert_cmpstr (ops, ==,
                   geteuid () == 0 ? "p\nlog number\nlog root\nlog other\n"
                                   : "p\nlog number\nlog other\n");
  compiled_clear (&compiled);
}

static void
test_long_plan (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Compiled compiled;

  for (unsigned i = 0; i < 10000; i++)
    g_string_append_printf (text, "p%u = spawn a\nwait p%u\n", i, i);
  compiled_init (&compiled, text->str, text->len);
  g_assert_cmpuint (compiled.plan->n_ops, ==, 40000);
  g_assert_cmpuint (arena_size (compiled.plan->arena) / 40000, <=, 64);
  compiled_clear (&compiled);
}

static void
test_cut_off (void)
{
  static const char text[]
      = "let a = 1 2\ndef m x y... { spawn $x $@y; wait $x }\nsetup { env A=b; "
        "cd /; timeout 1s }\nteardown { log t }\ntags q\ntest t { for i in "
        "1..2 "
        "{ p$i = spawn --merge a <<E }\nx $i\nE\n kill -9 p1 0 p2 within 1s "
        "grace 2s\n if set A { m b c } else { skip x }\n spawnPar { c; d }\n "
        "waitPar { c 0; d !0 } within 1m\n defer { run e } }";

  compiling_assert_beginnings (text, sizeof text - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  for (unsigned i = 0; i < G_N_ELEMENTS (statuses); i++)
    g_test_add_data_func (statuses[i].path, GUINT_TO_POINTER (i), test_status);
  g_test_add_func ("/compile/links", test_links);
  g_test_add_func ("/compile/flags", test_flags);
  g_test_add_func ("/compile/processes", test_processes);
  g_test_add_func ("/compile/facts", test_facts);
  g_test_add_func ("/compile/expansions", test_expansions);
  g_test_add_func ("/compile/stored-once", test_stored_once);
  g_test_add_func ("/compile/user", test_user);
  g_test_add_func ("/compile/long-plan", test_long_plan);
  g_test_add_func ("/compile/cut-off", test_cut_off);
  return g_test_run ();
}
