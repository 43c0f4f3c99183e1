/* reference - what proctor is measured against: a bare program that does the
 * same work, and nothing besides
 *
 *     reference MODE N DIR PROGRAM ARG...
 *
 *   serial  N times: start it, wait for its end
 *   par     start N, SIGTERM to all, wait for all
 *   each    start N, then one by one: SIGTERM, wait for the end
 *   spawn   as serial, by posix_spawn()
 *   suite, suite2, suite50
 *           N times: fork a worker that starts it twice, one after the other,
 *           and deletes the logs; so many workers at once
 *   sleep50 N times: fork a worker that sleeps for 50 ms, 50 at once
 *
 * Each child leads a session of its own, reads from /dev/null, and writes to
 * two log files of its own, in a new directory in DIR; they are deleted at the
 * end. */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_BYTES 8192
#define LOG_FLAGS                                                              \
  (O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC)

typedef struct
{
  char *const *argv;
  int dir;
  int null;
  char names[2][32]; /* of its log files */
} Child;

static const char *const streams[2] = { "stdout", "stderr" };

/* Runs in our memory, beside us, on a stack of its own. */
static int
child_main (void *data)
{
  const Child *child = data;

  (void)setsid ();
  (void)dup2 (child->null, STDIN_FILENO);
  for (int i = 0; i < 2; i++)
    {
      const int fd = openat (child->dir, child->names[i], LOG_FLAGS, 0600);
      if (fd < 0 || dup2 (fd, STDOUT_FILENO + i) < 0)
        _exit (126);
    }
  execv (child->argv[0], child->argv);
  _exit (127);
}

static pid_t
start (Child *child, char *stack)
{
  const pid_t pid
      = clone (child_main, stack + STACK_BYTES, CLONE_VM | SIGCHLD, child);
  if (pid < 0)
    err (1, "clone");
  return pid;
}

static pid_t
start_by_posix_spawn (const Child *child)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int fds[2];
  pid_t pid;

  posix_spawn_file_actions_init (&actions);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSID);
  posix_spawn_file_actions_adddup2 (&actions, child->null, STDIN_FILENO);
  for (int i = 0; i < 2; i++)
    {
      fds[i] = openat (child->dir, child->names[i], LOG_FLAGS, 0600);
      posix_spawn_file_actions_adddup2 (&actions, fds[i], STDOUT_FILENO + i);
    }
  if (posix_spawn (&pid, child->argv[0], &actions, &attributes, child->argv,
                   environ)
      != 0)
    errx (1, "posix_spawn");
  (void)close (fds[0]);
  (void)close (fds[1]);
  posix_spawn_file_actions_destroy (&actions);
  posix_spawnattr_destroy (&attributes);
  return pid;
}

static void
wait_for (pid_t pid, int signal_number)
{
  int status;

  const pid_t ended = waitpid (pid, &status, 0);

  if (ended < 0 || (pid > 0 && ended != pid))
    err (1, "waitpid");
  if (signal_number != 0
          ? !WIFSIGNALED (status) || WTERMSIG (status) != signal_number
          : status != 0)
    errx (1, "a child ended with status %d", status);
}

static void
run_serial (Child *children, int n, bool by_posix_spawn)
{
  static char stack[STACK_BYTES] __attribute__ ((aligned (16)));

  for (int i = 0; i < n; i++)
    wait_for (by_posix_spawn ? start_by_posix_spawn (&children[i])
                             : start (&children[i], stack),
              0);
}

static void
run_parallel (Child *children, int n, bool one_by_one)
{
  pid_t *pids = calloc ((size_t)n, sizeof *pids);
  char *stacks
      = mmap (NULL, (size_t)n * STACK_BYTES, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);

  if (pids == NULL || stacks == MAP_FAILED)
    err (1, "memory");
  for (int i = 0; i < n; i++)
    pids[i] = start (&children[i], stacks + (size_t)i * STACK_BYTES);
  for (int i = 0; i < n; i++)
    {
      (void)kill (pids[i], SIGTERM);
      if (one_by_one)
        wait_for (pids[i], SIGTERM);
    }
  for (int i = 0; i < n && !one_by_one; i++)
    wait_for (pids[i], SIGTERM);
  free (pids);
}

/* --- Workers -------------------------------------------------------------- */

static void delete_logs (const Child *children, int n);

/* What a test does. */
static void
run_worker (Child *children, bool sleeps)
{
  if (sleeps)
    (void)usleep (50 * 1000);
  else
    {
      run_serial (children, 2, false);
      delete_logs (children, 2);
    }
  _exit (0);
}

static void
run_suite (Child *children, int n, int n_jobs, bool sleeps)
{
  int n_running = 0;

  for (int i = 0; i < n; i++)
    {
      if (n_running == n_jobs)
        wait_for (-1, 0);
      else
        n_running++;
      const pid_t pid = fork ();
      if (pid < 0)
        err (1, "fork");
      if (pid == 0)
        run_worker (children + (ptrdiff_t)2 * i, sleeps);
    }
  while (n_running-- > 0)
    wait_for (-1, 0);
}

static Child *
make_children (int n, int dir, char *const *argv)
{
  Child *children = calloc ((size_t)n, sizeof *children);
  const int null = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  if (children == NULL || null < 0)
    err (1, "/dev/null");
  for (int i = 0; i < n; i++)
    {
      children[i] = (Child){ .argv = argv, .dir = dir, .null = null };
      for (int s = 0; s < 2; s++)
        (void)snprintf (children[i].names[s], sizeof children[i].names[s],
                        "p%d.%s", i, streams[s]);
    }
  return children;
}

/* A child that was killed before it came so far has no files. */
static void
delete_logs (const Child *children, int n)
{
  for (int i = 0; i < n; i++)
    for (int s = 0; s < 2; s++)
      (void)unlinkat (children[i].dir, children[i].names[s], 0);
}

int
main (int argc, char **argv)
{
  if (argc < 5)
    errx (2, "usage: reference MODE N DIR PROGRAM ARG...");

  const char *mode = argv[1];
  const bool is_suite = strncmp (mode, "suite", 5) == 0;
  const bool sleeps = strncmp (mode, "sleep", 5) == 0;
  const int n_times = atoi (argv[2]);
  const int n = is_suite || sleeps ? 2 * n_times : n_times;
  char path[4096];
  (void)snprintf (path, sizeof path, "%s/reference-XXXXXX", argv[3]);
  if (mkdtemp (path) == NULL)
    err (1, "%s", path);
  const int dir = open (path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (dir < 0)
    err (1, "%s", path);

  Child *children = make_children (n, dir, argv + 4);
  if (is_suite || sleeps)
    run_suite (children, n_times, mode[5] == '\0' ? 1 : atoi (mode + 5),
               sleeps);
  else if (strcmp (mode, "serial") == 0 || strcmp (mode, "spawn") == 0)
    run_serial (children, n, mode[1] == 'p');
  else
    run_parallel (children, n, strcmp (mode, "each") == 0);

  if (!is_suite && !sleeps)
    delete_logs (children, n);
  free (children);
  if (rmdir (path) != 0)
    err (1, "%s", path);
  return 0;
}
