/* replace.h - gives a file other bytes, whole or not at all
 *
 * Whoever reads the file sees it as it was or as it will be: the bytes go into
 * a new file beside it, which then takes its place (rename(2)).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Writes the new bytes.  False and @error: it could not. */
typedef bool ReplaceFunc (int fd, void *data, GError **error);

/* Makes the file at @path, or replaces it; a link there stays, and what it
 * leads to is replaced.  Owner, where we may give it away, and mode stay.
 * False and @error, a G_FILE_ERROR with the reason alone as its message, or
 * that of @fill: then the old file is as it was, and nothing is left beside
 * it.  One that may not be written is not replaced either. */
bool replace_file (const char *path, ReplaceFunc *fill, void *data,
                   GError **error);
