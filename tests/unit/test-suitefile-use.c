#include "config.h"

#include "cli/suitefile.h"
#include "suite/choose/discover.h"
#include "suiting.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- What holds
 * ---------------------------------------------------------------- */

#define LAYERS                                                                 \
  "defaults: {jobs: 2, keep: yes, timeout: 1s, level: 2, tags: [a, '!b'],\n"   \
  "           logdir: logs, fail-fast: on, retries: 1, filter: 'x|y',\n"       \
  "           env: {A: a, B: b}}\n"                                            \
  "profiles:\n"                                                                \
  "  base: {jobs: 3, retries: 2, leftovers: ignore, env: {B: base}}\n"         \
  "  ci: {extends: base, jobs: 4, max-fail: 9, tags: c}\n"

static const char *
env_of (Suiting *suiting)
{
  const CompileDefaults *const defaults
      = suite_file_find_defaults (suiting->settings.suite_file, "p", "t");
  g_autofree char *all = g_strjoinv (" ", (char **)defaults->env);

  g_string_assign (suiting->out, all);
  return suiting->out->str;
}

static void
test_defaults (Suiting *suiting, const void *data)
{
  const Settings *const settings = &suiting->settings;

  (void)data;
  g_assert_true (suiting_parse_text (suiting, LAYERS, "proctor"));
  g_assert_cmpint (settings->n_jobs, ==, 2);
  g_assert_true (settings->keep);
  g_assert_true (settings->fail_fast);
  g_assert_cmpint (settings->timeout_microsecs, ==, G_USEC_PER_SEC);
  g_assert_cmpuint (settings->level, ==, 2);
  g_assert_cmpuint (settings->tags->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (settings->tags, 1), ==, "!b");
  g_assert_cmpstr (settings->logdir, ==, "logs");
  g_assert_cmpstr (settings->filter, ==, "x|y");
  g_assert_cmpstr (env_of (suiting), ==, "A=a B=b");
}

static void
test_profile (Suiting *suiting, const void *data)
{
  const Settings *const settings = &suiting->settings;

  (void)data;
  g_assert_true (suiting_parse_text (suiting, LAYERS, "proctor --profile ci"));
  g_assert_cmpint (settings->n_jobs, ==, 4);
  g_assert_cmpuint (settings->n_retries, ==, 2);
  g_assert_cmpint (settings->leftovers, ==, LEFTOVERS_IGNORE);
  g_assert_cmpuint (settings->tags->len, ==, 1);
  g_assert_cmpuint (settings->level, ==, 2);
  g_assert_cmpuint (settings->n_max_fail, ==, 9);
  g_assert_false (settings->fail_fast); /* max-fail says the opposite */
  g_assert_cmpstr (env_of (suiting), ==, "A=a B=base");
}

/* It is not that nothing is said. */
static void
test_empty_tags (Suiting *suiting, const void *data)
{
  (void)data;
  g_assert_true (suiting_parse_text (
      suiting, "defaults: {tags: a}\nprofiles: {p: {tags: []}}\n",
      "proctor --profile=p"));
  g_assert_cmpuint (suiting->settings.tags->len, ==, 0);
}

static void
test_precedence (Suiting *suiting, const void *data)
{
  const Settings *const settings = &suiting->settings;

  (void)data;
  g_setenv ("PROCTOR_PROFILE", "ci", TRUE);
  g_setenv ("PROCTOR_JOBS", "5", TRUE);
  g_setenv ("PROCTOR_KEEP", "no", TRUE);
  g_setenv ("PROCTOR_RETRIES", "6", TRUE);
  g_setenv ("PROCTOR_TAGS", "e", TRUE);
  g_assert_true (suiting_parse_text (
      suiting, LAYERS, "proctor --retries 7 --fail-fast --tags f,g"));
  g_assert_cmpint (settings->n_jobs, ==, 5);
  g_assert_false (settings->keep);
  g_assert_cmpuint (settings->n_retries, ==, 7);
  g_assert_true (settings->fail_fast);
  g_assert_cmpuint (settings->n_max_fail, ==, 0);
  g_assert_cmpuint (settings->tags->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (settings->tags, 0), ==, "f,g");
  g_assert_cmpint (settings->timeout_microsecs, ==, G_USEC_PER_SEC);
}

static void
test_choosing (Suiting *suiting, const void *data)
{
  static const struct
  {
    const char *line;
    const char *out;
  } lines[] = {
    { "proctor --profile=cj", "proctor: error: there is no profile \"cj\"\n"
                              "proctor: note: did you mean \"ci\"?\n" },
    { "proctor --profile=ci --no-suite",
      "proctor: error: there is no suite file, and so no profile \"ci\"\n"
      "proctor: note: it is \"proctor.yaml\" in this directory, or what "
      "--suite names\n" },
    { "proctor --suite=proctor.yaml --no-suite",
      "proctor: error: --suite and --no-suite cannot both be given\n" },
    { "proctor --failed --no-history",
      "proctor: error: --failed and --no-history cannot both be given\n" },
    { "proctor --junit=r --json=r",
      "proctor: error: --junit and --json would write the same file, "
      "\"r\"\n" },
    { "proctor --no-suite", "" },
    { "proctor --suite=./proctor.yaml", "" },
  };

  (void)data;
  for (unsigned i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      (void)suiting_parse_text (suiting, LAYERS, lines[i].line);
      g_assert_cmpstr (suiting->out->str, ==, lines[i].out);
      suiting_again (suiting);
    }
}

/* The command line goes before what the environment says of the file. */
static void
test_choosing_opposite (Suiting *suiting, const void *data)
{
  (void)data;
  g_setenv ("PROCTOR_NO_SUITE", "yes", TRUE);
  g_assert_true (
      suiting_parse_text (suiting, LAYERS, "proctor --suite=proctor.yaml"));
  g_assert_cmpint (suiting->settings.n_jobs, ==, 2);
  suiting_again (suiting);
  g_unsetenv ("PROCTOR_NO_SUITE");
  g_setenv ("PROCTOR_SUITE", "no-such.yaml", TRUE);
  g_assert_true (suiting_parse_text (suiting, LAYERS, "proctor --no-suite"));
}

static void
test_other_directory (Suiting *suiting, const void *data)
{
  const char text[] = "defaults: {logdir: l, junit: /j, json: ../x}\n";

  (void)data;
  g_assert_cmpint (g_mkdir ("sub", 0700), ==, 0);
  g_assert_true (g_file_set_contents ("sub/s.yaml", text, -1, NULL));
  g_assert_true (suiting_parse (suiting, "proctor --suite=sub/s.yaml"));
  g_assert_cmpstr (suiting->settings.logdir, ==, "sub/l");
  g_assert_cmpstr (suiting->settings.junit, ==, "/j");
  g_assert_cmpstr (suiting->settings.json, ==, "sub/../x");
  g_assert_cmpint (g_remove ("sub/s.yaml"), ==, 0);
  g_assert_cmpint (g_rmdir ("sub"), ==, 0);
}

/* --- Tests
 * ---------------------------------------------------------------------- */

#define OVERRIDES                                                              \
  "defaults: {timeout: 5s, retries: 1, env: {A: a}}\n"                         \
  "overrides:\n"                                                               \
  "  - {match: '^db', timeout: 60s, tags: [slow, db], env: {A: db, B: b}}\n"   \
  "  - {match: ':big$', level: 3, retries: 4, tags: big, slow: 1m}\n"          \
  "  - {match: '^db.*:big$', timeout: 90s, leftovers: report, env: {A: x}}\n"

static char *
describe (Suiting *suiting, const char *plan, const char *test)
{
  const CompileDefaults *const defaults
      = suite_file_find_defaults (suiting->settings.suite_file, plan, test);
  g_autofree char *env = g_strjoinv (",", (char **)defaults->env);
  g_autofree char *tags = g_strjoinv (",", (char **)defaults->tags);

  g_assert_true (
      defaults
      == suite_file_find_defaults (suiting->settings.suite_file, plan, test));
  return g_strdup_printf ("%ds level %u %s env %s tags %s",
                          (int)(defaults->timeout_microsecs / G_USEC_PER_SEC),
                          defaults->level, leftovers_name (defaults->leftovers),
                          env, tags);
}

static void
assert_test (Suiting *suiting, const char *plan, const char *test,
             const char *expected)
{
  g_autofree char *actual = describe (suiting, plan, test);

  g_assert_cmpstr (actual, ==, expected);
}

static void
test_overrides (Suiting *suiting, const void *data)
{
  const SuiteFile *file;

  (void)data;
  g_assert_true (suiting_parse_text (suiting, OVERRIDES, "proctor"));
  assert_test (suiting, "a", "t", "5s level 0 fail env A=a tags ");
  assert_test (suiting, "db", "t",
               "60s level 0 fail env A=db,B=b tags slow,db");
  assert_test (suiting, "a", "big", "5s level 3 fail env A=a tags big");
  assert_test (suiting, "db", "big",
               "90s level 3 report env A=x,B=b tags slow,db,big");
  assert_test (suiting, "db", NULL, "5s level 0 fail env A=a tags ");
  file = suiting->settings.suite_file;
  g_assert_cmpuint (suite_file_retries (file, "a:t", 1), ==, 1);
  g_assert_cmpuint (suite_file_retries (file, "a:big", 1), ==, 4);
  g_assert_cmpint (suite_file_slow (file, "a:t", 7), ==, 7);
  g_assert_cmpint (suite_file_slow (file, "a:big", 7), ==, 60 * G_USEC_PER_SEC);
}

/* Where one is when it is run does not matter. */
static void
test_overrides_elsewhere (Suiting *suiting, const void *data)
{
  (void)data;
  g_assert_cmpint (g_mkdir ("sub", 0700), ==, 0);
  g_assert_true (g_file_set_contents (
      "sub/s.yaml", "overrides: [{match: '^db:', level: 2, retries: 3}]\n", -1,
      NULL));
  g_assert_true (suiting_parse (suiting, "proctor --suite=sub/s.yaml"));
  assert_test (suiting, "sub/db", "t", "20s level 2 fail env  tags ");
  assert_test (suiting, "./db", "t", "20s level 2 fail env  tags ");
  assert_test (suiting, "subdb", "t", "20s level 0 fail env  tags ");
  g_assert_cmpuint (
      suite_file_retries (suiting->settings.suite_file, "sub/db:t", 0), ==, 3);
  g_assert_cmpint (g_remove ("sub/s.yaml"), ==, 0);
  g_assert_cmpint (g_rmdir ("sub"), ==, 0);
}

static void
test_overrides_weaker (Suiting *suiting, const void *data)
{
  (void)data;
  g_setenv ("PROCTOR_RETRIES", "0", TRUE);
  g_assert_true (suiting_parse_text (suiting, OVERRIDES,
                                     "proctor --timeout=2s --leftovers=ignore "
                                     "--level=2 --tags=x"));
  assert_test (suiting, "db", "big",
               "2s level 3 ignore env A=x,B=b tags slow,db,big");
  g_assert_cmpuint (
      suite_file_retries (suiting->settings.suite_file, "a:big", 0), ==, 0);
}

static void
test_no_overrides (Suiting *suiting, const void *data)
{
  (void)data;
  g_assert_true (suiting_parse (suiting, "proctor --leftovers=report"));
  assert_test (suiting, "a", "t", "20s level 0 report env  tags ");
}

/* --- Plans
 * ----------------------------------------------------------------------- */

static void
make_files (const char *const *names)
{
  for (unsigned i = 0; names[i] != NULL; i++)
    {
      g_autofree char *directory = g_path_get_dirname (names[i]);

      g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
      g_assert_true (g_file_set_contents (names[i], "run true\n", -1, NULL));
    }
}

static void
remove_files (const char *const *names)
{
  for (unsigned i = 0; names[i] != NULL; i++)
    g_assert_cmpint (g_remove (names[i]), ==, 0);
}

static bool
find_plans (Suiting *suiting)
{
  g_autoptr (GPtrArray) targets = targets_new ();
  const bool is_there = suite_file_add_plans (suiting->settings.suite_file,
                                              targets, suiting->diag);

  g_string_truncate (suiting->out, 0);
  for (unsigned i = 0; i < targets->len; i++)
    {
      const Target *const target = g_ptr_array_index (targets, i);

      g_string_append_printf (suiting->out, "%s%s%s%s ", target->path,
                              target->test != NULL ? ":" : "",
                              target->test != NULL ? target->test : "",
                              target->is_named ? "!" : "");
    }
  diag_print (suiting->diag, suiting->out, false);
  return is_there;
}

static void
test_plans (Suiting *suiting, const void *data)
{
  static const char *const names[]
      = { "s/b.plan", "s/a.plan", "t/c.plan", "t/*.plan", NULL };

  (void)data;
  make_files (names);
  g_assert_true (suiting_parse_text (
      suiting, "plans: [s, 't/c.plan:x', 's/?.plan', 't/*.plan']\n",
      "proctor"));
  g_assert_true (find_plans (suiting));
  g_assert_cmpstr (suiting->out->str, ==,
                   "s/a.plan s/b.plan t/c.plan:x! s/a.plan s/b.plan "
                   "t/*.plan! ");
  remove_files (names);
  g_assert_cmpint (g_rmdir ("s"), ==, 0);
  g_assert_cmpint (g_rmdir ("t"), ==, 0);
}

static void
test_plans_elsewhere (Suiting *suiting, const void *data)
{
  static const char *const names[] = { "s/t/b.plan", "s/t/a.plan", NULL };

  (void)data;
  make_files (names);
  g_assert_true (
      g_file_set_contents ("s/x.yaml", "plans: 't/*.plan'\n", -1, NULL));
  g_assert_true (suiting_parse (suiting, "proctor --suite s/x.yaml"));
  g_assert_true (find_plans (suiting));
  g_assert_cmpstr (suiting->out->str, ==, "s/t/a.plan s/t/b.plan ");
  remove_files (names);
  g_assert_cmpint (g_remove ("s/x.yaml"), ==, 0);
  g_assert_cmpint (g_rmdir ("s/t"), ==, 0);
  g_assert_cmpint (g_rmdir ("s"), ==, 0);
}

static void
test_plans_bad (Suiting *suiting, const void *data)
{
  (void)data;
  g_assert_true (suiting_parse_text (
      suiting, "plans:\n- no-such\n- 'x*.plan'\n- '**/a.plan'\n- '-'\n- [a]\n",
      "proctor"));
  g_assert_true (find_plans (suiting));
  g_assert_cmpstr (
      suiting->out->str, ==,
      "proctor.yaml:2:3: error: cannot read \"no-such\": No such file or "
      "directory\n"
      "    2 | - no-such\n"
      "      |   ^~~~~~~\n"
      "proctor.yaml:3:3: error: nothing matches \"x*.plan\"\n"
      "    3 | - 'x*.plan'\n"
      "      |   ^~~~~~~~~\n"
      "proctor.yaml:4:3: error: \"**\" is not known here: name each directory\n"
      "    4 | - '**/a.plan'\n"
      "      |   ^~~~~~~~~~~\n"
      "proctor.yaml:5:3: error: standard input cannot be a plan of a suite "
      "file\n"
      "    5 | - '-'\n"
      "      |   ^~~\n"
      "proctor.yaml:6:3: error: an item of \"plans\" must be a text, not a "
      "list\n"
      "    6 | - [a]\n"
      "      |   ^\n");
}

static void
test_plans_none (Suiting *suiting, const void *data)
{
  (void)data;
  g_assert_true (suiting_parse_text (suiting, "plans: []\n", "proctor"));
  g_assert_false (find_plans (suiting));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Suiting *suiting, const void *data);
  } tests[] = {
    { "/suitefile/defaults", test_defaults },
    { "/suitefile/profile", test_profile },
    { "/suitefile/profile/empty-tags", test_empty_tags },
    { "/suitefile/precedence", test_precedence },
    { "/suitefile/choosing", test_choosing },
    { "/suitefile/choosing/opposite", test_choosing_opposite },
    { "/suitefile/other-directory", test_other_directory },
    { "/suitefile/overrides", test_overrides },
    { "/suitefile/overrides/elsewhere", test_overrides_elsewhere },
    { "/suitefile/overrides/weaker", test_overrides_weaker },
    { "/suitefile/overrides/none", test_no_overrides },
    { "/suitefile/plans", test_plans },
    { "/suitefile/plans/elsewhere", test_plans_elsewhere },
    { "/suitefile/plans/bad", test_plans_bad },
    { "/suitefile/plans/none", test_plans_none },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Suiting, NULL, suiting_set_up, tests[i].func,
                suiting_tear_down);
  return g_test_run ();
}
