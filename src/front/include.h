/* include.h - plans that are read into others */
#pragma once

#include "front/emit.h"

/* Goes through the lines of the source.  @span is of the `include`; none for
 * the plan itself. */
void include_source (Emit *emit, const Source *source, SrcSpan span);

/* Reads and includes a file, relative to the one that @span is in; once, if it
 * is included several times. */
void include_file (Emit *emit, const char *path, SrcSpan span);
