#include "config.h"

#include "suite/worker/slots.h"

#include "plan/plan.h"

#include <sys/mman.h>

struct Slots
{
  Slot *shared; /* owned; NULL: there are none */
  unsigned n_slots;
  GArray *free; /* owned: of uint32_t */
};

Slots *
slots_new (unsigned n_slots)
{
  Slots *slots = g_new0 (Slots, 1);
  void *shared = mmap (NULL, n_slots * sizeof (Slot), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  slots->free = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  if (shared == MAP_FAILED)
    return slots;
  slots->shared = shared;
  slots->n_slots = n_slots;
  for (uint32_t i = n_slots; i-- > 0;)
    g_array_append_val (slots->free, i);
  return slots;
}

void
slots_free (Slots *slots)
{
  if (slots == NULL)
    return;
  if (slots->shared != NULL)
    (void)munmap (slots->shared, slots->n_slots * sizeof (Slot));
  g_array_unref (slots->free);
  g_free (slots);
}

uint32_t
slots_take (Slots *slots)
{
  if (slots->free->len == 0)
    return SLOT_NONE;

  const uint32_t slot
      = g_array_index (slots->free, uint32_t, slots->free->len - 1);
  g_array_set_size (slots->free, slots->free->len - 1);
  slots->shared[slot] = (Slot){ .op = PLAN_NONE };
  return slot;
}

void
slots_give_back (Slots *slots, uint32_t slot)
{
  if (slot != SLOT_NONE)
    g_array_append_val (slots->free, slot);
}

Slot *
slots_get (const Slots *slots, uint32_t slot)
{
  return slot < slots->n_slots ? &slots->shared[slot] : NULL;
}
