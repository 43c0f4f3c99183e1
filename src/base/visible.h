/* visible.h - untrusted bytes made fit to be shown
 *
 * What children print may hold anything.  Controls, malformed UTF-8 and
 * characters that reorder or hide text are written as escapes (\x1b, \u202e);
 * printable UTF-8 and tabs stay.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

void visible_append (GString *out, const char *bytes, size_t n_bytes);

/* The same line by line: newlines stay, and the last line gets one. */
void visible_append_lines (GString *out, const char *bytes, size_t n_bytes);

/* The first character only (there is one); returns how many bytes it has. */
size_t visible_append_char (GString *out, const char *bytes, size_t n_bytes);

/* As a word of a plan or a shell would be quoted: only if it needs to be. */
void visible_append_quoted (GString *out, const char *bytes, size_t n_bytes);

/* Its two halves: whether it needs to be, and what goes between the quotes. */
bool visible_needs_quotes (const char *bytes, size_t n_bytes);
void visible_append_escaped (GString *out, const char *bytes, size_t n_bytes);

/* How many columns of a terminal a text takes that came from here. */
size_t visible_columns (const char *text, size_t n_text);
