#include "config.h"

#include "vm/command.h"

#include "base/syserror.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What execvp(3) searches when there is no PATH. */
#define DEFAULT_PATH "/bin:/usr/bin"

/* Environments and search lists are the same for most children, and do not
 * change while a test runs: they are made once. */
struct Commands
{
  Values *values;
  int log_dir;
  int inherited_stdin;
  GHashTable *environments; /* PlanEnv to GPtrArray of strings, owned */
  GHashTable *searches;     /* envp, then command, to GPtrArray, owned */
};

void
command_clear (Command *command)
{
  g_clear_pointer (&command->argv, g_ptr_array_unref);
  g_clear_pointer (&command->strings, g_ptr_array_unref);
  g_clear_pointer (&command->user, g_free);
  if (command->stdin_fd >= 0)
    (void)close (command->stdin_fd);
  command->stdin_fd = -1;
}

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

Commands *
commands_new (Values *values, int log_dir, int inherited_stdin)
{
  Commands *commands = g_new0 (Commands, 1);

  commands->values = values;
  commands->log_dir = log_dir;
  commands->inherited_stdin = inherited_stdin;
  commands->environments
      = g_hash_table_new_full (NULL, NULL, NULL, unref_array);
  commands->searches = g_hash_table_new_full (NULL, NULL, NULL, unref_table);
  return commands;
}

void
commands_free (Commands *commands)
{
  if (commands == NULL)
    return;
  g_hash_table_unref (commands->searches);
  g_hash_table_unref (commands->environments);
  g_free (commands);
}

/* --- The environment -------------------------------------------------- */

/* Ours first, then the changes, oldest first; later ones win. */
static bool
apply_changes (Commands *commands, const PlanEnv *newest, GHashTable *vars,
               GError **error)
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
          const char *value
              = values_expand (commands->values, change->value, strings, error);
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
make_environment (Commands *commands, const PlanEnv *env, GError **error)
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
  if (!apply_changes (commands, env, vars, error))
    return NULL;

  GPtrArray *environment = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_foreach (vars, add_variable, environment);
  g_ptr_array_add (environment, NULL);
  return environment;
}

static const char *const *
get_environment (Commands *commands, const PlanEnv *env, GError **error)
{
  if (env == NULL)
    return (const char *const *)environ;

  GPtrArray *environment = g_hash_table_lookup (commands->environments, env);
  if (environment == NULL)
    {
      environment = make_environment (commands, env, error);
      if (environment == NULL)
        return NULL;
      g_hash_table_insert (commands->environments, (void *)env, environment);
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

static const char *const *
get_search (Commands *commands, const char *program, const char *const *envp,
            const char *path)
{
  GHashTable *searches = g_hash_table_lookup (commands->searches, envp);
  if (searches == NULL)
    {
      searches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        unref_array);
      g_hash_table_insert (commands->searches, (void *)envp, searches);
    }

  GPtrArray *search = g_hash_table_lookup (searches, program);
  if (search == NULL)
    {
      search = make_search (program, path);
      g_hash_table_insert (searches, g_strdup (program), search);
    }
  return (const char *const *)search->pdata;
}

static void
set_paths (Commands *commands, Command *command)
{
  const char *program = command->spec.argv[0];

  if (strchr (program, '/') != NULL || *program == '\0')
    {
      command->only_path[0] = program;
      command->only_path[1] = NULL;
      command->spec.paths = command->only_path;
      return;
    }
  command->searched = find_path (command->spec.envp);
  command->spec.paths
      = get_search (commands, program, command->spec.envp, command->searched);
}

/* --- The rest ---------------------------------------------------------- */

/* From the file, not by getpwnam(3): that may ask a server, and blocks then;
 * and it may load libraries, which a static program cannot. */
static bool
read_passwd (const char *name, uid_t *uid, gid_t *gid)
{
  FILE *file = fopen ("/etc/passwd", "re");
  struct passwd *entry = NULL;

  while (file != NULL && (entry = fgetpwent (file)) != NULL)
    if (strcmp (entry->pw_name, name) == 0)
      {
        *uid = entry->pw_uid;
        *gid = entry->pw_gid;
        break;
      }
  if (file != NULL)
    (void)fclose (file);
  return entry != NULL;
}

static void
read_groups (const char *name, GArray *groups)
{
  FILE *file = fopen ("/etc/group", "re");
  struct group *entry;

  while (file != NULL && (entry = fgetgrent (file)) != NULL)
    if (g_strv_contains ((const char *const *)entry->gr_mem, name))
      g_array_append_val (groups, entry->gr_gid);
  if (file != NULL)
    (void)fclose (file);
}

static LaunchUser *
find_user (const char *name, GError **error)
{
  uid_t uid;
  gid_t gid;
  if (!read_passwd (name, &uid, &gid))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                   "there is no user \"%s\" in /etc/passwd", name);
      return NULL;
    }

  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (gid_t));
  g_array_append_val (groups, gid);
  read_groups (name, groups);

  const size_t n_bytes = groups->len * sizeof (gid_t);
  LaunchUser *user = g_malloc0 (sizeof (LaunchUser) + n_bytes);
  user->uid = uid;
  user->gid = gid;
  user->n_groups = groups->len;
  memcpy (user->groups, groups->data, n_bytes);
  return user;
}

/* A here-document: a file in memory, read from its begin. */
static int
open_text (const char *text, size_t n_text, GError **error)
{
  const int fd = memfd_create ("proctor-stdin", MFD_CLOEXEC);

  for (size_t done = 0; fd >= 0 && done < n_text;)
    {
      const ssize_t n = pwrite (fd, text + done, n_text - done, (off_t)done);
      if (n < 0 && errno != EINTR)
        {
          syserror_set (error, errno, "cannot keep its standard input");
          (void)close (fd);
          return -1;
        }
      done += n < 0 ? 0 : (size_t)n;
    }
  if (fd < 0)
    syserror_set (error, errno, "cannot keep its standard input");
  return fd;
}

static bool
set_stdin (Commands *commands, const PlanContext *context, Command *command,
           GError **error)
{
  LaunchSpec *spec = &command->spec;
  const char *text = NULL;

  if (context->stdin_text != NULL)
    {
      text = values_expand (commands->values, context->stdin_text,
                            command->strings, error);
      if (text == NULL)
        return false;
    }
  switch (context->stdin_kind)
    {
    case PLAN_STDIN_FILE:
      spec->stdin_path = text;
      return true;
    case PLAN_STDIN_INHERIT:
      spec->stdin_fd = commands->inherited_stdin;
      return true;
    case PLAN_STDIN_TEXT:
      /* With values in it the text holds no NUL; without, it may. */
      command->stdin_fd = open_text (text,
                                     text == context->stdin_text->bytes
                                         ? context->stdin_text->n_bytes
                                         : strlen (text),
                                     error);
      spec->stdin_fd = command->stdin_fd;
      return command->stdin_fd >= 0;
    case PLAN_STDIN_NULL:
    case PLAN_STDIN_PIPE:
      return true;
    }
  g_assert_not_reached ();
}

static bool
set_argv (Commands *commands, const PlanSpawn *spawn, Command *command,
          GError **error)
{
  for (uint32_t i = 0; i < spawn->n_argv; i++)
    {
      const char *text = values_expand (commands->values, spawn->argv[i],
                                        command->strings, error);
      if (text == NULL)
        return false;
      g_ptr_array_add (command->argv, (void *)text);
    }
  g_ptr_array_add (command->argv, NULL);
  command->spec.argv = (const char *const *)command->argv->pdata;
  return true;
}

static bool
expand_path (Commands *commands, const PlanText *text, Command *command,
             const char **path, GError **error)
{
  if (text == NULL)
    return true;
  *path = values_expand (commands->values, text, command->strings, error);
  return *path != NULL;
}

bool
commands_prepare (Commands *commands, const PlanSpawn *spawn, Command *command,
                  GError **error)
{
  const PlanContext *context = spawn->context;

  *command = (Command){ .stdin_fd = -1,
                        .argv = g_ptr_array_sized_new (spawn->n_argv + 1),
                        .strings = g_ptr_array_new_with_free_func (g_free),
                        .spec = { .log_dir = commands->log_dir,
                                  .terminal_fd = -1,
                                  .limits = context->limits,
                                  .n_limits = context->n_limits,
                                  .umask = context->umask,
                                  .nice = context->nice,
                                  .merge = context->merge } };
  command->spec.envp = get_environment (commands, context->env, error);
  if (command->spec.envp == NULL || !set_argv (commands, spawn, command, error)
      || !expand_path (commands, context->cwd, command, &command->spec.cwd,
                       error)
      || !expand_path (commands, context->stdout_path, command,
                       &command->spec.stdout_path, error)
      || !set_stdin (commands, context, command, error))
    return false;

  if (context->user != NULL)
    {
      command->user = find_user (context->user, error);
      if (command->user == NULL)
        return false;
      command->spec.user = command->user;
    }
  set_paths (commands, command);
  return true;
}
