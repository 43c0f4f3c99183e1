/* early.h - names that are used before there is anything of that name
 *
 * Whether there ever is something is known only at the end of the test; these
 * mistakes are told then.
 */
#pragma once

#include "front/emit.h"

void early_init (Emit *emit);
/* When a test begins. */
void early_reset (Emit *emit);

/* A process, or a thread. */
void early_use_process (Emit *emit, const char *name, size_t n_name,
                        SrcSpan span);
void early_use_variable (Emit *emit, const char *name, SrcSpan span);
/* More about the last one, if there were only @n_before before. */
void early_add_note (Emit *emit, unsigned n_before, const char *text);

/* Tells of all of them, at the end of the test. */
void early_tell_all (Emit *emit);
