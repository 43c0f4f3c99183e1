/* laying.h - what a layout promises, whatever the text
 *
 * The tree stays the same, all comments are there in their order, and the
 * layout of a layout is that layout.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Appends the layout to @out; a promise that is not kept is a failed
 * assertion.  False if the text cannot be read. */
bool laying_check (const char *text, size_t n_text, GString *out);
