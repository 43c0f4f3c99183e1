#include "config.h"

#include "vm/signals.h"

#include "base/loop.h"
#include "vm/child/rawcall.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

struct SignalWatch
{
  GSource source;
  int fd; /* owned */
  SignalFunc *on_signal;
  void *data;
};

const int signals_ignored[] = { SIGPIPE, SIGXFSZ, SIGTTIN, SIGTTOU, 0 };

const int signals_of_user[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, 0 };

void
signals_reset (void)
{
  const KernelSigaction default_action = { { 0 } };

  /* KILL and STOP refuse; that is fine. */
  for (int number = 1; number <= SIGSET_BYTES * 8; number++)
    (void)RAWCALL4 (rt_sigaction, number, &default_action, NULL, SIGSET_BYTES);
  for (const int *number = signals_ignored; *number != 0; number++)
    (void)sigaction (*number, &(struct sigaction){ .sa_handler = SIG_IGN },
                     NULL);
}

void
signals_unblock (void)
{
  sigset_t set;

  (void)sigemptyset (&set);
  for (const int *number = signals_of_user; *number != 0; number++)
    (void)sigaddset (&set, *number);
  (void)sigprocmask (SIG_UNBLOCK, &set, NULL);
}

static gboolean
signal_watch_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  SignalWatch *watch = (SignalWatch *)source;
  struct signalfd_siginfo infos[8];
  (void)callback;
  (void)data;

  const ssize_t n_bytes = read (watch->fd, infos, sizeof infos);
  if (n_bytes < 0) /* EAGAIN, EINTR: the next turn of the loop reads again */
    return G_SOURCE_CONTINUE;

  /* A signal may end the machine that watches. */
  g_source_ref (source);
  const size_t n_infos = (size_t)n_bytes / sizeof infos[0];
  for (size_t i = 0; i < n_infos && !g_source_is_destroyed (source); i++)
    watch->on_signal (&infos[i], watch->data);
  g_source_unref (source);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs signal_watch_funcs = { .dispatch = signal_watch_dispatch };

SignalWatch *
signal_watch_new (const int *signals, SignalFunc *on_signal, void *data)
{
  sigset_t set;

  (void)sigemptyset (&set);
  for (const int *number = signals; *number != 0; number++)
    (void)sigaddset (&set, *number);

  const int fd = signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0)
    return NULL;
  (void)sigprocmask (SIG_BLOCK, &set, NULL);

  SignalWatch *watch
      = (SignalWatch *)g_source_new (&signal_watch_funcs, sizeof (SignalWatch));
  watch->fd = fd;
  watch->on_signal = on_signal;
  watch->data = data;
  loop_keep_quiet (&watch->source);
  (void)g_source_add_unix_fd (&watch->source, fd, G_IO_IN);
  g_source_attach (&watch->source, g_main_context_get_thread_default ());
  return watch;
}

void
signal_watch_forget_in_child (SignalWatch *watch)
{
  if (watch->fd >= 0)
    (void)close (watch->fd);
  watch->fd = -1;
}

void
signal_watch_free (SignalWatch *watch)
{
  if (watch == NULL)
    return;
  if (watch->fd >= 0)
    (void)close (watch->fd);
  g_source_destroy (&watch->source);
  g_source_unref (&watch->source);
}
