/* leave.h - the end of a process of ours */
#pragma once

#include <glib.h>

/* Ends this process, at once: nothing is freed, nothing is flushed (we use no
 * stdio).  In instrumented builds as exit(3) does it, so that leaks are found
 * and counts are kept. */
void leave (int status) G_GNUC_NORETURN;

/* The same for the process that the user has started.  A status above
 * STATUS_SIGNAL says which signal has ended the run: so it dies of that, as a
 * shell expects it, which else goes on with its loop.  The first process of a
 * container does not die of it, and exits with this status. */
void leave_as (int status) G_GNUC_NORETURN;
