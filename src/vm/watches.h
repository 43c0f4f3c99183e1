/* watches.h - files and directories that are waited for (inotify(7))
 *
 * All behind one descriptor and one GSource.  In each turn of the loop GLib
 * calls those sources first that were attached first: so signal_watch_new()
 * comes before watches_new(), and that before timers_new(), for what happened
 * before a deadline passed is to be seen before it passes.
 *
 * An event says that something happened, and where to look; what happened since
 * is seen only by looking.  So: add the watch first, then look, then wait.
 */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <sys/inotify.h>

typedef struct Watches Watches;
typedef struct Watch Watch;

/* @mask: of that which was waited for, what happened; or IN_Q_OVERFLOW: too
 * much happened, look at all; or IN_IGNORED: what was watched is gone, and
 * nothing more will be heard of it.  @name: in a directory, the file's; NULL:
 * there is none.  It may add and free any watch, free its own too. */
typedef void WatchFunc (uint32_t mask, const char *name, void *data);

/* Attached to the thread's default main context; inotify is opened with the
 * first watch. */
Watches *watches_new (void);
/* After all its watches. */
void watches_free (Watches *watches);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Watches, watches_free)

/* In a process that was forked from its own: closes what it has open. */
void watches_forget_in_child (Watches *watches);

/* Waits for @mask (IN_MODIFY, IN_CREATE, ...; also IN_ONLYDIR, but not
 * IN_ONESHOT) at @path; "/proc/self/fd/N" is the file that is open as N.  Many
 * may watch the same.  NULL and @error: it is not there, or the limit was
 * reached that the message names. */
Watch *watches_add (Watches *watches, const char *path, uint32_t mask,
                    WatchFunc *on_event, void *data, GError **error);
void watch_free (Watch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Watch, watch_free)
