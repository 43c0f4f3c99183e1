#include "config.h"

#include "vm/child/cgroup.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two generations, of which only the first is moved by us. */
static void
test_kill (void)
{
  int ends[2], back[2];
  char byte;
  g_autoptr (Cgroup) cgroup = cgroup_new ();

  if (cgroup == NULL)
    {
      g_test_skip ("no cgroup v2 that may be written to");
      return;
    }

  g_assert_cmpint (prctl (PR_SET_CHILD_SUBREAPER, 1), ==, 0);
  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_cmpint (pipe (back), ==, 0);
  const pid_t pid = fork ();
  if (pid == 0)
    {
      (void)close (ends[1]);
      (void)!read (ends[0], &byte, 1); /* it was moved */
      (void)fork ();
      (void)!write (back[1], "x", 1);
      for (;;)
        (void)pause ();
    }
  (void)close (ends[0]);
  if (!cgroup_add (cgroup, pid))
    g_test_skip ("the group may not be written to");
  g_assert_cmpint (write (ends[1], "x", 1), ==, 1);
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (read (back[0], &byte, 1), ==, 1); /* both are there */
  const bool is_killed = cgroup_kill (cgroup);
  if (!is_killed)
    (void)kill (pid, SIGKILL);

  for (int i = 0; i < 2; i++)
    {
      int wait_status;
      g_assert_cmpint (wait (&wait_status), >, 0);
      g_assert_true (WIFSIGNALED (wait_status));
      g_assert_cmpint (WTERMSIG (wait_status), ==, SIGKILL);
    }
  (void)close (ends[1]);
  (void)close (back[0]);
  (void)close (back[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cgroup/kill", test_kill);
  return g_test_run ();
}
