/* log-copy.h - copies into a log what comes out of a terminal or a pipe
 *
 * It goes on until nobody has the other end any more.  What cannot be written
 * is read all the same, so that the writers never wait for a disk.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct LogCopy LogCopy;

/* @from: what is read, non-blocking; @log: open for appending.  Watched from
 * the thread's default main context.  @is_shared: processes that are forked
 * from ours look at it, too. */
LogCopy *log_copy_new (int from /* takes */, int log /* takes */,
                       bool is_shared);
void log_copy_free (LogCopy *copy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LogCopy, log_copy_free)

/* In a process that was forked from its own: it copies nothing any more, and is
 * only looked at. */
void log_copy_forget_in_child (LogCopy *copy);

/* For such a process, of a copy that is shared.  Whether somebody may still
 * write there, or something that came is not in the log yet; the latter alone;
 * how much was copied; and, at the most, how much more that must be for all
 * that has come up to now to be there. */
bool log_copy_is_held (const LogCopy *copy);
bool log_copy_is_behind (const LogCopy *copy);
uint64_t log_copy_n_shared (const LogCopy *copy);
uint64_t log_copy_n_to_come (const LogCopy *copy);

/* Copies what is there; false if some could not be written to the log. */
bool log_copy_drain (LogCopy *copy);

/* Somebody may still write there. */
bool log_copy_is_open (const LogCopy *copy);

/* What is read; -1: it is not open. */
int log_copy_source (const LogCopy *copy);

/* How long the log must be by what was written to it. */
uint64_t log_copy_n_written (const LogCopy *copy);
