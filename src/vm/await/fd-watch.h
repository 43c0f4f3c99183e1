/* fd-watch.h - a descriptor that is waited for in the main loop */
#pragma once

#include <glib.h>

typedef struct FdWatch FdWatch;
typedef void FdWatchFunc (void *data);

/* Attached to the thread's default main context.  @fd is borrowed, and stays
 * open longer than the watch.  @on_ready is called as long as there is any of
 * @condition, or an error; it may free the watch. */
FdWatch *fd_watch_new (int fd, GIOCondition condition, FdWatchFunc *on_ready,
                       void *data);
void fd_watch_free (FdWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FdWatch, fd_watch_free)
