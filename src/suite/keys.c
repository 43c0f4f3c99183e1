#include "config.h"

#include "suite/keys.h"

#include "suite/leave.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Its signals are blocked as the guard's are; that it dies with the guard, the
 * kernel sees to. */
static int
read_keys (int fd, pid_t guard)
{
  char key;
  ssize_t n;

  (void)prctl (PR_SET_NAME, "proctor-keys");
  if (prctl (PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid () != guard)
    return 1;
  while ((n = read (fd, &key, 1)) > 0 || (n < 0 && errno == EINTR))
    if (n > 0 && (key == 't' || key == 'T'))
      (void)kill (guard, SIGUSR1);
  return 0;
}

static bool
is_in_foreground (int fd)
{
  return fd >= 0 && tcgetpgrp (fd) == getpgrp ();
}

static void
take_terminal (const Keys *keys)
{
  struct termios mode = keys->before;

  mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  mode.c_cc[VMIN] = 1;
  mode.c_cc[VTIME] = 0;
  (void)tcsetattr (keys->fd, TCSADRAIN, &mode);
}

static void
give_terminal_back (const Keys *keys)
{
  if (is_in_foreground (keys->fd))
    (void)tcsetattr (keys->fd, TCSADRAIN, &keys->before);
}

void
keys_begin (Keys *keys, int fd, const struct termios *before)
{
  const pid_t guard = getpid ();

  *keys = (Keys){ .fd = fd };
  if (!is_in_foreground (fd))
    return;
  keys->before = *before;
  take_terminal (keys);
  keys->reader = fork ();
  if (keys->reader == 0)
    leave (read_keys (fd, guard));
  if (keys->reader > 0)
    return;
  keys->reader = 0; /* then there are no keys */
  give_terminal_back (keys);
}

void
keys_pause (Keys *keys)
{
  if (keys->reader == 0)
    return;
  (void)kill (keys->reader, SIGSTOP);
  give_terminal_back (keys);
}

/* In the background the shell has kept the terminal for itself. */
void
keys_resume (Keys *keys)
{
  if (keys->reader == 0 || !is_in_foreground (keys->fd))
    return;
  take_terminal (keys);
  (void)kill (keys->reader, SIGCONT);
}

void
keys_end (Keys *keys)
{
  if (keys->reader == 0)
    return;
  (void)kill (keys->reader, SIGKILL);
  (void)waitpid (keys->reader, NULL, 0);
  keys->reader = 0;
  give_terminal_back (keys);
}
