/* rewrite.h - gives a file another text, whole or not at all */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Puts a file with this text in the place of the file at @path, or of that
 * which a link there leads to; owner and mode stay.  G_FILE_ERROR on failure:
 * then the old file is as it was, and nothing is left beside it. */
bool rewrite_file (const char *path, const char *text, size_t n_text,
                   GError **error);
