#include "config.h"

#include "cli/settings.h"

#include "base/nearest.h"
#include "cli/option.h"
#include "cli/suitefile.h"
#include "cli/taking.h"

#include <string.h>

#define DEFAULT_TIMEOUT ((int64_t)20 * G_USEC_PER_SEC)
#define DEFAULT_SLOW    ((int64_t)10 * G_USEC_PER_SEC)

G_STATIC_ASSERT (N_OPTIONS <= 64); /* Settings.given */

void
settings_init (Settings *settings)
{
  *settings = (Settings){ .logdir = g_strdup (DEFAULT_LOGDIR),
                          .tags = g_ptr_array_new_with_free_func (g_free),
                          .args = g_ptr_array_new_with_free_func (g_free),
                          .timeout_microsecs = DEFAULT_TIMEOUT,
                          .timeout_multiplier = 1,
                          .n_jobs = -1,
                          .n_repeats = 1,
                          .slow_microsecs = DEFAULT_SLOW,
                          .level = 1 };
}

void
settings_clear (Settings *settings)
{
  g_clear_pointer (&settings->filter, g_free);
  g_clear_pointer (&settings->logdir, g_free);
  g_clear_pointer (&settings->shard, g_free);
  g_clear_pointer (&settings->junit, g_free);
  g_clear_pointer (&settings->json, g_free);
  g_clear_pointer (&settings->suite, g_free);
  g_clear_pointer (&settings->profile, g_free);
  g_clear_pointer (&settings->history, g_free);
  g_clear_pointer (&settings->tags, g_ptr_array_unref);
  g_clear_pointer (&settings->args, g_ptr_array_unref);
  g_clear_pointer (&settings->suite_file, suite_file_free);
}

/* --- The environment --------------------------------------------------- */

static void
read_environment (Taking *taking, Diag *diag)
{
  for (unsigned i = 0; i < N_OPTIONS; i++)
    {
      if (!option_table[i].in_environment)
        continue;

      g_autofree char *name = option_environment_name (&option_table[i]);
      g_autoptr (GError) error = NULL;
      const char *const text = g_getenv (name);

      if (text != NULL && *text != '\0'
          && !taking_set (taking, &option_table[i], text, name, &error))
        diag_error (diag, SRC_SPAN_NONE, "%s", error->message);
    }
}

/* --- The command line -------------------------------------------------- */

/* As GOptionContext wants it. */
static gboolean
on_option (const char *name, const char *value, void *data, GError **error)
{
  Taking *const taking = data;
  const Option *const option = option_find (name);

  taking->settings->given |= option_bit (option);
  return taking_set (taking, option, value, name, error);
}

static GOptionContext *
new_context (Taking *taking)
{
  GOptionEntry entries[N_OPTIONS + 1] = { { .long_name = NULL } };
  GOptionContext *context = g_option_context_new (NULL);
  GOptionGroup *group = g_option_group_new ("proctor", "", "", taking, NULL);

  for (unsigned i = 0; i < N_OPTIONS; i++)
    {
      /* Nothing is converted from the locale: names of files and patterns are
       * bytes. */
      entries[i] = (GOptionEntry){
        .long_name = option_table[i].name,
        .short_name = option_table[i].letter,
        .flags = option_table[i].arg != NULL ? G_OPTION_FLAG_FILENAME
                                             : G_OPTION_FLAG_NO_ARG,
        .arg = G_OPTION_ARG_CALLBACK,
        .arg_data = (void *)on_option,
      };
    }
  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  return context;
}

/* What GLib does not know: "-kPATTERN" is two words, and after "--" nothing is
 * an option whatever it looks like.  Returns how many words may be options. */
static unsigned
split_words (int argc, char **argv, GPtrArray *words)
{
  int i = 0;

  for (; i < argc && (i == 0 || strcmp (argv[i], "--") != 0); i++)
    {
      const bool is_short = i > 0 && argv[i][0] == '-' && argv[i][1] != '\0'
                            && argv[i][1] != '-' && argv[i][2] != '\0';
      const char letter[] = { '-', is_short ? argv[i][1] : '-', '\0' };
      const Option *const option = is_short ? option_find (letter) : NULL;

      if (option != NULL && option->arg != NULL)
        {
          g_ptr_array_add (words, g_strdup (letter));
          g_ptr_array_add (words, g_strdup (argv[i] + 2));
        }
      else
        {
          g_ptr_array_add (words, g_strdup (argv[i]));
        }
    }

  const unsigned n = words->len;

  for (i++; i < argc; i++)
    g_ptr_array_add (words, g_strdup (argv[i]));
  return n;
}

/* GLib drops the value of an option that has none. */
static void
check_values (const GPtrArray *words, unsigned n_words, Diag *diag)
{
  for (unsigned i = 1; i < n_words; i++)
    {
      const char *const word = g_ptr_array_index (words, i);
      const Option *const option
          = g_str_has_prefix (word, "--") && strchr (word, '=') != NULL
                ? option_find (word)
                : NULL;

      if (option != NULL && option->arg == NULL)
        diag_error (diag, SRC_SPAN_NONE, "the option \"--%s\" takes no value",
                    option->name);
    }
}

static void
complain_unknown (const char *text, Diag *diag)
{
  g_autofree char *name = g_strndup (text, strcspn (text, "="));
  Nearest nearest;

  diag_error (diag, SRC_SPAN_NONE, "there is no option \"%s\"", name);
  nearest_init (&nearest, name + strspn (name, "-"));
  for (unsigned i = 0; i < N_OPTIONS; i++)
    nearest_try (&nearest, option_table[i].name);
  if (nearest.best != NULL)
    diag_note (diag, SRC_SPAN_NONE, "did you mean \"--%s\"?", nearest.best);
  else
    diag_note (diag, SRC_SPAN_NONE, "\"proctor --help\" shows all options");
}

/* GLib's messages begin with a capital letter, and ours do not. */
static void
complain (const GError *error, Diag *diag)
{
  diag_error (diag, SRC_SPAN_NONE, "%c%s", g_ascii_tolower (*error->message),
              error->message + 1);
}

static void
read_words (Taking *taking, const GPtrArray *words, unsigned n_words,
            Diag *diag)
{
  g_autoptr (GOptionContext) context = new_context (taking);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) rest = g_new0 (char *, n_words + 1);

  for (unsigned i = 0; i < n_words; i++)
    rest[i] = g_strdup (g_ptr_array_index (words, i));
  check_values (words, n_words, diag);
  if (!g_option_context_parse_strv (context, &rest, &error))
    {
      complain (error, diag);
      return;
    }

  for (unsigned i = 1; rest[0] != NULL && rest[i] != NULL; i++)
    {
      if (rest[i][0] == '-' && rest[i][1] != '\0')
        complain_unknown (rest[i], diag);
      else
        g_ptr_array_add (taking->settings->args, g_strdup (rest[i]));
    }
}

bool
settings_parse (Settings *settings, int argc, char **argv, Diag *diag)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  const unsigned n_words = split_words (argc, argv, words);

  Taking taking;

  taking_init (&taking, settings);
  read_words (&taking, words, n_words, diag);
  /* Who gives the number of an order wants that order. */
  if (settings->given & option_bit (option_find ("--seed")))
    (void)taking_set (&taking, option_find ("--shuffle"), NULL, NULL, NULL);
  taking_next (&taking);
  read_environment (&taking, diag);
  taking_next (&taking);
  settings->taken = taking.taken;
  taking_clear (&taking);
  for (unsigned i = n_words; i < words->len; i++)
    g_ptr_array_add (settings->args, g_strdup (g_ptr_array_index (words, i)));
  return diag_n_errors (diag) == 0;
}

bool
settings_check (const Settings *settings, CommandBit command, const char *name,
                Diag *diag)
{
  bool is_ok = true;

  for (unsigned i = 0; i < N_OPTIONS; i++)
    {
      if (!(settings->given >> i & 1) || (option_table[i].commands & command))
        continue;

      diag_error (diag, SRC_SPAN_NONE, "\"proctor %s\" has no option \"--%s\"",
                  name, option_table[i].name);
      is_ok = false;
    }
  return is_ok;
}

/* --- The suite file ------------------------------------------------------ */

/* What contradicts itself, where the two are said in one breath; of a weaker
 * source the command line says what holds. */
static bool
check_clashes (const Settings *settings, Diag *diag)
{
  static const struct
  {
    const char *one;
    const char *other;
  } clashes[] = {
    { "--suite", "--no-suite" },
    { "--history", "--no-history" },
    { "--failed", "--no-history" },
    { "--failed-first", "--no-history" },
  };
  const unsigned n_errors = diag_n_errors (diag);

  for (unsigned i = 0; i < G_N_ELEMENTS (clashes); i++)
    {
      const uint64_t both = option_bit (option_find (clashes[i].one))
                            | option_bit (option_find (clashes[i].other));

      if ((settings->given & both) == both)
        diag_error (diag, SRC_SPAN_NONE, "%s and %s cannot both be given",
                    clashes[i].one, clashes[i].other);
    }
  return diag_n_errors (diag) == n_errors;
}

static SuiteFile *
load_suite (const Settings *settings, CommandBit command, Sources *sources,
            Diag *diag)
{
  const Option *const suite = option_find ("--suite");

  return (suite->commands & command) && !settings->no_suite
             ? suite_file_load (settings->suite, sources, diag)
             : suite_file_new ();
}

bool
settings_read_suite (Settings *settings, CommandBit command, Sources *sources,
                     Diag *diag)
{
  const unsigned n_errors = diag_n_errors (diag);
  Taking taking;

  if (!check_clashes (settings, diag))
    return false;
  settings->suite_file = load_suite (settings, command, sources, diag);
  taking_init (&taking, settings);
  taking.taken = settings->taken;
  if (option_find ("--profile")->commands & command)
    suite_file_apply (settings->suite_file, settings->profile, &taking, diag);
  taking_clear (&taking);
  suite_file_set_base (settings->suite_file, settings);
  if (settings->junit != NULL && settings->json != NULL
      && strcmp (settings->junit, settings->json) == 0)
    diag_error (diag, SRC_SPAN_NONE,
                "--junit and --json would write the same file, \"%s\"",
                settings->junit);
  return diag_n_errors (diag) == n_errors;
}
