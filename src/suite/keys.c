#include "config.h"

#include "suite/keys.h"

#include "suite/leave.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* False when nothing can be read any more. */
static bool
read_key (int fd, pid_t guard)
{
  char key;
  const ssize_t n = read (fd, &key, 1);

  if (n == 1 && (key == 't' || key == 'T') && getppid () == guard)
    (void)kill (guard, SIGUSR1);
  return n == 1;
}

/* Its signals are blocked as the guard's are. */
static int
read_keys (const Terminal *terminal, int guard_end, pid_t guard)
{
  struct pollfd fds[]
      = { { .fd = guard_end }, { .fd = terminal->fd, .events = POLLIN } };

  (void)prctl (PR_SET_NAME, "proctor-keys");
  while (fds[0].revents == 0)
    {
      if (poll (fds, G_N_ELEMENTS (fds), -1) < 0)
        continue;
      if (fds[1].revents != 0 && !read_key (terminal->fd, guard))
        fds[1].fd = -1;
    }
  terminal_give_back (terminal);
  return 0;
}

void
keys_begin (Keys *keys, const Terminal *terminal)
{
  const pid_t guard = getpid ();
  int ends[2];

  *keys = (Keys){ .alive_fd = -1 };
  if (!terminal_is_ours (terminal) || pipe2 (ends, O_CLOEXEC) != 0)
    return;
  keys->reader = fork ();
  if (keys->reader == 0)
    {
      (void)close (ends[1]);
      leave (read_keys (terminal, ends[0], guard));
    }
  (void)close (ends[0]);
  keys->alive_fd = ends[1];
  if (keys->reader > 0)
    terminal_take_keys (terminal);
  else
    keys_end (keys);
}

void
keys_end (Keys *keys)
{
  if (keys->reader > 0)
    {
      (void)kill (keys->reader, SIGKILL);
      (void)waitpid (keys->reader, NULL, 0);
    }
  keys->reader = 0;
  if (keys->alive_fd >= 0)
    (void)close (keys->alive_fd);
  keys->alive_fd = -1;
}
