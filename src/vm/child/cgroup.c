#include "config.h"

#include "vm/child/cgroup.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct Cgroup
{
  char *path; /* owned */
};

/* Where cgroup v2 is mounted: the fifth field of the line whose type, behind
 * the dash, says so (proc(5), mountinfo). */
static char *
find_mount (void)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents ("/proc/self/mountinfo", &text, NULL, NULL))
    return NULL;

  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (strstr (*line, " - cgroup2 ") != NULL)
      {
        g_auto (GStrv) fields = g_strsplit (*line, " ", 6);
        return g_strv_length (fields) > 5 ? g_strdup (fields[4]) : NULL;
      }
  return NULL;
}

/* Our own group, from its root: the line "0::/path". */
static char *
find_own (void)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents ("/proc/self/cgroup", &text, NULL, NULL))
    return NULL;

  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, "0::"))
      return g_strdup (*line + strlen ("0::"));
  return NULL;
}

static bool
write_file (const Cgroup *cgroup, const char *name, const char *text)
{
  g_autofree char *path = g_strconcat (cgroup->path, "/", name, NULL);
  const int fd = open (path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return false;

  const ssize_t n_text = (ssize_t)strlen (text);
  const bool is_written = write (fd, text, (size_t)n_text) == n_text;
  (void)close (fd);
  return is_written;
}

Cgroup *
cgroup_new (void)
{
  g_autofree char *mount = find_mount ();
  g_autofree char *own = find_own ();
  if (mount == NULL || own == NULL)
    return NULL;

  g_autofree char *path
      = g_strdup_printf ("%s%s/proctor-%d", mount,
                         strcmp (own, "/") == 0 ? "" : own, (int)getpid ());
  if (mkdir (path, 0700) < 0)
    return NULL;

  Cgroup *cgroup = g_new0 (Cgroup, 1);
  cgroup->path = g_steal_pointer (&path);
  return cgroup;
}

void
cgroup_free (Cgroup *cgroup)
{
  if (cgroup == NULL)
    return;
  (void)rmdir (cgroup->path); /* refused while somebody is in it */
  g_free (cgroup->path);
  g_free (cgroup);
}

bool
cgroup_add (Cgroup *cgroup, pid_t pid)
{
  char text[16];

  (void)g_snprintf (text, sizeof text, "%d", (int)pid);
  return write_file (cgroup, "cgroup.procs", text);
}

bool
cgroup_kill (Cgroup *cgroup)
{
  return write_file (cgroup, "cgroup.kill", "1");
}
