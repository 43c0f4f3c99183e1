#include "config.h"

#include "suite/schedule/plandirs.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_MANY 200

/* No more than so many are open at once. */
#define MAX_OPEN 64

typedef struct
{
  char *top;
  char *logdir; /* in @top; not there */
  PlanDirs *dirs;
  Plan plans[N_MANY];
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;

  fixture->top = g_dir_make_tmp ("test-plandirs-XXXXXX", NULL);
  fixture->logdir = g_build_filename (fixture->top, "logs", NULL);
  fixture->dirs = plan_dirs_new (fixture->logdir);
  for (int i = 0; i < N_MANY; i++)
    fixture->plans[i].path = "plans/p.plan";
}

/* Nothing may be left. */
static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  plan_dirs_free (fixture->dirs);
  g_assert_cmpint (g_rmdir (fixture->top), ==, 0);
  g_free (fixture->logdir);
  g_free (fixture->top);
}

/* The path is the caller's. */
static char *
open_dir (PlanDirs *dirs, const Plan *plan)
{
  g_autoptr (GError) error = NULL;
  struct stat of_fd;
  struct stat of_path;
  const int fd = plan_dirs_open (dirs, plan, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fstat (fd, &of_fd), ==, 0);
  g_assert_cmpint (stat (plan_dirs_path (dirs, plan), &of_path), ==, 0);
  g_assert_cmpuint (of_fd.st_ino, ==, of_path.st_ino);
  g_assert_cmpuint (of_fd.st_mode & 0777, ==, 0700);
  return g_strdup (plan_dirs_path (dirs, plan));
}

static bool
is_there (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static char *
make_file (const char *dir)
{
  char *path = g_build_filename (dir, "kept", NULL);

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  return path;
}

/* --- Made and removed ------------------------------------------------------
 */

static void
test_made (Fixture *fixture, const void *data)
{
  const Plan *plan = &fixture->plans[0];
  (void)data;

  plan_dirs_hold (fixture->dirs, plan);
  g_assert_false (is_there (fixture->logdir));
  g_autofree char *path = open_dir (fixture->dirs, plan);
  g_autofree char *again = open_dir (fixture->dirs, plan);
  g_autofree char *prefix = g_strconcat (fixture->logdir, "/p-", NULL);
  g_assert_true (g_str_has_prefix (path, prefix));
  g_assert_cmpstr (again, ==, path);
  plan_dirs_release (fixture->dirs, plan);
}

static void
test_last_holder (Fixture *fixture, const void *data)
{
  const Plan *plan = &fixture->plans[0];
  (void)data;

  plan_dirs_hold (fixture->dirs, plan);
  plan_dirs_hold (fixture->dirs, plan);
  g_autofree char *path = open_dir (fixture->dirs, plan);
  plan_dirs_release (fixture->dirs, plan);
  g_assert_true (is_there (path));
  plan_dirs_release (fixture->dirs, plan);
  g_assert_false (is_there (path));
  g_assert_true (is_there (fixture->logdir));
}

/* As for one that is held again: a layer's last user is another plan's. */
static void
test_made_again (Fixture *fixture, const void *data)
{
  const Plan *plan = &fixture->plans[0];
  (void)data;

  for (int i = 0; i < 3; i++)
    {
      plan_dirs_hold (fixture->dirs, plan);
      g_autofree char *path = open_dir (fixture->dirs, plan);
      plan_dirs_release (fixture->dirs, plan);
      g_assert_false (is_there (path));
    }
}

static void
test_never_opened (Fixture *fixture, const void *data)
{
  (void)data;

  plan_dirs_hold (fixture->dirs, &fixture->plans[0]);
  plan_dirs_release (fixture->dirs, &fixture->plans[0]);
  g_assert_false (is_there (fixture->logdir));
}

static void
test_kept (Fixture *fixture, const void *data)
{
  const Plan *plan = &fixture->plans[0];
  (void)data;

  plan_dirs_hold (fixture->dirs, plan);
  g_autofree char *path = open_dir (fixture->dirs, plan);
  g_autofree char *file = make_file (path);
  plan_dirs_release (fixture->dirs, plan);
  g_assert_true (is_there (file));
  g_clear_pointer (&fixture->dirs, plan_dirs_free);
  g_assert_true (is_there (file));

  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->logdir), ==, 0);
}

/* Those that are still held are removed too: nobody is left to use them. */
static void
test_free (Fixture *fixture, const void *data)
{
  (void)data;

  for (int i = 0; i < 3; i++)
    {
      plan_dirs_hold (fixture->dirs, &fixture->plans[i]);
      g_free (open_dir (fixture->dirs, &fixture->plans[i]));
    }
  g_clear_pointer (&fixture->dirs, plan_dirs_free);
  g_assert_false (is_there (fixture->logdir));
}

static void
test_logdir_stays (Fixture *fixture, const void *data)
{
  (void)data;

  g_assert_cmpint (g_mkdir (fixture->logdir, 0755), ==, 0);
  plan_dirs_hold (fixture->dirs, &fixture->plans[0]);
  g_free (open_dir (fixture->dirs, &fixture->plans[0]));
  plan_dirs_release (fixture->dirs, &fixture->plans[0]);
  g_clear_pointer (&fixture->dirs, plan_dirs_free);
  g_assert_cmpint (g_rmdir (fixture->logdir), ==, 0);
}

/* --- Many -------------------------------------------------------------------
 */

static unsigned
count_fds (void)
{
  g_autoptr (GDir) fds = g_dir_open ("/proc/self/fd", 0, NULL);
  unsigned n = 0;

  while (g_dir_read_name (fds) != NULL)
    n++;
  return n;
}

/* Taking turns, each stays where it is, and few are open. */
static void
test_many (Fixture *fixture, const void *data)
{
  const unsigned n_before = count_fds ();
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  (void)data;

  for (int i = 0; i < N_MANY; i++)
    plan_dirs_hold (fixture->dirs, &fixture->plans[i]);
  for (int round = 0; round < 3; round++)
    for (int i = 0; i < N_MANY; i++)
      (void)g_hash_table_add (seen,
                              open_dir (fixture->dirs, &fixture->plans[i]));
  g_assert_cmpuint (g_hash_table_size (seen), ==, N_MANY);
  g_assert_cmpuint (count_fds (), <=, n_before + MAX_OPEN + 1);
  for (int i = 0; i < N_MANY; i++)
    plan_dirs_release (fixture->dirs, &fixture->plans[i]);
  GHashTableIter iter;
  void *path;
  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    g_assert_false (is_there (path));
  g_assert_cmpuint (count_fds (), <=, n_before + 1);
}

/* One that has to wait for its turn keeps what lies in it. */
static void
test_many_kept (Fixture *fixture, const void *data)
{
  (void)data;

  for (int i = 0; i < N_MANY; i++)
    plan_dirs_hold (fixture->dirs, &fixture->plans[i]);
  g_autofree char *path = open_dir (fixture->dirs, &fixture->plans[0]);
  g_autofree char *file = make_file (path);
  for (int i = 1; i < N_MANY; i++)
    g_free (open_dir (fixture->dirs, &fixture->plans[i]));
  g_clear_pointer (&fixture->dirs, plan_dirs_free);
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->logdir), ==, 0);
}

/* --- Others -----------------------------------------------------------------
 */

/* Two runs of the same plan at once. */
static void
test_unique (Fixture *fixture, const void *data)
{
  PlanDirs *others = plan_dirs_new (fixture->logdir);
  (void)data;

  g_autofree char *path = open_dir (fixture->dirs, &fixture->plans[0]);
  g_autofree char *other = open_dir (others, &fixture->plans[0]);
  g_assert_cmpstr (path, !=, other);
  plan_dirs_free (others);
  g_assert_true (is_there (path));
}

/* Another run has found them empty, and removed them. */
static void
test_taken_away (Fixture *fixture, const void *data)
{
  const Plan *plan = &fixture->plans[0];
  const bool with_logdir = data != NULL;

  plan_dirs_hold (fixture->dirs, plan);
  g_autofree char *path = open_dir (fixture->dirs, plan);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  if (with_logdir)
    g_assert_cmpint (g_rmdir (fixture->logdir), ==, 0);
  g_autofree char *again = open_dir (fixture->dirs, plan);
  plan_dirs_release (fixture->dirs, plan);
  g_assert_false (is_there (again));
}

static void
test_cannot_be_made (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  (void)data;

  g_assert_true (g_file_set_contents (fixture->logdir, "", 0, NULL));
  plan_dirs_hold (fixture->dirs, &fixture->plans[0]);
  g_assert_cmpint (plan_dirs_open (fixture->dirs, &fixture->plans[0], &error),
                   ==, -1);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, fixture->logdir));
  plan_dirs_release (fixture->dirs, &fixture->plans[0]);
  g_assert_cmpint (g_unlink (fixture->logdir), ==, 0);
}

/* --- Files beside them -------------------------------------------------------
 */

static void
test_files (Fixture *fixture, const void *data)
{
  static const char *const expected[]
      = { "run.json", "run-1.json", "run-2.json" };
  char *names[3];
  (void)data;

  for (int i = 0; i < 3; i++)
    {
      const int fd = plan_dirs_make_file (fixture->dirs, "run", ".json",
                                          &names[i], NULL);
      g_assert_cmpint (fd, >=, 0);
      (void)close (fd);
      g_assert_cmpstr (names[i], ==, expected[i]);
      g_autofree char *path
          = g_build_filename (fixture->logdir, names[i], NULL);
      g_assert_true (is_there (path));
    }
  for (int i = 0; i < 3; i++)
    {
      plan_dirs_remove_file (fixture->dirs, names[i]);
      g_free (names[i]);
    }
}

static void
test_file_cannot_be_made (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  char *name = NULL;
  (void)data;

  g_assert_cmpint (
      plan_dirs_make_file (fixture->dirs, "none/run", ".json", &name, &error),
      ==, -1);
  g_assert_nonnull (error);
  g_assert_null (name);
}

int
main (int argc, char **argv)
{
  static char with_logdir;

  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func)                                                  \
  g_test_add ("/plandirs/" path, Fixture, data, set_up, func, tear_down)
  ADD ("made-when-it-is-opened", NULL, test_made);
  ADD ("removed/with-its-last-holder", NULL, test_last_holder);
  ADD ("removed/made-again", NULL, test_made_again);
  ADD ("removed/never-opened", NULL, test_never_opened);
  ADD ("removed/at-the-end", NULL, test_free);
  ADD ("kept/not-empty", NULL, test_kept);
  ADD ("kept/logdir-that-was-there", NULL, test_logdir_stays);
  ADD ("many/few-are-open", NULL, test_many);
  ADD ("many/kept", NULL, test_many_kept);
  ADD ("others/unique", NULL, test_unique);
  ADD ("others/taken-away", NULL, test_taken_away);
  ADD ("others/taken-away-with-logdir", &with_logdir, test_taken_away);
  ADD ("cannot-be-made", NULL, test_cannot_be_made);
  ADD ("file/unique", NULL, test_files);
  ADD ("file/cannot-be-made", NULL, test_file_cannot_be_made);
  return g_test_run ();
}
