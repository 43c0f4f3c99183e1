/* value.h - the values of variables in a text */
#pragma once

#include "front/emit.h"

/* Appends these parts to the text that is being put together (build.h).  False
 * if a variable has no value, which was told. */
bool value_build_parts (Emit *emit, const AstPart *part);
