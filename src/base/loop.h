/* loop.h - sources of the main loop, without what they cost us for nothing */
#pragma once

#include <glib.h>

/* For a source with descriptors.  GLib takes these out of the loop while the
 * source is dispatched, so that a nested loop does not dispatch it again, and
 * wakes the loop each time it does: two writes, a poll and a read for every
 * event.  We nest no loops. */
static inline void
loop_keep_quiet (GSource *source)
{
  g_source_set_can_recurse (source, TRUE);
}
