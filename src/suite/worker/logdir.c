#include "config.h"

#include "suite/worker/logdir.h"

#include "base/syserror.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_NAME  100
#define MAX_TRIES 10000

/* So deep a tree is removed from within; what lies deeper is first moved up,
 * since each level holds a descriptor. */
#define MAX_DEPTH 32

#define DIRECTORY_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

void
logdir_clear (LogDir *dir)
{
  if (dir->fd >= 0)
    (void)close (dir->fd);
  g_free (dir->path);
  g_free (dir->name);
  *dir = (LogDir){ .fd = -1 };
}

bool
logdir_open_root (LogDir *root, const char *path, GError **error)
{
  *root = (LogDir){ .fd = -1 };
  if (mkdir (path, 0700) < 0 && errno != EEXIST
      && (errno != ENOENT || g_mkdir_with_parents (path, 0700) < 0))
    {
      syserror_set (error, errno, "cannot make the log directory \"%s\"", path);
      return false;
    }

  /* Here, and only here, a link is the user's own way of saying where. */
  root->fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  root->path = root->fd < 0 ? NULL : realpath (path, NULL);
  if (root->path == NULL)
    {
      syserror_set (error, errno, "cannot use the log directory \"%s\"", path);
      logdir_clear (root);
      return false;
    }
  return true;
}

static char *
safe_name (const char *wish)
{
  char *name = g_strndup (wish, MAX_NAME);

  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.+~@,:=", '_');
  if (name[0] == '.' || name[0] == '\0')
    {
      g_autofree char *rest = name;
      name = g_strconcat ("_", rest, NULL);
    }
  return name;
}

bool
logdir_make (LogDir *dir, const LogDir *parent, const char *wish,
             GError **error)
{
  g_autofree char *base = safe_name (wish);
  int outcome = -1;

  *dir = (LogDir){ .fd = -1, .name = g_strdup (base) };
  for (int try = 1; try < MAX_TRIES; try++)
    {
      outcome = mkdirat (parent->fd, dir->name, 0700);
      if (outcome == 0 || errno != EEXIST)
        break;
      g_free (dir->name);
      dir->name = g_strdup_printf ("%s-%d", base, try);
    }
  if (outcome == 0)
    dir->fd = openat (parent->fd, dir->name, DIRECTORY_FLAGS);
  if (dir->fd < 0)
    {
      syserror_set (error, errno, "cannot make the log directory \"%s/%s\"",
                    parent->path, dir->name);
      logdir_clear (dir);
      return false;
    }
  dir->path = g_strconcat (parent->path, "/", dir->name, NULL);
  return true;
}

bool
logdir_from_fd (LogDir *dir, int fd, const char *path, GError **error)
{
  char link[64];

  *dir = (LogDir){ .fd = -1 };
  if (fd < 0)
    {
      syserror_set (error, EMFILE, "cannot take the log directory over");
      return false;
    }
  (void)g_snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  *dir = (LogDir){ .fd = fd,
                   .path = path != NULL && *path != '\0'
                               ? g_strdup (path)
                               : g_file_read_link (link, error) };
  if (dir->path == NULL)
    return false;
  dir->name = g_path_get_basename (dir->path);
  return true;
}

/* Not by gmtime(3), which reads the time zone's file. */
char *
logdir_plan_name (const char *plan_path)
{
  g_autofree char *base = g_path_get_basename (plan_path);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%dT%H%M%SZ");

  if (strcmp (plan_path, "-") == 0)
    {
      g_free (base);
      base = g_strdup ("stdin");
    }
  if (g_str_has_suffix (base, ".plan"))
    base[strlen (base) - strlen (".plan")] = '\0';
  return g_strconcat (base, "-", date, NULL);
}

/* --- Removal -----------------------------------------------------------------
 */

static bool remove_tree (int top, int parent, const char *name, int depth);

static bool
remove_entry (int top, int dir, const struct dirent *entry, int depth)
{
  if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
    return true;
  if (unlinkat (dir, entry->d_name, 0) == 0 || errno == ENOENT)
    return true;
  if (errno != EISDIR && errno != EPERM)
    return false;
  return remove_tree (top, dir, entry->d_name, depth + 1);
}

/* Makes the directory usable to its owner, in case it was made not to be. */
static int
open_directory (int parent, const char *name)
{
  int fd = openat (parent, name, DIRECTORY_FLAGS);

  if (fd < 0 && errno == EACCES && fchmodat (parent, name, 0700, 0) == 0)
    fd = openat (parent, name, DIRECTORY_FLAGS);
  return fd;
}

/* What is too deep goes up to @top, under a name that nobody has. */
static bool
move_up (int top, int parent, const char *name)
{
  char up[64];

  (void)g_snprintf (up, sizeof up, ".deep-%" G_GINT64_FORMAT,
                    g_get_monotonic_time ());
  return renameat (parent, name, top, up) == 0;
}

static bool
remove_tree (int top, int parent, const char *name, int depth)
{
  if (depth > MAX_DEPTH)
    return move_up (top, parent, name);

  const int fd = open_directory (parent, name);
  DIR *stream = fd < 0 ? NULL : fdopendir (fd);
  bool is_done = stream != NULL;
  if (stream == NULL && fd >= 0)
    (void)close (fd);
  if (is_done && depth > 0)
    (void)fchmod (fd, 0700);
  for (struct dirent *entry; is_done && (entry = readdir (stream)) != NULL;)
    is_done = remove_entry (depth == 0 ? fd : top, fd, entry, depth);
  if (stream != NULL)
    {
      const int error = errno;
      (void)closedir (stream);
      errno = error;
    }
  if (!is_done)
    return false;
  if (unlinkat (parent, name, AT_REMOVEDIR) == 0)
    return true;
  /* Something was moved up to here while it was read: once more. */
  return errno == ENOTEMPTY && depth == 0
         && remove_tree (-1, parent, name, depth);
}

bool
logdir_remove (LogDir *dir, const LogDir *parent, GError **error)
{
  const bool is_removed = remove_tree (-1, parent->fd, dir->name, 0);

  if (!is_removed)
    syserror_set (error, errno, "cannot remove \"%s\"", dir->path);
  logdir_clear (dir);
  return is_removed;
}

void
logdir_remove_empty (LogDir *dir, const LogDir *parent)
{
  /* In use or not empty: then it stays, as it should. */
  if (dir->fd >= 0)
    (void)(parent != NULL ? unlinkat (parent->fd, dir->name, AT_REMOVEDIR)
                          : rmdir (dir->path));
  logdir_clear (dir);
}
