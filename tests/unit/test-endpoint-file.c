#include "config.h"

#include "asking.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void
write_text (const char *path, const char *text)
{
  const int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, text, strlen (text)), ==, strlen (text));
  (void)close (fd);
}

/* --- Files -------------------------------------------------------------------
 */

static void
test_file (Asking *asking, const void *data)
{
  g_autofree char *sub = g_build_filename (asking->dir, "sub", NULL);
  g_autofree char *path = g_build_filename (sub, "x", NULL);
  (void)data;

  asking_begin (asking, "file:./sub//x");
  asking_expect (asking, false, "there is no \"./sub//x\"");
  asking_expect_told (asking, true);
  g_assert_cmpint (g_mkdir (sub, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  (void)asking_until (asking, true, "\"./sub//x\" is still there");
  asking_expect_told (asking, true);
  g_assert_cmpint (g_unlink (path), ==, 0);
  (void)asking_until (asking, false, NULL);

  /* The directory itself goes, and another comes with all in it. */
  g_autofree char *other = g_build_filename (asking->dir, "other", NULL);
  g_autofree char *there = g_build_filename (other, "x", NULL);
  g_assert_cmpint (g_rmdir (sub), ==, 0);
  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  g_assert_true (g_file_set_contents (there, "", 0, NULL));
  g_assert_cmpint (g_rename (other, sub), ==, 0);
  (void)asking_until (asking, true, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (sub), ==, 0);
}

/* The way there becomes another, further up. */
static void
test_file_above (Asking *asking, const void *data)
{
  g_autofree char *top = g_build_filename (asking->dir, "top", NULL);
  g_autofree char *sub = g_build_filename (top, "sub", NULL);
  g_autofree char *old = g_build_filename (asking->dir, "old", NULL);
  g_autofree char *old_sub = g_build_filename (old, "sub", NULL);
  g_autofree char *path = g_build_filename (sub, "x", NULL);
  (void)data;

  g_assert_cmpint (g_mkdir (top, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (sub, 0700), ==, 0);
  asking_begin (asking, "file:top/sub/x");
  asking_expect (asking, false, "there is no \"top/sub/x\"");
  asking_expect_told (asking, true);
  g_assert_cmpint (g_rename (top, old), ==, 0);
  g_assert_cmpint (g_mkdir (top, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (sub, 0700), ==, 0);
  write_text (path, "");
  (void)asking_until (asking, true, NULL);
  asking_expect_told (asking, true);

  /* And that it goes so is told too. */
  g_assert_cmpint (g_unlink (path), ==, 0);
  (void)asking_until (asking, false, NULL);
  g_assert_cmpint (g_rmdir (sub), ==, 0);
  g_assert_cmpint (g_rmdir (top), ==, 0);
  g_assert_cmpint (g_rmdir (old_sub), ==, 0);
  g_assert_cmpint (g_rmdir (old), ==, 0);
}

static void
mount_over (Asking *asking)
{
  g_autofree char *path = g_build_filename (asking->dir, "top", "x", NULL);
  g_autofree char *top = g_build_filename (asking->dir, "top", NULL);

  asking_expect (asking, false, "there is no \"top/x\"");
  asking_expect_told (asking, true);
  g_assert_cmpint (mount ("none", top, "tmpfs", 0, NULL), ==, 0);
  write_text (path, "");
  (void)asking_until (asking, true, NULL);
  g_assert_cmpint (umount (top), ==, 0);
  (void)asking_until (asking, false, NULL);
}

/* In a namespace of its own, so that nobody else sees it. */
static void
test_file_mount (Asking *asking, const void *data)
{
  g_autofree char *top = g_build_filename (asking->dir, "top", NULL);
  (void)data;

  if (unshare (CLONE_NEWNS) < 0
      || mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
    {
      g_test_skip ("nothing may be mounted here");
      return;
    }
  g_assert_cmpint (g_mkdir (top, 0700), ==, 0);
  asking_begin (asking, "file:top/x");
  mount_over (asking);
  g_assert_cmpint (g_rmdir (top), ==, 0);
}

/* What a link points at may be anywhere: the kernel does not tell. */
static void
test_file_link (Asking *asking, const void *data)
{
  g_autofree char *old = g_build_filename (asking->dir, "old", NULL);
  g_autofree char *new = g_build_filename (asking->dir, "new", NULL);
  g_autofree char *link = g_build_filename (asking->dir, "link", NULL);
  g_autofree char *file = g_build_filename (new, "x", NULL);
  (void)data;

  g_assert_cmpint (g_mkdir (old, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (new, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_cmpint (symlink ("old", link), ==, 0);
  asking_begin (asking, "file:link/x");
  asking_expect (asking, false, "there is no \"link/x\"");
  asking_expect_told (asking, false);
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpint (symlink ("new", link), ==, 0);
  (void)asking_until (asking, true, NULL);

  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_unlink (link), ==, 0);
  g_assert_cmpint (g_rmdir (old), ==, 0);
  g_assert_cmpint (g_rmdir (new), ==, 0);
}

static void
test_file_hanging_link (Asking *asking, const void *data)
{
  g_autofree char *link = g_build_filename (asking->dir, "link", NULL);
  g_autofree char *file = g_build_filename (asking->dir, "x", NULL);
  (void)data;

  g_assert_cmpint (symlink ("x", link), ==, 0);
  asking_begin (asking, "file:link");
  asking_expect (asking, false, "there is no \"link\"");
  asking_expect_told (asking, false);
  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  (void)asking_until (asking, true, NULL);
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_unlink (link), ==, 0);
}

/* Not everything can be watched. */
static void
test_file_in_proc (Asking *asking, const void *data)
{
  (void)data;
  asking_begin (asking, "file:/proc/self/nothing");
  asking_expect (asking, false, "there is no \"/proc/self/nothing\"");
  asking_expect_told (asking, false);
}

/* A directory that is none. */
static void
test_file_below_file (Asking *asking, const void *data)
{
  g_autofree char *path = g_build_filename (asking->dir, "x", NULL);
  (void)data;

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  asking_begin (asking, "file:x/y");
  asking_expect (asking, false, "there is no \"x/y\"");
  g_assert_cmpint (g_unlink (path), ==, 0);
}

/* --- Pidfiles ----------------------------------------------------------------
 */

static pid_t
fork_sleeper (void)
{
  const pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid > 0)
    return pid;
  (void)prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (;;)
    (void)pause ();
}

static void
test_pidfile (Asking *asking, const void *data)
{
  g_autofree char *path = g_build_filename (asking->dir, "x.pid", NULL);
  const pid_t pid = fork_sleeper ();
  g_autofree char *text = g_strdup_printf (" %d \nmore\n", (int)pid);
  g_autofree char *dead = g_strdup_printf (
      "\"x.pid\" names process %d, which does not run", (int)pid);
  (void)data;

  asking_begin (asking, "pidfile:x.pid");
  asking_expect (asking, false, "there is no \"x.pid\"");
  write_text (path, "");
  (void)asking_until (asking, false, "\"x.pid\" is empty");
  asking_expect_told (asking, true);
  write_text (path, "1x\n");
  (void)asking_until (asking, false,
                      "\"x.pid\" holds \"1x\", which is no process id");
  write_text (path, "-1\x1b\n");
  (void)asking_until (asking, false,
                      "\"x.pid\" holds \"-1\\x1b\", which is no process id");
  write_text (path, text);
  const EndpointAnswer *answer = asking_until (
      asking, true, "the process that \"x.pid\" names still runs");
  g_assert_cmpint (answer->pid, ==, pid);
  asking_expect_told (asking, true);

  /* A zombie does not live; its end is told by the kernel. */
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  (void)asking_until (asking, false, dead);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  g_assert_cmpint (g_unlink (path), ==, 0);
  (void)asking_until (asking, false, "there is no \"x.pid\"");
}

/* Until a stale one names another process. */
static void
test_pidfile_stale (Asking *asking, const void *data)
{
  g_autofree char *path = g_build_filename (asking->dir, "x.pid", NULL);
  g_autofree char *self = g_strdup_printf ("%d", (int)getpid ());
  (void)data;

  write_text (path, "2147483647\n");
  asking_begin (asking, "pidfile:x.pid");
  asking_expect (asking, false,
                 "\"x.pid\" names process 2147483647, which does not run");
  write_text (path, self);
  (void)asking_until (asking, true, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  (void)asking_until (asking, false, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func)                                                  \
  g_test_add (path, Asking, data, asking_set_up, func, asking_tear_down)
  ADD ("/endpoint/file/comes-and-goes", NULL, test_file);
  ADD ("/endpoint/file/way-becomes-another", NULL, test_file_above);
  ADD ("/endpoint/file/behind-link", NULL, test_file_link);
  ADD ("/endpoint/file/hanging-link", NULL, test_file_hanging_link);
  ADD ("/endpoint/file/in-proc", NULL, test_file_in_proc);
  ADD ("/endpoint/file/below-file", NULL, test_file_below_file);
  ADD ("/endpoint/pidfile/comes-and-goes", NULL, test_pidfile);
  ADD ("/endpoint/pidfile/stale", NULL, test_pidfile_stale);
  ADD ("/endpoint/file/mounted-over", NULL, test_file_mount); /* the last */
  return g_test_run ();
}
