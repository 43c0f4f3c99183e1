/* slots.h - what each worker is doing, in memory that all share
 *
 * A worker writes there what it does; the scheduler looks when it shows the
 * progress.  Nothing is sent and nobody is woken for it.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* No slot: what it does is not shown. */
#define SLOT_NONE UINT32_MAX

#define SLOT_NAME_SIZE 120

typedef struct
{
  uint32_t op;               /* in plan->ops; PLAN_NONE: it has not begun */
  uint32_t pid;              /* of the worker; 0: it has not begun */
  int64_t sign;              /* of life: timers_set_sign() */
  char logs[SLOT_NAME_SIZE]; /* its directory in that of its plan; "": it has
                              * none yet */
} Slot;

typedef struct Slots Slots;

/* To be called before any worker is forked.  Without memory for it there are
 * none. */
Slots *slots_new (unsigned n_slots);
void slots_free (Slots *slots);

/* Of the scheduler: a slot that is not in use, or SLOT_NONE. */
uint32_t slots_take (Slots *slots);
void slots_give_back (Slots *slots, uint32_t slot);

/* NULL for SLOT_NONE. */
Slot *slots_get (const Slots *slots, uint32_t slot);
