/* file.h - reads a file whole, and never waits for what is no file */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Reads a regular file, a pipe of the shell ("/dev/fd/63") or standard input
 * ("-"), of at most @limit bytes; @text gets room for @n_room bytes more.
 * G_FILE_ERROR on failure, with a message that names @path: INVAL, what stands
 * there is none of these and perhaps never ends; NOSPC, it is longer. */
bool file_read (const char *path, size_t limit, size_t n_room, char **text,
                size_t *n_text, GError **error);

/* Why what has this st_mode is no regular file: "it is a FIFO, not a file".
 * NULL: it is one. */
const char *file_refuse_kind (mode_t mode);
