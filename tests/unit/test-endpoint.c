#include "config.h"

#include "asking.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- TCP -------------------------------------------------------------------
 */

/* Bound to an address of this machine, at a port that the kernel chooses; -1:
 * there is no such address. */
static int
bind_tcp (const char *address, bool v6only, uint16_t *port)
{
  struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };
  struct sockaddr_in ipv4 = { .sin_family = AF_INET };
  const int only = v6only;
  const bool is_ipv6 = strchr (address, ':') != NULL;
  socklen_t n_name = sizeof ipv6;
  const int fd
      = socket (is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (is_ipv6)
    {
      (void)inet_pton (AF_INET6, address, &ipv6.sin6_addr);
      (void)setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    }
  else
    (void)inet_pton (AF_INET, address, &ipv4.sin_addr);
  if (fd < 0
      || bind (fd,
               is_ipv6 ? (struct sockaddr *)&ipv6 : (struct sockaddr *)&ipv4,
               is_ipv6 ? sizeof ipv6 : sizeof ipv4)
             < 0)
    {
      g_test_skip ("there is no such address here");
      return -1;
    }
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&ipv6, &n_name), ==, 0);
  *port = ntohs (ipv6.sin6_port); /* in the same place in both */
  return fd;
}

typedef struct
{
  const char *path;
  const char *bound;
  bool v6only;
  const char *host; /* as in a target; with a colon */
  const char *place;
} TcpCase;

static const TcpCase tcp_cases[] = {
  { "/endpoint/tcp/address", "127.0.0.1", false, "127.0.0.1:", "127.0.0.1:" },
  { "/endpoint/tcp/any-address", "127.0.0.1", false, "", "port " },
  { "/endpoint/tcp/any-address-ipv6", "::1", false, "", "port " },
  { "/endpoint/tcp/ipv6", "::1", false, "[::1]:", "[::1]:" },
  { "/endpoint/tcp/dual-stack", "::", false, "127.0.0.1:", "127.0.0.1:" },
  { "/endpoint/tcp/localhost", "127.0.0.1", false, "localhost:", "localhost:" },
  { "/endpoint/tcp/localhost-ipv6", "::1", true, "localhost:", "localhost:" },
};

/* It opens, and closes again; and the server notices nothing of it. */
static void
test_tcp (Asking *asking, const void *data)
{
  const TcpCase *tcp = data;
  uint16_t port;
  const int fd = bind_tcp (tcp->bound, tcp->v6only, &port);
  if (fd < 0)
    return;

  g_autofree char *nothing
      = g_strdup_printf ("nothing listens on %s%u", tcp->place, port);
  g_autofree char *still
      = g_strdup_printf ("%s%u is still listened on", tcp->place, port);
  asking_begin (asking, "tcp:%s%u", tcp->host, port);
  asking_expect (asking, false, nothing);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  const EndpointAnswer *answer = asking_until (asking, true, NULL);
  g_assert_cmpstr (answer->text, ==, still);
  g_assert_cmpuint (answer->inodes->len, ==, 1);

  g_assert_cmpint (fcntl (fd, F_SETFL, O_NONBLOCK), ==, 0);
  g_assert_cmpint (accept (fd, NULL, NULL), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  (void)close (fd);
  (void)asking_until (asking, false, nothing);
}

/* A server for IPv6 only takes nothing else. */
static void
test_tcp_v6only (Asking *asking, const void *data)
{
  uint16_t port;
  const int fd = bind_tcp ("::", true, &port);
  (void)data;
  if (fd < 0)
    return;

  g_assert_cmpint (listen (fd, 1), ==, 0);
  asking_begin (asking, "tcp:127.0.0.1:%u", port);
  g_assert_false (endpoint_ask (asking->endpoint)->is_there);
  asking_begin (asking, "tcp:[::1]:%u", port);
  g_assert_true (endpoint_ask (asking->endpoint)->is_there);
  (void)close (fd);
}

/* Servers on IPv6: one takes IPv4 too, the other does not. */
typedef struct
{
  Asking *asking;
  uint16_t both;
  uint16_t only;
} Ports6;

static void
ask_without_netlink (void *data)
{
  const Ports6 *ports = data;
  Asking *asking = ports->asking;
  g_autofree char *refused
      = g_strdup_printf ("127.0.0.1:%u: connection refused", ports->only);

  asking_begin (asking, "tcp:[::1]:%u", ports->both);
  g_assert_true (endpoint_ask (asking->endpoint)->is_there);
  asking_begin (asking, "tcp:%u", ports->both);
  g_assert_true (endpoint_ask (asking->endpoint)->is_there);

  /* Only a connection can tell. */
  asking_begin (asking, "tcp:127.0.0.1:%u", ports->both);
  const EndpointAnswer *answer = asking_until (asking, true, NULL);
  g_assert_cmpuint (answer->inodes->len, ==, 1);
  asking_begin (asking, "tcp:127.0.0.1:%u", ports->only);
  (void)asking_until (asking, false, refused);
}

static void
test_tcp_without_netlink (Asking *asking, const void *data)
{
  Ports6 ports = { .asking = asking };
  const int both = bind_tcp ("::", false, &ports.both);
  const int only = bind_tcp ("::", true, &ports.only);
  (void)data;
  if (both < 0 || only < 0)
    return;

  g_assert_cmpint (listen (both, 5), ==, 0);
  g_assert_cmpint (listen (only, 5), ==, 0);
  asking_run_without_netlink (ask_without_netlink, &ports);
  (void)close (both);
  (void)close (only);
}

/* A name of this machine that the resolver knows. */
static void
test_tcp_name (Asking *asking, const void *data)
{
  const struct addrinfo hints
      = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
  const char *name = g_get_host_name ();
  struct addrinfo *addresses;
  uint16_t port;
  (void)data;

  if (!asking_has_probe (asking))
    return;
  if (getaddrinfo (name, NULL, &hints, &addresses) != 0)
    {
      g_test_skip ("this machine does not know its name");
      return;
    }
  freeaddrinfo (addresses);
  const int fd = bind_tcp ("0.0.0.0", false, &port);
  asking_begin (asking, "tcp:%s:%u", name, port);
  g_autofree char *nothing
      = g_strdup_printf ("nothing listens on %s:%u", name, port);
  asking_expect_unknown (asking, "its name is not resolved yet");
  (void)asking_until (asking, false, nothing);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  (void)asking_until (asking, true, NULL);
  (void)close (fd);
}

static void
test_tcp_no_name (Asking *asking, const void *data)
{
  (void)data;
  if (!asking_has_probe (asking))
    return;
  asking_begin (asking, "tcp:no..name:80");
  asking_expect_unknown (asking, "its name is not resolved yet");
  while (!g_str_has_prefix (endpoint_ask (asking->endpoint)->text,
                            "its name cannot be resolved: "))
    (void)g_main_context_iteration (asking->context, TRUE);
  g_assert_false (endpoint_ask (asking->endpoint)->is_unknown);
  asking_expect_told (asking, true);
}

/* --- Unix ------------------------------------------------------------------
 */

static int
bind_unix (const char *path, bool is_abstract)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  const int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  memcpy (name.sun_path + is_abstract, path, strlen (path));
  g_assert_cmpint (bind (fd, (struct sockaddr *)&name,
                         (socklen_t)(offsetof (struct sockaddr_un, sun_path)
                                     + is_abstract + strlen (path))),
                   ==, 0);
  return fd;
}

static void
test_unix (Asking *asking, const void *data)
{
  g_autofree char *run = g_build_filename (asking->dir, "run", NULL);
  g_autofree char *deep = g_build_filename (run, "deep", NULL);
  g_autofree char *path = g_build_filename (deep, "x.sock", NULL);
  const char *bound = "the socket \"run/deep/x.sock\" is there, but nothing "
                      "listens on it";
  (void)data;

  asking_begin (asking, "unix:run/deep/x.sock");
  asking_expect (asking, false, "there is no \"run/deep/x.sock\"");
  asking_expect_told (asking, true);
  g_assert_cmpint (g_mkdir (run, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (deep, 0700), ==, 0);
  const int fd = bind_unix (path, false);
  (void)asking_until (asking, false, bound);
  asking_expect_told (asking, false);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  const EndpointAnswer *answer
      = asking_until (asking, true, "\"run/deep/x.sock\" is still listened on");
  g_assert_cmpuint (answer->inodes->len, ==, 1);
  (void)close (fd);
  (void)asking_until (asking, false, bound); /* a stale file */
  g_assert_cmpint (g_unlink (path), ==, 0);
  (void)asking_until (asking, false, "there is no \"run/deep/x.sock\"");
  asking_expect_told (asking, true);
  g_assert_cmpint (g_rmdir (deep), ==, 0);
  g_assert_cmpint (g_rmdir (run), ==, 0);
}

static void
ask_unix_without_netlink (void *data)
{
  Asking *asking = data;

  asking_begin (asking, "unix:x.sock");
  asking_expect (asking, true, "\"x.sock\" is still listened on");
  asking_begin (asking, "unix:bound.sock");
  asking_expect (asking, false,
                 "the socket \"bound.sock\" is there, but nothing listens on "
                 "it");
  asking_begin (asking, "unix:relative.sock");
  asking_expect (asking, true, "\"relative.sock\" is still listened on");
  g_assert_cmpint (endpoint_ask (asking->endpoint)->pid, ==, getppid ());
}

static void
test_unix_without_netlink (Asking *asking, const void *data)
{
  g_autofree char *path = g_build_filename (asking->dir, "x.sock", NULL);
  g_autofree char *bound = g_build_filename (asking->dir, "bound.sock", NULL);
  g_autofree char *relative
      = g_build_filename (asking->dir, "relative.sock", NULL);
  g_autofree char *before = g_get_current_dir ();
  const int fds[] = { bind_unix (path, false), bind_unix (bound, false) };
  (void)data;

  g_assert_cmpint (g_chdir (asking->dir), ==, 0);
  const int fd = bind_unix ("relative.sock", false);
  g_assert_cmpint (g_chdir (before), ==, 0);
  g_assert_cmpint (listen (fds[0], 1), ==, 0);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  asking_run_without_netlink (ask_unix_without_netlink, asking);
  (void)close (fds[0]);
  (void)close (fds[1]);
  (void)close (fd);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_unlink (bound), ==, 0);
  g_assert_cmpint (g_unlink (relative), ==, 0);
}

static void
test_unix_no_socket (Asking *asking, const void *data)
{
  g_autofree char *path = g_build_filename (asking->dir, "x", NULL);
  (void)data;

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  asking_begin (asking, "unix:x");
  asking_expect (asking, false, "\"x\" is not a socket");
  asking_expect_told (asking, true);
  g_assert_cmpint (g_unlink (path), ==, 0);
  const int fd = bind_unix (path, false);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  (void)asking_until (asking, true, NULL);
  (void)close (fd);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

/* Bound by a path that is short, in a directory that is deep. */
static void
test_unix_long (Asking *asking, const void *data)
{
  g_autofree char *name = g_strnfill (100, 'd');
  g_autofree char *deep = g_build_filename (asking->dir, name, NULL);
  g_autofree char *path = g_build_filename (deep, "x.sock", NULL);
  g_autofree char *before = g_get_current_dir ();
  (void)data;

  g_assert_cmpint (g_mkdir (deep, 0700), ==, 0);
  g_assert_cmpint (g_chdir (deep), ==, 0);
  const int fd = bind_unix ("x.sock", false);
  g_assert_cmpint (g_chdir (before), ==, 0);
  asking_begin (asking, "unix:%s/x.sock", name);
  g_assert_false (endpoint_ask (asking->endpoint)->is_there);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  (void)asking_until (asking, true, NULL);
  (void)close (fd);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (deep), ==, 0);
}

static void
test_abstract (Asking *asking, const void *data)
{
  g_autofree char *name = g_path_get_basename (asking->dir);
  g_autofree char *nothing
      = g_strdup_printf ("there is no socket \"@%s\"", name);
  g_autofree char *bound = g_strdup_printf (
      "the socket \"@%s\" is there, but nothing listens on it", name);
  (void)data;

  asking_begin (asking, "unix:@%s", name);
  asking_expect (asking, false, nothing);
  const int fd = bind_unix (name, true);
  (void)asking_until (asking, false, bound);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  (void)asking_until (asking, true, NULL);
  (void)close (fd);
  (void)asking_until (asking, false, nothing);
}

/* --- HTTP ------------------------------------------------------------------
 */

/* Answers each connection with the next of these texts, the last one for
 * ever. */
static pid_t
fork_server (int fd, const char *const *answers)
{
  const pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid > 0)
    return pid;
  (void)prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (;;)
    {
      char buffer[4096];
      const int client = accept (fd, NULL, NULL);
      if (client < 0)
        _exit (1);
      if (answers[0][0] != '\0'
          && (read (client, buffer, sizeof buffer) <= 0
              || write (client, answers[0], strlen (answers[0])) < 0))
        _exit (1);
      (void)close (client);
      if (answers[1] != NULL)
        answers++;
    }
}

typedef struct
{
  const char *path;
  const char *answers[4];
  const char *refused; /* what is said of the first; NULL: it is good */
  const char *good;    /* how it answers at last; NULL: never well */
} HttpCase;

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

static const HttpCase http_cases[] = {
  { "/endpoint/http/200", { OK }, NULL, "it still answers: HTTP status 200" },
  { "/endpoint/http/301",
    { "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\n"
      "Content-Length: 0\r\n\r\n" },
    NULL,
    "it still answers: HTTP status 301" },
  { "/endpoint/http/503-then-200",
    { "HTTP/1.1 503 Not yet\r\nContent-Length: 0\r\n\r\n", OK },
    NULL,
    "it still answers: HTTP status 200" },
  { "/endpoint/http/body-is-cut",
    { "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort" },
    NULL,
    "it still answers: HTTP status 200" },
  { "/endpoint/http/404",
    { "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" },
    "HTTP status 404",
    NULL },
  { "/endpoint/http/garbage",
    { "220 smtp ready\r\n" },
    "the answer is not HTTP",
    NULL },
  { "/endpoint/http/empty", { "\n" }, "the answer is not HTTP", NULL },
  { "/endpoint/http/closes-at-once",
    { "" },
    "the connection was closed without an answer",
    NULL },
};

static void
test_http (Asking *asking, const void *data)
{
  const HttpCase *http = data;
  uint16_t port;
  const int fd = bind_tcp ("127.0.0.1", false, &port);
  if (!asking_has_probe (asking))
    {
      (void)close (fd);
      return;
    }

  asking_begin (asking, "http://127.0.0.1:%u/x", port);
  asking_expect_unknown (asking, "no answer yet");
  asking_expect_told (asking, true);
  (void)asking_until (asking, false, "connection refused");
  g_assert_cmpint (listen (fd, 5), ==, 0);
  const pid_t server = fork_server (fd, http->answers);
  (void)close (fd);
  if (http->refused != NULL)
    (void)asking_until (asking, false, http->refused);
  if (http->good != NULL)
    {
      const EndpointAnswer *answer = asking_until (asking, true, http->good);
      g_assert_cmpuint (answer->inodes->len, ==, 1);
    }
  (void)kill (server, SIGKILL);
  g_assert_cmpint (waitpid (server, NULL, 0), ==, server);
  (void)asking_until (asking, false, "connection refused");
}

/* It is connected, and takes its time. */
static void
test_http_slow (Asking *asking, const void *data)
{
  char buffer[4096];
  uint16_t port;
  const int fd = bind_tcp ("127.0.0.1", false, &port);
  (void)data;
  if (!asking_has_probe (asking))
    {
      (void)close (fd);
      return;
    }

  asking_begin (asking, "http://127.0.0.1:%u/x", port);
  (void)asking_until (asking, false, "connection refused");
  g_assert_cmpint (listen (fd, 5), ==, 0);
  (void)asking_until (asking, false, "connected; no answer yet");
  asking_expect_unknown (asking, "connected; no answer yet");
  const int client = accept (fd, NULL, NULL);
  g_assert_cmpint (read (client, buffer, sizeof buffer), >, 0);
  g_assert_cmpint (write (client, OK, strlen (OK)), ==, strlen (OK));
  (void)asking_until (asking, true, "it still answers: HTTP status 200");

  /* The next answer does not come: not at once, but then it is said. */
  (void)asking_until (asking, false, "connected; no answer yet");
  (void)close (client);
  (void)close (fd);
}

static void
test_no_probe (Asking *asking, const void *data)
{
  (void)data;
  g_free (asking->probe);
  asking->probe = g_strdup ("/nonexistent/proctor-probe");
  asking_begin (asking, "http://127.0.0.1:1/");
  asking_expect (
      asking, false,
      "cannot execute \"/nonexistent/proctor-probe\": No such file or "
      "directory");
  g_assert_true (endpoint_ask (asking->endpoint)->is_hopeless);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func)                                                  \
  g_test_add (path, Asking, data, asking_set_up, func, asking_tear_down)
  for (size_t i = 0; i < G_N_ELEMENTS (tcp_cases); i++)
    ADD (tcp_cases[i].path, &tcp_cases[i], test_tcp);
  ADD ("/endpoint/tcp/v6only", NULL, test_tcp_v6only);
  ADD ("/endpoint/tcp/without-netlink", NULL, test_tcp_without_netlink);
  ADD ("/endpoint/tcp/name", NULL, test_tcp_name);
  ADD ("/endpoint/tcp/no-such-name", NULL, test_tcp_no_name);
  ADD ("/endpoint/unix/comes-and-goes", NULL, test_unix);
  ADD ("/endpoint/unix/without-netlink", NULL, test_unix_without_netlink);
  ADD ("/endpoint/unix/no-socket", NULL, test_unix_no_socket);
  ADD ("/endpoint/unix/long-path", NULL, test_unix_long);
  ADD ("/endpoint/unix/abstract", NULL, test_abstract);
  for (size_t i = 0; i < G_N_ELEMENTS (http_cases); i++)
    ADD (http_cases[i].path, &http_cases[i], test_http);
  ADD ("/endpoint/http/slow", NULL, test_http_slow);
  ADD ("/endpoint/http/no-probe", NULL, test_no_probe);
  return g_test_run ();
}
