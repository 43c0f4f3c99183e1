/* cgroup.h - the last means: a control group killed as one (cgroups(7))
 *
 * Where processes multiply faster than we can stop them one by one, they are
 * moved into a group of their own, in which all that they start is born too,
 * and the kernel kills the group.  Needs a cgroup v2 that we may write to, and
 * Linux 5.14.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct Cgroup Cgroup;

/* A new group below our own; NULL where that cannot be had. */
Cgroup *cgroup_new (void);
/* Removes the group, if all in it have been reaped. */
void cgroup_free (Cgroup *cgroup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Cgroup, cgroup_free)

/* Moves a process there; false if it is gone, or not ours to move. */
bool cgroup_add (Cgroup *cgroup, pid_t pid);

/* Kills all that is in it. */
bool cgroup_kill (Cgroup *cgroup);
