/* place.h - a path that something may come to, or go from
 *
 * What stands there may not be there yet, nor the directories on the way: the
 * last of those that there are is watched; and that those above it stay what
 * they are, and nothing is mounted over them.
 */
#pragma once

#include "vm/watches.h"

#include <stdbool.h>

typedef struct Place Place;
typedef void PlaceFunc (void *data);

/* @path is absolute; @on_change is called when something there may have
 * changed. */
Place *place_new (Watches *watches, const char *path, PlaceFunc *on_change,
                  void *data);
void place_free (Place *place);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)

/* Watches what there is to watch now; to be called before each look at what
 * stands there.  False: the kernel does not tell of all that may happen (links
 * on the way, file systems of others, no inotify left); look again and
 * again. */
bool place_watch (Place *place);

/* Made absolute: @cwd (NULL: our own directory) and @path, if that is
 * relative. */
char *place_absolute (const char *cwd, const char *path);
