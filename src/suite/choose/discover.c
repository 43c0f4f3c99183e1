#include "config.h"

#include "suite/choose/discover.h"

#include "base/nearest.h"
#include "base/syserror.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define PLAN_SUFFIX ".plan"

static void
target_free (Target *target)
{
  g_free (target->path);
  g_free (target->test);
  g_free (target);
}

GPtrArray *
targets_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)target_free);
}

/* Takes @path and @test. */
static void
add (GPtrArray *targets, char *path, char *test, bool is_named)
{
  Target *target = g_new0 (Target, 1);

  target->path = path;
  target->test = test;
  target->is_named = is_named;
  g_ptr_array_add (targets, target);
}

static bool
is_directory (const char *path)
{
  struct stat info;

  return stat (path, &info) == 0 && S_ISDIR (info.st_mode);
}

static bool
exists (const char *path)
{
  struct stat info;

  return strcmp (path, "-") == 0 || stat (path, &info) == 0;
}

/* --- A directory ------------------------------------------------------- */

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* As short as somebody would write it. */
static char *
entry_path (const char *directory, const char *name)
{
  const bool is_here
      = strcmp (directory, ".") == 0 || strcmp (directory, "./") == 0;

  return is_here ? g_strdup (name) : g_build_filename (directory, name, NULL);
}

static bool
discover_directory (const char *path, GPtrArray *targets, GError **error)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (directory == NULL)
    {
      syserror_set (error, errno, "cannot read the directory \"%s\"", path);
      return false;
    }

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      if (*name != '.' && g_str_has_suffix (name, PLAN_SUFFIX))
        g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_sort (names, compare_names);

  const unsigned n_before = targets->len;

  for (unsigned i = 0; i < names->len; i++)
    {
      g_autofree char *file = entry_path (path, g_ptr_array_index (names, i));

      if (!is_directory (file))
        add (targets, g_steal_pointer (&file), NULL, false);
    }
  if (targets->len > n_before)
    return true;

  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
               "there is no plan (*" PLAN_SUFFIX ") in the directory \"%s\"",
               path);
  return false;
}

/* --- FILE:TEST --------------------------------------------------------- */

/* The file that stands before a colon; where there are several, the longest.
 * NULL: there is none. */
static const char *
find_colon (const char *argument)
{
  for (const char *colon = strrchr (argument, ':'); colon != NULL;
       colon = memrchr (argument, ':', (size_t)(colon - argument)))
    {
      g_autofree char *path = g_strndup (argument, (size_t)(colon - argument));

      if (exists (path))
        return colon;
    }
  return NULL;
}

static bool
discover_test (const char *argument, const char *colon, GPtrArray *targets,
               GError **error)
{
  g_autofree char *path = g_strndup (argument, (size_t)(colon - argument));

  if (is_directory (path) || colon[1] == '\0')
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "\"%s\" names no test: a test is named FILE:TEST", argument);
      return false;
    }

  add (targets, g_steal_pointer (&path), g_strdup (colon + 1), true);
  return true;
}

/* --- Nothing ----------------------------------------------------------- */

/* The name beside @path that was perhaps meant; NULL: there is none. */
static char *
find_similar (const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *wanted = g_path_get_basename (path);
  g_autoptr (GDir) directory = g_dir_open (parent, 0, NULL);
  g_autofree char *best = NULL;
  const char *name;
  Nearest nearest;

  nearest_init (&nearest, wanted);
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      nearest_try (&nearest, name);
      if (nearest.best == name) /* it is gone with the next */
        {
          g_free (best);
          nearest.best = best = g_strdup (name);
        }
    }
  return best != NULL ? entry_path (parent, best) : NULL;
}

static bool
refuse (const char *argument, int error_number, GError **error)
{
  g_autofree char *similar
      = error_number == ENOENT ? find_similar (argument) : NULL;

  syserror_set (error, error_number, "cannot read \"%s\"", argument);
  if (similar != NULL && error != NULL)
    {
      g_autofree char *message = (*error)->message;

      (*error)->message
          = g_strdup_printf ("%s (did you mean \"%s\"?)", message, similar);
    }
  return false;
}

bool
discover (const char *argument, GPtrArray *targets, GError **error)
{
  struct stat info;

  if (strcmp (argument, "-") != 0 && stat (argument, &info) != 0)
    {
      const int error_number = errno;
      const char *const colon = find_colon (argument);

      if (colon != NULL)
        return discover_test (argument, colon, targets, error);
      return refuse (argument, error_number, error);
    }
  if (is_directory (argument))
    return discover_directory (argument, targets, error);

  add (targets, g_strdup (argument), NULL, true);
  return true;
}
