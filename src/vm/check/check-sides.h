/* check-sides.h - what a `check` of texts, files or output compares */
#pragma once

#include "vm/check/content.h"
#include "vm/machine.h"

typedef struct
{
  char *name;       /* owned: of the process, or the file; NULL: a text */
  char *right_path; /* owned: of a file; or NULL */
  char *right_name; /* owned: as it is shown */
  Content left;
  Content right;         /* a text is in memory */
  bool right_is_missing; /* and --update makes it */
} CheckSides;

#define CHECK_SIDES_NONE                                                       \
  (CheckSides)                                                                 \
  {                                                                            \
    .left = { .fd = -1 }, .right = {.fd = -1 }                                 \
  }

void check_sides_clear (CheckSides *sides);

/* False: it failed, which was told. */
bool check_sides_open (Vm *vm, const PlanOp *op, CheckSides *sides);

/* What cannot be read (any more) is a failure. */
OpStatus check_fail_left (Vm *vm, const PlanOp *op, const CheckSides *sides,
                          const GError *error);
OpStatus check_fail_right (Vm *vm, const PlanOp *op, const CheckSides *sides,
                           const GError *error);

/* Whom a failure is about. */
uint32_t check_process (const PlanOp *op);

/* Whether a file that differs is rewritten.  After a failure none is: what
 * there is may be wrong. */
bool check_may_update (Vm *vm, const PlanOp *op);
