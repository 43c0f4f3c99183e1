/* pty.h - a terminal for a child (pty(7)), copied to its log
 *
 * Terminals have no file behind them, so what the child writes comes through
 * us: the bytes as they are, into a log file as other children have.  While
 * the child lives we hold its side open too: a terminal that nobody has open
 * would be lost to a child that opens /dev/tty later.  Afterwards it stays
 * for those that still have it, until the last of them has closed it.
 */
#pragma once

#include "vm/child/log-copy.h"

#include <glib.h>
#include <sys/types.h>

typedef struct Pty Pty;

/* @rows and @columns of 0 are the usual 24 and 80; @log is open for appending.
 * Watched from the thread's default main context.  @is_shared: as for
 * log_copy_new(). */
Pty *pty_new (unsigned rows, unsigned columns, int log /* takes */,
              bool is_shared, GError **error);
void pty_free (Pty *pty);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pty, pty_free)

/* In a process that was forked from its own: the copy is only looked at. */
void pty_forget_in_child (Pty *pty);

/* The child's side, until pty_close_slave(). */
int pty_slave (const Pty *pty);
void pty_close_slave (Pty *pty);

/* Our side, for typing; it has been hung up: -1 and errno. */
int pty_dup_master (const Pty *pty);

/* The process group in the foreground; 0: none. */
pid_t pty_foreground (const Pty *pty);

/* What takes its output to the log. */
LogCopy *pty_copy (Pty *pty);
