#include "config.h"

#include "vm/await/holders.h"
#include "vm/await/sockets-list.h"
#include "vm/await/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* --- TCP -------------------------------------------------------------------
 */

typedef struct
{
  const char *path;
  const char *bound; /* where the server is */
  int protocol;
  bool v6only;
  bool listens;
  const char *asked; /* NULL: any address */
  SocketsAnswer expected;
  SocketsAnswer by_proc; /* what proc(5) is enough for */
} TcpCase;

#define L SOCKETS_LISTENING
#define N SOCKETS_NONE
#define U SOCKETS_UNCLEAR

static const TcpCase tcp_cases[] = {
  { "/sockets/tcp/same", "127.0.0.1", 0, false, true, "127.0.0.1", L, L },
  { "/sockets/tcp/other", "127.0.0.1", 0, false, true, "127.0.0.2", N, N },
  { "/sockets/tcp/not-listening", "127.0.0.1", 0, false, false, "127.0.0.1", N,
    N },
  { "/sockets/tcp/wildcard", "0.0.0.0", 0, false, true, "127.0.0.1", L, L },
  { "/sockets/tcp/wildcard-itself", "0.0.0.0", 0, false, true, "0.0.0.0", L,
    L },
  { "/sockets/tcp/wildcard-is-no-ipv6", "0.0.0.0", 0, false, true, "::1", N,
    N },
  { "/sockets/tcp/any", "127.0.0.5", 0, false, true, NULL, L, L },
  { "/sockets/tcp/any-none", "127.0.0.5", 0, false, false, NULL, N, N },
  { "/sockets/tcp/mptcp", "127.0.0.1", IPPROTO_MPTCP, false, true, "127.0.0.1",
    L, L },
  { "/sockets/tcp6/same", "::1", 0, false, true, "::1", L, L },
  { "/sockets/tcp6/no-ipv4", "::1", 0, false, true, "127.0.0.1", N, N },
  { "/sockets/tcp6/any", "::1", 0, true, true, NULL, L, L },
  { "/sockets/tcp6/wildcard", "::", 0, true, true, "::1", L, L },
  { "/sockets/tcp6/dual-stack", "::", 0, false, true, "127.0.0.1", L, U },
  { "/sockets/tcp6/v6only", "::", 0, true, true, "127.0.0.1", N, U },
  { "/sockets/tcp6/mapped", "::ffff:127.0.0.1", 0, false, true, "127.0.0.1", L,
    L },
  { "/sockets/tcp6/mapped-other", "::ffff:127.0.0.1", 0, false, true,
    "127.0.0.2", N, N },
};

/* A server on a port that the kernel chooses; -1: not on this machine. */
static int
serve (const TcpCase *tcp, uint16_t *port)
{
  struct sockaddr_in6 name = { .sin6_family = AF_INET6 };
  struct sockaddr_in ipv4 = { .sin_family = AF_INET };
  const bool is_ipv6 = strchr (tcp->bound, ':') != NULL;
  const int v6only = tcp->v6only;
  const int fd = socket (is_ipv6 ? AF_INET6 : AF_INET,
                         SOCK_STREAM | SOCK_CLOEXEC, tcp->protocol);
  if (fd < 0)
    return -1;

  int outcome;
  socklen_t n_name = sizeof name;
  if (is_ipv6)
    {
      g_assert_cmpint (inet_pton (AF_INET6, tcp->bound, &name.sin6_addr), ==,
                       1);
      (void)setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof v6only);
      outcome = bind (fd, (struct sockaddr *)&name, sizeof name);
    }
  else
    {
      g_assert_cmpint (inet_pton (AF_INET, tcp->bound, &ipv4.sin_addr), ==, 1);
      outcome = bind (fd, (struct sockaddr *)&ipv4, sizeof ipv4);
    }
  if (outcome < 0 && errno == EADDRNOTAVAIL)
    {
      (void)close (fd);
      return -1;
    }
  g_assert_cmpint (outcome, ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&name, &n_name), ==, 0);
  *port = ntohs (name.sin6_port); /* in the same place in both */
  if (tcp->listens)
    g_assert_cmpint (listen (fd, 5), ==, 0);
  return fd;
}

/* The ways to read the tables see the same, but for what one does not tell. */
static void
compare_lists (const TcpCase *tcp, uint16_t port, uint64_t inode)
{
  g_autoptr (GArray) by_diag = g_array_new (FALSE, FALSE, sizeof (TcpSocket));
  g_autoptr (GArray) by_proc = g_array_new (FALSE, FALSE, sizeof (TcpSocket));

  g_assert_true (sockets_list_tcp_by_proc (port, by_proc));
  g_assert_cmpuint (by_proc->len, ==, tcp->listens);
  if (sockets_list_tcp_by_diag (port, by_diag))
    g_assert_cmpuint (by_diag->len, ==, tcp->listens);
  else
    g_test_message ("there is no sock_diag(7) here");
  if (by_diag->len == 1 && by_proc->len == 1)
    {
      const TcpSocket *a = &g_array_index (by_diag, TcpSocket, 0);
      const TcpSocket *b = &g_array_index (by_proc, TcpSocket, 0);
      g_assert_true (address_equals (&a->address, &b->address));
      g_assert_cmpuint (a->inode, ==, inode);
      g_assert_cmpuint (b->inode, ==, inode);
    }
}

static void
test_tcp (const void *data)
{
  const TcpCase *tcp = data;
  g_autoptr (GArray) inodes = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (TcpSocket));
  Address address;
  struct stat status;
  uint16_t port;
  const int fd = serve (tcp, &port);
  if (fd < 0)
    {
      g_test_skip ("there is no such address, or protocol, here");
      return;
    }

  g_assert_cmpint (fstat (fd, &status), ==, 0);
  compare_lists (tcp, port, status.st_ino);
  if (tcp->asked != NULL)
    g_assert_true (address_parse (tcp->asked, &address));
  const SocketsAnswer answer
      = sockets_find_tcp (tcp->asked != NULL ? &address : NULL, port, inodes);
  g_assert_cmpint (answer, ==,
                   sockets_list_tcp_by_diag (port, list) ? tcp->expected
                                                         : tcp->by_proc);
  g_assert_cmpuint (inodes->len, ==, answer != SOCKETS_NONE);
  if (inodes->len > 0)
    g_assert_cmpuint (g_array_index (inodes, uint64_t, 0), ==, status.st_ino);
  (void)close (fd);
}

/* Connections are no servers, and do not hide them: there may be many. */
static void
test_connections (void)
{
  static const TcpCase tcp = { .bound = "127.0.0.1", .listens = true };
  g_autoptr (GArray) inodes = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  struct sockaddr_in name;
  socklen_t n_name = sizeof name;
  struct stat status;
  uint16_t port;
  int clients[100];
  const int fd = serve (&tcp, &port);

  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&name, &n_name), ==, 0);
  g_assert_cmpint (listen (fd, 200), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      g_assert_cmpint (connect (clients[i], (struct sockaddr *)&name, n_name),
                       ==, 0);
    }
  g_assert_cmpint (fstat (fd, &status), ==, 0);
  compare_lists (&tcp, port, status.st_ino);
  for (size_t i = 0; i < G_N_ELEMENTS (clients); i++)
    (void)close (clients[i]);
  (void)close (fd);
  g_assert_cmpint (sockets_find_tcp (NULL, port, inodes), ==, SOCKETS_NONE);
}

/* --- Unix ------------------------------------------------------------------
 */

typedef struct
{
  char *dir;
  char *path; /* absolute */
  char *name; /* of an abstract socket */
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->dir = g_dir_make_tmp ("test-sockets-XXXXXX", NULL);
  g_assert_nonnull (fixture->dir);
  fixture->path = g_build_filename (fixture->dir, "a socket", NULL);
  fixture->name = g_path_get_basename (fixture->dir);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  (void)g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->name);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static int
bind_unix (int type, const char *path, bool is_abstract)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  const int fd = socket (AF_UNIX, type | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpuint (strlen (path), <, sizeof name.sun_path - 1);
  memcpy (name.sun_path + is_abstract, path, strlen (path));
  g_assert_cmpint (bind (fd, (struct sockaddr *)&name,
                         (socklen_t)(offsetof (struct sockaddr_un, sun_path)
                                     + is_abstract + strlen (path))),
                   ==, 0);
  return fd;
}

static SocketsAnswer
find_path (const Fixture *fixture)
{
  g_autoptr (GArray) inodes = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  return sockets_find_unix (fixture->path, inodes);
}

/* What proc(5) tells; whether the other way tells it too is compared. */
static unsigned
count_unix (const Fixture *fixture, bool is_abstract, unsigned *n_listening)
{
  g_autoptr (GArray) by_proc = g_array_new (FALSE, FALSE, sizeof (UnixSocket));
  g_autoptr (GArray) by_diag = g_array_new (FALSE, FALSE, sizeof (UnixSocket));
  struct stat file = { .st_ino = 0 };
  UnixWanted wanted = { .path = is_abstract ? fixture->name : fixture->path,
                        .is_abstract = is_abstract,
                        .is_file = !is_abstract };

  if (!is_abstract)
    g_assert_cmpint (stat (fixture->path, &file), ==, 0);
  wanted.file_dev = file.st_dev;
  wanted.file_inode = file.st_ino;
  g_assert_true (sockets_list_unix_by_proc (&wanted, by_proc));
  if (sockets_list_unix_by_diag (&wanted, by_diag))
    g_assert_cmpuint (by_diag->len, ==, by_proc->len);
  *n_listening = 0;
  for (guint i = 0; i < by_proc->len; i++)
    *n_listening += g_array_index (by_proc, UnixSocket, i).is_listening;
  for (guint i = 0; i < by_diag->len; i++)
    g_assert_cmpint (g_array_index (by_diag, UnixSocket, i).is_listening, ==,
                     g_array_index (by_proc, UnixSocket, i).is_listening);
  return by_proc->len;
}

static void
test_unix (Fixture *fixture, const void *data)
{
  unsigned n_listening;
  (void)data;

  g_assert_cmpint (find_path (fixture), ==, SOCKETS_NONE);
  const int fd = bind_unix (SOCK_STREAM, fixture->path, false);
  g_assert_cmpint (find_path (fixture), ==, SOCKETS_BOUND);
  g_assert_cmpuint (count_unix (fixture, false, &n_listening), ==, 1);
  g_assert_cmpuint (n_listening, ==, 0);

  g_assert_cmpint (listen (fd, 1), ==, 0);
  g_assert_cmpint (find_path (fixture), ==, SOCKETS_LISTENING);
  g_assert_cmpuint (count_unix (fixture, false, &n_listening), ==, 1);
  g_assert_cmpuint (n_listening, ==, 1);

  /* A file that nobody has bound: it may be of another network namespace. */
  (void)close (fd);
  g_assert_cmpint (find_path (fixture), ==, SOCKETS_UNCLEAR);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  g_assert_cmpint (find_path (fixture), ==, SOCKETS_NONE);
}

/* Those who are connected have the same name, and do not listen. */
static void
test_unix_connected (Fixture *fixture, const void *data)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  const int fd = bind_unix (SOCK_STREAM, fixture->path, false);
  const int client = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  unsigned n_listening;
  (void)data;

  g_assert_cmpint (listen (fd, 1), ==, 0);
  memcpy (name.sun_path, fixture->path, strlen (fixture->path));
  g_assert_cmpint (connect (client, (struct sockaddr *)&name, sizeof name), ==,
                   0);
  const int server = accept (fd, NULL, NULL);
  g_assert_cmpuint (count_unix (fixture, false, &n_listening), ==, 1);
  g_assert_cmpuint (n_listening, ==, 1);
  (void)close (fd);
  g_assert_cmpuint (count_unix (fixture, false, &n_listening), ==, 0);
  (void)close (server);
  (void)close (client);
}

static void
test_unix_datagram (Fixture *fixture, const void *data)
{
  const int fd = bind_unix (SOCK_DGRAM, fixture->path, false);
  unsigned n_listening;
  (void)data;

  g_assert_cmpint (find_path (fixture), ==, SOCKETS_LISTENING);
  g_assert_cmpuint (count_unix (fixture, false, &n_listening), ==, 1);
  g_assert_cmpuint (n_listening, ==, 1);
  (void)close (fd);
}

/* Of two that were bound to the same path, one has lost its file. */
static void
test_unix_replaced (Fixture *fixture, const void *data)
{
  const int old = bind_unix (SOCK_STREAM, fixture->path, false);
  (void)data;

  g_assert_cmpint (listen (old, 1), ==, 0);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  const int fd = bind_unix (SOCK_STREAM, fixture->path, false);
  const SocketsAnswer answer = find_path (fixture);
  g_assert_true (answer == SOCKETS_BOUND || answer == SOCKETS_UNCLEAR);
  (void)close (fd);
  (void)close (old);
}

/* Bound by a relative path: only its file tells which it is. */
static void
test_unix_relative (Fixture *fixture, const void *data)
{
  g_autofree char *before = g_get_current_dir ();
  (void)data;

  g_assert_cmpint (g_chdir (fixture->dir), ==, 0);
  const int fd = bind_unix (SOCK_STREAM, "a socket", false);
  g_assert_cmpint (g_chdir (before), ==, 0);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  const SocketsAnswer answer = find_path (fixture);
  g_assert_true (answer == SOCKETS_LISTENING || answer == SOCKETS_UNCLEAR);
  (void)close (fd);
}

static void
test_abstract (Fixture *fixture, const void *data)
{
  g_autoptr (GArray) inodes = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  g_autofree char *longer = g_strconcat (fixture->name, "x", NULL);
  unsigned n_listening;
  (void)data;

  g_assert_cmpint (sockets_find_abstract (fixture->name, inodes), ==,
                   SOCKETS_NONE);
  const int other = bind_unix (SOCK_STREAM, longer, true);
  g_assert_cmpint (listen (other, 1), ==, 0);
  const int fd = bind_unix (SOCK_STREAM, fixture->name, true);
  g_assert_cmpint (sockets_find_abstract (fixture->name, inodes), ==,
                   SOCKETS_BOUND);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  g_assert_cmpint (sockets_find_abstract (fixture->name, inodes), ==,
                   SOCKETS_LISTENING);
  g_assert_cmpuint (count_unix (fixture, true, &n_listening), ==, 1);
  g_assert_cmpuint (n_listening, ==, 1);
  (void)close (fd);
  (void)close (other);
}

/* --- Who has it --------------------------------------------------------------
 */

/* "12 34 ", our own id as "self ", that of @pid as "child " */
static char *
name_pids (GArray *pids /* takes */, pid_t pid)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < pids->len; i++)
    {
      const pid_t found = g_array_index (pids, pid_t, i);
      g_string_append (names, found == getpid () ? "self "
                              : found == pid     ? "child "
                                                 : "other ");
    }
  g_array_unref (pids);
  return g_string_free (names, FALSE);
}

static void
test_holders (void)
{
  g_autoptr (GArray) inodes = g_array_new (FALSE, FALSE, sizeof (uint64_t));
  static const TcpCase tcp = { .bound = "127.0.0.1", .listens = true };
  uint16_t port;
  const int fd = serve (&tcp, &port);
  bool sees_all;

  g_assert_cmpint (sockets_find_tcp (NULL, port, inodes), ==,
                   SOCKETS_LISTENING);
  g_autofree char *only_self = name_pids (holders_find_all (inodes), 0);
  g_assert_cmpstr (only_self, ==, "self ");

  const pid_t pid = fork ();
  if (pid == 0)
    {
      (void)pause ();
      _exit (0);
    }
  g_autofree char *below
      = name_pids (holders_find_below (getpid (), inodes, &sees_all), pid);
  g_assert_cmpstr (below, ==, "child ");
  g_assert_true (sees_all);
  (void)close (fd);
  g_autofree char *only_child = name_pids (holders_find_all (inodes), pid);
  g_assert_cmpstr (only_child, ==, "child ");

  (void)kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  g_autofree char *nobody = name_pids (holders_find_all (inodes), pid);
  g_assert_cmpstr (nobody, ==, "");
}

/* A child, a grandchild, and one that has lost its parent. */
static void
test_descent (void)
{
  int pipes[2];
  pid_t grandchild;

  g_assert_cmpint (prctl (PR_SET_CHILD_SUBREAPER, 1), ==, 0);
  g_assert_cmpint (pipe (pipes), ==, 0);
  const pid_t child = fork ();
  if (child == 0)
    {
      grandchild = fork ();
      if (grandchild > 0
          && write (pipes[1], &grandchild, sizeof grandchild)
                 != sizeof grandchild)
        _exit (1);
      (void)pause ();
      _exit (0);
    }
  g_assert_cmpint (read (pipes[0], &grandchild, sizeof grandchild), ==,
                   sizeof grandchild);
  g_assert_cmpint (holders_child (getpid (), child), ==, child);
  g_assert_cmpint (holders_child (getpid (), grandchild), ==, child);
  g_assert_cmpint (holders_child (getpid (), getpid ()), ==, 0);
  g_assert_cmpint (holders_child (getpid (), 1), ==, 0);

  (void)kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  g_assert_cmpint (holders_child (getpid (), grandchild), ==, grandchild);
  (void)kill (grandchild, SIGKILL);
  g_assert_cmpint (waitpid (grandchild, NULL, 0), ==, grandchild);
  g_assert_cmpint (holders_child (getpid (), grandchild), ==, 0);
  (void)close (pipes[0]);
  (void)close (pipes[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (tcp_cases); i++)
    g_test_add_data_func (tcp_cases[i].path, &tcp_cases[i], test_tcp);
  g_test_add_func ("/sockets/tcp/connections", test_connections);
#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/sockets/unix/bound-and-listening", test_unix);
  ADD ("/sockets/unix/connected", test_unix_connected);
  ADD ("/sockets/unix/datagram", test_unix_datagram);
  ADD ("/sockets/unix/replaced", test_unix_replaced);
  ADD ("/sockets/unix/relative", test_unix_relative);
  ADD ("/sockets/unix/abstract", test_abstract);
  g_test_add_func ("/sockets/holders/who", test_holders);
  g_test_add_func ("/sockets/holders/descent", test_descent);
  return g_test_run ();
}
