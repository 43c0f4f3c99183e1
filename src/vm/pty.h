/* pty.h - a terminal for a child (pty(7)), copied to its log
 *
 * Terminals have no file behind them, so what the child writes comes through
 * us: the bytes as they are, into a log file as other children have.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Pty Pty;

/* @rows and @columns of 0 are the usual 24 and 80.  Watched from the thread's
 * default main context. */
Pty *pty_new (unsigned rows, unsigned columns, int log_dir,
              const char *log_name, GError **error);
void pty_free (Pty *pty);

/* The child's side, ours until pty_close_slave(). */
int pty_slave (const Pty *pty);
void pty_close_slave (Pty *pty);

uint64_t pty_log_inode (const Pty *pty);

/* Copies what is there; false if some could not be written to the log. */
bool pty_drain (Pty *pty);
