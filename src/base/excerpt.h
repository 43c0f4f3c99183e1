/* excerpt.h - a line of a source, with a mark under a part of it
 *
 *         7 | wait wbe 0 5s
 *           |      ^~~
 *
 * Tabs are spaces here, wide characters count as what they take, and of a very
 * long line only what is around the mark is shown.
 */
#pragma once

#include "base/source.h"

/* Marks @n_marked bytes from @begin, at least one column, and at most up to
 * the end of the line.  @color is the mark's; NULL: none. */
void excerpt_append (GString *out, const SourceLine *line, size_t begin,
                     size_t n_marked, const char *color);
