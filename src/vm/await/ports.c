#include "config.h"

#include "vm/await/ports.h"

#include "base/syserror.h"
#include "vm/await/address.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_PORT  20000
#define BLOCK_PORTS 64
#define N_BLOCKS    199 /* up to port 32735, below what clients are given */

/* What all that were forked since share.  Whoever takes a port may be killed at
 * any moment, so there is no lock: a bit, once set, says all. */
typedef struct
{
  _Atomic uint64_t given[N_BLOCKS]; /* a bit a port */
  _Atomic bool is_ours[N_BLOCKS];
} Taken;

G_STATIC_ASSERT (ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_BOOL_LOCK_FREE == 2);
G_STATIC_ASSERT (BLOCK_PORTS == 64);

struct Ports
{
  Taken *taken; /* owned; NULL: there is none */
  /* owned: a socket that nobody reads.  The claims are sent into it, so that
   * they stay when the worker that made them does not, and that nobody needs a
   * descriptor for each. */
  int keep[2];
  int refusal; /* errno: why there is no such memory or socket; 0 */
};

/* --- Blocks ------------------------------------------------------------------
 */

/* The ports that the kernel gives to clients. */
typedef struct
{
  unsigned low;
  unsigned high;
} ClientPorts;

static ClientPorts
find_client_ports (void)
{
  ClientPorts clients = { .low = 32768, .high = 60999 };
  g_autofree char *text = NULL;

  if (g_file_get_contents ("/proc/sys/net/ipv4/ip_local_port_range", &text,
                           NULL, NULL))
    (void)sscanf (text, "%u %u", &clients.low, &clients.high);
  return clients;
}

static bool
is_for_clients (const ClientPorts *clients, unsigned block)
{
  const unsigned first = FIRST_PORT + block * BLOCK_PORTS;
  return first <= clients->high && first + BLOCK_PORTS > clients->low;
}

/* -1 if another proctor has it, or errno says why not. */
static int
claim (unsigned block)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  const int n = g_snprintf (name.sun_path + 1, sizeof name.sun_path - 1,
                            "proctor-ports-%u", block);
  const socklen_t n_name
      = (socklen_t)(offsetof (struct sockaddr_un, sun_path) + 1 + (size_t)n);
  const int fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (fd >= 0 && bind (fd, (struct sockaddr *)&name, n_name) < 0)
    {
      const int error = errno;
      (void)close (fd);
      errno = error;
      return -1;
    }
  return fd;
}

/* What is on its way in a socket is open, as long as that socket is. */
static bool
keep_claim (const Ports *ports, int fd)
{
  char byte = 0;
  struct iovec vector = { .iov_base = &byte, .iov_len = 1 };
  union
  {
    struct cmsghdr header;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control = { .header = { .cmsg_len = CMSG_LEN (sizeof (int)),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS } };
  const struct msghdr message = { .msg_iov = &vector,
                                  .msg_iovlen = 1,
                                  .msg_control = control.bytes,
                                  .msg_controllen = sizeof control.bytes };

  memcpy (CMSG_DATA (&control.header), &fd, sizeof fd);
  return sendmsg (ports->keep[0], &message, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

/* One more block; @for_clients says of which.  Returns 0, or the last refusal
 * as errno: EADDRINUSE if there is none left. */
static int
claim_one (Ports *ports, bool for_clients)
{
  const ClientPorts clients = find_client_ports ();
  const unsigned first = (unsigned)g_random_int_range (0, N_BLOCKS);

  for (unsigned i = 0; i < N_BLOCKS; i++)
    {
      const unsigned block = (first + i) % N_BLOCKS;
      if (atomic_load (&ports->taken->is_ours[block])
          || is_for_clients (&clients, block) != for_clients)
        continue;

      const int fd = claim (block);
      if (fd < 0 && errno != EADDRINUSE)
        return errno;
      if (fd < 0)
        continue;
      const int error = keep_claim (ports, fd) ? 0 : errno;
      (void)close (fd);
      if (error == 0)
        atomic_store (&ports->taken->is_ours[block], true);
      return error;
    }
  return EADDRINUSE;
}

/* The clients' ports only when there are no others: the kernel may give them
 * away at any moment. */
static int
claim_next (Ports *ports)
{
  const int refusal = claim_one (ports, false);

  return refusal == EADDRINUSE ? claim_one (ports, true) : refusal;
}

Ports *
ports_new (void)
{
  /* Room for the claims of all blocks. */
  const int n_room = 1024 * 1024;
  Ports *ports = g_new0 (Ports, 1);
  void *taken = mmap (NULL, sizeof *ports->taken, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  ports->taken = taken != MAP_FAILED ? taken : NULL;
  if (ports->taken == NULL
      || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ports->keep) < 0)
    {
      ports->refusal = errno;
      ports->keep[0] = ports->keep[1] = -1;
      return ports;
    }
  (void)setsockopt (ports->keep[0], SOL_SOCKET, SO_SNDBUF, &n_room,
                    sizeof n_room);
  return ports;
}

void
ports_free (Ports *ports)
{
  if (ports == NULL)
    return;
  for (size_t i = 0; i < G_N_ELEMENTS (ports->keep); i++)
    if (ports->keep[i] >= 0)
      (void)close (ports->keep[i]);
  if (ports->taken != NULL)
    (void)munmap (ports->taken, sizeof *ports->taken);
  g_free (ports);
}

/* --- Ports -------------------------------------------------------------------
 */

/* Whether a server could have it.  Without SO_REUSEADDR a port that waits for
 * the last packets of connections (TIME_WAIT) is refused too. */
static bool
can_bind (int family, int type, uint16_t port)
{
  const Address any = { .family = family };
  const int yes = 1;
  struct sockaddr_storage name;
  const socklen_t n_name = address_fill (&any, port, &name);
  const int fd = socket (family, type | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return family == AF_INET6; /* there is no IPv6 */
  if (family == AF_INET6)
    (void)setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  const bool is_bound
      = bind (fd, (struct sockaddr *)&name, n_name) == 0
        || (family == AF_INET6 && errno == EADDRNOTAVAIL); /* it is off */
  (void)close (fd);
  return is_bound;
}

/* People use the number for UDP as well. */
static bool
is_free (uint16_t port)
{
  return can_bind (AF_INET, SOCK_STREAM, port)
         && can_bind (AF_INET6, SOCK_STREAM, port)
         && can_bind (AF_INET, SOCK_DGRAM, port)
         && can_bind (AF_INET6, SOCK_DGRAM, port);
}

/* Of those that are ours; one that is in use now may be free the next time. */
static bool
take_of_ours (Ports *ports, uint16_t *port)
{
  for (unsigned i = 0; i < N_BLOCKS * BLOCK_PORTS; i++)
    {
      _Atomic uint64_t *given = &ports->taken->given[i / BLOCK_PORTS];
      const uint64_t bit = UINT64_C (1) << i % BLOCK_PORTS;

      if (!atomic_load (&ports->taken->is_ours[i / BLOCK_PORTS])
          || (atomic_fetch_or (given, bit) & bit) != 0)
        continue;
      *port = (uint16_t)(FIRST_PORT + i);
      if (is_free (*port))
        return true;
      (void)atomic_fetch_and (given, ~bit);
    }
  return false;
}

static void
tell_none_left (const Ports *ports, GError **error)
{
  unsigned n_given = 0;

  for (unsigned block = 0; block < N_BLOCKS; block++)
    for (uint64_t given = ports->taken->given[block]; given != 0;
         given &= given - 1)
      n_given++;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
               "no TCP port is left: %u were given in this run, %u are in use "
               "or set aside for other runs of proctor",
               n_given, N_BLOCKS * BLOCK_PORTS - n_given);
}

/* Another worker may have claimed the last block meanwhile. */
bool
ports_take (Ports *ports, uint16_t *port, GError **error)
{
  int refusal = ports->refusal;

  while (refusal == 0)
    if (take_of_ours (ports, port))
      return true;
    else
      refusal = claim_next (ports);
  if (refusal == EADDRINUSE && take_of_ours (ports, port))
    return true;
  if (refusal == EADDRINUSE)
    tell_none_left (ports, error);
  else
    syserror_set (error, refusal, "no TCP ports can be set aside");
  return false;
}
