#include "config.h"

#include "vm/child/log-copy.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* More than is copied in one turn. */
#define MUCH (4 * 1024 * 1024)

typedef struct
{
  char *path; /* of the log */
  int writer;
  LogCopy *copy;
} Fixture;

static void
set_up (Fixture *fixture, const void *log)
{
  int ends[2];
  int fd = log != NULL
               ? open (log, O_WRONLY | O_CLOEXEC)
               : g_file_open_tmp ("test-log-XXXXXX", &fixture->path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (log != NULL ? 6 : write (fd, "before", 6), ==, 6);
  g_assert_cmpint (pipe2 (ends, O_CLOEXEC | O_NONBLOCK), ==, 0);
  fixture->writer = ends[1];
  fixture->copy = log_copy_new (ends[0], fd, true);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  log_copy_free (fixture->copy);
  if (fixture->writer >= 0)
    (void)close (fixture->writer);
  if (fixture->path != NULL)
    g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_free (fixture->path);
}

/* Until it is full. */
static size_t
fill (const Fixture *fixture)
{
  char bytes[4096];
  size_t n_written = 0;
  ssize_t n;

  memset (bytes, 'x', sizeof bytes);
  while ((n = write (fixture->writer, bytes, sizeof bytes)) > 0)
    n_written += (size_t)n;
  g_assert_cmpint (errno, ==, EAGAIN);
  return n_written;
}

static size_t
log_size (const Fixture *fixture)
{
  struct stat status;

  g_assert_cmpint (stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (log_copy_n_written (fixture->copy), ==, status.st_size);
  return (size_t)status.st_size;
}

/* All that is in the pipe when its writer has ended, however large it is. */
static void
test_drain (Fixture *fixture, const void *data)
{
  (void)data;

  if (fcntl (fixture->writer, F_SETPIPE_SZ, MUCH) < 0)
    g_test_message ("a pipe of the usual size");
  const size_t n = fill (fixture);
  g_assert_true (log_copy_drain (fixture->copy));
  g_assert_cmpuint (log_size (fixture), ==, 6 + n);
  g_assert_true (log_copy_is_open (fixture->copy));

  g_assert_cmpint (write (fixture->writer, "end", 3), ==, 3);
  g_assert_cmpint (close (fixture->writer), ==, 0);
  fixture->writer = -1;
  g_assert_true (log_copy_drain (fixture->copy));
  g_assert_cmpuint (log_size (fixture), ==, 6 + n + 3);
  g_assert_false (log_copy_is_open (fixture->copy));
  g_assert_cmpint (log_copy_source (fixture->copy), ==, -1);
  g_assert_true (log_copy_drain (fixture->copy));
}

/* The loop does it, too, and stops when there is nobody any more. */
static void
test_loop (Fixture *fixture, const void *data)
{
  const size_t n = fill (fixture);
  (void)data;

  while (log_size (fixture) < 6 + n)
    (void)g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (close (fixture->writer), ==, 0);
  fixture->writer = -1;
  while (log_copy_is_open (fixture->copy))
    (void)g_main_context_iteration (NULL, TRUE);
  g_assert_false (g_main_context_pending (NULL));
}

/* The writers never wait for a disk that is full; that lines are lost is told
 * for ever. */
static void
test_full (Fixture *fixture, const void *data)
{
  (void)data;

  (void)fill (fixture);
  g_assert_false (log_copy_drain (fixture->copy));
  g_assert_cmpuint (fill (fixture), >, 0);
  g_assert_false (log_copy_drain (fixture->copy));
  g_assert_false (log_copy_drain (fixture->copy));
  g_assert_cmpuint (log_copy_n_written (fixture->copy), ==, 0);
}

/* Exits with 0 if all is as the parent says. */
static void
check_in_child (const Fixture *fixture, bool is_held, size_t n_behind)
{
  const pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      LogCopy *copy = fixture->copy;
      log_copy_forget_in_child (copy);
      if (fixture->writer >= 0)
        (void)close (fixture->writer);
      _exit (log_copy_is_held (copy) != is_held
             || log_copy_is_behind (copy) != (n_behind > 0)
             || log_copy_n_to_come (copy) < n_behind);
    }
  g_assert_cmpint (pid, >, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

/* Who was forked since sees what is not in the log yet, and who may write. */
static void
test_child (Fixture *fixture, const void *data)
{
  (void)data;

  check_in_child (fixture, true, 0);
  const size_t n = fill (fixture);
  check_in_child (fixture, true, n);
  g_assert_true (log_copy_drain (fixture->copy));
  g_assert_cmpuint (log_copy_n_shared (fixture->copy), ==, n);
  check_in_child (fixture, true, 0);

  g_assert_cmpint (write (fixture->writer, "end", 3), ==, 3);
  g_assert_cmpint (close (fixture->writer), ==, 0);
  fixture->writer = -1;
  check_in_child (fixture, true, 3);
  while (log_copy_n_shared (fixture->copy) < n + 3)
    (void)g_main_context_iteration (NULL, TRUE);
  check_in_child (fixture, false, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, log, func)                                                   \
  g_test_add ("/log-copy/" path, Fixture, log, set_up, func, tear_down)
  ADD ("drain", NULL, test_drain);
  ADD ("loop", NULL, test_loop);
  ADD ("full", "/dev/full", test_full);
  ADD ("child", NULL, test_child);
  return g_test_run ();
}
