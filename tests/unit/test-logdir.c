#include "config.h"

#include "suite/worker/logdir.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *top;
  LogDir root;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  (void)data;

  fixture->top = g_dir_make_tmp ("test-logdir-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (fixture->top, "a", "b", NULL);
  g_assert_true (logdir_open_root (&fixture->root, path, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  g_autofree char *a = g_build_filename (fixture->top, "a", NULL);
  (void)data;

  /* Nothing else may be left. */
  logdir_remove_empty (&fixture->root, NULL);
  g_assert_cmpint (g_rmdir (a), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->top), ==, 0);
  g_free (fixture->top);
}

typedef struct
{
  const char *path;
  const char *wish;
  const char *name;
} Case;

static const Case cases[] = {
  { "/logdir/name/plain", "echo-1", "echo-1" },
  { "/logdir/name/slashes", "../../etc/passwd", "_.._.._etc_passwd" },
  { "/logdir/name/newline", "a\nb c", "a_b_c" },
  { "/logdir/name/empty", "", "_" },
  { "/logdir/name/dot", ".", "_." },
};

static void
test_name (Fixture *fixture, const void *data)
{
  const Case *c = data;
  g_autoptr (GError) error = NULL;
  LogDir dir;

  g_assert_true (logdir_make (&dir, &fixture->root, c->wish, &error));
  g_assert_cmpstr (dir.name, ==, c->name);
  logdir_remove_empty (&dir, &fixture->root);
}

static void
test_taken (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  LogDir dirs[3];
  (void)data;

  for (int i = 0; i < 3; i++)
    g_assert_true (logdir_make (&dirs[i], &fixture->root, "test", &error));
  g_assert_cmpstr (dirs[0].name, ==, "test");
  g_assert_cmpstr (dirs[1].name, ==, "test-1");
  g_assert_cmpstr (dirs[2].name, ==, "test-2");
  for (int i = 0; i < 3; i++)
    g_assert_true (logdir_remove (&dirs[i], &fixture->root, &error));
}

static void
make_deep (int dir, int depth)
{
  int fd = dup (dir);

  for (int i = 0; i < depth; i++)
    {
      g_assert_cmpint (mkdirat (fd, "d", 0700), ==, 0);
      const int below = openat (fd, "d", O_RDONLY | O_DIRECTORY);
      g_assert_cmpint (below, >=, 0);
      const int file = openat (fd, "f", O_CREAT | O_WRONLY, 0600);
      (void)close (file);
      (void)close (fd);
      fd = below;
    }
  (void)close (fd);
}

/* Deeper than descriptors or the stack would go. */
static void
test_remove_deep (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  LogDir dir;
  (void)data;

  g_assert_true (logdir_make (&dir, &fixture->root, "deep", &error));
  make_deep (dir.fd, 3000);
  g_assert_true (logdir_remove (&dir, &fixture->root, &error));
  g_assert_no_error (error);
}

/* Links are removed, not followed; what may not be read is removed too. */
static void
test_remove_links (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  LogDir kept, dir;
  (void)data;

  g_assert_true (logdir_make (&kept, &fixture->root, "kept", &error));
  make_deep (kept.fd, 1);
  g_assert_true (logdir_make (&dir, &fixture->root, "links", &error));
  g_assert_cmpint (symlinkat ("../kept", dir.fd, "link"), ==, 0);
  g_assert_cmpint (mkdirat (dir.fd, "closed", 0700), ==, 0);
  const int closed = openat (dir.fd, "closed", O_RDONLY | O_DIRECTORY);
  make_deep (closed, 1);
  g_assert_cmpint (fchmod (closed, 0), ==, 0);
  (void)close (closed);

  g_assert_true (logdir_remove (&dir, &fixture->root, &error));
  g_assert_cmpint (faccessat (kept.fd, "f", F_OK, 0), ==, 0);
  g_assert_true (logdir_remove (&kept, &fixture->root, &error));
}

static void
test_plan_name (void)
{
  g_autofree char *name = logdir_plan_name ("plans/echo.plan");
  g_autofree char *from_stdin = logdir_plan_name ("-");

  g_assert_true (g_regex_match_simple ("^echo-\\d{8}T\\d{6}Z$", name, 0, 0));
  g_assert_true (
      g_regex_match_simple ("^stdin-\\d{8}T\\d{6}Z$", from_stdin, 0, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func)                                                  \
  g_test_add (path, Fixture, data, set_up, func, tear_down)
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    ADD (cases[i].path, &cases[i], test_name);
  ADD ("/logdir/name/taken", NULL, test_taken);
  ADD ("/logdir/remove/deep", NULL, test_remove_deep);
  ADD ("/logdir/remove/links", NULL, test_remove_links);
  g_test_add_func ("/logdir/plan-name", test_plan_name);
  return g_test_run ();
}
