#include "config.h"

#include "vm/output/output.h"

#include "base/loop.h"
#include "base/syserror.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/* One read; and how much of one file is told before others have their turn. */
#define READ_BYTES (64 * 1024)
#define TURN_BYTES (1024 * 1024)

/* So many logs stay open, with their indexes, and the others are opened when
 * they grow: descriptors are for the test. */
#define MAX_OPEN 32

typedef struct
{
  const Proc *proc;
  int stream;
  int fd;    /* owned; -1: not opened yet */
  int index; /* owned; -1: not made yet */
  uint64_t offset;
  char *name; /* owned */
} Growing;

struct Output
{
  GSource source;
  int inotify; /* owned */
  int dir;
  bool is_whole;
  unsigned n_open;
  OutputFunc *on_output;
  OutputMayTellFunc *may_tell;
  void *data;
  GHashTable *by_name; /* owned: Growing by the name of its file */
  GHashTable *behind;  /* owned: set of Growing with more to be read */
  char *buffer;        /* owned */
};

static void
close_files (Growing *growing)
{
  if (growing->fd >= 0)
    (void)close (growing->fd);
  if (growing->index >= 0)
    (void)close (growing->index);
  growing->fd = -1;
  growing->index = -1;
}

static void
growing_free (void *data)
{
  Growing *growing = data;

  close_files (growing);
  g_free (growing->name);
  g_free (growing);
}

/* It will be opened again when it grows. */
static void
let_go (Output *output, Growing *growing)
{
  if (growing->fd >= 0)
    output->n_open--;
  close_files (growing);
}

/* The others give way if there is no descriptor. */
static int
open_file (Output *output, const Growing *growing, const char *name, int flags)
{
  const int all_flags = flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  const int fd = openat (output->dir, name, all_flags, 0600);
  GHashTableIter iter;
  void *other;

  if (fd >= 0 || errno != EMFILE)
    return fd;
  g_hash_table_iter_init (&iter, output->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    if (other != growing)
      let_go (output, other);
  return openat (output->dir, name, all_flags, 0600);
}

static bool
open_log (Output *output, Growing *growing)
{
  if (growing->fd >= 0)
    return true;
  growing->fd = open_file (output, growing, growing->name, O_RDONLY);
  if (growing->fd >= 0)
    output->n_open++;
  return growing->fd >= 0;
}

static void
write_index (Output *output, Growing *growing)
{
  char line[64];

  if (growing->index < 0)
    {
      g_autofree char *name = g_strconcat (growing->name, ".idx", NULL);
      growing->index
          = open_file (output, growing, name, O_WRONLY | O_CREAT | O_APPEND);
    }
  const int n_line = g_snprintf (line, sizeof line,
                                 "%" G_GINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
                                 g_get_monotonic_time (), growing->offset);
  if (write (growing->index, line, (size_t)n_line) != n_line)
    output->is_whole = false;
}

/* It was truncated: what comes now is all new. */
static bool
has_shrunk (const Growing *growing)
{
  struct stat status;

  return growing->offset > 0 && fstat (growing->fd, &status) == 0
         && (uint64_t)status.st_size < growing->offset;
}

/* Reads on, @n_most bytes at the most; true if there may be more. */
static bool
read_on (Output *output, Growing *growing, size_t n_most)
{
  uint64_t before = growing->offset;
  bool has_more = true;

  if (!open_log (output, growing))
    {
      /* A child that has not come to make it will be heard of. */
      output->is_whole = output->is_whole && errno == ENOENT;
      return false;
    }
  while (has_more && growing->offset - before < n_most)
    {
      const ssize_t n = pread (growing->fd, output->buffer, READ_BYTES,
                               (off_t)growing->offset);
      if (n < 0 && errno == EINTR)
        continue;
      if (n == 0 && has_shrunk (growing))
        {
          growing->offset = before = 0;
          continue;
        }
      has_more = n > 0;
      if (n <= 0)
        break;
      growing->offset += (uint64_t)n;
      output->on_output (growing->proc, growing->stream, output->buffer,
                         (size_t)n, output->data);
    }
  if (growing->offset > before)
    write_index (output, growing);
  if ((!has_more && growing->proc->state == PROC_ENDED)
      || output->n_open > MAX_OPEN)
    let_go (output, growing);
  return has_more;
}

static void
take_turn (Output *output, Growing *growing)
{
  if (read_on (output, growing, TURN_BYTES))
    (void)g_hash_table_add (output->behind, growing);
  else
    (void)g_hash_table_remove (output->behind, growing);
}

/* What the kernel forgot to tell us: all files may have grown. */
static void
add_all_behind (Output *output)
{
  GHashTableIter iter;
  void *growing;

  g_hash_table_iter_init (&iter, output->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &growing))
    (void)g_hash_table_add (output->behind, growing);
}

static void
read_events (Output *output)
{
  char buffer[16 * (sizeof (struct inotify_event) + NAME_MAX + 1)]
      __attribute__ ((aligned (__alignof__(struct inotify_event))));
  const ssize_t n_bytes = read (output->inotify, buffer, sizeof buffer);

  for (ssize_t at = 0; at < n_bytes;)
    {
      const struct inotify_event *event
          = (const struct inotify_event *)(void *)(buffer + at);
      at += (ssize_t)(sizeof *event + event->len);
      if ((event->mask & IN_Q_OVERFLOW) != 0)
        add_all_behind (output);
      Growing *growing
          = event->len > 0 ? g_hash_table_lookup (output->by_name, event->name)
                           : NULL;
      if (growing != NULL)
        (void)g_hash_table_add (output->behind, growing);
    }
}

static gboolean
output_prepare (GSource *source, gint *timeout)
{
  Output *output = (Output *)source;

  *timeout = -1;
  return g_hash_table_size (output->behind) > 0
         && output->may_tell (output->data);
}

static gboolean
output_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  Output *output = (Output *)source;
  (void)callback;
  (void)data;

  read_events (output);
  if (!output->may_tell (output->data))
    return G_SOURCE_CONTINUE;

  g_autoptr (GList) behind = g_hash_table_get_keys (output->behind);
  for (GList *link = behind; link != NULL; link = link->next)
    take_turn (output, link->data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs output_funcs
    = { .prepare = output_prepare, .dispatch = output_dispatch };

Output *
output_new (int dir, const char *path, OutputFunc *on_output,
            OutputMayTellFunc *may_tell, void *data, GError **error)
{
  const int fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);

  if (fd < 0 || inotify_add_watch (fd, path, IN_MODIFY | IN_ONLYDIR) < 0)
    {
      syserror_set (error, errno, "cannot watch the logs in \"%s\"", path);
      if (fd >= 0)
        (void)close (fd);
      return NULL;
    }

  Output *output = (Output *)g_source_new (&output_funcs, sizeof (Output));
  output->inotify = fd;
  output->dir = dir;
  output->is_whole = true;
  output->on_output = on_output;
  output->may_tell = may_tell;
  output->data = data;
  output->by_name
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, growing_free);
  output->behind = g_hash_table_new (NULL, NULL);
  output->buffer = g_malloc (READ_BYTES);
  loop_keep_quiet (&output->source);
  (void)g_source_add_unix_fd (&output->source, fd, G_IO_IN);
  g_source_attach (&output->source, g_main_context_get_thread_default ());
  return output;
}

void
output_free (Output *output)
{
  if (output == NULL)
    return;
  (void)close (output->inotify);
  g_hash_table_unref (output->behind);
  g_hash_table_unref (output->by_name);
  g_free (output->buffer);
  g_source_destroy (&output->source);
  g_source_unref (&output->source);
}

void
output_forget_in_child (Output *output)
{
  GHashTableIter iter;
  void *growing;

  if (output->inotify >= 0)
    (void)close (output->inotify);
  output->inotify = -1;
  g_hash_table_iter_init (&iter, output->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &growing))
    close_files (growing);
}

void
output_add (Output *output, const Proc *proc)
{
  for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++)
    {
      char *name = proc_log_name (proc, stream);
      /* One that is run again goes on in its logs. */
      if (name == NULL || g_hash_table_contains (output->by_name, name))
        {
          g_free (name);
          continue;
        }

      Growing *growing = g_new0 (Growing, 1);
      growing->proc = proc;
      growing->stream = stream;
      growing->fd = -1;
      growing->index = -1;
      growing->name = name;
      g_hash_table_insert (output->by_name, name, growing);
    }
}

static Growing *
find (const Output *output, const Proc *proc, int stream)
{
  g_autofree char *name = proc_log_name (proc, stream);
  return name == NULL ? NULL : g_hash_table_lookup (output->by_name, name);
}

void
output_drain (Output *output, const Proc *proc)
{
  for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++)
    {
      Growing *growing = find (output, proc, stream);
      if (growing == NULL)
        continue;
      if (output->may_tell (output->data))
        take_turn (output, growing);
      else
        (void)g_hash_table_add (output->behind, growing);
    }
}

void
output_drain_all (Output *output)
{
  GHashTableIter iter;
  void *growing;

  g_hash_table_iter_init (&iter, output->by_name);
  while (g_hash_table_iter_next (&iter, NULL, &growing))
    (void)read_on (output, growing, SIZE_MAX);
}

bool
output_is_whole (const Output *output)
{
  return output->is_whole;
}
