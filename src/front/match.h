/* match.h - which argument is for which parameter */
#pragma once

#include "front/check.h"

/* Fills in what stands for each parameter, not what it means.  False if
 * something is missing or too much, which was told. */
bool match_args (Emit *emit, Call *call);

/* A note that says how the word is used. */
void match_note_usage (Emit *emit, const Word *word, SrcSpan span);
