#include "config.h"

#include "vm/await/ports.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
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

static Ports *
make_ports (unsigned n_wanted)
{
  g_autoptr (GError) error = NULL;
  Ports *ports = ports_new (n_wanted, &error);

  g_assert_no_error (error);
  g_assert_nonnull (ports);
  return ports;
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
  Ports *own = ports == NULL ? make_ports (N_TAKEN) : NULL;
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
  g_autoptr (Ports) ports = make_ports (N_TAKERS * N_TAKEN);

  check_takers (ports);
}

static void
test_proctors (void)
{
  check_takers (NULL);
}

/* Nothing is given again before all were, nor while it is used. */
static void
test_again (void)
{
  g_autoptr (Ports) ports = make_ports (1);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  uint16_t given[BLOCK_PORTS];

  /* Those that are in use by others were passed over, and are again. */
  size_t n = 0;
  for (;; n++)
    {
      const uint16_t port = take (ports);
      if (n > 0 && port == given[0])
        break;
      g_assert_cmpuint (n, <, BLOCK_PORTS);
      g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (port)));
      given[n] = port;
    }

  const int fd = bind_to (given[1]);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  g_assert_cmpuint (take (ports), ==, given[2]);
  (void)close (fd);
}

/* One that still waits for the last packets of a connection is refused to
 * servers that do not set SO_REUSEADDR. */
static void
test_time_wait (void)
{
  g_autoptr (Ports) ports = make_ports (1);
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

static void
test_none_left (void)
{
  g_autoptr (Ports) ports = make_ports (1);
  g_autoptr (GError) error = NULL;
  int fds[BLOCK_PORTS];
  uint16_t port;
  size_t n = 0;

  while (n < BLOCK_PORTS && ports_take (ports, &port, NULL))
    fds[n++] = bind_to (port);
  g_assert_false (ports_take (ports, &port, &error));
  g_assert_cmpstr (error->message, ==,
                   "all 64 ports that were set aside are in use");
  while (n > 0)
    (void)close (fds[--n]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ports/take/differs-between-workers", test_workers);
  g_test_add_func ("/ports/take/differs-between-proctors", test_proctors);
  g_test_add_func ("/ports/take/again-the-oldest", test_again);
  g_test_add_func ("/ports/take/not-in-time-wait", test_time_wait);
  g_test_add_func ("/ports/take/none-left", test_none_left);
  return g_test_run ();
}
