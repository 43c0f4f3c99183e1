#include "config.h"

#include "cli/commands.h"
#include "cli/option.h"

#include <string.h>

typedef struct
{
  Sources *sources;
  Diag *diag;
  Settings settings;
  GString *out;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  for (unsigned i = 0; i < N_OPTIONS; i++)
    {
      g_autofree char *name = option_environment_name (&option_table[i]);

      g_unsetenv (name);
    }
  fixture->sources = sources_new ();
  fixture->diag = diag_new (fixture->sources);
  fixture->out = g_string_new (NULL);
  settings_init (&fixture->settings);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  settings_clear (&fixture->settings);
  g_string_free (fixture->out, TRUE);
  diag_free (fixture->diag);
  sources_free (fixture->sources);
}

/* @line: the words, with a blank between each two. */
static bool
parse (Fixture *fixture, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 0);
  const bool is_ok = settings_parse (
      &fixture->settings, (int)g_strv_length (words), words, fixture->diag);

  g_string_truncate (fixture->out, 0);
  diag_print (fixture->diag, fixture->out, false);
  g_assert_true (is_ok == (diag_n_errors (fixture->diag) == 0));
  return is_ok;
}

static void
assert_args (const Fixture *fixture, const char *expected)
{
  g_autoptr (GString) args = g_string_new (NULL);

  for (unsigned i = 0; i < fixture->settings.args->len; i++)
    g_string_append_printf (
        args, "<%s>",
        (const char *)g_ptr_array_index (fixture->settings.args, i));
  g_assert_cmpstr (args->str, ==, expected);
}

static void
test_defaults (Fixture *fixture, const void *data)
{
  const Settings *const settings = &fixture->settings;

  (void)data;
  g_assert_true (parse (fixture, "proctor"));
  g_assert_cmpint (settings->timeout_microsecs, ==, 20 * G_USEC_PER_SEC);
  g_assert_cmpfloat (settings->timeout_multiplier, ==, 1);
  g_assert_cmpuint (settings->level, ==, 1);
  g_assert_cmpstr (settings->logdir, ==, "./proctor-logs");
  g_assert_null (settings->filter);
  g_assert_cmpint (settings->verbosity, ==, 0);
  assert_args (fixture, "");
}

static void
test_all (Fixture *fixture, const void *data)
{
  const Settings *const settings = &fixture->settings;

  (void)data;
  g_assert_true (parse (
      fixture, "proctor run -k web --tags a,b --tags=!c --level 3 "
               "--timeout 1.5s --timeout-multiplier=2.5 -x --keep "
               "--logdir=/l --tap --update --list -v --color=never a.plan"));
  g_assert_cmpstr (settings->filter, ==, "web");
  g_assert_cmpuint (settings->tags->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (settings->tags, 1), ==, "!c");
  g_assert_cmpuint (settings->level, ==, 3);
  g_assert_cmpint (settings->timeout_microsecs, ==, 1500000);
  g_assert_cmpfloat (settings->timeout_multiplier, ==, 2.5);
  g_assert_true (settings->fail_fast);
  g_assert_true (settings->keep);
  g_assert_cmpstr (settings->logdir, ==, "/l");
  g_assert_true (settings->tap);
  g_assert_true (settings->update);
  g_assert_true (settings->list);
  g_assert_cmpint (settings->verbosity, ==, 1);
  g_assert_cmpint (settings->color, ==, COLOR_NEVER);
  assert_args (fixture, "<run><a.plan>");
}

typedef struct
{
  const char *path;
  const char *line;
  const char *args;
  const char *error; /* its first line; NULL: none */
} Case;

static const Case cases[] = {
  { "/settings/stdin", "proctor -", "<->", NULL },
  { "/settings/short-together", "proctor -xv a", "<a>", NULL },
  { "/settings/short-with-value", "proctor -kweb a", "<a>", NULL },
  { "/settings/after-plan", "proctor a -x b", "<a><b>", NULL },
  { "/settings/end", "proctor a -- -x --tap", "<a><-x><--tap>", NULL },
  { "/settings/value-like-option", "proctor -k -x a", "<a>", NULL },
  { "/settings/unknown", "proctor --frob a", "<a>",
    "proctor: error: there is no option \"--frob\"" },
  { "/settings/unknown-short", "proctor -Z a", "<a>",
    "proctor: error: there is no option \"-Z\"" },
  { "/settings/unknown-twice", "proctor --frob --frub", "",
    "proctor: error: there is no option \"--frob\"" },
  { "/settings/value-of-none", "proctor --tap=1 a", "<a>",
    "proctor: error: the option \"--tap\" takes no value" },
  { "/settings/path-of-none", "proctor --junit - a", "",
    "proctor: error: --junit: \"-\" is not a path, though \"./-\" is" },
  { "/settings/empty-path", "proctor --junit= a", "",
    "proctor: error: --junit: \"\" is not a path" },
  { "/settings/value-missing", "proctor a --level", "",
    "proctor: error: missing argument for --level" },
  { "/settings/bad-level", "proctor --level x", "",
    "proctor: error: --level: \"x\" is not a whole number from 1 to "
    "1000000" },
  { "/settings/level-0", "proctor --level 0", "",
    "proctor: error: --level: \"0\" is not a whole number from 1 to "
    "1000000" },
  { "/settings/bad-multiplier", "proctor --timeout-multiplier nan", "",
    "proctor: error: --timeout-multiplier: \"nan\" is not a number over 0, "
    "up to 1000000" },
  { "/settings/negative-multiplier", "proctor --timeout-multiplier=-1", "",
    "proctor: error: --timeout-multiplier: \"-1\" is not a number over 0, "
    "up to 1000000" },
  { "/settings/bad-color", "proctor --color red", "",
    "proctor: error: --color: \"red\" is not auto, always or never" },
  { "/settings/bad-format", "proctor ops --format=xml", "",
    "proctor: error: --format: \"xml\" is not text or yaml" },
};

static void
test_case (Fixture *fixture, const void *data)
{
  const Case *const c = data;
  const bool is_ok = parse (fixture, c->line);
  g_auto (GStrv) lines = g_strsplit (fixture->out->str, "\n", 2);

  g_assert_cmpstr (lines[0], ==, c->error);
  g_assert_true (is_ok == (c->error == NULL));
  if (is_ok || *c->args != '\0')
    assert_args (fixture, c->args);
}

static void
test_nearest (Fixture *fixture, const void *data)
{
  (void)data;
  g_assert_false (parse (fixture, "proctor --tpa --failfast"));
  g_assert_cmpstr (fixture->out->str, ==,
                   "proctor: error: there is no option \"--tpa\"\n"
                   "proctor: note: did you mean \"--tap\"?\n"
                   "proctor: error: there is no option \"--failfast\"\n"
                   "proctor: note: did you mean \"--fail-fast\"?\n");
}

static void
test_bad_timeout (Fixture *fixture, const void *data)
{
  static const char *const bad[] = { "0", "5x", "-1s", "" };

  (void)data;
  for (unsigned i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *line = g_strdup_printf ("proctor --timeout=%s", bad[i]);

      g_assert_false (parse (fixture, line));
      g_assert_nonnull (strstr (fixture->out->str, "--timeout: \""));
      tear_down (fixture, data);
      set_up (fixture, data);
    }
}

/* --- The environment ------------------------------------------------------ */

static void
test_environment (Fixture *fixture, const void *data)
{
  const Settings *const settings = &fixture->settings;

  (void)data;
  g_setenv ("PROCTOR_TIMEOUT", "3s", TRUE);
  g_setenv ("PROCTOR_TAGS", "a,b", TRUE);
  g_setenv ("PROCTOR_FAIL_FAST", "yes", TRUE);
  g_setenv ("PROCTOR_KEEP", "0", TRUE);
  g_setenv ("PROCTOR_LEVEL", "", TRUE);
  g_setenv ("PROCTOR_LOGDIR", "/e", TRUE);
  g_assert_true (parse (fixture, "proctor --timeout 4s --tags c"));
  g_assert_cmpint (settings->timeout_microsecs, ==, 4000000);
  g_assert_cmpuint (settings->tags->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (settings->tags, 0), ==, "c");
  g_assert_true (settings->fail_fast);
  g_assert_false (settings->keep);
  g_assert_cmpuint (settings->level, ==, 1);
  g_assert_cmpstr (settings->logdir, ==, "/e");
  /* They are for whatever command. */
  g_assert_true (settings_check (settings, COMMAND_RUN, "run", fixture->diag));
}

static void
test_bad_environment (Fixture *fixture, const void *data)
{
  (void)data;
  g_setenv ("PROCTOR_KEEP", "perhaps", TRUE);
  g_setenv ("PROCTOR_TIMEOUT_MULTIPLIER", "x", TRUE);
  g_assert_false (parse (fixture, "proctor --keep"));
  g_assert_cmpstr (fixture->out->str, ==,
                   "proctor: error: PROCTOR_TIMEOUT_MULTIPLIER: \"x\" is not "
                   "a number over 0, up to 1000000\n"
                   "proctor: error: PROCTOR_KEEP: \"perhaps\" is not yes or "
                   "no\n");
}

/* Who says one of two on the command line, means not the other. */
static void
test_rivals (Fixture *fixture, const void *data)
{
  const Settings *const settings = &fixture->settings;

  (void)data;
  g_setenv ("PROCTOR_FAIL_FAST", "yes", TRUE);
  g_setenv ("PROCTOR_NO_HISTORY", "yes", TRUE);
  g_assert_true (parse (fixture, "proctor --max-fail 3 --history h"));
  g_assert_cmpuint (settings->n_max_fail, ==, 3);
  g_assert_false (settings->fail_fast);
  g_assert_false (settings->no_history);
  tear_down (fixture, data);

  set_up (fixture, data);
  g_setenv ("PROCTOR_HISTORY", "h", TRUE);
  g_setenv ("PROCTOR_NO_HISTORY", "no", TRUE);
  g_assert_true (parse (fixture, "proctor"));
  g_assert_cmpstr (settings->history, ==, "h");
}

/* What may stand in a suite file: what goes before it. */
static void
test_taken (Fixture *fixture, const void *data)
{
  const Settings *const settings = &fixture->settings;

  (void)data;
  g_setenv ("PROCTOR_KEEP", "no", TRUE);
  g_assert_true (parse (fixture, "proctor --jobs 2 --max-fail 3"));
  g_assert_true (settings->given
                 == (option_bit (option_find ("--jobs"))
                     | option_bit (option_find ("--max-fail"))));
  g_assert_true (settings->taken
                 == (settings->given | option_bit (option_find ("--keep"))
                     | option_bit (option_find ("--fail-fast"))));
}

/* Whatever changes results can be set there. */
static void
test_in_environment (Fixture *fixture, const void *data)
{
  static const char *const names[] = {
    "--filter", "--tags",      "--level",  "--timeout", "--timeout-multiplier",
    "--keep",   "--fail-fast", "--logdir", "--strict",  "--update"
  };

  (void)data;
  (void)fixture;
  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_nonnull (option_find (names[i]));
      g_assert_true (option_find (names[i])->in_environment);
    }
}

/* --- Commands --------------------------------------------------------------
 */

static void
test_of_other_command (Fixture *fixture, const void *data)
{
  (void)data;
  g_assert_true (parse (fixture, "proctor check --tap a.plan"));
  g_assert_false (settings_check (&fixture->settings, COMMAND_CHECK, "check",
                                  fixture->diag));
  diag_print (fixture->diag, fixture->out, false);
  g_assert_cmpstr (fixture->out->str, ==,
                   "proctor: error: \"proctor check\" has no option "
                   "\"--tap\"\n");
}

static void
test_help (Fixture *fixture, const void *data)
{
  (void)data;
  command_append_help (fixture->out, NULL);
  for (unsigned i = 0; i < N_COMMANDS; i++)
    {
      g_autoptr (GString) help = g_string_new (NULL);

      g_assert_true (command_find (command_table[i].name) == &command_table[i]);
      g_assert_nonnull (strstr (fixture->out->str, command_table[i].name));
      command_append_help (help, &command_table[i]);
      for (unsigned o = 0; o < N_OPTIONS; o++)
        {
          g_autofree char *name
              = g_strdup_printf ("--%s", option_table[o].name);
          const bool has
              = (option_table[o].commands & command_table[i].bit) != 0;

          if (has)
            g_assert_nonnull (strstr (help->str, name));
        }
    }
  g_assert_null (command_find ("frob"));
}

/* One letter and one name each. */
static void
test_table (Fixture *fixture, const void *data)
{
  (void)data;
  (void)fixture;
  for (unsigned i = 0; i < N_OPTIONS; i++)
    {
      const char letter[] = { '-', option_table[i].letter, '\0' };
      g_autofree char *name = g_strdup_printf ("--%s", option_table[i].name);

      g_assert_true (option_find (name) == &option_table[i]);
      if (option_table[i].letter != '\0')
        g_assert_true (option_find (letter) == &option_table[i]);
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, const void *data);
  } tests[] = {
    { "/settings/defaults", test_defaults },
    { "/settings/all", test_all },
    { "/settings/nearest", test_nearest },
    { "/settings/bad-timeout", test_bad_timeout },
    { "/settings/environment", test_environment },
    { "/settings/environment/bad", test_bad_environment },
    { "/settings/environment/has", test_in_environment },
    { "/settings/rivals", test_rivals },
    { "/settings/taken", test_taken },
    { "/settings/of-other-command", test_of_other_command },
    { "/settings/help", test_help },
    { "/settings/table", test_table },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add (cases[i].path, Fixture, &cases[i], set_up, test_case,
                tear_down);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
