/* space.h - whether files can still grow */
#pragma once

#include <stdbool.h>

/* Whether a file in the directory can grow by a little.  Tried out, since no
 * number tells: ext4 keeps blocks back of which it speaks as free, and a part
 * for root; but only where little seems to be left.  @is_for_others: also files
 * that other users than this one write. */
bool space_is_left (int dir, bool is_for_others);
