#include "config.h"

#include "vm/timer.h"

typedef struct
{
  GMainContext *context;
  Timers *timers;
  GString *passed;
  unsigned n_left;
} Fixture;

typedef struct
{
  Fixture *fixture;
  char name;
} Named;

static void
on_time (void *data)
{
  const Named *named = data;

  g_string_append_c (named->fixture->passed, named->name);
  named->fixture->n_left--;
}

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->timers = timers_new ();
  fixture->passed = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  (void)g_string_free (fixture->passed, TRUE);
  timers_free (fixture->timers);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
}

static uint64_t
add (Fixture *fixture, Named *named, char name, int64_t microsecs)
{
  *named = (Named){ .fixture = fixture, .name = name };
  fixture->n_left++;
  return timers_add (fixture->timers, microsecs, on_time, named);
}

static void
run (Fixture *fixture)
{
  while (fixture->n_left > 0)
    (void)g_main_context_iteration (fixture->context, TRUE);
}

/* The earliest first, whatever order they came in. */
static void
test_order (Fixture *fixture, const void *data)
{
  static const int64_t times[] = { 7, 3, 9, 1, 8, 2, 6, 4, 5, 0 };
  Named named[G_N_ELEMENTS (times)];
  (void)data;

  for (size_t i = 0; i < G_N_ELEMENTS (times); i++)
    (void)add (fixture, &named[i], (char)('0' + times[i]), times[i] * 1000);
  run (fixture);
  g_assert_cmpstr (fixture->passed->str, ==, "0123456789");
}

static void
test_remove (Fixture *fixture, const void *data)
{
  Named named[3];
  (void)data;

  (void)add (fixture, &named[0], 'a', 1000);
  const uint64_t removed = add (fixture, &named[1], 'b', 2000);
  (void)add (fixture, &named[2], 'c', 3000);
  timers_remove (fixture->timers, removed);
  timers_remove (fixture->timers, removed); /* again: ignored */
  timers_remove (fixture->timers, 0);
  fixture->n_left--;
  run (fixture);
  g_assert_cmpstr (fixture->passed->str, ==, "ac");
}

/* Whatever an order they are removed in, those that are left pass in order,
 * and the name of one that is over removes none that came later. */
static void
test_remove_many (Fixture *fixture, const void *data)
{
  enum
  {
    N = 26
  };
  Named named[N];
  uint64_t names[N];
  (void)data;

  for (unsigned i = 0; i < N; i++)
    names[i] = add (fixture, &named[i], (char)('a' + i * 7 % N),
                    (int64_t)(i * 7 % N) * 100);
  for (unsigned i = 1; i < N; i += 2)
    timers_remove (fixture->timers, names[(i * 5) % N]);
  fixture->n_left -= N / 2;
  g_assert_cmpuint (timers_count (fixture->timers), ==, N / 2);
  run (fixture);
  g_assert_cmpuint (timers_count (fixture->timers), ==, 0);

  g_autoptr (GString) left = g_string_new (NULL);
  for (unsigned letter = 0; letter < N; letter++)
    for (unsigned i = 0; i < N; i += 2)
      if (i * 7 % N == letter)
        g_string_append_c (left, (char)('a' + letter));
  g_assert_cmpstr (fixture->passed->str, ==, left->str);

  g_string_truncate (fixture->passed, 0);
  (void)add (fixture, &named[0], 'z', 0);
  for (unsigned i = 0; i < N; i++)
    timers_remove (fixture->timers, names[i]);
  run (fixture);
  g_assert_cmpstr (fixture->passed->str, ==, "z");
}

/* A timer that was removed is gone, also behind an earlier one that is not: a
 * long test does not gather them. */
static void
test_remove_later (Fixture *fixture, const void *data)
{
  Named named[2];
  (void)data;

  const uint64_t first = add (fixture, &named[0], 'a', G_USEC_PER_SEC);
  for (unsigned i = 0; i < 1000; i++)
    {
      timers_remove (fixture->timers,
                     add (fixture, &named[1], 'b', 2 * G_USEC_PER_SEC));
      g_assert_cmpuint (timers_count (fixture->timers), ==, 1);
    }
  timers_remove (fixture->timers, first);
  g_assert_cmpuint (timers_count (fixture->timers), ==, 0);
}

/* A timer that has passed while all were paused waits for the rest of its
 * time. */
static void
test_pause (Fixture *fixture, const void *data)
{
  Named named;
  (void)data;

  (void)add (fixture, &named, 'a', 1000);
  const int64_t begin = timers_now (fixture->timers);
  timers_pause (fixture->timers);
  timers_pause (fixture->timers);
  const int64_t resume_at = g_get_monotonic_time () + 5000;
  while (g_get_monotonic_time () < resume_at)
    g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  g_assert_cmpstr (fixture->passed->str, ==, "");
  timers_resume (fixture->timers);
  timers_resume (fixture->timers);
  g_assert_cmpint (timers_now (fixture->timers) - begin, <, 4000);
  run (fixture);
  g_assert_cmpstr (fixture->passed->str, ==, "a");
}

/* When it will have looked at its timers at the latest; 0: that is not known.
 */
static void
test_sign (Fixture *fixture, const void *data)
{
  Named named;
  const int64_t begin = g_get_monotonic_time ();
  int64_t sign = -1;
  (void)data;

  timers_set_sign (fixture->timers, &sign);
  g_assert_cmpint (sign, >=, begin); /* it is awake */
  g_assert_cmpint (sign, <=, g_get_monotonic_time ());
  (void)g_main_context_iteration (fixture->context, FALSE);
  const uint64_t timer
      = add (fixture, &named, 'a', 3600 * (int64_t)G_USEC_PER_SEC);
  int n_ready;
  g_assert_false (g_main_context_prepare (fixture->context, &n_ready));
  g_assert_cmpint (sign, >=, begin + 3600 * (int64_t)G_USEC_PER_SEC);
  timers_pause (fixture->timers);
  g_assert_cmpint (sign, ==, 0);
  timers_resume (fixture->timers);
  timers_remove (fixture->timers, timer);
  g_assert_false (g_main_context_prepare (fixture->context, &n_ready));
  g_assert_cmpint (sign, ==, 0);
  timers_set_sign (fixture->timers, NULL);
  g_assert_cmpint (sign, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/timer/order/earliest-first", test_order);
  ADD ("/timer/remove/never-passes", test_remove);
  ADD ("/timer/remove/many-in-any-order", test_remove_many);
  ADD ("/timer/remove/behind-an-earlier-one", test_remove_later);
  ADD ("/timer/pause/no-time-passes", test_pause);
  ADD ("/timer/sign/until-when-it-sleeps", test_sign);
  return g_test_run ();
}
