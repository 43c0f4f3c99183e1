/* stream-seek.h - one pattern that is looked for in a stream, and how far that
 * is
 */
#pragma once

#include "base/pattern.h"
#include "vm/output/stream-window.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* All places are places in the file. */
typedef struct
{
  Pattern *pattern; /* owned; NULL: nothing is looked for */
  uint64_t from;    /* no match begins before this place */
  uint64_t seen;    /* as far as was looked; behind @from: what begins at @from
                       needs more than that to be decided */
  size_t n_slice;   /* how much is looked at next */
  uint64_t n_vain;  /* bytes looked at for what was given up, in a row */
  bool is_begun;
  bool is_over; /* there is and will be no match */
  bool is_found;
  PatternMatch match; /* owned, if it is found */
} StreamSeek;

/* Begins at @place; forgets what was found. */
void stream_seek_begin (StreamSeek *seek, uint64_t place);
void stream_seek_clear (StreamSeek *seek);

/* What is before this place is needed no more. */
uint64_t stream_seek_needs (const StreamSeek *seek);

/* Looks on, up to @end, which is in the window; with @is_final, as if nothing
 * came after that.  False and @error if the pattern takes too much. */
bool stream_seek_on (StreamSeek *seek, const StreamWindow *window, uint64_t end,
                     bool is_final, GError **error);

/* Something before @end is not decided. */
bool stream_seek_is_open (const StreamSeek *seek, uint64_t end);
