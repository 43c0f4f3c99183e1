#include "config.h"

#include "vm/await/connecting.h"

#include "vm/await/fd-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

struct Connecting
{
  GArray *addresses; /* owned: of Address */
  uint16_t port;
  int64_t try_microsecs;
  ConnectingFunc *on_change;
  void *data;
  guint at;       /* the address that is tried */
  int fd;         /* owned; -1: none is */
  FdWatch *watch; /* owned, or NULL */
  int64_t began;
};

Connecting *
connecting_new (GArray *addresses, uint16_t port, int64_t try_microsecs,
                ConnectingFunc *on_change, void *data)
{
  Connecting *connecting = g_new0 (Connecting, 1);

  connecting->addresses = addresses;
  connecting->port = port;
  connecting->try_microsecs = try_microsecs;
  connecting->on_change = on_change;
  connecting->data = data;
  connecting->fd = -1;
  return connecting;
}

static void
hang_up (Connecting *connecting)
{
  g_clear_pointer (&connecting->watch, fd_watch_free);
  if (connecting->fd >= 0)
    (void)close (connecting->fd);
  connecting->fd = -1;
}

void
connecting_free (Connecting *connecting)
{
  if (connecting == NULL)
    return;
  hang_up (connecting);
  g_array_unref (connecting->addresses);
  g_free (connecting);
}

/* Begins a connection: errno, 0, or EINPROGRESS. */
static int
dial (Connecting *connecting)
{
  const Address *address
      = &g_array_index (connecting->addresses, Address, connecting->at);
  struct sockaddr_storage name;
  const socklen_t n_name = address_fill (address, connecting->port, &name);

  connecting->began = g_get_monotonic_time ();
  connecting->fd
      = socket (address->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connecting->fd < 0
      || connect (connecting->fd, (struct sockaddr *)&name, n_name) < 0)
    return errno;
  return 0;
}

/* What has become of it. */
static int
listen_in (const Connecting *connecting)
{
  struct pollfd ready = { .fd = connecting->fd, .events = POLLOUT };
  int error = 0;
  socklen_t n_error = sizeof error;

  if (poll (&ready, 1, 0) == 1)
    {
      (void)getsockopt (connecting->fd, SOL_SOCKET, SO_ERROR, &error, &n_error);
      return error;
    }
  return g_get_monotonic_time () - connecting->began < connecting->try_microsecs
             ? EINPROGRESS
             : ETIMEDOUT;
}

int
connecting_go_on (Connecting *connecting)
{
  int error = ECONNREFUSED;

  for (; connecting->at < connecting->addresses->len; connecting->at++)
    {
      error = connecting->fd < 0 ? dial (connecting) : EINPROGRESS;
      if (error == EINPROGRESS)
        error = listen_in (connecting);
      if (error == EINPROGRESS && connecting->watch == NULL)
        connecting->watch = fd_watch_new (
            connecting->fd, G_IO_OUT, connecting->on_change, connecting->data);
      if (error == EINPROGRESS)
        return error;
      hang_up (connecting);
      if (error == 0)
        return 0;
    }
  return error;
}

/* --- Unix ------------------------------------------------------------------
 */

static int
try_type (int type, const struct sockaddr_un *name, socklen_t n_name,
          pid_t *pid)
{
  struct ucred peer = { .pid = 0 };
  socklen_t n_peer = sizeof peer;
  const int fd = socket (AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return errno;

  /* EAGAIN: its queue is full, so there is one. */
  const int error
      = connect (fd, (const struct sockaddr *)name, n_name) < 0 ? errno : 0;
  if (error == 0
      && getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &n_peer) == 0)
    *pid = peer.pid;
  (void)close (fd);
  return error == EAGAIN ? 0 : error;
}

/* Any path: one that is too long is reached through its directory. */
static int
fill_name (const char *path, bool is_abstract, struct sockaddr_un *name,
           int *directory)
{
  g_autofree char *shorter = NULL;

  *name = (struct sockaddr_un){ .sun_family = AF_UNIX };
  *directory = -1;
  if (strlen (path) + 1 > sizeof name->sun_path)
    {
      g_autofree char *above = g_path_get_dirname (path);
      g_autofree char *last = g_path_get_basename (path);
      *directory = open (above, O_PATH | O_DIRECTORY | O_CLOEXEC);
      shorter = g_strdup_printf ("/proc/self/fd/%d/%s", *directory, last);
      if (*directory < 0)
        return errno;
    }
  const char *whole = shorter != NULL ? shorter : path;
  if (strlen (whole) + 1 > sizeof name->sun_path)
    return ENAMETOOLONG;
  memcpy (name->sun_path + is_abstract, whole, strlen (whole));
  return 0;
}

int
connecting_try_unix (const char *path, bool is_abstract, pid_t *pid)
{
  static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };
  struct sockaddr_un name;
  int directory;
  int error = fill_name (path, is_abstract, &name, &directory);
  const socklen_t n_name
      = is_abstract ? (socklen_t)(offsetof (struct sockaddr_un, sun_path) + 1
                                  + strlen (path))
                    : sizeof name;
  const bool is_named = error == 0;

  *pid = 0;
  for (size_t i = 0; is_named && i < G_N_ELEMENTS (types); i++)
    {
      error = try_type (types[i], &name, n_name, pid);
      if (error != EPROTOTYPE)
        break;
    }
  if (directory >= 0)
    (void)close (directory);
  return error;
}
