/* output.h - what children write, as they write it
 *
 * Children write into their log files; the growth of the files wakes us
 * (inotify(7), one watch on the directory), so nothing polls, and no byte
 * passes through us on its way to the log.  Beside each watched file a time
 * index is kept, NAME.stdout.idx: a line "MICROSECONDS OFFSET" for each time
 * that growth was seen (CLOCK_MONOTONIC; the size of the file then).
 */
#pragma once

#include "vm/child/proc.h"

typedef struct Output Output;

/* @bytes is @n_bytes of output, not more than 64 KiB at a time. */
typedef void OutputFunc (const Proc *proc, int stream, const char *bytes,
                         size_t n_bytes, void *data);

/* False while nothing can be told: what is written waits in its file. */
typedef bool OutputMayTellFunc (void *data);

/* @dir and @path: the log directory; borrowed.  Called from the thread's
 * default main context. */
Output *output_new (int dir, const char *path, OutputFunc *on_output,
                    OutputMayTellFunc *may_tell, void *data, GError **error);
void output_free (Output *output);
/* In a process that was forked from its own: closes what it has open. */
void output_forget_in_child (Output *output);

/* Watches the log files of a process that is to be started. */
void output_add (Output *output, const Proc *proc);

/* Tells what a process has written up to now; all of it, or, while nothing may
 * be told or if it is very much, what comes later. */
void output_drain (Output *output, const Proc *proc);

/* Tells all that there is, of all processes. */
void output_drain_all (Output *output);

/* All indexes were written. */
bool output_is_whole (const Output *output);
