/* place.h - whether a word may stand where it does */
#pragma once

#include "front/emit.h"

/* If it may not, this was told. */
bool place_is_right (Emit *emit, const AstCall *call, const Word *word);

/* A macro is called in the block of a layer itself. */
void place_tell_macro (Emit *emit, const AstCall *call);
