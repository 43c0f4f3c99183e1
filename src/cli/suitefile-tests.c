#include "config.h"

#include "base/visible.h"
#include "cli/suitefile-state.h"

#include <string.h>

/* CompileDefaults, and what they point to. */
struct MadeDefaults
{
  CompileDefaults defaults;
  char **env;      /* owned */
  GPtrArray *tags; /* owned; of char, borrowed; then NULL */
};

void
suite_made_free (MadeDefaults *made)
{
  g_strfreev (made->env);
  g_ptr_array_unref (made->tags);
  g_free (made);
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* "NAME=VALUE", sorted. */
static char **
list_env (GHashTable *env)
{
  unsigned n;
  g_autofree char **names = (char **)g_hash_table_get_keys_as_array (env, &n);
  char **list = g_new0 (char *, n + 1);

  qsort (names, n, sizeof *names, compare_names);
  for (unsigned i = 0; i < n; i++)
    list[i] = g_strconcat (
        names[i], "=", (const char *)g_hash_table_lookup (env, names[i]), NULL);
  return list;
}

static void
add_env (GHashTable *env, GHashTable *more)
{
  GHashTableIter iter;
  void *name, *value;

  g_hash_table_iter_init (&iter, more);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_insert (env, name, value);
}

static bool
says (const SuiteFile *file, const Override *override, const char *option_name)
{
  const uint64_t bit = option_bit (option_find (option_name));

  return (override->said & bit & ~file->taken) != 0;
}

static void
add_override (const SuiteFile *file, MadeDefaults *made,
              const Override *override, GHashTable *env)
{
  CompileDefaults *const defaults = &made->defaults;

  if (says (file, override, "--timeout"))
    defaults->timeout_microsecs = override->timeout_microsecs;
  if (says (file, override, "--test-limit"))
    defaults->limit_microsecs = override->test_limit_microsecs;
  if (says (file, override, "--leftovers"))
    defaults->leftovers = override->leftovers;
  /* That of the test: the option chooses by it.  The same with tags. */
  if (override->level > 0)
    defaults->level = override->level;
  for (unsigned i = 0; i < override->tags->len; i++)
    g_ptr_array_add (made->tags, g_ptr_array_index (override->tags, i));
  add_env (env, override->env);
}

/* @which: a "1" for each override that matches, else "0". */
static MadeDefaults *
make_defaults (const SuiteFile *file, const char *which)
{
  MadeDefaults *made = g_new0 (MadeDefaults, 1);
  g_autoptr (GHashTable) env = g_hash_table_new (g_str_hash, g_str_equal);

  made->defaults = file->base;
  made->tags = g_ptr_array_new ();
  add_env (env, file->env);
  for (unsigned i = 0; which[i] != '\0'; i++)
    {
      if (which[i] == '1')
        add_override (file, made,
                      &g_array_index (file->all_overrides, Override, i), env);
    }
  g_ptr_array_add (made->tags, NULL);
  made->env = list_env (env);
  made->defaults.env = (const char *const *)made->env;
  made->defaults.tags = (const char *const *)made->tags->pdata;
  return made;
}

/* As seen from where the file is, were it only for what is below. */
static const char *
seen_from_file (const SuiteFile *file, const char *label)
{
  const size_t n = strlen (file->directory);

  if (g_str_has_prefix (label, file->directory) && label[n] == '/')
    label += n + 1;
  return g_str_has_prefix (label, "./") ? label + strlen ("./") : label;
}

static bool
matches (const SuiteFile *file, const Override *override, const char *label)
{
  return override->pattern != NULL
         && g_regex_match (override->pattern, seen_from_file (file, label), 0,
                           NULL);
}

/* @label: NULL: it is of no test. */
static char *
find_matches (const SuiteFile *file, const char *label)
{
  const unsigned n = file->all_overrides->len;
  char *which = g_malloc0 (n + 1);

  for (unsigned i = 0; i < n; i++)
    {
      const Override *const override
          = &g_array_index (file->all_overrides, Override, i);

      which[i] = label != NULL && matches (file, override, label) ? '1' : '0';
    }
  return which;
}

void
suite_file_set_base (SuiteFile *file, const Settings *settings)
{
  file->taken = settings->taken;
  file->base
      = (CompileDefaults){ .timeout_microsecs = settings->timeout_microsecs,
                           .limit_microsecs = settings->test_limit_microsecs,
                           .leftovers = settings->leftovers };
  g_hash_table_remove_all (file->made);
}

const CompileDefaults *
suite_file_find_defaults (void *data, const char *plan_path,
                          const char *test_name)
{
  SuiteFile *const file = data;
  g_autoptr (GString) label = g_string_new (NULL);

  visible_append (label, plan_path, strlen (plan_path));
  g_string_append_c (label, ':');
  if (test_name != NULL)
    visible_append (label, test_name, strlen (test_name));

  g_autofree char *which
      = find_matches (file, test_name != NULL ? label->str : NULL);
  MadeDefaults *made = g_hash_table_lookup (file->made, which);

  if (made == NULL)
    {
      made = make_defaults (file, which);
      g_hash_table_insert (file->made, g_steal_pointer (&which), made);
    }
  return &made->defaults;
}

/* The last one that matches and says this; NULL: none does. */
static const Override *
find_override (const SuiteFile *file, const char *label, const char *option)
{
  for (unsigned i = file->all_overrides->len; i > 0; i--)
    {
      const Override *const override
          = &g_array_index (file->all_overrides, Override, i - 1);

      if (says (file, override, option) && matches (file, override, label))
        return override;
    }
  return NULL;
}

unsigned
suite_file_retries (const SuiteFile *file, const char *label,
                    unsigned otherwise)
{
  const Override *const override = find_override (file, label, "--retries");

  return override != NULL ? override->n_retries : otherwise;
}

int64_t
suite_file_slow (const SuiteFile *file, const char *label, int64_t otherwise)
{
  const Override *const override = find_override (file, label, "--slow");

  return override != NULL ? override->slow_microsecs : otherwise;
}
