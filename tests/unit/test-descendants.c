#include "config.h"

#include "vm/child/descendants.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define A_MINUTE (60 * G_USEC_PER_SEC)

static pid_t
fork_sleeper (void)
{
  const pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  while (pid == 0)
    (void)pause ();
  return pid;
}

static bool
is_child (pid_t pid)
{
  return waitpid (pid, NULL, WNOHANG) == 0;
}

/* Of what a level has not waited for long enough, no other waits for the
 * rest. */
static void
test_abandoned (void)
{
  g_autoptr (Abandoned) abandoned = abandoned_new ();
  const pid_t stubborn = fork_sleeper ();

  g_assert_true (abandoned_is_empty (abandoned));
  const pid_t level = fork ();
  if (level == 0)
    {
      Descendant one = { .pid = stubborn };
      g_autoptr (GArray) found = descendants_find_below (getppid ());
      for (guint i = 0; i < found->len; i++)
        if (g_array_index (found, Descendant, i).pid == stubborn)
          one = g_array_index (found, Descendant, i);
      g_array_set_size (found, 0);
      g_array_append_val (found, one);
      abandoned_add (abandoned, found);
      _exit (0);
    }
  g_assert_cmpint (waitpid (level, NULL, 0), ==, level);
  g_assert_false (abandoned_is_empty (abandoned));

  g_assert_false (descendants_sweep (NULL, NULL, A_MINUTE, abandoned));
  g_assert_true (is_child (stubborn)); /* it is not even killed again */

  const pid_t other = fork_sleeper ();
  g_assert_false (descendants_sweep (NULL, NULL, A_MINUTE, abandoned));
  g_assert_cmpint (waitpid (other, NULL, WNOHANG), <, 0);
  (void)kill (stubborn, SIGKILL);
  (void)waitpid (stubborn, NULL, 0);
}

/* When the time is over what is left is abandoned. */
static void
test_time_over (void)
{
  g_autoptr (Abandoned) abandoned = abandoned_new ();
  const pid_t stubborn = fork_sleeper ();

  g_assert_false (descendants_sweep (NULL, NULL, -1, abandoned));
  g_assert_true (is_child (stubborn));
  g_assert_false (descendants_sweep (NULL, NULL, A_MINUTE, abandoned));
  g_assert_true (is_child (stubborn));

  g_assert_true (descendants_sweep (NULL, NULL, A_MINUTE, NULL));
  g_assert_cmpint (waitpid (stubborn, NULL, WNOHANG), <, 0);
  g_assert_cmpint (errno, ==, ECHILD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/descendants/sweep/abandoned-elsewhere", test_abandoned);
  g_test_add_func ("/descendants/sweep/time-is-over", test_time_over);
  return g_test_run ();
}
