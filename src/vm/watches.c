#include "config.h"

#include "vm/watches.h"

#include "base/loop.h"
#include "base/syserror.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <unistd.h>

/* Told to all, wanted or not. */
#define ALWAYS (IN_IGNORED | IN_Q_OVERFLOW | IN_UNMOUNT)

/* What the kernel watches; it knows one watch of an inode, with the events that
 * any of us want. */
typedef struct
{
  int number;   /* -1: the kernel has given it up */
  GQueue users; /* of Watch, by its link */
} Target;

struct Watch
{
  GList link;     /* in target->users */
  GList all_link; /* in watches->all */
  Watches *watches;
  Target *target;
  uint32_t mask;
  uint64_t serial;
  WatchFunc *on_event;
  void *data;
};

struct Watches
{
  GSource source;
  int inotify;         /* owned; -1: not opened yet */
  GHashTable *targets; /* owned: Target by number */
  GQueue all;          /* of Watch, by its all_link */
  GList *next;         /* who is told next; may be freed before */
  uint64_t last_serial;
};

/* --- Telling ------------------------------------------------------------- */

/* Those that are added meanwhile are not told. */
static void
tell (Watches *watches, GList *first, uint32_t mask, const char *name)
{
  const uint64_t last_serial = watches->last_serial;

  for (GList *link = first; link != NULL; link = watches->next)
    {
      const Watch *watch = link->data;
      watches->next = link->next;
      const uint32_t told = mask & (watch->mask | ALWAYS);
      if (told != 0 && watch->serial <= last_serial)
        watch->on_event (told | (mask & IN_ISDIR), name, watch->data);
    }
}

static void
take_event (Watches *watches, const struct inotify_event *event)
{
  if ((event->mask & IN_Q_OVERFLOW) != 0)
    {
      tell (watches, watches->all.head, IN_Q_OVERFLOW, NULL);
      return;
    }

  void *number = GINT_TO_POINTER (event->wd);
  Target *target = g_hash_table_lookup (watches->targets, number);
  if (target == NULL) /* it was removed with this event under way */
    return;
  if ((event->mask & IN_IGNORED) != 0)
    {
      (void)g_hash_table_remove (watches->targets, number);
      target->number = -1;
    }
  tell (watches, target->users.head, event->mask,
        event->len > 0 ? event->name : NULL);
}

static gboolean
watches_dispatch (GSource *source, GSourceFunc callback, void *data)
{
  Watches *watches = (Watches *)source;
  char buffer[16 * (sizeof (struct inotify_event) + NAME_MAX + 1)]
      __attribute__ ((aligned (__alignof__(struct inotify_event))));
  (void)callback;
  (void)data;

  /* The next turn of the loop reads what does not fit. */
  const ssize_t n_bytes = read (watches->inotify, buffer, sizeof buffer);

  /* What is told may end the machine that watches. */
  g_source_ref (source);
  for (ssize_t at = 0; at < n_bytes && !g_source_is_destroyed (source);)
    {
      const struct inotify_event *event
          = (const struct inotify_event *)(void *)(buffer + at);
      at += (ssize_t)(sizeof *event + event->len);
      take_event (watches, event);
    }
  g_source_unref (source);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs watches_funcs = { .dispatch = watches_dispatch };

Watches *
watches_new (void)
{
  Watches *watches = (Watches *)g_source_new (&watches_funcs, sizeof (Watches));

  watches->inotify = -1;
  watches->targets = g_hash_table_new (NULL, NULL);
  loop_keep_quiet (&watches->source);
  g_source_attach (&watches->source, g_main_context_get_thread_default ());
  return watches;
}

void
watches_free (Watches *watches)
{
  if (watches == NULL)
    return;
  g_assert (g_queue_is_empty (&watches->all));
  if (watches->inotify >= 0)
    (void)close (watches->inotify);
  g_hash_table_unref (watches->targets);
  g_source_destroy (&watches->source);
  g_source_unref (&watches->source);
}

void
watches_forget_in_child (Watches *watches)
{
  if (watches->inotify >= 0)
    (void)close (watches->inotify);
  watches->inotify = -1;
}

/* --- A watch ---------------------------------------------------------------
 */

static bool
has_descriptors_left (void)
{
  const int fd = open ("/", O_PATH | O_CLOEXEC);

  if (fd >= 0)
    (void)close (fd);
  return fd >= 0;
}

static bool
open_inotify (Watches *watches, GError **error)
{
  if (watches->inotify >= 0)
    return true;

  watches->inotify = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (watches->inotify >= 0)
    (void)g_source_add_unix_fd (&watches->source, watches->inotify, G_IO_IN);
  else if (errno == EMFILE && has_descriptors_left ())
    g_set_error_literal (
        error, G_FILE_ERROR, G_FILE_ERROR_MFILE,
        "cannot watch files: the user has as many inotify descriptors as "
        "fs.inotify.max_user_instances allows");
  else
    syserror_set (error, errno, "cannot watch files");
  return watches->inotify >= 0;
}

static void
refuse (const char *path, int error_number, GError **error)
{
  if (error_number == ENOSPC)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                 "cannot watch \"%s\": the user has as many watches as "
                 "fs.inotify.max_user_watches allows",
                 path);
  else
    syserror_set (error, error_number, "cannot watch \"%s\"", path);
}

static Target *
find_target (Watches *watches, int number)
{
  Target *target
      = g_hash_table_lookup (watches->targets, GINT_TO_POINTER (number));

  if (target == NULL)
    {
      target = g_new0 (Target, 1);
      target->number = number;
      (void)g_hash_table_insert (watches->targets, GINT_TO_POINTER (number),
                                 target);
    }
  return target;
}

Watch *
watches_add (Watches *watches, const char *path, uint32_t mask,
             WatchFunc *on_event, void *data, GError **error)
{
  g_assert ((mask & IN_ONESHOT) == 0);
  if (!open_inotify (watches, error))
    return NULL;

  /* Somebody may watch the same, for other events. */
  const int number
      = inotify_add_watch (watches->inotify, path, mask | IN_MASK_ADD);
  if (number < 0)
    {
      refuse (path, errno, error);
      return NULL;
    }

  Watch *watch = g_new (Watch, 1);
  *watch = (Watch){ .link = { .data = watch },
                    .all_link = { .data = watch },
                    .watches = watches,
                    .target = find_target (watches, number),
                    .mask = mask,
                    .serial = ++watches->last_serial,
                    .on_event = on_event,
                    .data = data };
  g_queue_push_tail_link (&watch->target->users, &watch->link);
  g_queue_push_tail_link (&watches->all, &watch->all_link);
  return watch;
}

/* The kernel watches for what the last of them wanted, too; that is not told
 * to others. */
static void
leave_target (Watch *watch)
{
  Target *target = watch->target;

  g_queue_unlink (&target->users, &watch->link);
  if (!g_queue_is_empty (&target->users))
    return;
  if (target->number >= 0)
    {
      (void)g_hash_table_remove (watch->watches->targets,
                                 GINT_TO_POINTER (target->number));
      /* Fails if it is gone, and the event that says so is under way. */
      (void)inotify_rm_watch (watch->watches->inotify, target->number);
    }
  g_free (target);
}

void
watch_free (Watch *watch)
{
  if (watch == NULL)
    return;

  Watches *watches = watch->watches;
  if (watches->next == &watch->link || watches->next == &watch->all_link)
    watches->next = watches->next->next;
  g_queue_unlink (&watches->all, &watch->all_link);
  leave_target (watch);
  g_free (watch);
}
