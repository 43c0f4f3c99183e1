#include "config.h"

#include "suite/plandirs.h"

#include "suite/logdir.h"

#include <unistd.h>

#define MAX_TRIES 100

typedef struct
{
  LogDir dir;
  unsigned n_holders;
} PlanDir;

struct PlanDirs
{
  const char *logdir;
  LogDir root;
  bool is_root_ours;   /* LOGDIR was not there before */
  GHashTable *by_plan; /* owned: of PlanDir */
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
  return dirs;
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
    logdir_remove_empty (&((PlanDir *)dir)->dir, &dirs->root);
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
    logdir_remove_empty (&found->dir, &dirs->root);
}

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

  if (found->dir.fd < 0
      && (!open_root (dirs, error) || !make (dirs, found, plan, error)))
    return -1;
  return found->dir.fd;
}
