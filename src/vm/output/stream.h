/* stream.h - looking for patterns in a log that grows
 *
 *   1. stream_new() for the file; its cursor is where the next search begins;
 *   2. stream_search_new() says what is looked for;
 *   3. stream_search_on() reads on and looks, again and again, whenever the
 *      file has grown (vm/watches), until the answer is known;
 *   4. what was found is behind the cursor then.
 *
 * The answer is that which one would get with all of the file at once, however
 * it grew.  So a match that more text would change, such as that of
 * "port (\d+)" at the end of what is there, is none yet: the answer is
 * STREAM_UNDECIDED until more is there; or until the caller says that no more
 * will come (the process has ended), or none came for a while (200 ms is good):
 * then it counts as it is, if @is_final is set.
 *
 * A match has 4 MiB at the most: text that is further on does not count for it.
 * Where more and more begins a match and none ends (a line of 1 GiB, and
 * "x.*y", and the line is full of "x"), some beginnings are passed over, so
 * that the time stays linear.
 */
#pragma once

#include "base/pattern.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct Stream Stream;
typedef struct StreamSearch StreamSearch;

/* @fd (takes) is a regular file, open for reading; the cursor begins at
 * @begin. */
Stream *stream_new (int fd, off_t begin);
void stream_free (Stream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stream, stream_free)

/* In a process that was forked from its own: closes the file, and no more. */
void stream_forget_in_child (Stream *stream);

/* To watch it: IN_MODIFY of "/proc/self/fd/N". */
int stream_fd (const Stream *stream);

uint64_t stream_cursor (const Stream *stream);

/* So much of the file was read; and whether it has become shorter since. */
uint64_t stream_n_read (const Stream *stream);
bool stream_is_truncated (const Stream *stream);

/* --- Searching -------------------------------------------------------------
 */

typedef enum
{
  STREAM_FOUND,     /* the cursor is behind the match */
  STREAM_UNWANTED,  /* what is unwanted came first; the cursor stays */
  STREAM_NOT_YET,   /* it is not in what is there */
  STREAM_UNDECIDED, /* what comes next decides */
  STREAM_MORE,      /* it was much: ask again, with the next turn of the loop,
                       as if the file had grown */
  STREAM_FAILED
} StreamResult;

/* Looks for the first match of @pattern that begins at the cursor or later.  If
 * one of @unwanted (may be NULL) ends before that match does, or where it does,
 * having begun before, that is the answer.  "^" matches where a line of the
 * file begins; "\G" is the cursor, if the pattern begins with it.  An empty
 * match, of "a*" in "b", is found at once, and leaves the cursor where it is.
 *
 * There may be several searches in a stream.  If another has moved the cursor,
 * this one goes on from there. */
StreamSearch *stream_search_new (Stream *stream, Pattern *pattern /* takes */,
                                 Pattern *unwanted /* takes */);
void stream_search_free (StreamSearch *search);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StreamSearch, stream_search_free)

/* @match is set if something was found, wanted or not: its places are those in
 * the file.  @error is set with STREAM_FAILED: the file cannot be read, was
 * truncated or removed, or a pattern takes too much (G_REGEX_ERROR).
 *
 * After STREAM_FOUND it looks for the next match. */
StreamResult stream_search_on (StreamSearch *search, bool is_final,
                               PatternMatch *match, GError **error);

/* --- For messages ------------------------------------------------------------
 */

/* Appends the last lines since the cursor as they are (base/visible makes them
 * fit to be shown): ten, or 2 KiB.  Returns how many bytes there are between
 * the cursor and these lines. */
uint64_t stream_append_recent (const Stream *stream, GString *out);
