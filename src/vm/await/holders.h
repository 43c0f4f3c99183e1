/* holders.h - which processes have a socket open (proc(5)) */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

/* Those that have a socket of @inodes (of uint64_t), as an array of pid_t: of
 * the processes below @root, or of all, whose descriptors we may see.
 * @sees_all: these are all. */
GArray *holders_find_below (pid_t root, const GArray *inodes, bool *sees_all);
GArray *holders_find_all (const GArray *inodes);

/* The child of @root that @pid is, or is below; 0: it is not below that.  What
 * a process has left behind has come to its machine's, and is a child of it. */
pid_t holders_child (pid_t root, pid_t pid);
