#include "config.h"

#include "suite/locks.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Names of this run: others may test at the same time. */
typedef struct
{
  Locks *locks;
  char *a; /* owned */
  char *b; /* owned */
  char *c; /* owned */
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->locks = locks_new ();
  fixture->a = g_strdup_printf ("test-%d-a", (int)getpid ());
  fixture->b = g_strdup_printf ("test-%d-b", (int)getpid ());
  fixture->c = g_strdup_printf ("test-%d-c", (int)getpid ());
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  locks_free (fixture->locks);
  g_free (fixture->a);
  g_free (fixture->b);
  g_free (fixture->c);
}

static bool
take (Locks *locks, const char *a, const char *b)
{
  const char *const names[] = { a, b };

  return locks_take (locks, names, b == NULL ? 1 : 2);
}

static void
release (Locks *locks, const char *a, const char *b)
{
  const char *const names[] = { a, b };

  locks_release (locks, names, b == NULL ? 1 : 2);
}

static void
test_all_or_none (Fixture *fixture, const void *data)
{
  Locks *const locks = fixture->locks;

  (void)data;
  g_assert_true (locks_take (locks, NULL, 0));
  g_assert_true (take (locks, fixture->b, NULL));
  g_assert_false (take (locks, fixture->a, fixture->b));
  g_assert_false (locks_is_held_elsewhere (locks));
  g_assert_true (take (locks, fixture->a, fixture->c));
  release (locks, fixture->b, NULL);
  g_assert_false (take (locks, fixture->b, fixture->a));
  release (locks, fixture->c, fixture->a);
  g_assert_true (take (locks, fixture->b, fixture->a));
}

static void
test_twice (Fixture *fixture, const void *data)
{
  (void)data;
  g_assert_true (take (fixture->locks, fixture->a, fixture->a));
  g_assert_false (take (fixture->locks, fixture->a, NULL));
  release (fixture->locks, fixture->a, fixture->a);
  g_assert_true (take (fixture->locks, fixture->a, NULL));
}

/* Two are as two proctors. */
static void
test_elsewhere (Fixture *fixture, const void *data)
{
  g_autoptr (Locks) other = locks_new ();

  (void)data;
  g_assert_true (take (other, fixture->b, NULL));
  g_assert_false (take (fixture->locks, fixture->c, fixture->b));
  g_assert_true (locks_is_held_elsewhere (fixture->locks));
  g_assert_true (take (other, fixture->c, NULL)); /* nobody has kept it */
  release (other, fixture->b, NULL);
  g_assert_true (take (fixture->locks, fixture->b, NULL));
  g_assert_false (locks_is_held_elsewhere (fixture->locks));
}

static void
test_long (Fixture *fixture, const void *data)
{
  g_autoptr (Locks) other = locks_new ();
  g_autofree char *many = g_strnfill (300, 'x');
  g_autofree char *one = g_strconcat (fixture->a, many, "1", NULL);
  g_autofree char *two = g_strconcat (fixture->a, many, "2", NULL);

  (void)data;
  g_assert_true (take (fixture->locks, one, NULL));
  g_assert_true (take (other, two, NULL));
  g_assert_false (take (other, one, NULL));
}

/* Forks a process that takes @a, unless it is NULL, and stays. */
static pid_t
fork_holder (Locks *locks, const char *a)
{
  int told[2];
  char byte;

  g_assert_cmpint (pipe (told), ==, 0);
  const pid_t pid = fork ();
  if (pid == 0)
    {
      locks_forget (locks);
      if (a != NULL && !take (locks, a, NULL))
        _exit (1);
      (void)!write (told[1], "x", 1);
      for (;;)
        (void)pause ();
    }
  g_assert_cmpint (read (told[0], &byte, 1), ==, 1);
  (void)close (told[0]);
  (void)close (told[1]);
  return pid;
}

static void
kill_and_reap (pid_t pid)
{
  (void)kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

static void
test_killed (Fixture *fixture, const void *data)
{
  const pid_t pid = fork_holder (fixture->locks, fixture->a);

  (void)data;
  g_assert_false (take (fixture->locks, fixture->a, NULL));
  g_assert_true (locks_is_held_elsewhere (fixture->locks));
  kill_and_reap (pid);
  g_assert_true (take (fixture->locks, fixture->a, NULL));
}

/* A worker does not hold what its scheduler held when it was forked, and the
 * scheduler goes on holding it. */
static void
test_forget (Fixture *fixture, const void *data)
{
  g_autoptr (Locks) other = locks_new ();

  (void)data;
  g_assert_true (take (fixture->locks, fixture->a, NULL));
  const pid_t pid = fork_holder (fixture->locks, NULL);
  g_assert_false (take (other, fixture->a, NULL));
  release (fixture->locks, fixture->a, NULL);
  g_assert_true (take (other, fixture->a, NULL));
  kill_and_reap (pid);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, const void *data);
  } tests[] = {
    { "/locks/take/all-or-none", test_all_or_none },
    { "/locks/take/twice", test_twice },
    { "/locks/take/elsewhere", test_elsewhere },
    { "/locks/take/long-name", test_long },
    { "/locks/killed", test_killed },
    { "/locks/forget", test_forget },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
