#include "config.h"

#include "plan/target.h"

#include <glib.h>
#include <string.h>

/* "KIND HOST PORT PATH", "-" for what there is none of; or what is wrong, and
 * after a line feed the note. */
static char *
describe (const char *text)
{
  static const char *const kinds[]
      = { "tcp", "unix", "file", "pidfile", "http" };
  Target target;
  char *wrong, *note;

  if (!target_parse (text, &target, &wrong, &note))
    {
      char *both = note == NULL ? g_strdup (wrong)
                                : g_strconcat (wrong, "\n", note, NULL);
      g_free (wrong);
      g_free (note);
      return both;
    }
  g_assert_null (wrong);
  g_assert_null (note);
  g_assert_cmpstr (target.text, ==, text);
  g_assert_cmpint (target_can_be_held (&target), ==,
                   target.kind != TARGET_FILE);
  char *all = g_strdup_printf (
      "%s%s %s %d %s", kinds[target.kind], target.is_abstract ? "@" : "",
      target.host != NULL ? target.host : "-", target.port,
      target.path != NULL ? target.path : "-");
  target_clear (&target);
  return all;
}

static const struct
{
  const char *path;
  const char *text;
  const char *expected;
} cases[] = {
  { "/target/tcp/port", "tcp:80", "tcp - 80 -" },
  { "/target/tcp/address", "tcp:127.0.0.1:65535", "tcp 127.0.0.1 65535 -" },
  { "/target/tcp/name", "tcp:my_db-1.local:1", "tcp my_db-1.local 1 -" },
  { "/target/tcp/ipv6", "tcp:[::1]:80", "tcp ::1 80 -" },
  { "/target/tcp/scope", "tcp:[fe80::1%lo]:80", "tcp fe80::1%lo 80 -" },
  { "/target/tcp/port-zero", "tcp:localhost:0",
    "\"0\" is not a port\na port is a number from 1 to 65535" },
  { "/target/tcp/port-too-large", "tcp:65536",
    "\"65536\" is not a port\na port is a number from 1 to 65535" },
  { "/target/tcp/port-huge", "tcp:99999999999999999999999",
    "\"99999999999999999999999\" is not a port\n"
    "a port is a number from 1 to 65535" },
  { "/target/tcp/port-a-word", "tcp:localhost:http",
    "\"http\" is not a port\na port is a number from 1 to 65535" },
  { "/target/tcp/port-negative", "tcp:localhost:-1",
    "\"-1\" is not a port\na port is a number from 1 to 65535" },
  { "/target/tcp/nothing",
    "tcp:", "\"\" is not a port\na port is a number from 1 to 65535" },
  { "/target/tcp/no-port", "tcp:localhost",
    "\"tcp:localhost\" has no port\ndid you mean \"tcp:localhost:80\"?" },
  { "/target/tcp/no-port-of-address", "tcp:127.0.0.1",
    "\"tcp:127.0.0.1\" has no port\ndid you mean \"tcp:127.0.0.1:80\"?" },
  { "/target/tcp/no-host", "tcp::80",
    "there is no host before the port\n"
    "any address of this machine is \"tcp:80\"" },
  { "/target/tcp/no-brackets", "tcp:::1:80",
    "an IPv6 address stands in brackets\ndid you mean \"tcp:[::1]:80\"?" },
  { "/target/tcp/no-ipv6", "tcp:[localhost]:80",
    "\"[localhost]\" is neither a host nor an address\n"
    "a host is 127.0.0.1, [::1] or a name such as localhost" },
  { "/target/tcp/no-ipv4", "tcp:127.0.0.256:80",
    "\"127.0.0.256\" is neither a host nor an address\n"
    "a host is 127.0.0.1, [::1] or a name such as localhost" },
  { "/target/tcp/url", "tcp://localhost:80",
    "\"tcp://localhost:80\" is no URL\ndid you mean \"tcp:localhost:80\"?" },

  { "/target/unix/path", "unix:run/x.sock", "unix - 0 run/x.sock" },
  { "/target/unix/abstract", "unix:@name", "unix@ - 0 name" },
  { "/target/unix/nothing", "unix:", "there is no path after \"unix:\"" },
  { "/target/file/path", "file:/tmp/a b:c", "file - 0 /tmp/a b:c" },
  { "/target/file/nothing", "file:", "there is no path after \"file:\"" },
  { "/target/pidfile/path", "pidfile:x.pid", "pidfile - 0 x.pid" },

  { "/target/http/default-port", "http://localhost", "http localhost 80 -" },
  { "/target/http/default-tls-port", "https://localhost/?q:1",
    "http localhost 443 -" },
  { "/target/http/all", "http://me:pw@127.0.0.1:81/a:b@c#d",
    "http 127.0.0.1 81 -" },
  { "/target/http/ipv6", "http://[::1]:81/", "http ::1 81 -" },
  { "/target/http/ipv6-default-port", "http://[::1]/", "http ::1 80 -" },
  { "/target/http/no-host", "http:///status",
    "there is no host in the URL\na URL is http://127.0.0.1:8080/status" },
  { "/target/http/no-host-but-port", "http://:80/",
    "there is no host in the URL\na URL is http://127.0.0.1:8080/status" },
  { "/target/http/one-slash", "http:/localhost",
    "two slashes come before the host\na URL is http://127.0.0.1:8080/status" },
  { "/target/http/port", "http://localhost:99999/",
    "\"99999\" is not a port\na port is a number from 1 to 65535" },
  { "/target/http/blank", "http://localhost/a b",
    "there are no blanks and controls in a URL\na blank is written %20" },

  { "/target/kind/mistyped", "tpc:80",
    "\"tpc:80\" is nothing that can be awaited\ndid you mean \"tcp:80\"?" },
  { "/target/kind/mistyped-url", "htpp://localhost/",
    "\"htpp://localhost/\" is nothing that can be awaited\n"
    "did you mean \"http://localhost/\"?" },
  { "/target/kind/capital", "TCP:80",
    "\"TCP:80\" is nothing that can be awaited\ndid you mean \"tcp:80\"?" },
  { "/target/kind/path", "/run/x.pid",
    "\"/run/x.pid\" is nothing that can be awaited\n"
    "did you mean \"file:/run/x.pid\"?" },
  { "/target/kind/port", "5432",
    "\"5432\" is nothing that can be awaited\ndid you mean \"tcp:5432\"?" },
  { "/target/kind/address", "localhost:5432",
    "\"localhost:5432\" is nothing that can be awaited\n"
    "did you mean \"tcp:localhost:5432\"?" },
  { "/target/kind/ipv6", "[::1]:5432",
    "\"[::1]:5432\" is nothing that can be awaited\n"
    "did you mean \"tcp:[::1]:5432\"?" },
  { "/target/kind/unknown", "bluetooth:\x1b",
    "\"bluetooth:\\x1b\" is nothing that can be awaited\n"
    "what can be: tcp:HOST:PORT, tcp:PORT, unix:PATH, file:PATH, "
    "pidfile:PATH, http://HOST:PORT/PATH" },
  { "/target/kind/nothing", "",
    "\"\" is nothing that can be awaited\n"
    "what can be: tcp:HOST:PORT, tcp:PORT, unix:PATH, file:PATH, "
    "pidfile:PATH, http://HOST:PORT/PATH" },
};

static void
test_case (const void *data)
{
  const size_t i = GPOINTER_TO_SIZE (data);
  g_autofree char *got = describe (cases[i].text);

  g_assert_cmpstr (got, ==, cases[i].expected);
}

/* What bind(2) takes, and not a byte more. */
static void
test_unix_length (void)
{
  static const struct
  {
    const char *prefix;
    size_t n_bytes;
    const char *wrong;
  } lengths[] = {
    { "unix:", 107, NULL },
    { "unix:", 108,
      "the path of a socket has at most 107 bytes; this has 108" },
    { "unix:@", 107, NULL },
    { "unix:@", 200,
      "the name of a socket has at most 107 bytes; this has 200" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *path = g_strnfill (lengths[i].n_bytes, 'x');
      g_autofree char *text = g_strconcat (lengths[i].prefix, path, NULL);
      g_autofree char *wrong = NULL;
      g_autofree char *note = NULL;
      Target target;

      g_assert_cmpint (target_parse (text, &target, &wrong, &note), ==,
                       lengths[i].wrong == NULL);
      g_assert_cmpstr (wrong, ==, lengths[i].wrong);
      target_clear (&target);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, GSIZE_TO_POINTER (i), test_case);
  g_test_add_func ("/target/unix/length", test_unix_length);
  return g_test_run ();
}
