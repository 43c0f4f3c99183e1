#include "config.h"

#include "base/nearest.h"
#include "cli/suitefile-state.h"

#include <stddef.h>
#include <string.h>

#define MATCH "match"

/* --- The keys of an override ---------------------------------------------- */

/* Each is of the kind of the option of its name. */
typedef struct
{
  const char *option;
  size_t field; /* where its value goes in the Override */
} Key;

static const Key keys[] = {
  { "--timeout", offsetof (Override, timeout_microsecs) },
  { "--test-limit", offsetof (Override, test_limit_microsecs) },
  { "--slow", offsetof (Override, slow_microsecs) },
  { "--retries", offsetof (Override, n_retries) },
  { "--leftovers", offsetof (Override, leftovers) },
  { "--level", offsetof (Override, level) },
  { "--tags", offsetof (Override, tags) },
};

static const char *
key_name (const Key *key)
{
  return key->option + strlen ("--");
}

static const Key *
find_key (const char *name)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (strcmp (key_name (&keys[i]), name) == 0)
        return &keys[i];
    }
  return NULL;
}

static void
complain_unknown (const YamlNode *key, Diag *diag)
{
  Nearest nearest;

  diag_error (diag, key->span, "an override has no \"%s\"", key->text);
  nearest_init (&nearest, key->text);
  for (unsigned i = 0; i < G_N_ELEMENTS (keys); i++)
    nearest_try (&nearest, key_name (&keys[i]));
  nearest_try (&nearest, MATCH);
  nearest_try (&nearest, "env");
  if (nearest.best != NULL)
    {
      diag_note (diag, key->span, "did you mean \"%s\"?", nearest.best);
      return;
    }

  g_autoptr (GString) all = g_string_new ("it has \"" MATCH "\", \"env\"");

  for (unsigned i = 0; i < G_N_ELEMENTS (keys); i++)
    g_string_append_printf (all, "%s\"%s\"",
                            i + 1 < G_N_ELEMENTS (keys) ? ", " : " and ",
                            key_name (&keys[i]));
  diag_note (diag, key->span, "%s", all->str);
}

/* --- Reading ---------------------------------------------------------------
 */

void
suite_override_clear (Override *override)
{
  g_clear_pointer (&override->pattern, g_regex_unref);
  g_clear_pointer (&override->tags, g_ptr_array_unref);
  g_clear_pointer (&override->env, g_hash_table_unref);
}

static void
read_pattern (Override *override, const YamlNode *node, Diag *diag)
{
  g_autoptr (GError) error = NULL;

  if (!suite_node_is (node, YAML_KIND_TEXT, MATCH, diag))
    return;

  override->pattern = g_regex_new (node->text, 0, 0, &error);
  if (override->pattern == NULL)
    diag_error (diag, node->span, MATCH ": %s", error->message);
}

static bool
is_tag (const char *text)
{
  return *text != '\0' && *text != '!' && strpbrk (text, ", \t\n") == NULL;
}

static void
read_text (Override *override, const Key *key, const YamlNode *node, Diag *diag)
{
  const Option *const option = option_find (key->option);
  g_autoptr (GError) error = NULL;

  if (!suite_node_is (node, YAML_KIND_TEXT, option->name, diag))
    return;

  if (option->kind == VALUE_TEXTS && !is_tag (node->text))
    {
      diag_error (diag, node->span, "\"%s\" is no tag", node->text);
      diag_note (diag, node->span,
                 "several are a list; here tags are added to tests, not "
                 "chosen by");
    }
  else if (!value_parse (option->kind, option->choices, node->text,
                         (char *) override + key->field, option->name, &error))
    {
      diag_error (diag, node->span, "%s", error->message);
    }
  override->said |= option_bit (option);
}

static void
read_key (Override *override, const YamlNode *node, Diag *diag)
{
  const Key *const key = find_key (node->key->text);

  if (strcmp (node->key->text, MATCH) == 0)
    read_pattern (override, node, diag);
  else if (strcmp (node->key->text, "env") == 0)
    suite_file_read_env (node, override->env, true, diag);
  else if (key == NULL)
    complain_unknown (node->key, diag);
  else if (option_find (key->option)->kind != VALUE_TEXTS)
    read_text (override, key, node, diag);
  else if (node->kind == YAML_KIND_MAP)
    (void)suite_node_is (node, YAML_KIND_LIST, key_name (key), diag);
  else
    for (const YamlNode *item = suite_node_first (node); item != NULL;
         item = suite_node_after (node, item))
      read_text (override, key, item, diag);
}

static bool
has_match (const YamlNode *map)
{
  const YamlNode *node = map->first;

  while (node != NULL && strcmp (node->key->text, MATCH) != 0)
    node = node->next;
  return node != NULL;
}

void
suite_file_read_overrides (SuiteFile *file, Diag *diag)
{
  for (const YamlNode *node = file->overrides->first; node != NULL;
       node = node->next)
    {
      Override override = { .tags = g_ptr_array_new_with_free_func (g_free),
                            .env = g_hash_table_new_full (
                                g_str_hash, g_str_equal, g_free, g_free) };

      if (suite_node_is (node, YAML_KIND_MAP, "overrides", diag))
        {
          if (!has_match (node))
            diag_error (diag, node->span,
                        "this override has no \"" MATCH
                        "\", which says for which tests it is");
          for (const YamlNode *item = node->first; item != NULL;
               item = item->next)
            read_key (&override, item, diag);
        }
      g_array_append_val (file->all_overrides, override);
    }
}
