/* filewrite.h - files that are written at once */
#pragma once

#include "vm/check/content.h"

#include <sys/types.h>

/* Makes the file, or writes it anew; only a regular one, and never waiting for
 * a FIFO.  @mode -1: as @umask has it; @umask -1: ours.  False and @error,
 * whose message is the reason alone. */
bool filewrite (const char *path, const char *bytes, size_t n_bytes, int mode,
                int umask, GError **error);

/* Makes the file, or replaces it, so that whoever reads it sees it as it was
 * or as it will be, with the same mode; a link stays one.  The same errors. */
bool filewrite_replace (const char *path, const Content *content,
                        GError **error);
