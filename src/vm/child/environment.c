#include "config.h"

#include "vm/child/environment.h"

#include <string.h>
#include <unistd.h>

/* What execvp(3) searches when there is no PATH. */
#define DEFAULT_PATH "/bin:/usr/bin"

/* Environments and search lists are the same for most children, and do not
 * change while a test runs: they are made once.  But for environments with
 * values of the test's own in them, which do change. */
struct Environments
{
  Values *values;
  GHashTable *by_env;   /* PlanEnv to GPtrArray of strings, owned */
  GHashTable *searches; /* PATH, then program, to GPtrArray, owned */
};

static void
unref_array (void *array)
{
  g_ptr_array_unref (array);
}

static void
unref_table (void *table)
{
  g_hash_table_unref (table);
}

Environments *
environments_new (Values *values)
{
  Environments *environments = g_new0 (Environments, 1);

  environments->values = values;
  environments->by_env = g_hash_table_new_full (NULL, NULL, NULL, unref_array);
  environments->searches
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_table);
  return environments;
}

void
environments_free (Environments *environments)
{
  if (environments == NULL)
    return;
  g_hash_table_unref (environments->searches);
  g_hash_table_unref (environments->by_env);
  g_free (environments);
}

/* --- The environment -------------------------------------------------- */

/* Ours first, then the changes, oldest first; later ones win. */
static bool
apply_changes (Environments *environments, const PlanEnv *newest,
               GHashTable *vars, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  for (const PlanEnv *change = newest; change != NULL; change = change->older)
    {
      g_ptr_array_add (changes, (void *)change);
      if (change->name == NULL)
        break;
    }

  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  for (guint i = changes->len; i-- > 0;)
    {
      const PlanEnv *change = changes->pdata[i];
      if (change->name == NULL)
        g_hash_table_remove_all (vars);
      else if (change->value == NULL)
        g_hash_table_remove (vars, change->name);
      else
        {
          const char *value = values_expand (environments->values,
                                             change->value, strings, error);
          if (value == NULL)
            return false;
          g_hash_table_replace (vars, g_strdup (change->name),
                                g_strdup (value));
        }
    }
  return true;
}

static void
add_variable (void *name, void *value, void *data)
{
  g_ptr_array_add (data, g_strconcat (name, "=", value, NULL));
}

static GPtrArray *
make_environment (Environments *environments, const PlanEnv *env,
                  GError **error)
{
  g_autoptr (GHashTable) vars
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (char **entry = environ; *entry != NULL; entry++)
    {
      const char *equals = strchr (*entry, '=');
      if (equals != NULL)
        g_hash_table_replace (vars,
                              g_strndup (*entry, (gsize)(equals - *entry)),
                              g_strdup (equals + 1));
    }
  if (!apply_changes (environments, env, vars, error))
    return NULL;

  GPtrArray *environment = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_foreach (vars, add_variable, environment);
  g_ptr_array_add (environment, NULL);
  return environment;
}

/* Whether a value that it is made with may be another one the next time. */
static bool
is_fleeting (const PlanEnv *env)
{
  for (; env != NULL && env->name != NULL; env = env->older)
    for (uint32_t i = 0; env->value != NULL && i < env->value->n_slots; i++)
      if (env->value->slots[i].variable >= N_PLAN_VARS)
        return true;
  return false;
}

static const char *const *
give_away (GPtrArray *environment /* takes */, GPtrArray *strings)
{
  for (guint i = 0; environment->pdata[i] != NULL; i++)
    g_ptr_array_add (strings, environment->pdata[i]);
  g_ptr_array_set_free_func (environment, NULL);

  void **envp = g_ptr_array_free (environment, FALSE);
  g_ptr_array_add (strings, envp);
  return (const char *const *)envp;
}

const char *const *
environments_get (Environments *environments, const PlanEnv *env,
                  GPtrArray *strings, GError **error)
{
  if (env == NULL)
    return (const char *const *)environ;

  GPtrArray *environment = g_hash_table_lookup (environments->by_env, env);
  if (environment == NULL)
    {
      environment = make_environment (environments, env, error);
      if (environment == NULL)
        return NULL;
      if (is_fleeting (env))
        return give_away (environment, strings);
      g_hash_table_insert (environments->by_env, (void *)env, environment);
    }
  return (const char *const *)environment->pdata;
}

/* --- The search for the program --------------------------------------- */

static const char *
find_path (const char *const *envp)
{
  for (; *envp != NULL; envp++)
    if (g_str_has_prefix (*envp, "PATH="))
      return *envp + strlen ("PATH=");
  return DEFAULT_PATH;
}

static GPtrArray *
make_search (const char *program, const char *path)
{
  GPtrArray *search = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) directories = g_strsplit (path, ":", -1);

  for (char **directory = directories; *directory != NULL; directory++)
    g_ptr_array_add (search,
                     **directory == '\0'
                         ? g_strconcat ("./", program, NULL)
                         : g_strconcat (*directory, "/", program, NULL));
  g_ptr_array_add (search, NULL);
  return search;
}

const char *const *
environments_search (Environments *environments, const char *const *envp,
                     const char *program, const char **searched)
{
  const char *path = find_path (envp);
  void *key, *searches;
  if (!g_hash_table_lookup_extended (environments->searches, path, &key,
                                     &searches))
    {
      key = g_strdup (path);
      searches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        unref_array);
      g_hash_table_insert (environments->searches, key, searches);
    }
  *searched = key;

  GPtrArray *search = g_hash_table_lookup (searches, program);
  if (search == NULL)
    {
      search = make_search (program, path);
      g_hash_table_insert (searches, g_strdup (program), search);
    }
  return (const char *const *)search->pdata;
}
