#include "config.h"

#include "compiling.h"

#include <string.h>
#include <unistd.h>

/* The words that talk to processes, and the blocks that are operations. */
typedef struct
{
  const char *path;
  const char *text;
  const char *expected; /* operations; or, if it is wrong, messages */
} Case;

static const Case cases[] = {
  { "/conversation/expect",
    "p = spawn a\nexpect p 'x(.)(.)' -> a b unless \"it's\" within 1s\n"
    "expect p stderr x\nwait p",
    "p\ncheck-exits ()\nspawn p: a\n"
    "expect p stdout 'x(.)(.)' -> a b unless \"it's\" within 1s\n"
    "expect p stderr 'x' within 20s\ncheck-exits (p)\nwait p 0 within 20s\n" },
  { "/conversation/expect/words-as-patterns",
    "p = run a\nexpect p stdout stdout\nexpect p 'stderr'\nexpect p 'within'",
    "p\ncheck-exits ()\nspawn p: a\nwait p 0 within 20s\n"
    "expect p stdout 'stdout' within 20s\nexpect p stdout 'stderr' within 20s\n"
    "expect p stdout 'within' within 20s\n" },
  { "/conversation/expect/names-before-keys",
    "p = run a\nexpect p -> n within 1s 'x(.)'\nlog $n",
    "p\ncheck-exits ()\nspawn p: a\nwait p 0 within 20s\n"
    "expect p stdout 'x(.)' -> n within 1s\nlog \"$n\"\n" },
  { "/conversation/expect/unknown-parts",
    "p = run a\nn = freePort\nexpect p \"[$n\" -> x y",
    "p\ncheck-exits ()\nspawn p: a\nwait p 0 within 20s\nfree-port -> n\n"
    "expect p stdout \"[$n\" -> x y within 20s\n" },
  { "/conversation/await",
    "p = spawn --daemon a\nawait tcp:80 by p\ncd /x\nawait not file:a within "
    "1s",
    "p\ncheck-exits ()\nspawn p: --daemon a\nawait tcp:80 by p within 20s\n"
    "await --cwd=/x not file:a within 1s\n" },
  { "/conversation/send",
    "p = spawn --stdin=pipe a\nsend p <<E\nx $test\nE\nclose p\nwait p",
    "p\ncheck-exits ()\nspawn p: --stdin=pipe a\nsend p \"x p\\n\" within 20s\n"
    "close p\ncheck-exits (p)\nwait p 0 within 20s\n" },
  { "/conversation/check/sides",
    "file = run a\ncheck file == x\ncheck file stderr empty\n"
    "check file stdout == file b\ncheck 'file' == file\ncheck 5 < 6.5",
    "p\ncheck-exits ()\nspawn file: a\nwait file 0 within 20s\n"
    "check file stdout == x\ncheck file stderr empty\n"
    "check file stdout == file b\ncheck file == file\ncheck 5 < 6.5\n" },
  { "/conversation/check/active",
    "active = run a\ncheck active == x\ncheck active rss < 1M",
    "p\ncheck-exits ()\nspawn active: a\nwait active 0 within 20s\n"
    "check active stdout == x\ncheck active rss < 1M within 20s\n" },
  { "/conversation/check/path-like-a-compare", "check file == == x",
    "p\ncheck file == == x\n" },
  { "/conversation/values/later-ones",
    "p = spawn --daemon a\nx = pid p\nlet y = $x\ndefer { log $x $z }\n"
    "x = freePort\nz = freePort\nlog $x $y $x-1",
    "p\ncheck-exits ()\nspawn p: --daemon a\npid p -> x\ndefer (section 1)\n"
    "free-port -> x\nfree-port -> z\nlog \"$x $x ${x}-1\"\n"
    "-- section\nlog \"$x $z\"\n" },
  { "/conversation/values/of-a-macro",
    "def m n { $n = freePort; $n-b = freePort; let v = ${n}! }\nm a\nlog "
    "$a$a-b",
    "p\nfree-port -> a\nfree-port -> a-b\nlog \"$a$a-b\"\n" },
  { "/conversation/values/hidden",
    "a = freePort\nfor a in 1 2 { log $a }\nlog $a",
    "p\nfree-port -> a\nlog 1\nlog 2\nlog \"$a\"\n" },
  { "/conversation/file", "umask 077\ncd d\nfile a mode 0600 b\nfile c d",
    "p\nfile --cwd=d --umask=077 a mode 0600 b\nfile --cwd=d --umask=077 c "
    "d\n" },
  { "/conversation/adopt",
    "adopt pidfile a/x.pid\nadopt pidfile x.pid within 1s\ny = adopt pidfile "
    "$tmp\nkill x x-1 y",
    "p\ncheck-exits ()\nadopt x: pidfile a/x.pid within 20s\n"
    "check-exits ()\nadopt x-1: pidfile x.pid within 1s\n"
    "check-exits ()\nadopt y: pidfile \"$tmp\" within 20s\n"
    "check-exits ()\nkill -SIGTERM x\nkill -SIGTERM x-1\nkill -SIGTERM y\n"
    "wait x SIGTERM within 20s\nwait x-1 SIGTERM within 20s\n"
    "wait y SIGTERM within 20s\n" },
  { "/conversation/eventually",
    "eventually within 1s every 5ms { eventually { run a } }",
    "p\neventually (block 1) within 1s every 5ms\n"
    "eventually (block 2) within 20s every 100ms\ncheck-exits ()\nspawn a: a\n"
    "wait a 0 within 20s\nend (block 2)\nend (block 1)\n" },
  { "/conversation/thread",
    "spawnThread { timeout 1s; spawnThread { run a }; wait thread-1 }\n"
    "wait thread\nb = spawnThread { }\nwait b any within 2s",
    "p\nthread thread (block 1)\nthread thread-1 (block 2)\ncheck-exits ()\n"
    "spawn a: a\nwait a 0 within 1s\nend thread-1 (block 2)\n"
    "wait-thread thread-1 0 within 1s\nend thread (block 1)\n"
    "wait-thread thread 0 within 20s\nthread b (block 3)\nend b (block 3)\n"
    "wait-thread b any within 2s\n" },
  { "/conversation/thread/names",
    "repeat 2 { spawnThread { run a }; wait thread }\n"
    "b = spawnThread quiet { timeout 1s; run b }\nwait b 1 within 2s",
    "p\nthread thread (block 1)\ncheck-exits ()\nspawn a: a\n"
    "wait a 0 within 20s\nend thread (block 1)\n"
    "wait-thread thread 0 within 20s\n"
    "thread thread-1 (block 2)\ncheck-exits ()\nspawn a-1: a\n"
    "wait a-1 0 within 20s\nend thread-1 (block 2)\n"
    "wait-thread thread-1 0 within 20s\n"
    "thread b (block 3) quiet\ncheck-exits ()\nspawn b-1: b\n"
    "wait b-1 0 within 1s\nend b (block 3)\nwait-thread b 1 within 2s\n" },
  { "/conversation/join",
    "join within 3s { spawn a; t = spawnThread { spawn b }; spawn c; wait c }",
    "p\njoin (block 1) within 3s\ncheck-exits ()\nspawn a: a\n"
    "thread t (block 2)\ncheck-exits ()\nspawn b: b\nend t (block 2)\n"
    "check-exits ()\nspawn c: c\ncheck-exits (c)\nwait c 0 within 20s\n"
    "check-exits (a)\nwait a 0 within 3s\nwait-thread t 0 within 3s\n"
    "check-exits (b)\nwait b 0 within 3s\nend (block 1)\n" },
  { "/conversation/join/used-by-a-thread",
    "join { p = spawn a; spawnThread { signal -HUP p } }",
    "p\njoin (block 1) within 20s\ncheck-exits ()\nspawn p: a\n"
    "thread thread (block 2)\ncheck-exits ()\nsignal -SIGHUP p\n"
    "end thread (block 2)\nwait-thread thread 0 within 20s\n"
    "check-exits (p)\nwait p 0 within 20s\nend (block 1)\n" },

  { "/conversation/wrong/outside", "test a { log x }\nx = freePort",
    "2:1: error: this stands outside of the tests\n1:6: note: only a plan "
    "without \"test\" blocks is one test as a whole\n" },
  { "/conversation/wrong/not-known-yet", "log $x\nlog $y\nx = freePort",
    "1:5: error: the variable \"x\" is used before it gets its value\n"
    "3:1: note: it gets it here\n"
    "2:5: error: there is no variable \"y\"\n2:5: note: nor is it in the "
    "environment; ${y:-...} would give it a default\n" },
  { "/conversation/wrong/of-the-file", "let a = $x\ntest t { x = freePort }",
    "1:9: error: there is no variable \"x\"\n1:9: note: nor is it in the "
    "environment; ${x:-...} would give it a default\n" },
  { "/conversation/wrong/in-a-round", "repeat 2 { log $x; x = freePort }",
    "1:16: error: the variable \"x\" is used before it gets its value\n"
    "1:20: note: it gets it here\n" },
  { "/conversation/wrong/pattern-of-two",
    "let a = '('\np = run sh\nexpect p \"x$a\"",
    "3:10: error: this is not a pattern: missing closing parenthesis\n"
    "3:10: note: this is seen behind \"x(\"\n" },
  { "/conversation/wrong/pattern-at", "p = run sh\nexpect p 'a\u00e9[z-a]'",
    "2:16: error: this is not a pattern: range out of order in character "
    "class\n" },
  { "/conversation/wrong/pattern-bare", "p = run sh\nexpect p a**b",
    "2:12: error: this is not a pattern: quantifier does not follow a "
    "repeatable item\n" },
  { "/conversation/wrong/stream-of-none",
    "p = run --merge sh\ncheck p stderr "
    "empty",
    "2:9: error: the standard error of \"p\" goes where its standard output "
    "goes\n1:1: note: it is spawned here, with \"--merge\": ask its "
    "\"stdout\"\n" },
  { "/conversation/wrong/join-of-nothing", "join { log x }",
    "1:1: error: nothing is started in this block\n" },
  { "/conversation/wrong/thread-in-macro",
    "def m { wait t }\nt = spawnThread { m }\nwait t",
    "1:14: error: the thread \"t\" waits for itself\n2:1: note: it is started "
    "here\n2:19: note: expanded from \"m\", called here\n" },
};

static void
test_case (const void *data)
{
  const Case *const c = data;
  Compiled compiled;

  compiled_init (&compiled, c->text, strlen (c->text));

  g_autofree char *came = compiled.plan != NULL ? compiled_ops (&compiled)
                                                : compiled_messages (&compiled);

  g_assert_cmpstr (came, ==, c->expected);
  compiled_clear (&compiled);
}

/* --- What the machine relies on ------------------------------------------ */

/* The steps of a thread are a way of their own. */
static void
test_links (void)
{
  static const char text[]
      = "run a\n"
        "t = spawnThread { run b; spawnThread { run c; run d }; run e }\n"
        "run f\ndefer { run g }\nwait t";
  /* The steps, named after what they spawn, and those that follow. */
  static const char *const ways[] = { "af", "be", "cd", "d", "e", "fg", "g" };
  Compiled compiled;
  unsigned n = 0;

  compiled_init (&compiled, text, strlen (text));

  const PlanOp *const ops = compiled.plan->ops;
  const PlanProcess *const processes = compiled.plan->tests[0].processes;

  for (uint32_t i = 0; i < compiled.plan->n_ops; i++)
    {
      if (ops[i].code != OP_CHECK_EXITS)
        continue;
      g_assert_cmpint (processes[ops[i + 1].process].name[0], ==, ways[n][0]);
      if (ways[n][1] == '\0')
        g_assert_cmpuint (ops[i].next, ==, PLAN_NONE);
      else
        g_assert_cmpint (processes[ops[ops[i].next + 1].process].name[0], ==,
                         ways[n][1]);
      n++;
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (ways));
  compiled_clear (&compiled);
}

static void
test_blocks (void)
{
  static const char text[]
      = "log x\njoin within 2s { t = spawnThread quiet { log y } }\n"
        "eventually within 1s every 0 { log z }";
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));

  const PlanTest *const test = &compiled.plan->tests[0];
  const PlanBlock *const blocks = test->blocks;

  g_assert_cmpuint (test->n_blocks, ==, 3);
  g_assert_cmpint (blocks[0].kind, ==, BLOCK_JOIN);
  g_assert_cmpuint (blocks[0].first_op, ==, 1);
  g_assert_cmpuint (blocks[0].n_ops, ==, 6);
  g_assert_cmpuint (blocks[0].outer, ==, PLAN_NONE);
  g_assert_cmpint (blocks[0].microsecs, ==, 2000000);
  g_assert_cmpint (blocks[1].kind, ==, BLOCK_THREAD);
  g_assert_cmpstr (blocks[1].name, ==, "t");
  g_assert_cmpuint (blocks[1].first_op, ==, 2);
  g_assert_cmpuint (blocks[1].n_ops, ==, 3);
  g_assert_cmpuint (blocks[1].outer, ==, 0);
  g_assert_true (blocks[1].is_quiet);
  g_assert_cmpint (blocks[2].kind, ==, BLOCK_EVENTUALLY);
  g_assert_cmpuint (blocks[2].outer, ==, PLAN_NONE);
  g_assert_cmpint (blocks[2].every_microsecs, ==, 0);
  compiled_clear (&compiled);
}

static void
test_values (void)
{
  static const char text[]
      = "p = spawn --daemon a\nx = pid p\nexpect p '(.)(.)' -> y x\nlog $x$y";
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));

  const PlanTest *const test = &compiled.plan->tests[0];
  const PlanOp *const ops = compiled.plan->ops;

  g_assert_cmpuint (test->n_values, ==, 3);
  g_assert_cmpstr (test->values[0].name, ==, "x");
  g_assert_cmpstr (test->values[1].name, ==, "y");
  g_assert_cmpstr (test->values[2].name, ==, "x");
  g_assert_cmpuint (ops[2].value, ==, 0);
  g_assert_cmpint (ops[3].expect->stream, ==, STDOUT_FILENO);
  g_assert_cmpuint (ops[3].expect->n_values, ==, 2);
  g_assert_cmpuint (ops[3].expect->values[1], ==, 2);
  g_assert_cmpuint (ops[4].text->n_slots, ==, 2);
  g_assert_cmpuint (ops[4].text->slots[0].variable, ==, N_PLAN_VARS + 2);
  g_assert_cmpuint (ops[4].text->slots[1].variable, ==, N_PLAN_VARS + 1);
  compiled_clear (&compiled);
}

/* A cleanup sees what was given where it stands; what never was, later. */
static void
test_deferred (void)
{
  static const char text[]
      = "teardown { log $x }\n"
        "test t { x = freePort; defer { log $x$y }; x = freePort\n"
        "defer { log $x; x = freePort; log $x }; y = freePort }";
  static const uint32_t values[] = { 1, 3, 0, 2, 1 };
  Compiled compiled;
  unsigned n = 0;

  compiled_init (&compiled, text, strlen (text));
  for (uint32_t i = 0; i < compiled.plan->n_ops; i++)
    {
      const PlanOp *const op = &compiled.plan->ops[i];

      for (uint32_t k = 0; op->code == OP_LOG && k < op->text->n_slots; k++)
        g_assert_cmpuint (op->text->slots[k].variable - N_PLAN_VARS, ==,
                          values[n++]);
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (values));
  compiled_clear (&compiled);
}

static void
test_adopted (void)
{
  static const char text[] = "a = adopt pidfile x\nkill a";
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));

  const PlanProcess *const process = &compiled.plan->tests[0].processes[0];

  g_assert_null (process->spawn);
  g_assert_cmpuint (process->flags, ==, PLAN_ADOPTED);
  g_assert_cmpuint (process->spawn_op, ==, 1);
  g_assert_cmpuint (process->wait_op, ==, 4);
  compiled_clear (&compiled);
}

/* What is the same is there once, however many lines say it. */
static void
test_stored_once (void)
{
  static const char text[]
      = "p = spawn --daemon a\nrepeat 10000 { expect p 'x' unless 'y'\n"
        "await file:x\ncheck p lines 3\nfile a b }";
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));

  const PlanOp *const ops = compiled.plan->ops;

  for (unsigned i = 2; i < 6; i++)
    g_assert_true (ops[i].expect == ops[i + 4].expect);
  g_assert_cmpuint (arena_size (compiled.plan->arena), <=, 40000 * 64);
  compiled_clear (&compiled);
}

static void
test_cut_off (void)
{
  static const char text[]
      = "port = freePort\np = spawn --stdin=pipe a $port\n"
        "expect p stderr 'x(.)' -> a unless 'b' within 1s\n"
        "await not tcp:$port by p\nsend p <<E\n$a\nE\nclose p\n"
        "check p stdout == file x\ncheck $a matches '(x)'\nx = output p\n"
        "file \"$tmp/x\" mode 0600 y\neventually within 1s { run b }\n"
        "t = spawnThread quiet { q = spawn c; wait q; i = pid p }\nwait t 1\n"
        "join within 1s { spawn d; spawnThread { log $a } }\n"
        "e = adopt pidfile x within 1s\nkill e p\ndefer { log $i$x }";

  compiling_assert_beginnings (text, sizeof text - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/conversation/links", test_links);
  g_test_add_func ("/conversation/blocks", test_blocks);
  g_test_add_func ("/conversation/values", test_values);
  g_test_add_func ("/conversation/deferred", test_deferred);
  g_test_add_func ("/conversation/adopted", test_adopted);
  g_test_add_func ("/conversation/stored-once", test_stored_once);
  g_test_add_func ("/conversation/cut-off", test_cut_off);
  return g_test_run ();
}
