/* steps.h - the way from each step of a test to the next */
#pragma once

#include "front/emit.h"

/* Links those of the test whose operations are @first_op and all behind it. */
void steps_link (Emit *emit, uint32_t first_op);
