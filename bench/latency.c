/* latency - what proctor's reactions are measured against: the bare system
 * calls
 *
 *     latency line LOG PROGRAM ARG...            answers each growth of LOG,
 *                                                the program's output: a loop
 *                                                on inotify(7)
 *     latency exit N PROGRAM ARG... -- PARTNER ARG...
 *                                                N times: starts the program,
 *                                                waits for its end by
 *                                                waitpid(2), answers PARTNER
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

/* Returns our end of its standard input. */
static int
start (char *const *argv, const char *log, pid_t *pid)
{
  posix_spawn_file_actions_t actions;
  int ends[2];

  if (pipe2 (ends, O_CLOEXEC) != 0)
    err (1, "pipe");
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_adddup2 (&actions, ends[0], STDIN_FILENO);
  if (log != NULL)
    posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, log,
                                      O_WRONLY | O_APPEND, 0);
  if (posix_spawn (pid, argv[0], &actions, NULL, argv, environ) != 0)
    errx (1, "%s", argv[0]);
  posix_spawn_file_actions_destroy (&actions);
  (void)close (ends[0]);
  return ends[1];
}

static void
wait_for (pid_t pid)
{
  int status;

  if (waitpid (pid, &status, 0) != pid || status != 0)
    errx (1, "a child ended with status %d", status);
}

static void
answer (int fd)
{
  if (write (fd, "x", 1) != 1)
    err (1, "answer");
}

static void
answer_lines (const char *log, char *const *argv)
{
  const int fd = open (log, O_RDONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const int watch = inotify_init1 (IN_CLOEXEC);
  char events[4096], text[4096];
  off_t offset = 0;
  pid_t pid;

  if (fd < 0 || inotify_add_watch (watch, log, IN_MODIFY | IN_CLOSE_WRITE) < 0)
    err (1, "%s", log);
  const int answers = start (argv, log, &pid);
  for (;;)
    {
      if (read (watch, events, sizeof events) <= 0)
        err (1, "inotify");
      const ssize_t n = pread (fd, text, sizeof text, offset);
      if (n == 0) /* its end has closed the file */
        break;
      offset += n;
      if (memchr (text, '\n', (size_t)n) != NULL)
        answer (answers);
    }
  wait_for (pid);
}

static void
answer_exits (int n, char **argv)
{
  char **partner = argv;
  pid_t partner_pid, pid;

  while (strcmp (*partner, "--") != 0)
    partner++;
  *partner++ = NULL;
  const int answers = start (partner, NULL, &partner_pid);
  for (int i = 0; i < n; i++)
    {
      const int unused = start (argv, NULL, &pid);
      wait_for (pid);
      answer (answers);
      (void)close (unused);
    }
  (void)close (answers);
  wait_for (partner_pid);
}

int
main (int argc, char **argv)
{
  if (argc < 4)
    errx (2, "usage: latency line LOG PROGRAM... | exit N PROGRAM... -- ...");
  if (strcmp (argv[1], "line") == 0)
    answer_lines (argv[2], argv + 3);
  else
    answer_exits (atoi (argv[2]), argv + 3);
  return 0;
}
