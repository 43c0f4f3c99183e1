/* late.h - values that are known only when the test runs
 *
 * The groups of an `expect`, and what words such as `pid` give, are values of
 * the test: whatever was given a name stays so to the end of the test, also
 * behind the macro or the round that it was given in.  A name can be given
 * again: each time it is another value, which the lines that follow see.
 */
#pragma once

#include "front/emit.h"

/* What a name stands for. */
struct Late
{
  const char *name;
  Late *older;
  uint32_t value;   /* the last of that name; PLAN_NONE: none yet */
  SrcSpan from_env; /* where the environment's was taken instead; or none */
  bool is_broken;   /* it could not be given: its uses are no errors */
};

/* A value while the test is compiled. */
typedef struct
{
  Late *late;      /* NULL: it is a layer's */
  uint32_t hidden; /* the one before of that name; PLAN_NONE: none */
  uint32_t thread; /* that gives it */
} Giving;

void late_init (Emit *emit);
/* When a test begins. */
void late_reset (Emit *emit);

/* A new value of the test with the name that @arg says; PLAN_NONE: it cannot
 * have that name, which was told. */
uint32_t late_add (Emit *emit, const AstArg *arg);

/* One that is no variable of its own: a layer's; its number in the test. */
uint32_t late_add_unnamed (Emit *emit, const PlanValue *value);

/* Remembers the names that a wrong line would have given. */
void late_add_broken (Emit *emit, const AstCall *call);

/* What came of a look for a variable. */
typedef enum
{
  FOUND_NOTHING,
  FOUND_VALUE,
  FOUND_WRONG /* it cannot be used here, which was told */
} Found;

Found late_find (Emit *emit, const char *name, SrcSpan span, uint32_t *value);

/* The name means the environment's, or a default, at least so far. */
void late_note_env (Emit *emit, const char *name, SrcSpan span);

/* NULL: nothing ever gave it a value. */
const Late *late_get (const Emit *emit, const char *name, size_t n_name);

/* Goes to where the body had given @n_values, for a block that is expanded
 * later than where it stands.  What got its first value behind that keeps
 * it. */
void late_go_to (Emit *emit, uint32_t n_values);
