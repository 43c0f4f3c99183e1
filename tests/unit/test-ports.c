#include "config.h"

#include "vm/await/ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_TAKERS 4
#define N_TAKEN  20

#define BLOCK_PORTS 64

static uint16_t
take (Ports *ports)
{
  g_autoptr (GError) error = NULL;
  uint16_t port = 0;
  const bool is_good = ports_take (ports, &port, &error);

  g_assert_no_error (error);
  g_assert_true (is_good);
  g_assert_cmpuint (port, >=, 20000);
  g_assert_cmpuint (port, <, 32768);
  return port;
}

/* A socket that is bound to a port of this machine, as servers do it. */
static int
bind_to (uint16_t port)
{
  const int yes = 1;
  const struct sockaddr_in name
      = { .sin_family = AF_INET,
          .sin_port = htons (port),
          .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  (void)setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  g_assert_cmpint (bind (fd, (const struct sockaddr *)&name, sizeof name), ==,
                   0);
  return fd;
}

/* Forks a process that takes ports, of @ports or of its own, and writes them.
 */
static pid_t
fork_taker (Ports *ports, int fd)
{
  const pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid > 0)
    return pid;

  uint16_t taken[N_TAKEN];
  Ports *own = ports == NULL ? ports_new () : NULL;
  for (size_t i = 0; i < N_TAKEN; i++)
    taken[i] = take (ports != NULL ? ports : own);
  if (write (fd, taken, sizeof taken) != sizeof taken)
    _exit (1);
  (void)pause (); /* with its claims */
  _exit (0);
}

/* All that several processes take is different. */
static void
check_takers (Ports *ports)
{
  pid_t pids[N_TAKERS];
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  int pipes[2];

  g_assert_cmpint (pipe (pipes), ==, 0);
  for (size_t i = 0; i < N_TAKERS; i++)
    pids[i] = fork_taker (ports, pipes[1]);
  for (size_t i = 0; i < N_TAKERS; i++)
    {
      uint16_t taken[N_TAKEN];
      g_assert_cmpint (read (pipes[0], taken, sizeof taken), ==, sizeof taken);
      for (size_t j = 0; j < N_TAKEN; j++)
        g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (taken[j])));
    }
  for (size_t i = 0; i < N_TAKERS; i++)
    {
      (void)kill (pids[i], SIGKILL);
      g_assert_cmpint (waitpid (pids[i], NULL, 0), ==, pids[i]);
    }
  (void)close (pipes[0]);
  (void)close (pipes[1]);
}

static void
test_workers (void)
{
  g_autoptr (Ports) ports = ports_new ();

  check_takers (ports);
}

static void
test_proctors (void)
{
  check_takers (NULL);
}

/* However many are asked for, none is given again. */
static void
test_once (void)
{
  g_autoptr (Ports) ports = ports_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (unsigned i = 0; i < 5 * BLOCK_PORTS; i++)
    g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (take (ports))));
}

/* One that still waits for the last packets of a connection is refused to
 * servers that do not set SO_REUSEADDR. */
static void
test_time_wait (void)
{
  g_autoptr (Ports) ports = ports_new ();
  const uint16_t port = take (ports);
  const int server = bind_to (port);
  struct sockaddr_in name;
  socklen_t n_name = sizeof name;
  char byte;

  g_assert_cmpint (listen (server, 1), ==, 0);
  const int client = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (getsockname (server, (struct sockaddr *)&name, &n_name), ==,
                   0);
  g_assert_cmpint (connect (client, (struct sockaddr *)&name, n_name), ==, 0);
  const int taken = accept (server, NULL, NULL);
  g_assert_cmpint (taken, >=, 0);
  (void)close (taken); /* who closes first waits */
  g_assert_cmpint (read (client, &byte, 1), ==, 0);
  (void)close (client);
  (void)close (server);

  for (size_t i = 0; i < BLOCK_PORTS; i++)
    g_assert_cmpuint (take (ports), !=, port);
}

/* --- When there are no more ------------------------------------------------
 */

#define N_PORTS     (199 * BLOCK_PORTS)
#define PORT_IN_USE 25000

/* Takes up to @n_most, and says of each that it was not taken before. */
static unsigned
take_most (Ports *ports, unsigned n_most, uint8_t *is_taken)
{
  unsigned n = 0;
  uint16_t port;

  for (; n < n_most && ports_take (ports, &port, NULL); n++)
    {
      g_assert_cmpuint (is_taken[port], ==, 0);
      is_taken[port] = 1;
    }
  return n;
}

/* What a worker has claimed stays claimed when it is gone, and as long as any
 * is there; then others may have it.  What is in use is passed over, and given
 * when it is free. */
static void
check_all (uint8_t *is_taken)
{
  Ports *ports = ports_new ();
  g_autoptr (Ports) others = ports_new ();
  g_autoptr (GError) error = NULL;
  uint16_t port;
  const int fd = bind_to (PORT_IN_USE);
  const pid_t pid = fork ();

  g_assert_cmpint (listen (fd, 1), ==, 0);
  if (pid == 0)
    _exit (take_most (ports, N_PORTS / 2, is_taken) != N_PORTS / 2);
  int status;
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpuint (take_most (ports, N_PORTS, is_taken), ==, N_PORTS / 2 - 1);
  g_assert_cmpuint (is_taken[PORT_IN_USE], ==, 0);
  (void)close (fd);
  g_assert_true (ports_take (ports, &port, NULL));
  g_assert_cmpuint (port, ==, PORT_IN_USE);

  g_assert_false (ports_take (ports, &port, &error));
  g_assert_cmpstr (error->message, ==,
                   "no TCP port is left: 12736 were given in this run, 0 "
                   "are in use or set aside for other runs of proctor");
  g_assert_false (ports_take (others, &port, NULL));
  ports_free (ports);
  g_assert_true (ports_take (others, &port, NULL));
}

/* In a network of its own, so that nobody else goes without. */
static void
in_own_network (const char *clients)
{
  uint8_t *is_taken = mmap (NULL, 65536, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      const char *range = "/proc/sys/net/ipv4/ip_local_port_range";
      if (unshare (CLONE_NEWNET) < 0
          && unshare (CLONE_NEWUSER | CLONE_NEWNET) < 0)
        _exit (77);
      const int fd = open (range, O_WRONLY | O_CLOEXEC);
      if (fd < 0
          || write (fd, clients, strlen (clients)) != (ssize_t)strlen (clients))
        _exit (77);
      check_all (is_taken);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77)
    g_test_skip ("there is no network of our own here");
  else
    g_assert_cmpint (status, ==, 0);
  (void)munmap (is_taken, 65536);
}

static void
test_none_left (void)
{
  in_own_network ("32768 60999");
}

/* The ports of clients are better than none. */
static void
test_for_clients (void)
{
  in_own_network ("20128 65535");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ports/take/differs-between-workers", test_workers);
  g_test_add_func ("/ports/take/differs-between-proctors", test_proctors);
  g_test_add_func ("/ports/take/each-once", test_once);
  g_test_add_func ("/ports/take/not-in-time-wait", test_time_wait);
  g_test_add_func ("/ports/take/none-left", test_none_left);
  g_test_add_func ("/ports/take/those-of-clients", test_for_clients);
  return g_test_run ();
}
