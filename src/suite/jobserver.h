/* jobserver.h - slots from GNU make
 *
 * "make -jN" lets those that it starts run jobs too, as long as all of them
 * together have no more than N: a pipe holds a byte, a token, for each job
 * that may be added.  Who wants to run one more job takes a byte out, and puts
 * the same byte back when the job is over.  (GNU make's manual, "POSIX
 * Jobserver Interaction".)
 *
 * Everyone whom make has started has one slot for that, without a token; that
 * one is not counted here.
 *
 * What is held is kept in memory that forked processes share: when the process
 * that took the tokens was killed, another can give them back.  The kernel
 * puts a token there as it takes it out of the pipe, so that none is lost
 * between the two.  One moment is left: a process killed after it has noted
 * that it gives a token back, and before it calls the kernel, a few
 * instructions later, loses that one.  No token is ever given back twice.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Jobserver Jobserver;

/* To be called before a pipe of our own is opened: it could get the numbers
 * that make's had.
 *
 * @makeflags: the value of MAKEFLAGS; NULL: there is none.  NULL without an
 * error: make hands down no jobserver.  NULL with G_FILE_ERROR: it names one
 * that cannot be used; the user is to be warned. */
Jobserver *jobserver_open (const char *makeflags, GError **error);
/* Gives nothing back. */
void jobserver_free (Jobserver *jobserver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Jobserver, jobserver_free)

/* One token, if there is one now; never blocks. */
bool jobserver_take (Jobserver *jobserver);
/* One of those that are held.  If there is none, nothing happens. */
void jobserver_give_back (Jobserver *jobserver);
/* All that are held.  Another process that has inherited @jobserver may call
 * it too, once the one that took them is gone. */
void jobserver_give_back_all (Jobserver *jobserver);

/* To be polled while a token is wanted: readable when there may be one. */
int jobserver_fd (const Jobserver *jobserver);

/* What make has put into our environment is no business of our children: none
 * of them is a part of that make. */
void jobserver_scrub_environment (void);
