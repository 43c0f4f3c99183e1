/* compiling.h - texts compiled, and what comes out, as texts */
#pragma once

#include "front/compile.h"

typedef struct
{
  Sources *sources; /* owned */
  Diag *diag;       /* owned */
  Plan *plan;       /* owned; NULL: there were errors */
} Compiled;

/* As a file p.plan, with waits of 20 s, started in /started. */
void compiled_init (Compiled *compiled, const char *text, size_t n_text);
void compiled_clear (Compiled *compiled);

/* Each beginning of a plan compiles, or is told to be wrong. */
void compiling_assert_beginnings (const char *text, size_t n_text);

/* The messages: the first line of each. */
char *compiled_messages (const Compiled *compiled);

/* The operations of all tests, each in a line; the tests' names before them,
 * and "-- section" before each section. */
char *compiled_ops (const Compiled *compiled);
