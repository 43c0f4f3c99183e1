#include "config.h"

#include "suite/terminal.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void
terminal_init (Terminal *terminal)
{
  *terminal = (Terminal){ .fd = -1, .group = getpgrp () };
  if (tcgetattr (STDIN_FILENO, &terminal->before) == 0)
    terminal->fd = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  terminal->paused = terminal->before;
  terminal->is_paused = !terminal_is_ours (terminal);
}

void
terminal_clear (Terminal *terminal)
{
  if (terminal->fd >= 0)
    (void)close (terminal->fd);
  terminal->fd = -1;
}

bool
terminal_is_ours (const Terminal *terminal)
{
  return terminal->fd >= 0 && tcgetpgrp (terminal->fd) == terminal->group;
}

static struct termios
modes_for_keys (const Terminal *terminal)
{
  struct termios modes = terminal->before;

  modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  return modes;
}

static bool
are_same (const struct termios *a, const struct termios *b)
{
  return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag
         && a->c_cflag == b->c_cflag && a->c_lflag == b->c_lflag
         && memcmp (a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

/* Not TCSADRAIN: what was written may wait for somebody who has stopped the
 * terminal, for ever. */
static void
set_modes (const Terminal *terminal, const struct termios *modes)
{
  (void)tcsetattr (terminal->fd, TCSANOW, modes); /* or it is gone */
}

void
terminal_take_keys (const Terminal *terminal)
{
  const struct termios modes = modes_for_keys (terminal);

  set_modes (terminal, &modes);
}

void
terminal_give_back (const Terminal *terminal)
{
  const struct termios ours = modes_for_keys (terminal);
  struct termios now;

  if (terminal->fd < 0 || terminal->is_paused
      || tcgetattr (terminal->fd, &now) != 0
      || are_same (&now, &terminal->before))
    return;
  if (terminal_is_ours (terminal) || are_same (&now, &ours))
    set_modes (terminal, &terminal->before);
}

void
terminal_pause (Terminal *terminal)
{
  if (terminal->is_paused || !terminal_is_ours (terminal)
      || tcgetattr (terminal->fd, &terminal->paused) != 0)
    return;
  terminal_give_back (terminal);
  terminal->is_paused = true;
}

/* Meanwhile the user may have changed it. */
bool
terminal_resume (Terminal *terminal)
{
  struct termios now;

  if (!terminal->is_paused)
    return terminal_is_ours (terminal);
  if (!terminal_is_ours (terminal) || tcgetattr (terminal->fd, &now) != 0)
    return false;
  terminal->is_paused = false;
  if (!are_same (&terminal->paused, &terminal->before))
    set_modes (terminal, &terminal->paused);
  terminal->before = now;
  return true;
}
