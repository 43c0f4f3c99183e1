#include "config.h"

#include "front/program.h"

#include "front/text.h"
#include "front/vars.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What execvp(3) searches when there is no PATH. */
#define DEFAULT_PATH "/bin:/usr/bin"

static bool
is_program (const char *directory, const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, directory);
  struct stat info;

  return stat (absolute, &info) == 0 && S_ISREG (info.st_mode)
         && access (absolute, X_OK) == 0;
}

/* @cwd is where the names in @path that are relative begin. */
static bool
is_in_path (const char *path, const char *cwd, const char *name)
{
  g_auto (GStrv) directories = g_strsplit (path, ":", -1);

  for (unsigned i = 0; directories[i] != NULL; i++)
    {
      g_autofree char *candidate = g_build_filename (
          *directories[i] != '\0' ? directories[i] : ".", name, NULL);

      if (is_program (cwd, candidate))
        return true;
    }
  return false;
}

static bool
exists (const char *path, const char *cwd, const char *name)
{
  if (*name == '\0')
    return false;
  return strchr (name, '/') != NULL ? is_program (cwd, name)
                                    : is_in_path (path, cwd, name);
}

/* The children's value of a variable; false if it is not known yet. */
static bool
known_path (const PlanEnv *env, const char **path)
{
  for (; env != NULL; env = env->older)
    {
      if (env->name != NULL && strcmp (env->name, "PATH") != 0)
        continue;
      *path = env->value != NULL ? env->value->bytes : DEFAULT_PATH;
      return env->value == NULL || env->value->n_slots == 0;
    }
  *path = g_getenv ("PATH");
  if (*path == NULL)
    *path = DEFAULT_PATH;
  return true;
}

/* The directory that relative names begin at; NULL if it is not known yet. */
static char *
known_cwd (Emit *emit, const PlanText *cwd)
{
  if (cwd == NULL)
    return g_strdup (emit->options->builddir);
  if (cwd->n_slots > 0)
    return NULL;
  return g_canonicalize_filename (cwd->bytes, emit->options->builddir);
}

bool
program_exists (Emit *emit, const char *name)
{
  g_autofree char *cwd = known_cwd (emit, emit->settings.cwd);
  const char *path;

  return known_path (emit->settings.env, &path) && cwd != NULL
         && exists (path, cwd, name);
}

/* Looks for each command once, for each environment and directory. */
static bool
is_missing (Emit *emit, const PlanContext *context, const PlanText *command)
{
  static const char missing;
  static const char found;
  const void *const key[] = { context->env, context->cwd, command };
  InternEntry *const entry = intern_add (emit->programs, key, sizeof key);

  if (entry->key != NULL)
    return entry->value == &missing;

  g_autofree char *cwd = known_cwd (emit, context->cwd);
  const char *path;
  const bool is_known = known_path (context->env, &path) && cwd != NULL;
  void *const copy = arena_alloc (emit->scratch, sizeof key);
  const bool is_there = !is_known || exists (path, cwd, command->bytes);

  memcpy (copy, key, sizeof key);
  entry->key = copy;
  entry->value = (void *)(is_there ? &found : &missing);
  return !is_there;
}

void
program_check (Emit *emit, const PlanContext *context, const PlanText *command,
               SrcSpan span)
{
  const bool is_path = strchr (command->bytes, '/') != NULL;

  /* A file may be made by what has run before. */
  if (command->n_slots > 0 || emit->settings.skip_reason != NULL
      || (is_path && emit->processes->len > 1)
      || !is_missing (emit, context, command))
    return;

  const char *const shown = emit_shown (emit, command->bytes, command->n_bytes);

  if (is_path)
    emit_warning (emit, span, "there is no program \"%s\"", shown);
  else
    emit_warning (emit, span, "there is no program \"%s\" in PATH", shown);
  if (emit->lines == LINES_OF_SPAWN_PAR && words_find (shown) != NULL)
    emit_note (emit, span, "a line of \"spawnPar\" begins with the command");
}
