/* channel.h - events from a worker to the scheduler
 *
 * Records on a stream socket: a length, the fixed fields, the text.  Both
 * sides are the same program, forked, so the fields go as they are in memory;
 * but a worker may die, or go mad, and the reader believes nothing.
 */
#pragma once

#include "plan/event.h"

/* --- The worker's side -----------------------------------------------------
 */

/* Collects records and writes them when the main loop is about to sleep. */
typedef struct Sender Sender;

/* Takes @fd, a non-blocking socket.  On the thread's default main context. */
Sender *sender_new (int fd);
void sender_free (Sender *sender);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sender, sender_free)

void sender_add (Sender *sender, const Event *event);

/* What a worker tells besides events: that of a test the first two, the host
 * of a layer the others. */
typedef enum
{
  NEWS_OVER,    /* its test has passed, and nothing of it is left but its
                 * logs, which are still to be removed */
  NEWS_READY,   /* all of it is told, and it can run another one */
  NEWS_STOPPED, /* a worker was, by somebody else, and goes on: number is the
                 * signal */
  NEWS_ENDED,   /* a worker has: number is its status, as of wait(2) */
  NEWS_NOT_STARTED, /* one could not be: number is the errno */
  NEWS_SYNCED       /* all ends before a JOB_SYNC were told */
} NewsKind;

typedef struct
{
  NewsKind kind;
  uint32_t runner; /* which worker it is about, as the scheduler numbers them */
  int32_t number;
} News;

void sender_add_news (Sender *sender, const News *news);

/* How much is not written yet. */
size_t sender_n_waiting (const Sender *sender);

/* Writes all, waiting as long as the reader makes it wait.  False if nobody
 * reads any more. */
bool sender_flush (Sender *sender);

/* --- The scheduler's side ---------------------------------------------------
 */

typedef enum
{
  RECEIVED_EVENT,
  RECEIVED_NEWS,
  RECEIVED_NOTHING, /* no whole record is there yet */
  RECEIVED_NONSENSE
} Received;

/* Takes the first record of @buffer, from @offset on, which is moved behind
 * it.  What the event refers to must exist in the test; its text lies in
 * @buffer.  @news: of a host; NULL: such a record is nonsense. */
Received channel_parse (const Plan *plan, const PlanTest *test,
                        const GString *buffer, size_t *offset, Event *event,
                        News *news);
