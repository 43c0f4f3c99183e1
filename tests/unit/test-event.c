#include "config.h"

#include "plan/event.h"

#include <string.h>

static void
test_names (void)
{
  for (unsigned i = 0; i < N_EVENTS; i++)
    {
      g_assert_cmpuint (strlen (event_name ((EventKind)i)), >, 0);
      for (unsigned j = 0; j < i; j++)
        g_assert_cmpstr (event_name ((EventKind)i), !=,
                         event_name ((EventKind)j));
    }
  g_assert_cmpstr (event_name (EVENT_TEST_BEGIN), ==, "test-begin");
}

/* One number cannot mean two things. */
static void
test_fields (void)
{
  const unsigned numbers = EVENT_HAS_STATUS | EVENT_HAS_SIGNAL
                           | EVENT_HAS_STREAM | EVENT_HAS_FAILURE
                           | EVENT_HAS_VERDICT;

  for (unsigned i = 0; i < N_EVENTS; i++)
    {
      const unsigned found = event_fields ((EventKind)i) & numbers;

      g_assert_cmpuint (found & (found - 1), ==, 0);
    }
  g_assert_cmpuint (event_fields (EVENT_TEST_END), ==, EVENT_HAS_VERDICT);
}

static void
test_failures (void)
{
  for (unsigned i = 0; i < N_FAILURES; i++)
    g_assert_cmpuint (strlen (failure_name ((Failure)i)), >, 0);
  g_assert_cmpstr (failure_name (FAILURE_UNEXPECTED_EXIT), ==,
                   "unexpected exit");
}

static void
test_verdicts (void)
{
  for (unsigned i = 0; i < N_VERDICTS; i++)
    g_assert_cmpuint (strlen (verdict_name ((Verdict)i)), >, 0);
  g_assert_cmpstr (verdict_name (VERDICT_NOT_RUN), ==, "not run");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event/names", test_names);
  g_test_add_func ("/event/fields", test_fields);
  g_test_add_func ("/event/failures", test_failures);
  g_test_add_func ("/event/verdicts", test_verdicts);
  return g_test_run ();
}
