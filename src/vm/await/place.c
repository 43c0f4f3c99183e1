#include "config.h"

#include "vm/await/place.h"

#include "vm/await/fd-watch.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Not in every <linux/magic.h>. */
#define CIFS_MAGIC 0xff534d42
#define SMB2_MAGIC 0xfe534d42
#define CEPH_MAGIC 0x00c36400

#define EVENTS                                                                 \
  (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MODIFY             \
   | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

/* Of a directory further up. */
#define ABOVE_EVENTS (IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

/* After these the watch is of no use. */
#define LAST_EVENTS (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)

struct Place
{
  Watches *watches; /* borrowed */
  char *path;       /* owned */
  PlaceFunc *on_change;
  void *data;
  FdWatch *mounts_watch; /* owned, or NULL */
  int mounts;   /* owned: where the kernel tells of mounts; -1: it does not */
  Watch *watch; /* owned, or NULL */
  GPtrArray *above;   /* owned: of Watch, of the directories above that one */
  bool has_all_above; /* none was refused */
  char *watched;      /* owned: the directory; NULL: there is no watch */
  char *next;         /* owned: the name in it that leads on */
  bool is_lost;       /* it is another directory now, or none */
};

char *
place_absolute (const char *cwd, const char *path)
{
  g_autofree char *own
      = g_path_is_absolute (path) ? NULL : g_get_current_dir ();
  g_autofree char *joined
      = own == NULL   ? g_strdup (path)
        : cwd == NULL ? g_build_filename (own, path, NULL)
                      : g_build_filename (g_path_is_absolute (cwd) ? "" : own,
                                          cwd, path, NULL);

  /* Behind a link, ".." is not what it seems. */
  return strstr (joined, "..") != NULL ? g_steal_pointer (&joined)
                                       : g_canonicalize_filename (joined, "/");
}

static void
on_mount (void *data)
{
  Place *place = data;

  place->is_lost = true;
  place->on_change (place->data);
}

/* The file of our mounts is ready, once, whenever one has come or gone. */
static void
watch_mounts (Place *place)
{
  place->mounts = open ("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  if (place->mounts >= 0)
    place->mounts_watch
        = fd_watch_new (place->mounts, G_IO_PRI, on_mount, place);
}

Place *
place_new (Watches *watches, const char *path, PlaceFunc *on_change, void *data)
{
  Place *place = g_new0 (Place, 1);

  g_assert (g_path_is_absolute (path));
  place->watches = watches;
  place->path = g_strdup (path);
  place->on_change = on_change;
  place->data = data;
  place->above = g_ptr_array_new_with_free_func ((GDestroyNotify)watch_free);
  watch_mounts (place);
  return place;
}

static void
unwatch (Place *place)
{
  g_ptr_array_set_size (place->above, 0);
  g_clear_pointer (&place->watch, watch_free);
  g_clear_pointer (&place->watched, g_free);
  g_clear_pointer (&place->next, g_free);
}

void
place_free (Place *place)
{
  if (place == NULL)
    return;
  unwatch (place);
  fd_watch_free (place->mounts_watch);
  if (place->mounts >= 0)
    (void)close (place->mounts);
  g_ptr_array_unref (place->above);
  g_free (place->path);
  g_free (place);
}

/* The nearest directory above the path that is there, and the name in it that
 * leads on. */
static char *
find_directory (const char *path, char **next)
{
  char *below = g_strdup (path);

  for (;;)
    {
      struct stat status;
      char *directory = g_path_get_dirname (below);
      if (strcmp (directory, "/") == 0
          || (stat (directory, &status) == 0 && S_ISDIR (status.st_mode)))
        {
          *next = g_path_get_basename (below);
          g_free (below);
          return directory;
        }
      g_free (below);
      below = directory;
    }
}

static void
on_event (uint32_t mask, const char *name, void *data)
{
  Place *place = data;

  if ((mask & LAST_EVENTS) != 0)
    place->is_lost = true;
  if ((mask & LAST_EVENTS) != 0 || name == NULL
      || strcmp (name, place->next) == 0)
    place->on_change (place->data);
}

static void
on_event_above (uint32_t mask, const char *name, void *data)
{
  Place *place = data;
  (void)mask;
  (void)name;

  place->is_lost = true;
  place->on_change (place->data);
}

/* From the root down: who takes the place of one of them after that is
 * noticed.  The root itself stays. */
static void
watch_above (Place *place, const char *directory)
{
  place->has_all_above = true;
  for (const char *c = directory + 1; (c = strchr (c, '/')) != NULL; c++)
    {
      g_autofree char *above = g_strndup (directory, (size_t)(c - directory));
      Watch *watch = watches_add (place->watches, above, ABOVE_EVENTS,
                                  on_event_above, place, NULL);
      if (watch != NULL)
        g_ptr_array_add (place->above, watch);
      else
        place->has_all_above = false;
    }
}

/* Watches the nearest directory; false if that is refused.  One that comes
 * while the watch is made is nearer. */
static bool
watch_nearest (Place *place)
{
  for (;;)
    {
      g_autofree char *next = NULL;
      g_autofree char *directory = find_directory (place->path, &next);
      if (!place->is_lost && place->watch != NULL
          && strcmp (directory, place->watched) == 0)
        return true;

      unwatch (place);
      place->is_lost = false;
      watch_above (place, directory);
      place->watch = watches_add (place->watches, directory, EVENTS, on_event,
                                  place, NULL);
      place->watched = g_steal_pointer (&directory);
      place->next = g_steal_pointer (&next);
      if (place->watch == NULL)
        return false;
    }
}

/* Whether others than this machine's kernel change what is there. */
static bool
is_of_others (const char *directory)
{
  static const uint32_t types[]
      = { PROC_SUPER_MAGIC,    SYSFS_MAGIC,     CGROUP_SUPER_MAGIC,
          CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC,   TRACEFS_MAGIC,
          NFS_SUPER_MAGIC,     SMB_SUPER_MAGIC, CIFS_MAGIC,
          SMB2_MAGIC,          AFS_SUPER_MAGIC, CEPH_MAGIC,
          V9FS_MAGIC,          FUSE_SUPER_MAGIC };
  struct statfs status;

  if (statfs (directory, &status) < 0)
    return true;
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    if ((uint32_t)status.f_type == types[i])
      return true;
  return false;
}

/* What a link points at may change elsewhere. */
static bool
has_link (const Place *place)
{
  g_autofree char *real = realpath (place->watched, NULL);
  g_autofree char *next = g_build_filename (place->watched, place->next, NULL);
  struct stat status;

  return real == NULL || strcmp (real, place->watched) != 0
         || (lstat (next, &status) == 0 && S_ISLNK (status.st_mode));
}

bool
place_watch (Place *place)
{
  return watch_nearest (place) && place->has_all_above && place->mounts >= 0
         && !is_of_others (place->watched) && !has_link (place);
}
