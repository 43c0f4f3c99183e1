#include "config.h"

#include "vm/child/command.h"

#include "base/passwd.h"
#include "base/syserror.h"
#include "vm/child/environment.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct Commands
{
  Values *values;
  int log_dir;
  int inherited_stdin;
  Environments *environments; /* owned */
};

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    (void)close (*fd);
  *fd = -1;
}

void
command_clear (Command *command)
{
  g_clear_pointer (&command->argv, g_ptr_array_unref);
  g_clear_pointer (&command->strings, g_ptr_array_unref);
  close_fd (&command->stdin_fd);
  close_fd (&command->log_fds[0]);
  close_fd (&command->log_fds[1]);
}

void
command_set_log (Command *command, int stream, const char *name, int fd)
{
  const bool is_stderr = stream == STDERR_FILENO;

  *(is_stderr ? &command->spec.stderr_log : &command->spec.stdout_log) = name;
  *(is_stderr ? &command->spec.stderr_fd : &command->spec.stdout_fd) = fd;
  command->log_fds[is_stderr ? 1 : 0] = fd > 0 ? fd : -1;
}

int
command_take_log (Command *command, int stream)
{
  int *log = &command->log_fds[stream == STDERR_FILENO ? 1 : 0];
  const int fd = *log;

  *log = -1;
  return fd;
}

Commands *
commands_new (Values *values, int log_dir, int inherited_stdin)
{
  Commands *commands = g_new0 (Commands, 1);

  commands->values = values;
  commands->log_dir = log_dir;
  commands->inherited_stdin = inherited_stdin;
  commands->environments = environments_new (values);
  return commands;
}

void
commands_free (Commands *commands)
{
  if (commands == NULL)
    return;
  environments_free (commands->environments);
  g_free (commands);
}

static void
set_paths (Commands *commands, Command *command)
{
  const char *program = command->spec.argv[0];

  if (strchr (program, '/') == NULL && *program != '\0')
    {
      command->spec.paths
          = environments_search (commands->environments, command->spec.envp,
                                 program, &command->searched);
      return;
    }
  command->only_path[0] = program;
  command->only_path[1] = NULL;
  command->spec.paths = command->only_path;
}

/* --- The user ---------------------------------------------------------- */

/* As passwd_find() does it. */
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
  if (!passwd_find (name, &uid, &gid))
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

/* --- The rest ---------------------------------------------------------- */

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

static bool
set_stdin (Commands *commands, const PlanContext *context, Command *command,
           GError **error)
{
  LaunchSpec *spec = &command->spec;

  if (context->stdin_kind == PLAN_STDIN_FILE)
    return expand_path (commands, context->stdin_text, command,
                        &spec->stdin_path, error);
  if (context->stdin_kind == PLAN_STDIN_INHERIT)
    spec->stdin_fd = commands->inherited_stdin;
  if (context->stdin_kind != PLAN_STDIN_TEXT)
    return true;

  g_autoptr (GString) text = values_expand_bytes (
      commands->values, context->stdin_text, NULL, error);
  if (text == NULL)
    return false;
  command->stdin_fd = open_text (text->str, text->len, error);
  spec->stdin_fd = command->stdin_fd;
  return command->stdin_fd >= 0;
}

bool
commands_prepare (Commands *commands, const PlanSpawn *spawn, Command *command,
                  GError **error)
{
  const PlanContext *context = spawn->context;

  *command = (Command){ .stdin_fd = -1,
                        .log_fds = { -1, -1 },
                        .argv = g_ptr_array_sized_new (spawn->n_argv + 1),
                        .strings = g_ptr_array_new_with_free_func (g_free),
                        .spec = { .log_dir = commands->log_dir,
                                  .terminal_fd = -1,
                                  .limits = context->limits,
                                  .n_limits = context->n_limits,
                                  .umask = context->umask,
                                  .nice = context->nice,
                                  .merge = context->merge } };
  command->spec.envp = environments_get (commands->environments, context->env,
                                         command->strings, error);
  if (command->spec.envp == NULL || !set_argv (commands, spawn, command, error)
      || !expand_path (commands, context->cwd, command, &command->spec.cwd,
                       error)
      || !expand_path (commands, context->stdout_path, command,
                       &command->spec.stdout_path, error)
      || !set_stdin (commands, context, command, error))
    return false;

  if (context->user != NULL)
    {
      LaunchUser *user = find_user (context->user, error);
      if (user == NULL)
        return false;
      /* The child reads it for as long as it reads strings. */
      g_ptr_array_add (command->strings, user);
      command->spec.user = user;
    }
  set_paths (commands, command);
  return true;
}
