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

typedef struct
{
  unsigned number;
  int claim; /* owned */
} Block;

struct Ports
{
  GArray *blocks; /* owned: of Block */
  /* How many were given; shared by all that were forked since. */
  _Atomic uint32_t *n_given;
};

/* Workers are processes: a lock of one would not keep out another. */
G_STATIC_ASSERT (ATOMIC_INT_LOCK_FREE == 2);

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

/* Claims blocks until there are enough ports; @for_clients says of which.
 * Returns the last refusal, as errno. */
static int
claim_some (Ports *ports, unsigned n_wanted, bool for_clients)
{
  const ClientPorts clients = find_client_ports ();
  const unsigned first = (unsigned)g_random_int_range (0, N_BLOCKS);
  int error = EADDRINUSE;

  for (unsigned i = 0; i < N_BLOCKS && error == EADDRINUSE
                       && ports->blocks->len * BLOCK_PORTS < n_wanted;
       i++)
    {
      Block block = { .number = (first + i) % N_BLOCKS };
      if (is_for_clients (&clients, block.number) != for_clients)
        continue;
      block.claim = claim (block.number);
      if (block.claim >= 0)
        g_array_append_val (ports->blocks, block);
      else
        error = errno;
    }
  return error;
}

static bool
claim_enough (Ports *ports, unsigned n_wanted, GError **error)
{
  int refusal = claim_some (ports, n_wanted, false);

  if (ports->blocks->len == 0 && refusal == EADDRINUSE)
    refusal = claim_some (ports, n_wanted, true);
  if (ports->blocks->len == 0)
    syserror_set (error, refusal, "no ports can be set aside");
  return ports->blocks->len > 0;
}

Ports *
ports_new (unsigned n_wanted, GError **error)
{
  g_autoptr (Ports) ports = g_new0 (Ports, 1);
  void *shared = mmap (NULL, sizeof *ports->n_given, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  ports->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  if (shared == MAP_FAILED)
    {
      syserror_set (error, errno, "no memory can be shared");
      return NULL;
    }
  ports->n_given = shared;
  atomic_init (ports->n_given, 0);

  /* Some of them may be in use. */
  const unsigned n_claimed = CLAMP (n_wanted, 1, N_BLOCKS * BLOCK_PORTS) * 2;
  return claim_enough (ports, n_claimed, error) ? g_steal_pointer (&ports)
                                                : NULL;
}

void
ports_free (Ports *ports)
{
  if (ports == NULL)
    return;
  for (guint i = 0; i < ports->blocks->len; i++)
    (void)close (g_array_index (ports->blocks, Block, i).claim);
  g_array_unref (ports->blocks);
  if (ports->n_given != NULL)
    (void)munmap (ports->n_given, sizeof *ports->n_given);
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

bool
ports_take (Ports *ports, uint16_t *port, GError **error)
{
  const uint32_t n_ports = ports->blocks->len * BLOCK_PORTS;

  for (uint32_t i = 0; i < n_ports; i++)
    {
      const uint32_t given = atomic_fetch_add (ports->n_given, 1) % n_ports;
      const Block *block
          = &g_array_index (ports->blocks, Block, given / BLOCK_PORTS);
      *port = (uint16_t)(FIRST_PORT + block->number * BLOCK_PORTS
                         + given % BLOCK_PORTS);
      if (is_free (*port))
        return true;
    }
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
               "all %u ports that were set aside are in use", n_ports);
  return false;
}
