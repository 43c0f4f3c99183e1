/* layout.h - the text of a plan in its canonical layout
 *
 * What is said stays the same, and every word keeps its spelling; blanks, the
 * ends of lines and the places of comments become what doc/language.md says.
 * The layout of a text in canonical layout is that text.
 */
#pragma once

#include "base/diag.h"

/* Of a line in columns, if it can be helped. */
#define LAYOUT_WIDTH 80

/* Appends it to @out.  False if the text cannot be read; that is told to
 * @diag, and nothing is appended. */
bool layout_source (const Source *source, Diag *diag, GString *out);
