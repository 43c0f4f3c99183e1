/* build.h - a text that is put together
 *
 * There is one at a time: build_begin(), what it is made of, build_finish().
 */
#pragma once

#include "front/emit.h"

void build_begin (Emit *emit);
void build_bytes (Emit *emit, const char *bytes, size_t n_bytes);
void build_string (Emit *emit, const char *string);
/* The value that a variable has when the test runs: a PlanVar, or N_PLAN_VARS
 * and a value of the test. */
void build_slot (Emit *emit, uint32_t variable);
/* Another text, from @from on. */
void build_text (Emit *emit, const PlanText *text, uint32_t from);
const PlanText *build_finish (Emit *emit);
