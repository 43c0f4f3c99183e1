/* file.h - reads a file whole */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Reads a regular file, a pipe or the like ("-": standard input) of at most
 * @limit bytes; @text gets room for @n_room bytes more.  G_FILE_ERROR on
 * failure, with a message that names @path. */
bool file_read (const char *path, size_t limit, size_t n_room, char **text,
                size_t *n_text, GError **error);
