#include "config.h"

#include "vm/child/pty.h"

#include "base/syserror.h"
#include "vm/child/log-copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define DEFAULT_ROWS    24
#define DEFAULT_COLUMNS 80

struct Pty
{
  LogCopy *copy; /* owned: of what comes out of our side, the master */
  int slave;     /* owned; -1: closed */
};

static int
open_master (unsigned rows, unsigned columns)
{
  const struct winsize size
      = { .ws_row = (unsigned short)(rows > 0 ? rows : DEFAULT_ROWS),
          .ws_col = (unsigned short)(columns > 0 ? columns : DEFAULT_COLUMNS) };
  const int master = posix_openpt (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

  if (master >= 0
      && (grantpt (master) < 0 || unlockpt (master) < 0
          || ioctl (master, TIOCSWINSZ, &size) < 0))
    {
      const int error = errno;
      (void)close (master);
      errno = error;
      return -1;
    }
  return master;
}

static int
open_slave (int master)
{
  char name[64];

  return ptsname_r (master, name, sizeof name) != 0
             ? -1
             : open (name, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

Pty *
pty_new (unsigned rows, unsigned columns, int log, bool is_shared,
         GError **error)
{
  const int master = open_master (rows, columns);
  const int slave = master < 0 ? -1 : open_slave (master);

  if (slave < 0)
    {
      syserror_set (error, errno, "cannot open a terminal");
      (void)close (log);
      if (master >= 0)
        (void)close (master);
      return NULL;
    }
  Pty *pty = g_new0 (Pty, 1);
  pty->copy = log_copy_new (master, log, is_shared);
  pty->slave = slave;
  return pty;
}

void
pty_forget_in_child (Pty *pty)
{
  log_copy_forget_in_child (pty->copy);
  pty_close_slave (pty);
}

void
pty_free (Pty *pty)
{
  pty_close_slave (pty);
  log_copy_free (pty->copy);
  g_free (pty);
}

int
pty_slave (const Pty *pty)
{
  return pty->slave;
}

void
pty_close_slave (Pty *pty)
{
  if (pty->slave >= 0)
    (void)close (pty->slave);
  pty->slave = -1;
}

int
pty_dup_master (const Pty *pty)
{
  return fcntl (log_copy_source (pty->copy), F_DUPFD_CLOEXEC, 0);
}

pid_t
pty_foreground (const Pty *pty)
{
  const pid_t group = log_copy_is_open (pty->copy)
                          ? tcgetpgrp (log_copy_source (pty->copy))
                          : -1;
  return MAX (group, 0);
}

LogCopy *
pty_copy (Pty *pty)
{
  return pty->copy;
}
