/* inspect.h - what the kernel tells of a process (proc(5)) */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A process lives as long as one of its threads does.  Where its first has
 * ended (pthread_exit(3) in main), what /proc tells of that is no more than
 * that it is dead; so it is a thread that lives which is asked. */
typedef struct
{
  pid_t parent;
  pid_t thread;         /* that which is asked: mostly the first */
  char state;           /* 'R', 'S', 'D', 'T', 't', 'Z' ... */
  uint64_t start_ticks; /* since boot; with the id, names a process for good */
  int64_t cpu_microsecs;
  int64_t waited_microsecs; /* the same of the children that it waited for */
  unsigned n_threads;
  bool has_no_exec; /* it was forked, and runs what its parent did */
  bool is_exiting;  /* it is on its way out: its files may be closed already */
} InspectStat;

/* False if there is no such process. */
bool inspect_stat (pid_t pid, InspectStat *stat);

/* All its threads have ended, whether or not its parent has reaped it. */
bool inspect_is_dead (const InspectStat *stat);

/* A path in /proc for what it has: "fd/1". */
char *inspect_path (pid_t pid, const char *name);

/* Whether a signal has stopped it. */
bool inspect_is_stopped (pid_t pid);

/* How much of it is in memory.  False if there is no such process. */
bool inspect_rss (pid_t pid, uint64_t *n_bytes);

/* "sleeping in do_wait, 0.02s of CPU, 3 children" */
void inspect_append_state (pid_t pid, GString *out);

/* Its command line, as it would be typed; its name in brackets if it has
 * none. */
void inspect_append_command (pid_t pid, GString *out);

/* The children of all its threads, appended to @children (of pid_t). */
void inspect_append_children (pid_t pid, GArray *children);

/* Why this process cannot find in /proc what @parent, its parent, has started:
 * itself.  NULL: it can. */
const char *inspect_find_blindness (pid_t parent);

/* Whether the kernel's log, where it may be read, tells that this process,
 * which was started at @since (CLOCK_MONOTONIC), was chosen when memory had run
 * out. */
bool inspect_was_out_of_memory (pid_t pid, int64_t since);

/* "sleeping" for 'S'. */
const char *inspect_state_name (char state);
