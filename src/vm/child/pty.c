#include "config.h"

#include "vm/child/pty.h"

#include "base/loop.h"
#include "base/syserror.h"
#include "base/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define DEFAULT_ROWS    24
#define DEFAULT_COLUMNS 80
#define MAX_COPIES      64

struct Pty
{
  GSource source;
  int master;    /* owned */
  int slave;     /* owned; -1: closed */
  int log;       /* owned */
  bool is_whole; /* nothing was lost on the way to the log */
};

/* The child's side is closed everywhere. */
static void
hang_up (Pty *pty)
{
  (void)close (pty->master);
  (void)close (pty->log);
  pty->master = -1;
  pty->log = -1;
  g_source_destroy (&pty->source);
}

/* False if there is nothing to be had now, or (EIO) ever again. */
static bool
copy_some (Pty *pty)
{
  char buffer[16 * 1024];

  if (pty->master < 0)
    return false;
  const ssize_t n = read (pty->master, buffer, sizeof buffer);
  if (n < 0 && errno == EINTR)
    return true;
  if (n < 0 && errno == EAGAIN)
    return false;
  if (n <= 0)
    {
      hang_up (pty);
      return false;
    }
  if (write_all (pty->log, buffer, (size_t)n) != 0)
    pty->is_whole = false;
  return true;
}

static gboolean
pty_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  (void)callback;
  (void)data;
  (void)copy_some ((Pty *)source);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs pty_funcs = { .dispatch = pty_dispatch };

static bool
open_ends (Pty *pty, unsigned rows, unsigned columns)
{
  const struct winsize size
      = { .ws_row = (unsigned short)(rows > 0 ? rows : DEFAULT_ROWS),
          .ws_col = (unsigned short)(columns > 0 ? columns : DEFAULT_COLUMNS) };
  char name[64];

  pty->master = posix_openpt (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (pty->master < 0 || grantpt (pty->master) < 0 || unlockpt (pty->master) < 0
      || ptsname_r (pty->master, name, sizeof name) != 0
      || ioctl (pty->master, TIOCSWINSZ, &size) < 0)
    return false;
  pty->slave = open (name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  return pty->slave >= 0;
}

Pty *
pty_new (unsigned rows, unsigned columns, int log, GError **error)
{
  g_autoptr (Pty) pty = (Pty *)g_source_new (&pty_funcs, sizeof (Pty));

  pty->master = -1;
  pty->slave = -1;
  pty->log = log;
  pty->is_whole = true;
  if (!open_ends (pty, rows, columns))
    {
      syserror_set (error, errno, "cannot open a terminal");
      return NULL;
    }
  loop_keep_quiet (&pty->source);
  (void)g_source_add_unix_fd (&pty->source, pty->master, G_IO_IN | G_IO_HUP);
  g_source_attach (&pty->source, g_main_context_get_thread_default ());
  return g_steal_pointer (&pty);
}

void
pty_forget_in_child (Pty *pty)
{
  int *const fds[] = { &pty->master, &pty->slave, &pty->log };

  for (size_t i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      if (*fds[i] >= 0)
        (void)close (*fds[i]);
      *fds[i] = -1;
    }
}

void
pty_free (Pty *pty)
{
  pty_forget_in_child (pty);
  g_source_destroy (&pty->source);
  g_source_unref (&pty->source);
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
  return fcntl (pty->master, F_DUPFD_CLOEXEC, 0);
}

pid_t
pty_foreground (const Pty *pty)
{
  const pid_t group = pty->master < 0 ? -1 : tcgetpgrp (pty->master);
  return MAX (group, 0);
}

bool
pty_drain (Pty *pty)
{
  /* As much as a terminal can hold back, and no more: somebody else may still
   * be writing. */
  for (int i = 0; i < MAX_COPIES && copy_some (pty); i++)
    ;
  return pty->is_whole;
}

bool
pty_is_open (Pty *pty)
{
  (void)pty_drain (pty); /* a loss is told at the end of the test */
  return pty->master >= 0;
}
