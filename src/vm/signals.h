/* signals.h - signals as events of the main loop (signalfd(2))
 *
 * Signals that are watched are blocked; no handler runs anywhere.  Children
 * get an empty mask and default dispositions before they are exec'ed.
 */
#pragma once

#include <glib.h>
#include <sys/signalfd.h>

typedef struct SignalWatch SignalWatch;
typedef void SignalFunc (const struct signalfd_siginfo *info, void *data);

/* Those that are ignored in proctor itself: writing to a pipe that nobody
 * reads, over a file size limit, or from the background are errors of the
 * call.  Zero-terminated. */
extern const int signals_ignored[];

/* What the user sends to a run.  Our parent may have had one of them ignored
 * for us.  Zero-terminated. */
extern const int signals_of_user[];

/* Default dispositions for all signals but signals_ignored, which are ignored.
 * A parent may have left us anything, even an ignored SIGCHLD, with which every
 * exit status would be lost. */
void signals_reset (void);

/* Those of the user are not blocked any more: they end us as they end any
 * process. */
void signals_unblock (void);

/* Blocks @signals (zero-terminated) and calls @on_signal for each that comes;
 * before what is attached to the main context later, but not instead of it,
 * however many come.  NULL and errno if there is no descriptor left. */
SignalWatch *signal_watch_new (const int *signals, SignalFunc *on_signal,
                               void *data);
void signal_watch_free (SignalWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SignalWatch, signal_watch_free)

/* In a process that was forked from its own: closes what it has open. */
void signal_watch_forget_in_child (SignalWatch *watch);
