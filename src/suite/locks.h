/* locks.h - never two tests at once that hold the same lock
 *
 * Also when they are of two proctors of this user on this machine, as "make -j
 * check" starts them.  A lock is gone with the process that took it, however
 * it ends.
 *
 * Proctors in different network namespaces (containers, mostly) do not see
 * each other's locks.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Locks Locks;

Locks *locks_new (void);
/* Releases all. */
void locks_free (Locks *locks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Locks, locks_free)

/* All of them, or none. */
bool locks_take (Locks *locks, const char *const *names, unsigned n_names);
void locks_release (Locks *locks, const char *const *names, unsigned n_names);

/* The last refusal came from another process: nothing tells when that has
 * released it, so ask again after a while (20 ms, say).  It may come even if
 * nobody else uses the lock: from a process that was forked while we held it
 * and has not got to locks_forget() yet. */
bool locks_is_held_elsewhere (const Locks *locks);

/* To be called at once in a process that was forked: it holds none of its
 * parent's locks then, and the parent still does. */
void locks_forget (Locks *locks);
