#include "config.h"

#include "cli/suitefile.h"

#include "base/file.h"
#include "base/nearest.h"
#include "base/syserror.h"
#include "cli/suitefile-state.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

/* Somebody has named something else. */
#define LARGEST ((size_t)1 << 20)

/* --- Nodes --------------------------------------------------------------- */

bool
suite_node_is (const YamlNode *node, YamlKind kind, const char *name,
               Diag *diag)
{
  const char *const of = node->key != NULL ? "" : "an item of ";

  if (node->kind == YAML_KIND_TEXT && node->is_empty)
    diag_error (diag, node->key != NULL ? node->key->span : node->span,
                "%s\"%s\" has no value", of, name);
  else if (node->kind != kind)
    diag_error (diag, node->span, "%s\"%s\" must be %s, not %s", of, name,
                yamltree_kind_name (kind), yamltree_kind_name (node->kind));
  else
    return true;
  return false;
}

const YamlNode *
suite_node_first (const YamlNode *node)
{
  return node->kind == YAML_KIND_TEXT ? node : node->first;
}

const YamlNode *
suite_node_after (const YamlNode *node, const YamlNode *item)
{
  return item == node ? NULL : item->next;
}

char *
suite_file_path (const SuiteFile *file, const char *path)
{
  if (g_path_is_absolute (path) || *path == '\0'
      || strcmp (file->directory, ".") == 0)
    return g_strdup (path);
  return g_build_filename (file->directory, path, NULL);
}

/* --- Its keys ------------------------------------------------------------ */

typedef struct
{
  const char *name;
  YamlKind kind;
  bool may_be_text; /* too */
  size_t field;     /* where it goes in the SuiteFile */
} Key;

static const Key keys[] = {
  { "plans", YAML_KIND_LIST, true, offsetof (SuiteFile, plans) },
  { "defaults", YAML_KIND_MAP, false, offsetof (SuiteFile, defaults) },
  { "profiles", YAML_KIND_MAP, false, offsetof (SuiteFile, profiles) },
  { "overrides", YAML_KIND_LIST, false, offsetof (SuiteFile, overrides) },
};

static const Key *
find_key (const char *name)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (strcmp (keys[i].name, name) == 0)
        return &keys[i];
    }
  return NULL;
}

static void
complain_unknown (const YamlNode *key, Diag *diag)
{
  g_autofree char *option_name = g_strconcat ("--", key->text, NULL);
  Nearest nearest;

  diag_error (diag, key->span, "a suite file has no \"%s\"", key->text);
  nearest_init (&nearest, key->text);
  for (unsigned i = 0; i < G_N_ELEMENTS (keys); i++)
    nearest_try (&nearest, keys[i].name);
  if (nearest.best != NULL)
    diag_note (diag, key->span, "did you mean \"%s\"?", nearest.best);
  else if (option_find (option_name) != NULL || strcmp (key->text, "env") == 0)
    diag_note (diag, key->span, "it goes under \"defaults\"");
  else
    diag_note (diag, key->span,
               "it has \"plans\", \"defaults\", \"profiles\" and "
               "\"overrides\"");
}

static void
read_key (SuiteFile *file, const YamlNode *node, Diag *diag)
{
  const Key *const key = find_key (node->key->text);
  const bool is_empty = node->kind == YAML_KIND_TEXT && node->is_empty;

  if (key == NULL)
    {
      complain_unknown (node->key, diag);
      return;
    }

  const bool is_text = key->may_be_text && node->kind == YAML_KIND_TEXT;

  /* All below it may be behind "#" for a while. */
  if (!is_empty
      && (is_text || suite_node_is (node, key->kind, key->name, diag)))
    *(const YamlNode **)((char *)file + key->field) = node;
}

/* --- The file ------------------------------------------------------------ */

SuiteFile *
suite_file_new (void)
{
  SuiteFile *file = g_new0 (SuiteFile, 1);

  file->arena = arena_new ();
  file->directory = g_strdup (".");
  file->all_overrides = g_array_new (FALSE, TRUE, sizeof (Override));
  g_array_set_clear_func (file->all_overrides,
                          (GDestroyNotify)suite_override_clear);
  file->env = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  file->made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify)suite_made_free);
  return file;
}

void
suite_file_free (SuiteFile *file)
{
  if (file == NULL)
    return;

  g_hash_table_unref (file->made);
  g_hash_table_unref (file->env);
  g_array_unref (file->all_overrides);
  g_free (file->directory);
  arena_free (file->arena);
  g_free (file);
}

static bool
refuse (GError **error, const char *path, const char *reason)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
               "cannot read the suite file \"%s\": %s", path, reason);
  return false;
}

/* What is no file might never end, or not even begin. */
static bool
check_file (const char *path, GError **error)
{
  struct stat info;

  if (stat (path, &info) != 0)
    return refuse (error, path, g_strerror (errno));
  if (!S_ISREG (info.st_mode))
    return refuse (error, path, file_refuse_kind (info.st_mode));
  if ((uint64_t)info.st_size > LARGEST)
    return refuse (error, path, "it is larger than 1 MiB");
  return true;
}

static const Source *
read_source (const char *path, Sources *sources, Diag *diag)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  size_t n_text;

  if (check_file (path, &error)
      && file_read (path, LARGEST, 0, &text, &n_text, &error))
    return sources_add (sources, path, text, n_text);

  diag_error (diag, SRC_SPAN_NONE, "%s", error->message);
  return NULL;
}

static void
read_file (SuiteFile *file, const char *path, Sources *sources, Diag *diag)
{
  const Source *const source = read_source (path, sources, diag);
  const unsigned n_errors = diag_n_errors (diag);
  const YamlNode *root;

  if (source == NULL)
    return;

  g_free (file->directory);
  file->directory = g_path_get_dirname (path);
  root = yamltree_read (source, file->arena, diag);
  file->is_readable = root != NULL || diag_n_errors (diag) == n_errors;
  if (root == NULL || (root->kind == YAML_KIND_TEXT && root->is_empty))
    return;
  if (root->kind != YAML_KIND_MAP)
    {
      file->is_readable = false;
      diag_error (diag, root->span, "a suite file must be a map, not %s",
                  yamltree_kind_name (root->kind));
      diag_note (diag, root->span, "a map has lines such as \"plans: tests\"");
      return;
    }

  for (const YamlNode *node = root->first; node != NULL; node = node->next)
    read_key (file, node, diag);
  if (file->overrides != NULL)
    suite_file_read_overrides (file, diag);
}

SuiteFile *
suite_file_load (const char *path, Sources *sources, Diag *diag)
{
  SuiteFile *file = suite_file_new ();
  struct stat info;

  if (path == NULL && lstat (SUITE_FILE_NAME, &info) != 0 && errno == ENOENT)
    return file;

  file->is_there = true;
  read_file (file, path != NULL ? path : SUITE_FILE_NAME, sources, diag);
  return file;
}
