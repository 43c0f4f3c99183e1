/* defaults.h - what holds for a test where the plan itself says nothing */
#pragma once

#include "front/emit.h"

/* Fills what nothing was said of in the settings; @test_name NULL: for a
 * layer. */
void defaults_apply (Emit *emit, const char *test_name);
