#include "config.h"

#include "vm/check/filewrite.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char *directory; /* owned; with all that is in it */
  char *path;      /* owned: of a file in it that is not there */
} Fixture;

static char *
path_of (const Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->directory, name, NULL);
}

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->directory = g_dir_make_tmp ("test-filewrite-XXXXXX", NULL);
  fixture->path = path_of (fixture, "file");
}

/* No temporary file is left. */
static void
tear_down (Fixture *fixture, const void *data)
{
  static const char *const names[] = { "file", "link", "target", "fifo" };
  (void)data;

  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = path_of (fixture, names[i]);
      (void)g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->path);
  g_free (fixture->directory);
}

static void
assert_file (const char *path, const char *text, mode_t mode)
{
  g_autofree char *bytes = NULL;
  gsize n_bytes;
  struct stat status;

  g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
  g_assert_cmpmem (bytes, n_bytes, text, strlen (text));
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, mode);
}

static void
assert_written (const char *path, const char *text, int mode, int mask)
{
  g_autoptr (GError) error = NULL;
  const bool is_written
      = filewrite (path, text, strlen (text), mode, mask, &error);

  g_assert_no_error (error);
  g_assert_true (is_written);
}

static void
assert_refused (const char *path, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (filewrite (path, "x", 1, -1, -1, &error));
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_modes (Fixture *fixture, const void *data)
{
  const mode_t old = umask (027);
  (void)data;

  assert_written (fixture->path, "ours", -1, -1);
  assert_file (fixture->path, "ours", 0640);
  g_assert_cmpint (umask (027), ==, 027);

  (void)g_unlink (fixture->path);
  assert_written (fixture->path, "theirs", -1, 0);
  assert_file (fixture->path, "theirs", 0666);
  g_assert_cmpint (umask (old), ==, 027); /* ours is as it was */

  (void)g_unlink (fixture->path);
  assert_written (fixture->path, "exactly", 0751, 077);
  assert_file (fixture->path, "exactly", 0751);
}

static void
test_again (Fixture *fixture, const void *data)
{
  (void)data;
  assert_written (fixture->path, "a long text", 0604, -1);
  assert_written (fixture->path, "short", -1, 077);
  assert_file (fixture->path, "short", 0604);
  assert_written (fixture->path, "", 0600, -1);
  assert_file (fixture->path, "", 0600);
}

static void
test_refused (Fixture *fixture, const void *data)
{
  g_autofree char *fifo = path_of (fixture, "fifo");
  g_autofree char *nowhere = path_of (fixture, "nowhere/file");
  (void)data;

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  assert_refused (fifo, "it is a FIFO that nobody reads, or a socket");
  const int reader = open (fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  assert_refused (fifo, "it is a FIFO or a device, not a file");
  (void)close (reader);
  assert_refused (fixture->directory, "Is a directory");
  assert_refused (nowhere, "No such file or directory");
  assert_refused ("/dev/null", "it is a FIFO or a device, not a file");
}

/* A limit of size is as good as a full disk. */
static void
test_full (Fixture *fixture, const void *data)
{
  struct rlimit old, small;
  (void)data;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 0;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  assert_refused (fixture->path, "File too large");
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
}

/* --- Replacing ------------------------------------------------------------ */

static bool
replace (const char *path, const char *text, GError **error)
{
  g_auto (Content) content = CONTENT_NONE;

  content_set (&content, g_string_new (text));
  return filewrite_replace (path, &content, error);
}

static void
assert_replaced (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  const bool is_replaced = replace (path, text, &error);

  g_assert_no_error (error);
  g_assert_true (is_replaced);
}

static void
test_replace (Fixture *fixture, const void *data)
{
  const mode_t old = umask (022);
  (void)data;

  assert_replaced (fixture->path, "made");
  assert_file (fixture->path, "made", 0644);
  g_assert_cmpint (chmod (fixture->path, 0600), ==, 0);
  assert_replaced (fixture->path, "");
  assert_file (fixture->path, "", 0600);
  (void)umask (old);
}

/* Whoever has it open reads on what there was. */
static void
test_atomic (Fixture *fixture, const void *data)
{
  char buffer[16];
  (void)data;

  assert_replaced (fixture->path, "old");
  const int fd = open (fixture->path, O_RDONLY | O_CLOEXEC);
  assert_replaced (fixture->path, "something new");
  g_assert_cmpint (read (fd, buffer, sizeof buffer), ==, 3);
  (void)close (fd);
}

static void
test_links (Fixture *fixture, const void *data)
{
  g_autofree char *link = path_of (fixture, "link");
  g_autofree char *target = path_of (fixture, "target");
  const mode_t old = umask (022);
  (void)data;

  g_assert_cmpint (symlink ("link", fixture->path), ==, 0);
  g_assert_cmpint (symlink (target, link), ==, 0);
  assert_replaced (fixture->path, "made");
  assert_file (target, "made", 0644);
  assert_replaced (fixture->path, "again");
  assert_file (target, "again", 0644);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  (void)umask (old);
}

static void
test_link_to_itself (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  (void)data;

  g_assert_cmpint (symlink ("file", fixture->path), ==, 0);
  g_assert_false (replace (fixture->path, "x", &error));
  g_assert_cmpstr (error->message, ==, "Too many levels of symbolic links");
}

static void
test_no_directory (Fixture *fixture, const void *data)
{
  g_autofree char *nowhere = path_of (fixture, "nowhere/file");
  g_autoptr (GError) error = NULL;
  (void)data;

  g_assert_false (replace (nowhere, "x", &error));
  g_assert_cmpstr (error->message, ==, "No such file or directory");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *fixture, const void *data);
  } tests[] = { { "/filewrite/modes", test_modes },
                { "/filewrite/again", test_again },
                { "/filewrite/refused", test_refused },
                { "/filewrite/full", test_full },
                { "/filewrite/replace", test_replace },
                { "/filewrite/replace/atomic", test_atomic },
                { "/filewrite/replace/links", test_links },
                { "/filewrite/replace/link-to-itself", test_link_to_itself },
                { "/filewrite/replace/no-directory", test_no_directory } };

  (void)signal (SIGXFSZ, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
