#include "config.h"

#include "vm/await/holders.h"

#include "vm/child/descendants.h"
#include "vm/child/inspect.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The way up is not longer, or somebody makes fun of us. */
#define MAX_PARENTS 10000

static bool
is_among (const GArray *inodes, uint64_t inode)
{
  for (guint i = 0; i < inodes->len; i++)
    if (g_array_index (inodes, uint64_t, i) == inode)
      return true;
  return false;
}

typedef enum
{
  HOLDS_NOT,
  HOLDS,
  HOLDS_UNSEEN
} Holds;

/* @n_seen: how many files it has. */
static Holds
look_into_thread (pid_t thread, const GArray *inodes, unsigned *n_seen)
{
  char path[64];
  (void)g_snprintf (path, sizeof path, "/proc/%d/fd", (int)thread);
  DIR *files = opendir (path);
  if (files == NULL)
    return HOLDS_UNSEEN;

  bool is_found = false;
  for (struct dirent *entry; !is_found && (entry = readdir (files)) != NULL;)
    {
      char link[64];
      const ssize_t n
          = readlinkat (dirfd (files), entry->d_name, link, sizeof link - 1);
      unsigned long long inode;
      *n_seen += n >= 0;
      link[MAX (n, 0)] = '\0';
      is_found = sscanf (link, "socket:[%llu]", &inode) == 1
                 && is_among (inodes, inode);
    }
  (void)closedir (files);
  return is_found ? HOLDS : HOLDS_NOT;
}

static Holds
look_into (pid_t pid, const GArray *inodes)
{
  unsigned n_seen = 0;
  InspectStat stat;
  const Holds holds = look_into_thread (pid, inodes, &n_seen);

  if (n_seen > 0)
    return holds;
  if (!inspect_stat (pid, &stat) || inspect_is_dead (&stat))
    return HOLDS_NOT;
  return stat.thread == pid ? holds
                            : look_into_thread (stat.thread, inodes, &n_seen);
}

static GArray *
find (const GArray *pids, const GArray *inodes, bool *sees_all)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (pid_t));

  *sees_all = true;
  for (guint i = 0; inodes->len > 0 && i < pids->len; i++)
    {
      const pid_t pid = g_array_index (pids, pid_t, i);
      const Holds holds = look_into (pid, inodes);
      if (holds == HOLDS)
        g_array_append_val (found, pid);
      else if (holds == HOLDS_UNSEEN)
        *sees_all = false;
    }
  return found;
}

GArray *
holders_find_below (pid_t root, const GArray *inodes, bool *sees_all)
{
  g_autoptr (GArray) below = descendants_find_below (root);
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  for (guint i = 0; i < below->len; i++)
    g_array_append_val (pids, g_array_index (below, Descendant, i).pid);
  return find (pids, inodes, sees_all);
}

GArray *
holders_find_all (const GArray *inodes)
{
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (pid_t));
  DIR *processes = opendir ("/proc");
  bool sees_all;

  for (struct dirent *entry;
       processes != NULL && (entry = readdir (processes)) != NULL;)
    {
      const pid_t pid = (pid_t)strtol (entry->d_name, NULL, 10);
      if (pid > 0)
        g_array_append_val (pids, pid);
    }
  if (processes != NULL)
    (void)closedir (processes);
  return find (pids, inodes, &sees_all);
}

/* --- Descent -----------------------------------------------------------------
 */

/* Upwards, since who loses its parent meanwhile only comes nearer to @root; -1:
 * one on the way has ended. */
static pid_t
climb (pid_t root, pid_t pid)
{
  for (int i = 0; i < MAX_PARENTS && pid > 1; i++)
    {
      InspectStat stat;
      if (!inspect_stat (pid, &stat))
        return -1;
      if (stat.parent == root)
        return pid;
      pid = stat.parent;
    }
  return 0;
}

pid_t
holders_child (pid_t root, pid_t pid)
{
  InspectStat stat;
  pid_t child;

  do
    child = climb (root, pid);
  while (child < 0 && inspect_stat (pid, &stat));
  return MAX (child, 0);
}
