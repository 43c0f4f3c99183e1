#include "config.h"

#include "vm/await/fd-watch.h"

#include "base/loop.h"

struct FdWatch
{
  GSource source;
  FdWatchFunc *on_ready;
  void *data;
};

static gboolean
fd_watch_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  const FdWatch *watch = (FdWatch *)source;
  (void)callback;
  (void)data;

  watch->on_ready (watch->data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs fd_watch_funcs = { .dispatch = fd_watch_dispatch };

FdWatch *
fd_watch_new (int fd, GIOCondition condition, FdWatchFunc *on_ready, void *data)
{
  FdWatch *watch = (FdWatch *)g_source_new (&fd_watch_funcs, sizeof (FdWatch));

  watch->on_ready = on_ready;
  watch->data = data;
  loop_keep_quiet (&watch->source);
  (void)g_source_add_unix_fd (&watch->source, fd,
                              condition | G_IO_HUP | G_IO_ERR);
  g_source_attach (&watch->source, g_main_context_get_thread_default ());
  return watch;
}

void
fd_watch_free (FdWatch *watch)
{
  if (watch == NULL)
    return;
  g_source_destroy (&watch->source);
  g_source_unref (&watch->source);
}
