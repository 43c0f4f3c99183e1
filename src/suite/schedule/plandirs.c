#include "config.h"

#include "suite/schedule/plandirs.h"

#include "base/syserror.h"
#include "suite/worker/logdir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_TRIES 100

/* Of thousands of plans that take turns, those used last are open. */
#define MAX_OPEN 64

typedef struct
{
  LogDir dir; /* made, but not open, if it has only a name */
  unsigned n_holders;
} PlanDir;

struct PlanDirs
{
  const char *logdir;
  LogDir root;
  bool is_root_ours;   /* LOGDIR was not there before */
  GHashTable *by_plan; /* owned: of PlanDir */
  GQueue open;         /* of PlanDir, borrowed: those that are, the last used
                        * first */
};

static PlanDir *
find (PlanDirs *dirs, const Plan *plan)
{
  PlanDir *found = g_hash_table_lookup (dirs->by_plan, plan);

  if (found != NULL)
    return found;
  found = g_new (PlanDir, 1);
  *found = (PlanDir){ .dir = { .fd = -1 } };
  (void)g_hash_table_insert (dirs->by_plan, (void *)plan, found);
  return found;
}

PlanDirs *
plan_dirs_new (const char *logdir)
{
  PlanDirs *dirs = g_new0 (PlanDirs, 1);

  dirs->logdir = logdir;
  dirs->root = (LogDir){ .fd = -1 };
  dirs->by_plan = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_queue_init (&dirs->open);
  return dirs;
}

/* --- Open ones -------------------------------------------------------------
 */

static void
note_use (PlanDirs *dirs, PlanDir *used)
{
  (void)g_queue_remove (&dirs->open, used);
  g_queue_push_head (&dirs->open, used);
  if (dirs->open.length <= MAX_OPEN)
    return;

  PlanDir *oldest = g_queue_pop_tail (&dirs->open);
  (void)close (oldest->dir.fd);
  oldest->dir.fd = -1;
}

static bool
is_removed (int fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 && status.st_nlink == 0;
}

/* False if it never was made, or is not there any more. */
static bool
open_again (PlanDirs *dirs, PlanDir *found)
{
  if (found->dir.fd >= 0 && !is_removed (found->dir.fd))
    return true;
  if (found->dir.fd >= 0)
    {
      (void)g_queue_remove (&dirs->open, found);
      logdir_clear (&found->dir);
    }
  if (found->dir.name != NULL && dirs->root.fd >= 0)
    found->dir.fd = openat (dirs->root.fd, found->dir.name,
                            O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (found->dir.fd < 0)
    logdir_clear (&found->dir);
  return found->dir.fd >= 0;
}

static void
remove_if_empty (PlanDirs *dirs, PlanDir *found)
{
  (void)g_queue_remove (&dirs->open, found);
  (void)open_again (dirs, found);
  logdir_remove_empty (&found->dir, &dirs->root);
}

void
plan_dirs_free (PlanDirs *dirs)
{
  GHashTableIter iter;
  void *dir;

  if (dirs == NULL)
    return;
  g_hash_table_iter_init (&iter, dirs->by_plan);
  while (g_hash_table_iter_next (&iter, NULL, &dir))
    remove_if_empty (dirs, dir);
  if (dirs->is_root_ours)
    logdir_remove_empty (&dirs->root, NULL);
  logdir_clear (&dirs->root);
  g_hash_table_unref (dirs->by_plan);
  g_free (dirs);
}

void
plan_dirs_hold (PlanDirs *dirs, const Plan *plan)
{
  find (dirs, plan)->n_holders++;
}

void
plan_dirs_release (PlanDirs *dirs, const Plan *plan)
{
  PlanDir *found = find (dirs, plan);

  found->n_holders--;
  if (found->n_holders == 0)
    remove_if_empty (dirs, found);
}

/* --- New ones --------------------------------------------------------------
 */

static bool
open_root (PlanDirs *dirs, GError **error)
{
  if (dirs->root.fd >= 0)
    return true;
  dirs->is_root_ours = access (dirs->logdir, F_OK) != 0;
  return logdir_open_root (&dirs->root, dirs->logdir, error);
}

static bool
make (PlanDirs *dirs, PlanDir *found, const Plan *plan, GError **error)
{
  g_autofree char *name = logdir_plan_name (plan->path);

  for (int try = 1; try < MAX_TRIES; try++)
    {
      g_autoptr (GError) missing = NULL;
      if (logdir_make (&found->dir, &dirs->root, name, &missing))
        return true;
      if (!g_error_matches (missing, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        break;

      /* Another proctor, which had made it, found it empty. */
      logdir_clear (&dirs->root);
      if (!open_root (dirs, error))
        return false;
    }
  return logdir_make (&found->dir, &dirs->root, name, error);
}

int
plan_dirs_open (PlanDirs *dirs, const Plan *plan, GError **error)
{
  PlanDir *found = find (dirs, plan);

  if (!open_again (dirs, found)
      && (!open_root (dirs, error) || !make (dirs, found, plan, error)))
    return -1;
  note_use (dirs, found);
  return found->dir.fd;
}

const char *
plan_dirs_path (PlanDirs *dirs, const Plan *plan)
{
  return find (dirs, plan)->dir.path;
}

/* --- Files beside them -----------------------------------------------------
 */

int
plan_dirs_make_file (PlanDirs *dirs, const char *wish, const char *suffix,
                     char **name, GError **error)
{
  int fd = -1;

  if (!open_root (dirs, error))
    return -1;
  *name = g_strconcat (wish, suffix, NULL);
  for (int try = 1; try < MAX_TRIES; try++)
    {
      fd = openat (dirs->root.fd, *name,
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
      if (fd >= 0 || errno != EEXIST)
        break;
      g_free (*name);
      *name = g_strdup_printf ("%s-%d%s", wish, try, suffix);
    }
  if (fd >= 0)
    return fd;
  syserror_set (error, errno, "cannot make \"%s/%s\"", dirs->root.path, *name);
  g_clear_pointer (name, g_free);
  return -1;
}

void
plan_dirs_remove_file (PlanDirs *dirs, const char *name)
{
  (void)unlinkat (dirs->root.fd, name, 0); /* or somebody else has */
}
