#include "config.h"

#include "vm/child/launch.h"
#include "vm/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  Launcher *launcher;
  char *dir;
  int dir_fd;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->launcher = launcher_new ();
  fixture->dir = g_dir_make_tmp ("test-launch-XXXXXX", NULL);
  g_assert_nonnull (fixture->dir);
  fixture->dir_fd = open (fixture->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint (fixture->dir_fd, >=, 0);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  (void)unlinkat (fixture->dir_fd, "out", 0);
  (void)unlinkat (fixture->dir_fd, "err", 0);
  (void)close (fixture->dir_fd);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
  launcher_free (fixture->launcher);
}

static LaunchSpec
make_spec (const Fixture *fixture, const char *const *argv,
           const char *const *paths)
{
  return (LaunchSpec){ .paths = paths,
                       .argv = argv,
                       .envp = (const char *const *)environ,
                       .log_dir = fixture->dir_fd,
                       .stdout_log = "out",
                       .stderr_log = "err",
                       .terminal_fd = -1,
                       .umask = -1 };
}

/* Runs a shell command to its end. */
static int
run (Fixture *fixture, LaunchSpec *spec, LaunchResult *result)
{
  int wait_status;
  const pid_t pid = launcher_start (fixture->launcher, spec, NULL, result);

  g_assert_cmpint (pid, >, 0);
  g_assert_cmpint (waitpid (pid, &wait_status, 0), ==, pid);
  return wait_status;
}

static char *
read_log (const Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static int
run_shell (Fixture *fixture, const char *command, LaunchResult *result)
{
  const char *const argv[] = { "sh", "-c", command, NULL };
  const char *const paths[] = { "/bin/sh", NULL };
  LaunchSpec spec = make_spec (fixture, argv, paths);

  return run (fixture, &spec, result);
}

static void
test_logs (Fixture *fixture, const void *data)
{
  LaunchResult result;
  struct stat status;
  (void)data;

  g_assert_cmpint (
      run_shell (fixture, "echo one; echo two >&2; exit 3", &result), ==,
      3 << 8);
  g_assert_cmpint (result.error, ==, 0);
  g_autofree char *out = read_log (fixture, "out");
  g_autofree char *err = read_log (fixture, "err");
  g_assert_cmpstr (out, ==, "one\n");
  g_assert_cmpstr (err, ==, "two\n");
  g_assert_cmpint (fstatat (fixture->dir_fd, "out", &status, 0), ==, 0);
  g_assert_cmpuint (status.st_ino, ==, result.stdout_identity.inode);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0600);
}

/* A log is never an existing file, and never reached through a link. */
static void
test_log_is_new (Fixture *fixture, const void *data)
{
  LaunchResult result;
  (void)data;

  g_assert_cmpint (symlinkat ("/dev/null", fixture->dir_fd, "out"), ==, 0);
  (void)run_shell (fixture, "true", &result);
  g_assert_cmpint (result.error, ==, EEXIST);
  g_assert_cmpint (result.stage, ==, LAUNCH_LOG);
}

static void
test_session (Fixture *fixture, const void *data)
{
  LaunchResult result;
  (void)data;

  g_assert_cmpint (
      run_shell (fixture,
                 "read pid comm state parent group session rest"
                 " </proc/$$/stat; test $group = $$ && test $session = $$",
                 &result),
      ==, 0);
}

/* What is blocked or ignored here is neither there. */
static void
test_signals (Fixture *fixture, const void *data)
{
  sigset_t set, old;
  LaunchResult result;
  (void)data;

  signals_reset ();
  (void)sigfillset (&set);
  (void)sigprocmask (SIG_BLOCK, &set, &old);
  const int wait_status = run_shell (
      fixture, "grep -E '^Sig(Blk|Ign):' /proc/self/status", &result);
  (void)sigprocmask (SIG_SETMASK, &old, NULL);
  g_assert_cmpint (wait_status, ==, 0);
  g_autofree char *out = read_log (fixture, "out");
  g_assert_cmpstr (out, ==,
                   "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

static void
test_descriptors (Fixture *fixture, const void *data)
{
  LaunchResult result;
  (void)data;

  /* As the guard does with what its parent left open. */
  g_assert_cmpint (close_range (3, ~0U, CLOSE_RANGE_CLOEXEC), ==, 0);
  (void)run_shell (fixture, "ls -1 /proc/$$/fd", &result);
  g_autofree char *out = read_log (fixture, "out");
  g_assert_cmpstr (out, ==, "0\n1\n2\n");
}

typedef struct
{
  const char *path;
  const char *program;
  int error;
} Refusal;

static const Refusal refusals[] = {
  { "/launch/exec/missing", "/nonexistent/program", ENOENT },
  { "/launch/exec/not-executable", "/etc/passwd", EACCES },
  { "/launch/exec/directory", "/etc", EACCES },
  { "/launch/exec/through-a-file", "/etc/passwd/x", ENOENT },
};

static void
test_refusal (Fixture *fixture, const void *data)
{
  const Refusal *refusal = data;
  const char *const argv[] = { refusal->program, NULL };
  const char *const paths[]
      = { "/nonexistent/before", refusal->program, "/nonexistent/after", NULL };
  LaunchSpec spec = make_spec (fixture, argv, paths);
  LaunchResult result;

  (void)run (fixture, &spec, &result);
  g_assert_cmpint (result.error, ==, refusal->error);
  g_assert_cmpint (result.stage, ==, LAUNCH_EXEC);
}

static void
test_no_interpreter (Fixture *fixture, const void *data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "script", NULL);
  const char *const argv[] = { path, NULL };
  const char *const paths[] = { path, NULL };
  LaunchSpec spec = make_spec (fixture, argv, paths);
  LaunchResult result;
  (void)data;

  g_assert_true (g_file_set_contents (path, "echo hello\n", -1, NULL));
  g_assert_cmpint (g_chmod (path, 0755), ==, 0);
  (void)run (fixture, &spec, &result);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (result.error, ==, ENOEXEC);
}

static void
test_cwd (Fixture *fixture, const void *data)
{
  const char *const argv[] = { "pwd", NULL };
  const char *const paths[] = { "/bin/pwd", NULL };
  LaunchSpec spec = make_spec (fixture, argv, paths);
  LaunchResult result;
  (void)data;

  spec.cwd = "/";
  g_assert_cmpint (run (fixture, &spec, &result), ==, 0);
  g_autofree char *out = read_log (fixture, "out");
  g_assert_cmpstr (out, ==, "/\n");

  g_assert_cmpint (unlinkat (fixture->dir_fd, "out", 0), ==, 0);
  g_assert_cmpint (unlinkat (fixture->dir_fd, "err", 0), ==, 0);
  spec.cwd = "/nonexistent";
  (void)run (fixture, &spec, &result);
  g_assert_cmpint (result.stage, ==, LAUNCH_CWD);
  g_assert_cmpint (result.error, ==, ENOENT);
}

static void
test_dump_shared (void)
{
  static const struct
  {
    const char *release;
    bool is_shared;
  } rows[] = { { "5.4.0-150-generic", true },
               { "5.15.0-91-generic", true },
               { "4.19.0", true },
               { "5.16.0", false },
               { "5.16-rc1", false },
               { "5.19.0-46-generic", false },
               { "6.1.0-18-amd64", false },
               { "10.0", false },
               { "unknown", true } };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (launch_is_dump_shared (rows[i].release), ==,
                     rows[i].is_shared);
}

/* As before Linux 5.16: a child dies of what would dump core before its exec,
 * but does not dump; behind its exec it can be dumped again. */
static void
test_not_dumpable (Fixture *fixture, const void *data)
{
  const char *const argv[] = { "sh", "-c", "test -O /proc/self/fd", NULL };
  const char *const paths[] = { "/bin/sh", NULL };
  g_autofree char *fifo = g_build_filename (fixture->dir, "fifo", NULL);
  LaunchSpec spec = make_spec (fixture, argv, paths);
  const int before = prctl (PR_GET_DUMPABLE);
  const struct rlimit core = { RLIM_INFINITY, RLIM_INFINITY };
  LaunchResult result;
  int wait_status;
  (void)data;

#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("vfork(2) waits for the child, and the child for the FIFO");
  return;
#endif
  g_assert_cmpint (prctl (PR_SET_DUMPABLE, 0), ==, 0);
  (void)setrlimit (RLIMIT_CORE, &core); /* who may not need not */
  g_assert_cmpint (run (fixture, &spec, &result), ==, 0);

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  spec.stdin_path = fifo;
  spec.stdout_log = spec.stderr_log = NULL;
  const pid_t pid = launcher_start (fixture->launcher, &spec, NULL, &result);
  g_assert_cmpint (kill (pid, SIGQUIT), ==, 0);
  g_assert_cmpint (waitpid (pid, &wait_status, 0), ==, pid);
  g_assert_cmpint (wait_status, ==, SIGQUIT); /* without WCOREFLAG */
  g_assert_cmpint (unlink (fifo), ==, 0);
  g_assert_cmpint (prctl (PR_SET_DUMPABLE, before), ==, 0);
}

/* More at a time than there are stacks. */
static void
test_many (Fixture *fixture, const void *data)
{
  const char *const argv[] = { "true", NULL };
  const char *const paths[] = { "/bin/true", NULL };
  LaunchSpec spec = make_spec (fixture, argv, paths);
  enum
  {
    N = 600
  };
  g_autofree LaunchResult *results = g_new (LaunchResult, N);
  (void)data;

  spec.stdout_log = NULL;
  spec.stderr_log = NULL;
  for (int i = 0; i < N; i++)
    g_assert_cmpint (
        launcher_start (fixture->launcher, &spec, NULL, &results[i]), >, 0);
  for (int i = 0; i < N; i++)
    {
      int wait_status;
      g_assert_cmpint (waitpid (-1, &wait_status, 0), >, 0);
      g_assert_cmpint (wait_status, ==, 0);
    }
  for (int i = 0; i < N; i++)
    g_assert_cmpint (results[i].error, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func)                                                  \
  g_test_add (path, Fixture, data, set_up, func, tear_down)
  ADD ("/launch/logs/are-its-output", NULL, test_logs);
  ADD ("/launch/logs/are-new", NULL, test_log_is_new);
  ADD ("/launch/session/leads-its-own", NULL, test_session);
  ADD ("/launch/signals/are-reset", NULL, test_signals);
  ADD ("/launch/descriptors/only-three", NULL, test_descriptors);
  for (size_t i = 0; i < G_N_ELEMENTS (refusals); i++)
    ADD (refusals[i].path, &refusals[i], test_refusal);
  ADD ("/launch/exec/no-interpreter", NULL, test_no_interpreter);
  ADD ("/launch/cwd", NULL, test_cwd);
  ADD ("/launch/dump/ends-alone", NULL, test_not_dumpable);
  g_test_add_func ("/launch/dump/kernels", test_dump_shared);
  ADD ("/launch/many", NULL, test_many);
  return g_test_run ();
}
