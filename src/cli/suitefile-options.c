#include "config.h"

#include "base/nearest.h"
#include "cli/suitefile-state.h"

#include <string.h>

#define ENV     "env"
#define EXTENDS "extends"

/* More than anybody can follow. */
#define LONGEST_CHAIN 16
#define MOST_PROFILES 1000

/* --- One option ---------------------------------------------------------- */

/* A file is chosen before it is read, and so is what is taken from it. */
static bool
is_in_files (const Option *option)
{
  static const char *const others[] = { "suite", "no-suite", "profile" };

  for (unsigned i = 0; i < G_N_ELEMENTS (others); i++)
    {
      if (strcmp (option->name, others[i]) == 0)
        return false;
    }
  return option->in_environment;
}

static const Option *
find_option (const char *name)
{
  for (unsigned i = 0; i < N_OPTIONS; i++)
    {
      if (strcmp (option_table[i].name, name) == 0)
        return &option_table[i];
    }
  return NULL;
}

static void
complain_unknown (const YamlNode *key, bool is_profile, Diag *diag)
{
  Nearest nearest;

  diag_error (diag, key->span, "there is no option \"%s\"", key->text);
  nearest_init (&nearest, key->text);
  for (unsigned i = 0; i < N_OPTIONS; i++)
    {
      if (is_in_files (&option_table[i]))
        nearest_try (&nearest, option_table[i].name);
    }
  nearest_try (&nearest, ENV);
  if (is_profile)
    nearest_try (&nearest, EXTENDS);
  if (nearest.best != NULL)
    diag_note (diag, key->span, "did you mean \"%s\"?", nearest.best);
  else
    diag_note (diag, key->span,
               "\"proctor run --help\" shows all; here they stand without "
               "\"--\"");
}

static void
set_text (const SuiteFile *file, const Option *option, const YamlNode *node,
          Taking *taking, Diag *diag)
{
  g_autoptr (GError) error = NULL;

  if (!suite_node_is (node, YAML_KIND_TEXT, option->name, diag))
    return;

  g_autofree char *text = option->kind == VALUE_PATH
                              ? suite_file_path (file, node->text)
                              : g_strdup (node->text);

  if (!taking_set (taking, option, text, option->name, &error))
    diag_error (diag, node->span, "%s", error->message);
}

static void
set_option (const SuiteFile *file, const Option *option, const YamlNode *node,
            Taking *taking, Diag *diag)
{
  if (!is_in_files (option))
    {
      diag_error (diag, node->key->span,
                  "the option \"%s\" cannot be set in a suite file",
                  option->name);
      return;
    }
  if (option->kind != VALUE_TEXTS)
    {
      set_text (file, option, node, taking, diag);
      return;
    }

  taking->now |= option_bit (option); /* an empty list says: none */
  if (node->kind == YAML_KIND_MAP)
    (void)suite_node_is (node, YAML_KIND_LIST, option->name, diag);
  else
    for (const YamlNode *item = suite_node_first (node); item != NULL;
         item = suite_node_after (node, item))
      set_text (file, option, item, taking, diag);
}

/* --- Variables ------------------------------------------------------------ */

static bool
is_variable_name (const char *name)
{
  return !g_ascii_isdigit (*name) && *name != '\0'
         && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_")
                == strlen (name);
}

void
suite_file_read_env (const YamlNode *node, GHashTable *env, bool replaces,
                     Diag *diag)
{
  if (!suite_node_is (node, YAML_KIND_MAP, ENV, diag))
    return;

  for (const YamlNode *item = node->first; item != NULL; item = item->next)
    {
      const char *const name = item->key->text;

      if (!is_variable_name (name))
        {
          diag_error (diag, item->key->span,
                      "\"%s\" cannot be the name of a variable", name);
          continue;
        }
      if (item->kind == YAML_KIND_TEXT && item->is_empty)
        {
          diag_error (diag, item->key->span, "\"%s\" has no value", name);
          diag_note (diag, item->key->span, "an empty text is \"\"");
          continue;
        }
      if (suite_node_is (item, YAML_KIND_TEXT, name, diag)
          && (replaces || !g_hash_table_contains (env, name)))
        g_hash_table_insert (env, g_strdup (name), g_strdup (item->text));
    }
}

/* --- Sets of options ------------------------------------------------------ */

/* @env: NULL: they are only checked. */
static void
read_set (const SuiteFile *file, const YamlNode *set, Taking *taking,
          GHashTable *env, Diag *diag)
{
  const bool is_profile = set != file->defaults;
  g_autoptr (GHashTable) unused
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (const YamlNode *node = set->first; node != NULL; node = node->next)
    {
      const char *const name = node->key->text;
      const Option *const option = find_option (name);

      if (option != NULL)
        set_option (file, option, node, taking, diag);
      else if (strcmp (name, ENV) == 0)
        suite_file_read_env (node, env != NULL ? env : unused, false, diag);
      else if (!is_profile || strcmp (name, EXTENDS) != 0)
        complain_unknown (node->key, is_profile, diag);
    }
  taking_next (taking);
}

static const YamlNode *
find_item (const YamlNode *map, const char *name)
{
  const YamlNode *item = map != NULL ? map->first : NULL;

  while (item != NULL && strcmp (item->key->text, name) != 0)
    item = item->next;
  return item;
}

static void
complain_no_profile (const SuiteFile *file, SrcSpan span, const char *name,
                     Diag *diag)
{
  Nearest nearest;

  diag_error (diag, span, "there is no profile \"%s\"", name);
  nearest_init (&nearest, name);
  for (const YamlNode *item
       = file->profiles != NULL ? file->profiles->first : NULL;
       item != NULL; item = item->next)
    nearest_try (&nearest, item->key->text);
  if (nearest.best != NULL)
    diag_note (diag, span, "did you mean \"%s\"?", nearest.best);
  else if (file->profiles == NULL)
    diag_note (diag, span, "the suite file has none");
}

/* The profile that another extends; NULL: none, or what it says is wrong. */
static const YamlNode *
find_extended (const SuiteFile *file, const YamlNode *profile, Diag *diag)
{
  const YamlNode *const extends
      = profile->kind == YAML_KIND_MAP ? find_item (profile, EXTENDS) : NULL;
  const YamlNode *extended;

  if (extends == NULL
      || !suite_node_is (extends, YAML_KIND_TEXT, EXTENDS, diag))
    return NULL;

  extended = find_item (file->profiles, extends->text);
  if (extended == NULL)
    complain_no_profile (file, extends->span, extends->text, diag);
  return extended;
}

/* Whether one comes from it to a profile that extends nothing. */
static bool
check_extended (const SuiteFile *file, const YamlNode *profile, Diag *diag)
{
  const YamlNode *at = find_extended (file, profile, diag);

  for (unsigned n = 1; at != NULL && at != profile && n < LONGEST_CHAIN; n++)
    at = find_extended (file, at, diag);
  if (at == NULL)
    return true;

  diag_error (diag, find_item (profile, EXTENDS)->span,
              at == profile ? "the profile \"%s\" extends itself"
                            : "the profile \"%s\" never comes to one that "
                              "extends nothing",
              profile->key->text);
  return false;
}

static void
check_profile (const SuiteFile *file, const YamlNode *profile, Taking *taking,
               Diag *diag)
{
  if ((profile->kind == YAML_KIND_TEXT && profile->is_empty)
      || !suite_node_is (profile, YAML_KIND_MAP, profile->key->text, diag))
    return;

  read_set (file, profile, taking, NULL, diag);
  (void)check_extended (file, profile, diag); /* it says what is wrong */
}

static void
check_profiles (const SuiteFile *file, Diag *diag)
{
  const YamlNode *const first
      = file->profiles != NULL ? file->profiles->first : NULL;
  unsigned n = 0;
  Settings settings;
  Taking taking;

  settings_init (&settings);
  taking_init (&taking, &settings);
  for (const YamlNode *profile = first; profile != NULL && n <= MOST_PROFILES;
       profile = profile->next)
    {
      check_profile (file, profile, &taking, diag);
      if (++n > MOST_PROFILES)
        diag_error (diag, profile->key->span, "there are more than %d profiles",
                    MOST_PROFILES);
    }
  taking_clear (&taking);
  settings_clear (&settings);
}

static void
take_profile (SuiteFile *file, const char *name, Taking *taking, Diag *diag)
{
  const YamlNode *profile = find_item (file->profiles, name);

  if (profile == NULL)
    complain_no_profile (file, SRC_SPAN_NONE, name, diag);
  else if (check_extended (file, profile, diag))
    for (; profile != NULL; profile = find_extended (file, profile, diag))
      read_set (file, profile, taking, file->env, diag);
}

void
suite_file_apply (SuiteFile *file, const char *profile, Taking *taking,
                  Diag *diag)
{
  if (!file->is_there && profile != NULL)
    {
      diag_error (diag, SRC_SPAN_NONE,
                  "there is no suite file, and so no profile \"%s\"", profile);
      diag_note (diag, SRC_SPAN_NONE,
                 "it is \"" SUITE_FILE_NAME "\" in this directory, or what "
                 "--suite names");
    }
  if (!file->is_readable)
    return;

  check_profiles (file, diag);
  if (profile != NULL)
    take_profile (file, profile, taking, diag);
  if (file->defaults != NULL)
    read_set (file, file->defaults, taking, file->env, diag);
}
