/* writer.h - writes for somebody who may read late, or never
 *
 * A write to a pipe, a socket or a terminal waits while nobody reads; and who
 * waits hears no signal.  Here what cannot be written now is kept, and written
 * from the main loop when there is room.  Files, and what else takes everything
 * at once, are written at once.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Writer Writer;
typedef void WriterFunc (void *data);

/* @fd is borrowed, and stays as it is: O_NONBLOCK would be seen by all who have
 * it.  @on_written is called, from the loop, when some of what was kept is
 * written, or nothing more ever will be. */
Writer *writer_new (int fd, WriterFunc *on_written, void *data);
void writer_free (Writer *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writer, writer_free)

/* To the thread's default main context.  Before that what is kept waits. */
void writer_attach (Writer *writer);

/* Whether it writes to the same pipe, terminal or file: what is written there
 * must go one way, to stay in its order. */
bool writer_is_for (const Writer *writer, int fd);

/* Writes what can be written, and keeps the rest.  After a failure nothing is
 * kept any more. */
void writer_add (Writer *writer, const char *bytes, size_t n_bytes);

/* How much is kept, and since when nothing of it could be written. */
size_t writer_n_waiting (const Writer *writer);
int64_t writer_waits_since (const Writer *writer);

/* Nobody reads it: what is kept is lost, which is the failure ETIMEDOUT. */
void writer_give_up (Writer *writer);

/* The errno of the first failure; 0: there was none. */
int writer_errno (const Writer *writer);
