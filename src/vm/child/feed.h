/* feed.h - what is written to the standard input of a child
 *
 * It goes to our end of a pipe, or is typed on a terminal.  Nothing blocks:
 * texts wait in a queue, and go in as the child reads, in their order.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Feed Feed;
typedef struct FeedText FeedText;
typedef void FeedFunc (void *data);

/* @fd: the end of a pipe, or the master side of a terminal.  Works in the
 * thread's default main context. */
Feed *feed_new (int fd /* takes */, bool is_terminal);
void feed_free (Feed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Feed, feed_free)

/* In a process that was forked from its own: closes our end, and no more. */
void feed_forget_in_child (Feed *feed);

bool feed_is_terminal (const Feed *feed);

/* A terminal that gives its reader whole lines has no room for a longer one,
 * and drops the rest of it.  Whether it would do so now, if this were added. */
bool feed_would_drop (const Feed *feed, const char *bytes, size_t n_bytes);
#define FEED_MAX_LINE 4095

/* Writes @bytes, which are borrowed until the text is freed, once all that was
 * added before is written; at once, as far as they go in.  If that is not to
 * the end, @on_over is called when it is, or when it cannot be. */
FeedText *feed_add (Feed *feed, const char *bytes, size_t n_bytes,
                    FeedFunc *on_over, void *data);

/* What is not written yet is not written any more. */
void feed_text_free (FeedText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FeedText, feed_text_free)

size_t feed_text_n_left (const FeedText *text);

/* errno of the write that failed, EPIPE if the feed is gone; 0: none did. */
int feed_text_error (const FeedText *text);

/* How many bytes of a text are not read yet, as far as can be told: those in a
 * pipe count, those in a terminal do not. */
size_t feed_text_n_unread (const FeedText *text);

/* No more will come: after what was added the pipe is closed.  On a terminal
 * the end-of-file character is typed; twice where a line has begun, since the
 * first only sends that off; and more may be added. */
void feed_end (Feed *feed);

/* It was closed, or is going to be. */
bool feed_is_ended (const Feed *feed);
