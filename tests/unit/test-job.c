#include "config.h"

#include "suite/worker/job.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than a socket holds. */
#define N_MANY 3000

typedef struct
{
  int from; /* the scheduler's side */
  int to;
  int pipe[2]; /* what is sent along */
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  int ends[2];
  (void)data;

  g_assert_cmpint (
      socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends),
      ==, 0);
  fixture->from = ends[0];
  fixture->to = ends[1];
  g_assert_cmpint (pipe2 (fixture->pipe, O_CLOEXEC), ==, 0);
}

static void
close_one (int *fd)
{
  if (*fd >= 0)
    (void)close (*fd);
  *fd = -1;
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  close_one (&fixture->from);
  close_one (&fixture->to);
  close_one (&fixture->pipe[0]);
  close_one (&fixture->pipe[1]);
}

static Job
make_job (uint32_t runner)
{
  Job job = { .kind = JOB_SIGNAL,
              .runner = runner,
              .is_layer = 1,
              .unit = 0xfffffffe,
              .is_last = 3,
              .slot = 4,
              .number = -5 };

  memset (job.plan_path, 'x', sizeof job.plan_path - 1);
  return job;
}

static void
assert_same_file (int fd, int expected)
{
  struct stat status;
  struct stat expected_status;

  g_assert_cmpint (fstat (fd, &status), ==, 0);
  g_assert_cmpint (fstat (expected, &expected_status), ==, 0);
  g_assert_cmpuint (status.st_dev, ==, expected_status.st_dev);
  g_assert_cmpuint (status.st_ino, ==, expected_status.st_ino);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_ACCMODE, ==,
                   fcntl (expected, F_GETFL) & O_ACCMODE);
}

/* @n_fds of the pipe. */
static void
send_job (const Fixture *fixture, const Job *job, unsigned n_fds)
{
  const JobFds fds = { .plan_dir = fixture->pipe[0],
                       .channel = n_fds > 1 ? fixture->pipe[1] : -1 };

  g_assert_true (job_send (fixture->from, job, n_fds > 0 ? &fds : NULL));
}

static void
receive_job (const Fixture *fixture, const Job *job, unsigned n_fds)
{
  Job received;
  JobFds fds;

  memset (&received, 0x55, sizeof received);
  g_assert_cmpint (job_receive (fixture->to, &received, &fds), ==, 1);
  g_assert_cmpmem (&received, sizeof received, job, sizeof *job);
  g_assert_cmpint (fds.plan_dir >= 0, ==, n_fds > 0);
  g_assert_cmpint (fds.channel >= 0, ==, n_fds > 1);
  if (n_fds > 0)
    assert_same_file (fds.plan_dir, fixture->pipe[0]);
  if (n_fds > 1)
    assert_same_file (fds.channel, fixture->pipe[1]);
  close_one (&fds.plan_dir);
  close_one (&fds.channel);
}

typedef struct
{
  const char *path;
  unsigned n_fds;
} Case;

static const Case cases[] = {
  { "/job/arrives/without-descriptors", 0 },
  { "/job/arrives/with-one-descriptor", 1 },
  { "/job/arrives/with-both-descriptors", 2 },
};

static void
test_arrives (Fixture *fixture, const void *data)
{
  const Case *c = data;
  const Job job = make_job (7);
  Job none;
  JobFds fds;

  send_job (fixture, &job, c->n_fds);
  receive_job (fixture, &job, c->n_fds);
  g_assert_cmpint (job_receive (fixture->to, &none, &fds), ==, 0);
}

/* Each comes with its own descriptors, however they lie in the socket. */
static void
test_one_after_the_other (Fixture *fixture, const void *data)
{
  static const unsigned n_fds[] = { 0, 2, 0, 1, 1, 0, 2, 2 };
  (void)data;

  for (uint32_t i = 0; i < G_N_ELEMENTS (n_fds); i++)
    {
      const Job job = make_job (i);
      send_job (fixture, &job, n_fds[i]);
    }
  for (uint32_t i = 0; i < G_N_ELEMENTS (n_fds); i++)
    {
      const Job job = make_job (i);
      receive_job (fixture, &job, n_fds[i]);
    }
}

static void
test_none_yet (Fixture *fixture, const void *data)
{
  Job job;
  JobFds fds;
  (void)data;

  g_assert_cmpint (job_receive (fixture->to, &job, &fds), ==, 0);
}

/* What was sent before comes first. */
static void
test_nobody_sends (Fixture *fixture, const void *data)
{
  const Job sent = make_job (1);
  Job job;
  JobFds fds;
  (void)data;

  send_job (fixture, &sent, 2);
  close_one (&fixture->from);
  receive_job (fixture, &sent, 2);
  g_assert_cmpint (job_receive (fixture->to, &job, &fds), ==, -1);
  g_assert_cmpint (job_receive (fixture->to, &job, &fds), ==, -1);
  g_assert_false (job_wait (fixture->to, &job, &fds));
}

static void
test_half (Fixture *fixture, const void *data)
{
  const Job sent = make_job (1);
  Job job;
  JobFds fds;
  (void)data;

  g_assert_cmpint (write (fixture->from, &sent, sizeof sent / 2), ==,
                   sizeof sent / 2);
  g_assert_cmpint (job_receive (fixture->to, &job, &fds), ==, -1);
}

/* Told, and no signal. */
static void
test_nobody_reads (Fixture *fixture, const void *data)
{
  const Job job = make_job (1);
  const JobFds fds = { .plan_dir = fixture->pipe[0], .channel = -1 };
  (void)data;

  close_one (&fixture->to);
  g_assert_false (job_send (fixture->from, &job, &fds));
  g_assert_false (job_send (fixture->from, &job, NULL));
}

static void *
send_many (void *data)
{
  const Fixture *fixture = data;

  for (uint32_t i = 0; i < N_MANY; i++)
    {
      const Job job = make_job (i);
      send_job (fixture, &job, i % 3);
    }
  return NULL;
}

/* Who sends waits until there is room, who reads until there is one. */
static void
test_waits (Fixture *fixture, const void *data)
{
  GThread *thread = g_thread_new ("sender", send_many, fixture);
  Job job;
  JobFds fds;
  (void)data;

  for (uint32_t i = 0; i < N_MANY; i++)
    {
      g_assert_true (job_wait (fixture->to, &job, &fds));
      g_assert_cmpuint (job.runner, ==, i);
      g_assert_cmpint (fds.plan_dir >= 0, ==, i % 3 > 0);
      g_assert_cmpint (fds.channel >= 0, ==, i % 3 > 1);
      close_one (&fds.plan_dir);
      close_one (&fds.channel);
    }
  g_thread_join (thread);
}

/* Descriptors for which there is no room are missed, and only they; none is
 * left open that nobody knows of. */
static void
test_no_room (Fixture *fixture, const void *data)
{
  const unsigned n_free = GPOINTER_TO_UINT (data);
  const Job sent = make_job (1);
  struct rlimit before;
  Job job;
  JobFds fds;

  send_job (fixture, &sent, 2);
  send_job (fixture, &sent, 2);
  const int lowest = fcntl (0, F_DUPFD_CLOEXEC, 0);
  (void)close (lowest);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  const struct rlimit few = { (rlim_t)lowest + n_free, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  const int received = job_receive (fixture->to, &job, &fds);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);

  g_assert_cmpint (received, ==, 1);
  g_assert_cmpmem (&job, sizeof job, &sent, sizeof sent);
  g_assert_cmpint (fds.plan_dir >= 0, ==, n_free > 0);
  g_assert_cmpint (fds.channel, ==, -1);
  close_one (&fds.plan_dir);
  const int still_lowest = fcntl (0, F_DUPFD_CLOEXEC, 0);
  (void)close (still_lowest);
  g_assert_cmpint (still_lowest, ==, lowest);
  receive_job (fixture, &sent, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func)                                                  \
  g_test_add (path, Fixture, data, set_up, func, tear_down)
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    ADD (cases[i].path, &cases[i], test_arrives);
  ADD ("/job/arrives/one-after-the-other", NULL, test_one_after_the_other);
  ADD ("/job/none/yet", NULL, test_none_yet);
  ADD ("/job/none/nobody-sends", NULL, test_nobody_sends);
  ADD ("/job/none/half-of-one", NULL, test_half);
  ADD ("/job/send/nobody-reads", NULL, test_nobody_reads);
  ADD ("/job/send/waits", NULL, test_waits);
  ADD ("/job/no-room/for-any", GUINT_TO_POINTER (0), test_no_room);
  ADD ("/job/no-room/for-the-second", GUINT_TO_POINTER (1), test_no_room);
  return g_test_run ();
}
