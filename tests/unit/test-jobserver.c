#include "config.h"

#include "suite/jobserver.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A make's pipe, with tokens that differ. */
typedef struct
{
  int fds[2];
  Jobserver *jobserver;
} Fixture;

static Jobserver *
open_good (const char *makeflags)
{
  g_autoptr (GError) error = NULL;
  Jobserver *jobserver = jobserver_open (makeflags, &error);

  g_assert_no_error (error);
  g_assert_nonnull (jobserver);
  return jobserver;
}

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  g_assert_cmpint (pipe (fixture->fds), ==, 0);
  g_assert_cmpint (write (fixture->fds[1], "abc", 3), ==, 3);

  g_autofree char *makeflags = g_strdup_printf (
      "kw -j4 --jobserver-auth=%d,%d -- A=b", fixture->fds[0], fixture->fds[1]);
  fixture->jobserver = open_good (makeflags);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  jobserver_free (fixture->jobserver);
  (void)close (fixture->fds[0]);
  (void)close (fixture->fds[1]);
}

/* What is in the pipe, in the order of the alphabet. */
static void
assert_in_pipe (Fixture *fixture, const char *expected)
{
  char tokens[16] = "";
  struct pollfd poll_fd = { .fd = fixture->fds[0], .events = POLLIN };

  size_t n = 0;
  for (; n < sizeof tokens - 1 && poll (&poll_fd, 1, 0) == 1; n++)
    g_assert_cmpint (read (fixture->fds[0], &tokens[n], 1), ==, 1);
  for (char letter = 'a'; letter <= 'c'; letter++)
    g_assert_true ((strchr (tokens, letter) != NULL)
                   == (strchr (expected, letter) != NULL));
  g_assert_cmpuint (n, ==, strlen (expected));
  g_assert_cmpint (write (fixture->fds[1], tokens, n), ==, (ssize_t)n);
}

static void
test_take (Fixture *fixture, const void *data)
{
  (void)data;
  for (int i = 0; i < 3; i++)
    g_assert_true (jobserver_take (fixture->jobserver));
  g_assert_false (jobserver_take (fixture->jobserver));
  assert_in_pipe (fixture, "");

  jobserver_give_back (fixture->jobserver);
  assert_in_pipe (fixture, "c");
  g_assert_true (jobserver_take (fixture->jobserver));
  jobserver_give_back_all (fixture->jobserver);
  assert_in_pipe (fixture, "abc");

  /* There is none any more. */
  jobserver_give_back (fixture->jobserver);
  jobserver_give_back_all (fixture->jobserver);
  assert_in_pipe (fixture, "abc");
}

static void
test_poll (Fixture *fixture, const void *data)
{
  struct pollfd poll_fd
      = { .fd = jobserver_fd (fixture->jobserver), .events = POLLIN };

  (void)data;
  g_assert_cmpint (poll (&poll_fd, 1, 0), ==, 1);
  while (jobserver_take (fixture->jobserver))
    continue;
  g_assert_cmpint (poll (&poll_fd, 1, 0), ==, 0);
  jobserver_give_back (fixture->jobserver);
  g_assert_cmpint (poll (&poll_fd, 1, 0), ==, 1);
}

/* make reads from it, too, and wants to wait then. */
static void
test_blocking (Fixture *fixture, const void *data)
{
  (void)data;
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (fcntl (fixture->fds[i], F_GETFL) & O_NONBLOCK, ==, 0);
  g_assert_cmpint (
      fcntl (jobserver_fd (fixture->jobserver), F_GETFD) & FD_CLOEXEC, !=, 0);
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
  int told[2];
  char byte;

  (void)data;
  g_assert_cmpint (pipe (told), ==, 0);
  const pid_t pid = fork ();
  if (pid == 0)
    {
      for (int i = 0; i < 3; i++)
        (void)jobserver_take (fixture->jobserver);
      jobserver_give_back (fixture->jobserver);
      (void)!write (told[1], "x", 1);
      for (;;)
        (void)pause ();
    }
  g_assert_cmpint (read (told[0], &byte, 1), ==, 1);
  kill_and_reap (pid);
  assert_in_pipe (fixture, "c");
  jobserver_give_back_all (fixture->jobserver);
  assert_in_pipe (fixture, "abc");
  (void)close (told[0]);
  (void)close (told[1]);
}

/* Killed at any moment while it takes, and holds. */
static void
test_killed_taking (Fixture *fixture, const void *data)
{
  (void)data;
  for (int i = 0; i < 200; i++)
    {
      int told[2];
      g_assert_cmpint (pipe (told), ==, 0);
      const pid_t pid = fork ();
      if (pid == 0)
        {
          (void)!write (told[1], "x", 1);
          for (int n = 0; n < i; n++)
            (void)getppid ();
          while (jobserver_take (fixture->jobserver))
            continue;
          for (;;)
            (void)pause ();
        }
      char byte;
      g_assert_cmpint (read (told[0], &byte, 1), ==, 1);
      kill_and_reap (pid);
      jobserver_give_back_all (fixture->jobserver);
      assert_in_pipe (fixture, "abc");
      (void)close (told[0]);
      (void)close (told[1]);
    }
}

/* --- What MAKEFLAGS says -----------------------------------------------------
 */

static void
test_none (void)
{
  static const char *const none[] = {
    "",
    "k",
    " -j --no-print-directory",
    " -j4 --jobserver-auth=-2,-2",
    " -j4 --jobserver-auth=3,4 --jobserver-auth=-2,-2",
    " --jobserver-fds=-1,-1",
    " -- X=--jobserver-auth=97,98",
    " -- --jobserver-auth=97,98",
    " X=a\\ --jobserver-auth=97,98",
  };
  g_autoptr (GError) error = NULL;

  g_assert_null (jobserver_open (NULL, &error));
  g_assert_no_error (error);
  for (unsigned i = 0; i < G_N_ELEMENTS (none); i++)
    {
      g_assert_null (jobserver_open (none[i], &error));
      g_assert_no_error (error);
    }
}

static void
assert_refused (const char *makeflags, const char *expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (jobserver_open (makeflags, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == G_FILE_ERROR);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_bad (void)
{
  assert_refused (" --jobserver-auth=sem:x",
                  "MAKEFLAGS: \"sem:x\" is no jobserver that is known");
  assert_refused (" --jobserver-auth=3,4x",
                  "MAKEFLAGS: \"3,4x\" is no jobserver that is known");
  assert_refused (" --jobserver-auth=",
                  "MAKEFLAGS: \"\" is no jobserver that is known");
  assert_refused (" --jobserver-auth=fifo:/does/not/exist",
                  "make's jobserver, \"/does/not/exist\": No such file or "
                  "directory");
  assert_refused (" --jobserver-auth=fifo:/dev/null",
                  "make's jobserver, \"/dev/null\", is no named pipe");
  assert_refused (" --jobserver-auth=973,974",
                  "make has not handed its jobserver down (descriptors 973 "
                  "and 974): the command needs a \"+\" before it in the "
                  "makefile");
}

/* The numbers are in use, but not by make. */
static void
assert_not_handed_down (int read_fd, int write_fd)
{
  g_autofree char *makeflags
      = g_strdup_printf ("--jobserver-auth=%d,%d", read_fd, write_fd);
  g_autoptr (GError) error = NULL;

  g_assert_null (jobserver_open (makeflags, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_BADF);
}

static void
test_others (Fixture *fixture, const void *data)
{
  int other[2];
  const int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  (void)data;
  g_assert_cmpint (pipe (other), ==, 0);
  assert_not_handed_down (fixture->fds[0], other[1]);
  assert_not_handed_down (fixture->fds[1], fixture->fds[0]);
  assert_not_handed_down (fixture->fds[0], fixture->fds[0]);
  assert_not_handed_down (fixture->fds[1], fixture->fds[1]);
  assert_not_handed_down (fixture->fds[0], null);
  (void)close (null);
  (void)close (other[0]);
  (void)close (other[1]);
}

static void
test_fifo (void)
{
  g_autofree char *dir = g_dir_make_tmp ("jobserver-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "a pipe\\", NULL);
  g_autofree char *makeflags = g_strdup_printf (
      " --jobserver-fds=97,98 --jobserver-auth=fifo:%s/a\\ pipe\\\\ -j2", dir);

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  const int fd = open (path, O_RDWR | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, "+", 1), ==, 1);

  g_autoptr (Jobserver) jobserver = open_good (makeflags);
  g_assert_true (jobserver_take (jobserver));
  g_assert_false (jobserver_take (jobserver));
  jobserver_give_back (jobserver);
  char byte = 0;
  g_assert_cmpint (read (fd, &byte, 1), ==, 1);
  g_assert_cmpint (byte, ==, '+');
  (void)close (fd);
  (void)g_unlink (path);
  (void)g_rmdir (dir);
}

static void
test_scrub (void)
{
  g_setenv ("MAKEFLAGS", "-j4", TRUE);
  g_setenv ("MAKELEVEL", "1", TRUE);
  jobserver_scrub_environment ();
  g_assert_null (g_getenv ("MAKEFLAGS"));
  g_assert_null (g_getenv ("MAKELEVEL"));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, const void *data);
  } tests[] = {
    { "/jobserver/take", test_take },
    { "/jobserver/poll", test_poll },
    { "/jobserver/leaves-makes-descriptors-blocking", test_blocking },
    { "/jobserver/killed", test_killed },
    { "/jobserver/killed/while-taking", test_killed_taking },
    { "/jobserver/open/pipes-of-others", test_others },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  g_test_add_func ("/jobserver/open/none", test_none);
  g_test_add_func ("/jobserver/open/bad", test_bad);
  g_test_add_func ("/jobserver/open/fifo", test_fifo);
  g_test_add_func ("/jobserver/scrub-environment", test_scrub);
  return g_test_run ();
}
