#include "config.h"

#include "compiling.h"

#include <string.h>

/* What is wrong with a plan, and what is said of it: line, column, message. */
typedef struct
{
  const char *path;
  const char *text;
  const char *messages;
} Case;

static const Case cases[] = {
  { "/messages/word/unknown", "wiat p",
    "1:1: error: there is no word \"wiat\"\n1:1: note: did you mean "
    "\"wait\"?\n" },
  { "/messages/word/unknown-far", "xyzzy",
    "1:1: error: there is no word \"xyzzy\"\n" },
  { "/messages/word/program", "cat /x",
    "1:1: error: there is no word \"cat\"\n1:1: note: a program is started "
    "with \"run\" or \"spawn\": run cat\n" },
  { "/messages/word/else", "else { log x }",
    "1:1: error: there is no word \"else\"\n1:1: note: \"else\" stands in the "
    "line of the \"}\" before it\n" },
  { "/messages/word/quoted", "\"log\" x",
    "1:1: error: a line begins with a word of the language, without quotes or "
    "variables\n" },
  { "/messages/word/not-taken", "if a == b { lgo x }",
    "1:13: error: there is no word \"lgo\"\n1:13: note: did you mean "
    "\"log\"?\n" },
  { "/messages/word/uncalled", "log x\ndef m { lgo y }",
    "2:9: error: there is no word \"lgo\"\n2:9: note: did you mean "
    "\"log\"?\n" },
  { "/messages/word/outside-of-test", "test a { log x }\nwait p",
    "2:1: error: this stands outside of the tests\n1:6: note: only a plan "
    "without \"test\" blocks is one test as a whole\n" },
  { "/messages/word/in-test", "test a { test b { log x } }",
    "1:10: error: \"test\" cannot stand in a test, only outside of it\n" },
  { "/messages/word/named", "x = log y",
    "1:1: error: \"log\" gives nothing that could have a name\n" },
  { "/messages/word/named-macro", "def m { log x }\nx = m",
    "2:1: error: \"m\" gives nothing that could have a name\n" },
  { "/messages/arguments/missing", "wait",
    "1:1: error: \"wait\" needs a process or a thread\n1:1: note: it is used "
    "so: wait PROCESS [STATUS] [within DURATION]\n" },
  { "/messages/arguments/missing-block", "repeat 2",
    "1:1: error: \"repeat\" needs a block\n1:1: note: it is used so: repeat "
    "TIMES { ... }\n" },
  { "/messages/arguments/missing-literal", "let a",
    "1:1: error: \"let\" needs a \"=\"\n1:1: note: it is used so: let NAME = "
    "VALUE...\n" },
  { "/messages/arguments/too-many", "sleep 1 2",
    "1:9: error: \"2\" is more than \"sleep\" takes\n1:9: note: it is used so: "
    "sleep TIME\n" },
  { "/messages/arguments/too-many-limit", "p = spawn sh\nwait p 0 5s",
    "2:10: error: \"5s\" is more than \"wait\" takes\n2:10: note: did you mean "
    "\"within 5s\"?\n" },
  { "/messages/arguments/key-alone", "p = spawn sh\nwait p within",
    "2:8: error: a duration is missing behind \"within\"\n" },
  { "/messages/arguments/key-twice", "p = spawn sh\nwait p within 1 within 2",
    "2:17: error: \"within\" stands here twice\n" },
  { "/messages/arguments/literal", "for i on a { log x }",
    "1:7: error: \"on\" stands where \"in\" should\n1:7: note: it is used so: "
    "for VARIABLE in VALUE... { ... }\n" },
  { "/messages/arguments/block-for-text", "log { x }",
    "1:5: error: \"log\" takes no block\n1:5: note: it is used so: log "
    "TEXT...\n" },
  { "/messages/arguments/two-blocks", "repeat 1 { log x } { log y }",
    "1:20: error: \"repeat\" takes no block here\n1:20: note: it is used so: "
    "repeat TIMES { ... }\n" },
  { "/messages/arguments/text-for-block", "repeat 2 x",
    "1:10: error: \"x\" is more than \"repeat\" takes\n1:10: note: it is used "
    "so: repeat TIMES { ... }\n" },
  { "/messages/arguments/here-document", "sleep <<E\n1\nE",
    "1:7: error: a here-document stands where a duration should\n" },
  { "/messages/arguments/dash-behind", "p = spawn sh\nkill p -9",
    "2:8: error: \"-9\" is more than \"kill\" takes\n2:8: note: a signal "
    "stands before everything else\n2:8: note: it is used so: kill [-SIGNAL] "
    "[--group] PROCESS... [within DURATION] [grace DURATION]\n" },
  { "/messages/type/number", "repeat x { log y }",
    "1:8: error: \"x\" is not a number\n1:8: note: a number is like 3\n" },
  { "/messages/type/number-too-large", "repeat 1000000000000 { log y }",
    "1:8: error: \"1000000000000\" is not a number\n1:8: note: a number is "
    "like 3\n" },
  { "/messages/type/duration", "sleep soon",
    "1:7: error: \"soon\" is not a duration\n1:7: note: a duration is like 5s, "
    "250ms, 1.5m\n" },
  { "/messages/type/duration-unit", "sleep 5x",
    "1:7: error: \"5x\" is not a duration\n1:7: note: the units are ms, s, m "
    "or h; without one it is seconds\n" },
  { "/messages/type/name", "test a/b { log x }",
    "1:6: error: \"a/b\" cannot be a name\n1:6: note: a name is of letters, "
    "digits, \"_\" and \"-\", and begins with a letter or \"_\"\n" },
  { "/messages/type/path-empty", "cd \"\"",
    "1:4: error: an empty text stands where a path should\n" },
  { "/messages/type/path-nul", "cd \"a\\0\"",
    "1:4: error: there cannot be a NUL character in this\n" },
  { "/messages/type/mode", "umask 8",
    "1:7: error: \"8\" is not an octal mode\n1:7: note: an octal mode is like "
    "022\n" },
  { "/messages/type/mode-large", "umask 1777",
    "1:7: error: a file mode mask is at most 0777\n" },
  { "/messages/type/signal", "p = spawn sh\nkill -FOO p",
    "2:6: error: there is no signal \"FOO\"\n" },
  { "/messages/type/signal-near", "p = spawn sh\nkill -KIL p",
    "2:6: error: there is no signal \"KIL\"\n2:6: note: did you mean "
    "\"SIGKILL\"?\n" },
  { "/messages/type/status", "p = spawn sh\nwait p foo",
    "2:8: error: \"foo\" is no status\n2:8: note: a status is like 0, 1..127, "
    "!0, SIGTERM, 0|SIGTERM, any\n" },
  { "/messages/type/status-code", "p = spawn sh\nwait p 256",
    "2:8: error: there is no exit code 256: they are 0 to 255\n" },
  { "/messages/type/status-near", "p = spawn sh\nwait p SIGTREM",
    "2:8: error: \"SIGTREM\" is no status\n2:8: note: did you mean "
    "\"SIGTERM\"?\n" },
  { "/messages/type/not-known", "sleep $tmp",
    "1:7: error: this is known only when the test runs, and a duration must be "
    "known before\n" },
  { "/messages/type/level", "level 0\nlog x",
    "1:7: error: levels begin with 1\n" },
  { "/messages/type/timeout", "timeout 0\nlog x",
    "1:9: error: a wait that may take no time always fails\n" },
  { "/messages/process/unknown", "wait p",
    "1:6: error: there is no process \"p\"\n" },
  { "/messages/process/near", "web = spawn sh\nwait wbe",
    "2:6: error: there is no process \"wbe\"\n1:1: note: did you mean \"web\", "
    "spawned here?\n" },
  { "/messages/process/early", "wait p\np = spawn sh",
    "1:6: error: the process \"p\" is used before it is spawned\n2:1: note: it "
    "is spawned here\n" },
  { "/messages/process/twice", "p = spawn sh\nwait p\nwait p",
    "3:6: error: the process \"p\" has been waited for already\n2:1: note: "
    "here\n" },
  { "/messages/process/gone", "p = spawn sh\nwait p\nstop p",
    "3:6: error: the process \"p\" is gone here\n2:1: note: it has been waited "
    "for here\n" },
  { "/messages/process/name-taken", "p = spawn sh\np = spawn sh",
    "2:1: error: there is a process \"p\" already\n1:1: note: it got its name "
    "here\n" },
  { "/messages/process/name-of-command", "spawn sh\nsh = spawn sh",
    "2:1: error: there is a process \"sh\" already\n1:1: note: it is spawned "
    "here, and called so after its command\n" },
  { "/messages/process/name-bad", "a/b = spawn c",
    "1:1: error: \"a/b\" cannot be a name\n1:1: note: a name is of letters, "
    "digits, \"_\" and \"-\", and begins with a letter or \"_\"\n" },
  { "/messages/process/name-not-known", "p$tmp = spawn c",
    "1:1: error: this is known only when the test runs, and the name of a "
    "process must be known before\n" },
  { "/messages/process/name-long",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx = spawn c",
    "1:1: error: the name of a process has at most 128 letters\n" },
  { "/messages/process/in-a-loop", "for i in 1..2 { p = spawn sh }",
    "1:17: error: there is a process \"p\" already\n1:17: note: it got its "
    "name here\n1:17: note: in a loop, put its variable into the name: "
    "p$i\n1:1: note: with i = 2\n" },
  { "/messages/process/killed-twice", "p = spawn sh\nkill p p",
    "2:8: error: this process stands here twice\n" },
  { "/messages/process/killed-after", "p = spawn sh\nkill p\ndefer { kill p }",
    "3:14: error: the process \"p\" has been waited for already\n2:1: note: "
    "here\n" },
  { "/messages/process/no-signal", "p = spawn sh\nsignal p",
    "2:1: error: \"signal\" needs a signal\n2:1: note: it stands before the "
    "process: signal -HUP p\n" },
  { "/messages/process/empty-list", "def m l... { kill $@l }\nm",
    "1:14: error: there is no process in this list\n2:1: note: expanded from "
    "\"m\", called here\n" },
  { "/messages/par/empty-spawn", "spawnPar { }",
    "1:1: error: there is no command in this block\n" },
  { "/messages/par/empty-wait", "waitPar { }",
    "1:1: error: there is no process in this block\n" },
  { "/messages/par/wait-named", "p = spawn sh\nwaitPar { x = p }",
    "2:11: error: a name cannot be given here\n" },
  { "/messages/par/wait-more", "p = spawn sh\nwaitPar { p 0 1 }",
    "2:15: error: \"1\" is more than a line of \"waitPar\" takes\n2:15: note: "
    "a line is: PROCESS [STATUS]; \"within\" stands behind the block\n" },
  { "/messages/par/wait-twice", "p = spawn sh\nwaitPar { p; p }",
    "2:14: error: the process \"p\" has been waited for already\n2:11: note: "
    "here\n" },
  { "/messages/command/missing", "spawn --merge",
    "1:1: error: the command is missing\n" },
  { "/messages/command/empty", "run \"\"",
    "1:5: error: an empty text stands where a command should\n" },
  { "/messages/command/nul", "run \"a\\0b\"",
    "1:5: error: there cannot be a NUL character in this\n" },
  { "/messages/command/block", "run a { b }",
    "1:7: error: a block stands where a text should\n1:7: note: a brace that "
    "is text stands between quotes: \"{\"\n" },
  { "/messages/command/habit-pipe", "run a | b",
    "1:7: error: there is no shell here that knows \"|\"\n1:7: note: a "
    "pipeline is for a shell: sh -c '... | ...'; as a text it stands between "
    "quotes\n" },
  { "/messages/command/habit-glued", "run a >b",
    "1:7: error: there is no shell here that knows the \">\" in \">b\"\n1:7: "
    "note: standard output and standard error go to logs, or with options "
    "before the command elsewhere: --stdout=FILE, --merge; as a text it stands "
    "between quotes: '>b'\n" },
  { "/messages/command/habit-indent", "run a <<-E",
    "1:7: error: there is no shell here that knows the \"<\" in \"<<-E\"\n1:7: "
    "note: a "
    "here-document that may be indented is written <<~EOF; as a text it stands "
    "between quotes: '<<-E'\n" },
  { "/messages/command/two-stdins", "run a <<E <<F\nE\nF",
    "1:11: error: the standard input is given already\n" },
  { "/messages/option/unknown", "run --cwdd=/ a",
    "1:5: error: there is no option \"--cwdd\"\n1:5: note: did you mean "
    "\"--cwd\"?\n" },
  { "/messages/option/unknown-short", "run -x a",
    "1:5: error: there is no option \"-x\"\n1:5: note: a program whose name "
    "begins with \"-\" stands behind \"--\"\n" },
  { "/messages/option/no-value", "run --cwd a",
    "1:5: error: \"--cwd\" needs a value: --cwd=DIR\n" },
  { "/messages/option/empty-value", "run --cwd= a",
    "1:5: error: the value of \"--cwd\" is empty\n" },
  { "/messages/option/value", "run --merge=1 a",
    "1:5: error: \"--merge\" takes no value\n" },
  { "/messages/option/of-run", "spawn --status=0 a",
    "1:7: error: \"--status\" is no option of \"spawn\", only of \"run\"\n" },
  { "/messages/option/of-spawn", "run --daemon a",
    "1:5: error: \"--daemon\" is no option of \"run\", only of \"spawn\"\n" },
  { "/messages/option/umask", "run --umask=9 a",
    "1:5: error: \"9\" is not a file mode mask\n1:5: note: a file mode mask is "
    "like 022\n" },
  { "/messages/option/limit", "run --limit=x a",
    "1:5: error: \"x\" is not a limit\n1:5: note: a limit is like "
    "nofile=64,as=512M\n" },
  { "/messages/option/limit-name", "run --limit=nofil=1 a",
    "1:5: error: there is no limit \"nofil\"\n1:5: note: did you mean "
    "\"nofile\"?\n" },
  { "/messages/option/limit-no-name", "run --limit=zzz=1 a",
    "1:5: error: there is no limit \"zzz\"\n1:5: note: there are as core cpu "
    "data fsize locks memlock msgqueue nice nofile nproc rss rtprio sigpending "
    "stack\n" },
  { "/messages/option/limit-value", "run --limit=cpu=1.5s a",
    "1:5: error: \"1.5s\" is no value for the limit \"cpu\"\n1:5: note: one is "
    "like 10, 2m (whole seconds), unlimited\n" },
  { "/messages/option/nice", "run --nice=x a",
    "1:5: error: \"x\" is not a nice value\n1:5: note: a nice value is like "
    "10\n" },
  { "/messages/option/pty", "run --pty=24 a",
    "1:5: error: \"24\" is not the size of a terminal\n1:5: note: the size of "
    "a terminal is like 24x80\n" },
  { "/messages/option/env", "run --env=A a",
    "1:5: error: \"A\" is not NAME=VALUE\n1:5: note: to remove it: unset A\n" },
  { "/messages/option/unset", "run --unset=A=B a",
    "1:5: error: \"A=B\" cannot be a variable of the environment\n" },
  { "/messages/option/within", "run --within=x a",
    "1:5: error: \"x\" is not a duration\n1:5: note: a duration is like 5s, "
    "250ms, 1.5m\n" },
  { "/messages/option/status", "run --status=x a",
    "1:5: error: \"x\" is no status\n1:5: note: a status is like 0, 1..127, "
    "!0, SIGTERM, 0|SIGTERM, any\n" },
  { "/messages/option/not-known", "run --user=$tmp a",
    "1:5: error: this is known only when the test runs, and the value of this "
    "option must be known before\n" },
  { "/messages/variable/unknown", "log $no_such",
    "1:5: error: there is no variable \"no_such\"\n1:5: note: nor is it in the "
    "environment; ${no_such:-...} would give it a default\n" },
  { "/messages/variable/near", "let node = a\nlog $nod",
    "2:5: error: there is no variable \"nod\"\n2:5: note: did you mean "
    "\"$node\"?\n" },
  { "/messages/variable/process", "p = spawn sh\nkill $p",
    "2:6: error: there is no variable \"p\"\n2:6: note: \"p\" is a process, "
    "whose name is written without \"$\"\n" },
  { "/messages/variable/twice", "let a = 1\nlet a = 2",
    "2:5: error: \"a\" has a value already\n1:5: note: it got one here\n" },
  { "/messages/variable/built-in", "let tmp = 1",
    "1:5: error: \"tmp\" is a variable that is always there\n" },
  { "/messages/variable/default", "log ${no_such:-$nor_this}",
    "1:16: error: there is no variable \"nor_this\"\n1:16: note: nor is it in "
    "the environment; ${nor_this:-...} would give it a default\n" },
  { "/messages/env/no-value", "env A\nlog x",
    "1:5: error: \"A\" is not NAME=VALUE\n1:5: note: to remove it: unset A\n" },
  { "/messages/env/no-name", "env =a\nlog x",
    "1:5: error: \"=a\" is not NAME=VALUE\n" },
  { "/messages/env/unset", "unset A=\nlog x",
    "1:7: error: \"A=\" cannot be a variable of the environment\n" },
  { "/messages/macro/twice", "def m { log x }\ndef m { log y }\nm",
    "2:5: error: there is a macro \"m\" already\n1:5: note: it is defined "
    "here\n" },
  { "/messages/macro/of-a-word", "def log { fail x }",
    "1:5: error: \"log\" is a word of the language\n" },
  { "/messages/macro/too-few", "def m a { log $a }\nm",
    "2:1: error: \"m\" takes 1 argument, not 0\n1:5: note: it is defined "
    "here\n" },
  { "/messages/macro/too-many", "def m { log x }\nm a b",
    "2:1: error: \"m\" takes 0 arguments, not 2\n1:5: note: it is defined "
    "here\n" },
  { "/messages/macro/at-least", "def m a b... { log $a }\nm",
    "2:1: error: \"m\" takes at least 1 argument, not 0\n1:5: note: it is "
    "defined here\n" },
  { "/messages/macro/parameter-twice", "def m a a { log x }",
    "1:9: error: there is a parameter \"a\" already\n" },
  { "/messages/macro/rest-not-last", "def m a... b { log x }",
    "1:7: error: only the last parameter can take several arguments\n" },
  { "/messages/macro/itself", "def m { m }\nm",
    "1:9: error: \"m\" calls itself\n2:1: note: expanded from \"m\", called "
    "here\n" },
  { "/messages/loop/range", "for i in 1..999999999999 { log x }",
    "1:10: error: this loop has more than 16000000 rounds\n" },
  { "/messages/loop/repeat", "repeat 16000001 { log x }",
    "1:8: error: this loop has more than 16000000 rounds\n" },
  { "/messages/loop/within-others",
    "def m { for i in 1..2001 2 3 { log x } }\nrepeat 8000 { m }\nlgo",
    "1:18: error: this loop has more than 16000000 rounds, with those around "
    "it\n2:15: note: expanded from \"m\", called here\n" },
  { "/messages/loop/beside-others",
    "repeat 8000 { if set NONE { repeat 4000 { } } }\nrepeat 4000 { }\nlgo",
    "3:1: error: there is no word \"lgo\"\n3:1: note: did you mean "
    "\"log\"?\n" },
  { "/messages/condition/none", "if { log x }",
    "1:1: error: a condition is missing behind \"if\"\n1:1: note: it is used "
    "so: if CONDITION... { ... } [else { ... }]\n" },
  { "/messages/condition/wrong", "if foo bar { log x }",
    "1:4: error: this is not a condition\n1:4: note: there are: set NAME, "
    "program NAME, file PATH, user NAME, A == B, A != B, and \"not\" before "
    "each\n" },
  { "/messages/condition/no-block", "if a == b",
    "1:4: error: a block is missing behind this condition\n1:4: note: it is "
    "used so: if CONDITION... { ... } [else { ... }]\n" },
  { "/messages/condition/no-else-block", "if a == b { log x } else",
    "1:21: error: a block is missing behind \"else\"\n1:21: note: it is used "
    "so: if CONDITION... { ... } [else { ... }]\n" },
  { "/messages/condition/else", "if a == b { log x } els { log y }",
    "1:21: error: only \"else\" can follow the block of an \"if\"\n1:21: note: "
    "it is used so: if CONDITION... { ... } [else { ... }]\n" },
  { "/messages/condition/else-what", "if a == b { log x } else y { log y }",
    "1:26: error: \"if\" or a block should follow \"else\"\n1:26: note: it is "
    "used so: if CONDITION... { ... } [else { ... }]\n" },
  { "/messages/condition/else-more", "if a == b { log x } else { log y } z",
    "1:36: error: an \"if\" ends with its \"else\"\n1:36: note: it is used so: "
    "if CONDITION... { ... } [else { ... }]\n" },
  { "/messages/condition/not-known", "if $tmp == a { log x }",
    "1:4: error: this is known only when the test runs, and a condition must "
    "be known before\n" },
  { "/messages/condition/cwd", "cd $tmp\nif file x { log y }",
    "2:9: error: the working directory is known only when the test runs\n" },
  { "/messages/test/twice", "test a { log x }\ntest a { log y }",
    "2:6: error: there is a test \"a\" already\n1:6: note: it stands here\n" },
  { "/messages/test/outside", "log x\ntest a { log y }",
    "1:1: error: this stands outside of the tests\n2:6: note: only a plan "
    "without \"test\" blocks is one test as a whole\n" },
  { "/messages/test/unreachable", "fail x\nlog y",
    "2:1: error: this line is never reached\n1:1: note: the test ends here\n" },
  { "/messages/test/defer-in-defer", "defer { defer { log x } }",
    "1:9: error: what is done when the test ends cannot defer more\n" },
  { "/messages/test/too-many-defers", "repeat 65536 { defer { log x } }",
    "1:16: error: a test can have 65535 \"defer\" blocks, not more\n" },
  { "/messages/plan/empty", "",
    "1:1: error: there is nothing to run in this plan\n" },
  { "/messages/plan/comments", "# a\n",
    "1:1: error: there is nothing to run in this plan\n" },
  { "/messages/include/missing", "include no-such-file.plan",
    "1:9: error: cannot read \"no-such-file.plan\": No such file or "
    "directory\n" },
  { "/messages/warning/program", "run no-such-program",
    "1:5: warning: there is no program \"no-such-program\" in PATH\n" },
  { "/messages/warning/path", "run /no/such/program",
    "1:5: warning: there is no program \"/no/such/program\"\n" },
  { "/messages/warning/par", "spawnPar { run }\nwait run",
    "1:12: warning: there is no program \"run\" in PATH\n1:12: note: a line of "
    "\"spawnPar\" begins with the command\n" },
  { "/messages/warning/not-awaited", "spawn sh",
    "1:1: warning: nothing waits for the process \"sh\"\n1:1: note: one that "
    "still runs at the end of the test fails it; --daemon allows that\n" },
};

static void
check (const char *text, const char *expected)
{
  Compiled compiled;

  compiled_init (&compiled, text, strlen (text));

  g_autofree char *messages = compiled_messages (&compiled);

  g_assert_cmpstr (messages, ==, expected);
  g_assert_true ((compiled.plan == NULL)
                 == (diag_n_errors (compiled.diag) > 0));
  compiled_clear (&compiled);
}

static void
test_case (const void *data)
{
  const Case *const c = data;

  check (c->text, c->messages);
}

/* --- Plans that would not end ------------------------------------------ */

static void
test_doubled_text (void)
{
  g_autoptr (GString) text = g_string_new ("let a0 = 0123456789abcdef\n");

  for (unsigned i = 1; i < 100; i++)
    g_string_append_printf (text, "let a%u = $a%u$a%u\n", i, i - 1, i - 1);
  g_string_append (text, "log $a99");
  check (text->str, "24:11: error: this text becomes longer than 64 MiB\n");
}

static void
test_doubled_list (void)
{
  g_autoptr (GString) text = g_string_new ("let a0 = x y\n");

  for (unsigned i = 1; i < 100; i++)
    g_string_append_printf (text, "let a%u = $@a%u $@a%u\n", i, i - 1, i - 1);
  g_string_append (text, "log $@a99");
  check (text->str,
         "20:17: error: this list becomes longer than 1000000 elements\n");
}

/* Each calls the next, twice: 2 to the 60th lines. */
static void
test_doubled_macros (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Compiled compiled;

  for (unsigned i = 0; i < 60; i++)
    g_string_append_printf (text, "def m%u { m%u; m%u }\n", i, i + 1, i + 1);
  g_string_append (text, "def m60 { let a = 1 }\nm0\nlog x\n");
  compiled_init (&compiled, text->str, text->len);
  g_assert_null (compiled.plan);
  g_assert_cmpuint (diag_n_errors (compiled.diag), ==, 1);
  compiled_clear (&compiled);
}

static void
test_deep_macros (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Compiled compiled;

  for (unsigned i = 0; i < 10000; i++)
    g_string_append_printf (text, "def m%u { m%u }\n", i, i + 1);
  g_string_append (text, "def m10000 { log x }\nm0\n");
  compiled_init (&compiled, text->str, text->len);

  g_autofree char *messages = compiled_messages (&compiled);

  g_assert_nonnull (strstr (messages, "nested over 500 deep here"));
  compiled_clear (&compiled);
}

/* --- Many --------------------------------------------------------------- */

/* All are told, in one go, and none follows from another. */
static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Compiled compiled;

  for (unsigned i = 0; i < 500; i++)
    g_string_append_printf (text, "p%u = spwan a\nwait p%u 0 within 5x\n", i,
                            i);
  compiled_init (&compiled, text->str, text->len);
  g_assert_cmpuint (diag_n_errors (compiled.diag), ==, 1000);
  compiled_clear (&compiled);
}

/* A wrong line in a loop is told once. */
static void
test_in_rounds (void)
{
  Compiled compiled;
  static const char text[] = "repeat 10000000 { sleep 5x; wait p; lgo }";

  compiled_init (&compiled, text, strlen (text));
  g_assert_cmpuint (diag_n_errors (compiled.diag), ==, 3);
  compiled_clear (&compiled);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/messages/doubled-text", test_doubled_text);
  g_test_add_func ("/messages/doubled-list", test_doubled_list);
  g_test_add_func ("/messages/doubled-macros", test_doubled_macros);
  g_test_add_func ("/messages/deep-macros", test_deep_macros);
  g_test_add_func ("/messages/many", test_many);
  g_test_add_func ("/messages/in-rounds", test_in_rounds);
  return g_test_run ();
}
