#include "config.h"

#include "suite/worker/slots.h"

#include "plan/plan.h"

#include <sys/wait.h>
#include <unistd.h>

#define N_SLOTS 5

static void
take_all (Slots *slots)
{
  uint32_t seen = 0;

  for (int i = 0; i < N_SLOTS; i++)
    {
      const uint32_t slot = slots_take (slots);
      g_assert_cmpuint (slot, <, N_SLOTS);
      g_assert_cmpuint (seen & 1U << slot, ==, 0);
      seen |= 1U << slot;
    }
  g_assert_cmpuint (slots_take (slots), ==, SLOT_NONE);
}

static void
test_each_once (void)
{
  Slots *slots = slots_new (N_SLOTS);

  take_all (slots);
  slots_free (slots);
}

static void
test_given_back (void)
{
  Slots *slots = slots_new (N_SLOTS);

  take_all (slots);
  slots_give_back (slots, 3);
  g_assert_cmpuint (slots_take (slots), ==, 3);
  g_assert_cmpuint (slots_take (slots), ==, SLOT_NONE);
  for (uint32_t i = 0; i < N_SLOTS; i++)
    slots_give_back (slots, i);
  take_all (slots);
  slots_free (slots);
}

/* Nothing is left of who had it before. */
static void
test_begins_anew (void)
{
  Slots *slots = slots_new (1);
  const uint32_t slot = slots_take (slots);

  *slots_get (slots, slot) = (Slot){ .op = 7, .pid = 4711, .logs = "t" };
  slots_give_back (slots, slot);
  g_assert_cmpuint (slots_take (slots), ==, slot);
  g_assert_cmpuint (slots_get (slots, slot)->op, ==, PLAN_NONE);
  g_assert_cmpuint (slots_get (slots, slot)->pid, ==, 0);
  g_assert_cmpstr (slots_get (slots, slot)->logs, ==, "");
  slots_free (slots);
}

static void
test_none (void)
{
  Slots *slots = slots_new (1);

  slots_give_back (slots, SLOT_NONE);
  g_assert_cmpuint (slots_take (slots), ==, 0);
  g_assert_cmpuint (slots_take (slots), ==, SLOT_NONE);
  g_assert_null (slots_get (slots, SLOT_NONE));
  slots_free (slots);
  slots_free (NULL);
}

static void
test_without_memory (void)
{
  Slots *slots = slots_new (0); /* is none */

  g_assert_cmpuint (slots_take (slots), ==, SLOT_NONE);
  g_assert_null (slots_get (slots, 0));
  slots_free (slots);
}

static void
test_shared (void)
{
  Slots *slots = slots_new (N_SLOTS);
  const uint32_t slot = slots_take (slots);
  const uint32_t other = slots_take (slots);
  const pid_t pid = fork ();

  if (pid == 0)
    {
      *slots_get (slots, slot) = (Slot){ .op = 3, .pid = (uint32_t)getpid () };
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  g_assert_cmpuint (slots_get (slots, slot)->op, ==, 3);
  g_assert_cmpuint (slots_get (slots, slot)->pid, ==, pid);
  g_assert_cmpuint (slots_get (slots, other)->op, ==, PLAN_NONE);
  slots_free (slots);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slots/take/each-once", test_each_once);
  g_test_add_func ("/slots/take/given-back", test_given_back);
  g_test_add_func ("/slots/take/begins-anew", test_begins_anew);
  g_test_add_func ("/slots/none/is-harmless", test_none);
  g_test_add_func ("/slots/none/without-memory", test_without_memory);
  g_test_add_func ("/slots/shared-with-those-forked-later", test_shared);
  return g_test_run ();
}
