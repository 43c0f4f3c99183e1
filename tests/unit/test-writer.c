#include "config.h"

#include "base/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than any of these has room for. */
#define N_MUCH ((size_t)4 << 20)

typedef struct
{
  int read_fd;
  int write_fd;
  Writer *writer;
  unsigned n_written; /* calls of on_written */
} Fixture;

static void
on_written (void *data)
{
  ((Fixture *)data)->n_written++;
}

static void
begin (Fixture *fixture, int read_fd, int write_fd)
{
  *fixture = (Fixture){ .read_fd = read_fd, .write_fd = write_fd };
  fixture->writer = writer_new (write_fd, on_written, fixture);
  writer_attach (fixture->writer);
}

static void
end (Fixture *fixture)
{
  writer_free (fixture->writer);
  if (fixture->read_fd >= 0)
    (void)close (fixture->read_fd);
  (void)close (fixture->write_fd);
}

static void
begin_pipe (Fixture *fixture)
{
  int ends[2];

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  begin (fixture, ends[0], ends[1]);
}

static void
add_much (Fixture *fixture)
{
  g_autofree char *much = g_malloc (N_MUCH);

  memset (much, 'x', N_MUCH);
  writer_add (fixture->writer, much, N_MUCH);
}

static size_t
read_some (const Fixture *fixture)
{
  char bytes[64 * 1024];
  const ssize_t n = read (fixture->read_fd, bytes, sizeof bytes);

  return n > 0 ? (size_t)n : 0;
}

/* All of it comes, while it is read. */
static void
expect_all (Fixture *fixture)
{
  size_t n_read = 0;

  g_assert_cmpuint (writer_n_waiting (fixture->writer), >, 0);
  g_assert_cmpint (writer_waits_since (fixture->writer), >, 0);
  while (n_read < N_MUCH)
    {
      n_read += read_some (fixture);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  g_assert_cmpuint (n_read, ==, N_MUCH);
  g_assert_cmpuint (writer_n_waiting (fixture->writer), ==, 0);
  g_assert_cmpint (writer_waits_since (fixture->writer), ==, 0);
  g_assert_cmpint (writer_errno (fixture->writer), ==, 0);
  g_assert_cmpuint (fixture->n_written, >, 0);
}

/* That it does not wait is set for nobody else. */
static void
test_pipe (void)
{
  Fixture fixture;

  begin_pipe (&fixture);
  add_much (&fixture);
  expect_all (&fixture);
  g_assert_cmpint (fcntl (fixture.write_fd, F_GETFL) & O_NONBLOCK, ==, 0);
  end (&fixture);
}

static void
test_socket (void)
{
  Fixture fixture;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  begin (&fixture, ends[0], ends[1]);
  add_much (&fixture);
  expect_all (&fixture);
  end (&fixture);
}

/* What comes later is not written before what waits. */
static void
test_order (void)
{
  Fixture fixture;

  begin_pipe (&fixture);
  add_much (&fixture);
  const size_t n_waiting = writer_n_waiting (fixture.writer);
  (void)read_some (&fixture);
  writer_add (fixture.writer, "y", 1);
  g_assert_cmpuint (writer_n_waiting (fixture.writer), ==, n_waiting + 1);
  end (&fixture);
}

static void
test_give_up (void)
{
  Fixture fixture;

  begin_pipe (&fixture);
  writer_give_up (fixture.writer); /* nothing waits */
  g_assert_cmpint (writer_errno (fixture.writer), ==, 0);
  add_much (&fixture);
  writer_give_up (fixture.writer);
  g_assert_cmpuint (writer_n_waiting (fixture.writer), ==, 0);
  g_assert_cmpint (writer_errno (fixture.writer), ==, ETIMEDOUT);
  add_much (&fixture);
  g_assert_cmpuint (writer_n_waiting (fixture.writer), ==, 0);
  end (&fixture);
}

static void
test_nobody (void)
{
  Fixture fixture;

  begin_pipe (&fixture);
  add_much (&fixture);
  (void)close (fixture.read_fd);
  fixture.read_fd = -1;
  while (writer_errno (fixture.writer) == 0)
    (void)g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (writer_errno (fixture.writer), ==, EPIPE);
  g_assert_cmpuint (fixture.n_written, >, 0);
  end (&fixture);
}

static void
test_file (void)
{
  Fixture fixture;
  g_autofree char *path = NULL;
  const int fd = g_file_open_tmp ("writer-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  begin (&fixture, -1, fd);
  add_much (&fixture);
  g_assert_cmpuint (writer_n_waiting (fixture.writer), ==, 0);
  g_assert_cmpint (lseek (fd, 0, SEEK_END), ==, N_MUCH);
  end (&fixture);
  g_assert_cmpint (unlink (path), ==, 0);
}

static void
test_full (void)
{
  Fixture fixture;

  begin (&fixture, -1, open ("/dev/full", O_WRONLY | O_CLOEXEC));
  writer_add (fixture.writer, "x", 1);
  g_assert_cmpint (writer_errno (fixture.writer), ==, ENOSPC);
  end (&fixture);
}

static void
test_is_for (void)
{
  Fixture fixture;
  Fixture other;

  begin_pipe (&fixture);
  begin_pipe (&other);
  const int same = dup (fixture.write_fd);
  g_assert_true (writer_is_for (fixture.writer, fixture.write_fd));
  g_assert_true (writer_is_for (fixture.writer, same));
  g_assert_false (writer_is_for (fixture.writer, other.write_fd));
  (void)close (same);
  end (&fixture);
  end (&other);
}

int
main (int argc, char **argv)
{
  (void)signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/writer/pipe", test_pipe);
  g_test_add_func ("/writer/socket", test_socket);
  g_test_add_func ("/writer/order", test_order);
  g_test_add_func ("/writer/give-up", test_give_up);
  g_test_add_func ("/writer/nobody", test_nobody);
  g_test_add_func ("/writer/file", test_file);
  g_test_add_func ("/writer/full", test_full);
  g_test_add_func ("/writer/is-for", test_is_for);
  return g_test_run ();
}
