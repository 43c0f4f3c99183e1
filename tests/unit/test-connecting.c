#include "config.h"

#include "vm/await/connecting.h"
#include "vm/timer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct
{
  GMainContext *context;
  Timers *timers;
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->timers = timers_new ();
  fixture->dir = g_dir_make_tmp ("test-connecting-XXXXXX", NULL);
  g_assert_nonnull (fixture->dir);
  fixture->path = g_build_filename (fixture->dir, "x.sock", NULL);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  (void)g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->path);
  g_free (fixture->dir);
  timers_free (fixture->timers);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
}

/* --- TCP -------------------------------------------------------------------
 */

static int
bind_tcp (const char *address, uint16_t port, struct sockaddr_in *name)
{
  socklen_t n_name = sizeof *name;
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  *name
      = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons (port) };
  g_assert_cmpint (inet_pton (AF_INET, address, &name->sin_addr), ==, 1);
  g_assert_cmpint (bind (fd, (struct sockaddr *)name, sizeof *name), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)name, &n_name), ==, 0);
  return fd;
}

static void
do_nothing (void *data)
{
  (void)data;
}

/* Between blanks; what comes of it. */
static int
connect_to (const Fixture *fixture, const char *texts, uint16_t port)
{
  GArray *addresses = g_array_new (FALSE, FALSE, sizeof (Address));
  g_auto (GStrv) words = g_strsplit (texts, " ", -1);
  int error;

  for (char **word = words; *word != NULL; word++)
    {
      Address address;
      g_assert_true (address_parse (*word, &address));
      g_array_append_val (addresses, address);
    }
  g_autoptr (Connecting) connecting = connecting_new (
      addresses, port, CONNECTING_MICROSECS, do_nothing, NULL);
  while ((error = connecting_go_on (connecting)) == EINPROGRESS)
    {
      const uint64_t timer = timers_add (fixture->timers, CONNECTING_MICROSECS,
                                         do_nothing, NULL);
      (void)g_main_context_iteration (fixture->context, TRUE);
      timers_remove (fixture->timers, timer);
    }
  return error;
}

static void
test_tcp (Fixture *fixture, const void *data)
{
  struct sockaddr_in name;
  const int fd = bind_tcp ("127.0.0.1", 0, &name);
  const uint16_t port = ntohs (name.sin_port);
  (void)data;

  g_assert_cmpint (connect_to (fixture, "127.0.0.1", port), ==, ECONNREFUSED);
  g_assert_cmpint (listen (fd, 5), ==, 0);
  g_assert_cmpint (connect_to (fixture, "127.0.0.1", port), ==, 0);
  g_assert_cmpint (connect_to (fixture, "127.0.0.2 127.0.0.1", port), ==, 0);
  g_assert_cmpint (connect_to (fixture, "127.0.0.1 127.0.0.2", port), ==, 0);
  g_assert_cmpint (connect_to (fixture, "127.0.0.2 127.0.0.3", port), ==,
                   ECONNREFUSED);
  (void)close (fd);
}

/* Where the queue of a server is full, nothing answers. */
static void
test_no_answer (Fixture *fixture, const void *data)
{
  struct sockaddr_in name;
  int clients[4];
  const int fd = bind_tcp ("127.0.0.1", 0, &name);
  (void)data;

  g_assert_cmpint (listen (fd, 0), ==, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i]
          = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      (void)connect (clients[i], (struct sockaddr *)&name, sizeof name);
    }
  g_assert_cmpint (connect_to (fixture, "127.0.0.1", ntohs (name.sin_port)), ==,
                   ETIMEDOUT);
  for (size_t i = 0; i < G_N_ELEMENTS (clients); i++)
    (void)close (clients[i]);
  (void)close (fd);
}

/* --- Unix ------------------------------------------------------------------
 */

static int
bind_unix (int type, const char *path, bool is_abstract)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };
  const int fd = socket (AF_UNIX, type | SOCK_CLOEXEC, 0);

  memcpy (name.sun_path + is_abstract, path, strlen (path));
  g_assert_cmpint (bind (fd, (struct sockaddr *)&name,
                         (socklen_t)(offsetof (struct sockaddr_un, sun_path)
                                     + is_abstract + strlen (path))),
                   ==, 0);
  return fd;
}

static void
test_unix (Fixture *fixture, const void *data)
{
  static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET };
  pid_t pid;
  (void)data;

  g_assert_cmpint (connecting_try_unix (fixture->path, false, &pid), ==,
                   ENOENT);
  for (size_t i = 0; i < G_N_ELEMENTS (types); i++)
    {
      const int fd = bind_unix (types[i], fixture->path, false);
      g_assert_cmpint (connecting_try_unix (fixture->path, false, &pid), ==,
                       ECONNREFUSED);
      g_assert_cmpint (pid, ==, 0);
      g_assert_cmpint (listen (fd, 0), ==, 0);
      /* Until the queue is full, and then too. */
      for (int n = 0; n < 3; n++)
        g_assert_cmpint (connecting_try_unix (fixture->path, false, &pid), ==,
                         0);
      (void)close (fd);
      g_assert_cmpint (g_unlink (fixture->path), ==, 0);
    }

  const int fd = bind_unix (SOCK_DGRAM, fixture->path, false);
  g_assert_cmpint (connecting_try_unix (fixture->path, false, &pid), ==, 0);
  (void)close (fd);
  g_assert_cmpint (connecting_try_unix (fixture->path, false, &pid), ==,
                   ECONNREFUSED);
}

static void
test_unix_peer (Fixture *fixture, const void *data)
{
  const int fd = bind_unix (SOCK_STREAM, fixture->path, false);
  pid_t pid;
  (void)data;

  g_assert_cmpint (listen (fd, 5), ==, 0);
  g_assert_cmpint (connecting_try_unix (fixture->path, false, &pid), ==, 0);
  g_assert_cmpint (pid, ==, getpid ());
  (void)close (fd);
}

static void
test_unix_long (Fixture *fixture, const void *data)
{
  g_autofree char *name = g_strnfill (120, 'd');
  g_autofree char *deep = g_build_filename (fixture->dir, name, NULL);
  g_autofree char *path = g_build_filename (deep, "x.sock", NULL);
  g_autofree char *before = g_get_current_dir ();
  pid_t pid;
  (void)data;

  g_assert_cmpint (connecting_try_unix (path, false, &pid), ==, ENOENT);
  g_assert_cmpint (g_mkdir (deep, 0700), ==, 0);
  g_assert_cmpint (g_chdir (deep), ==, 0);
  const int fd = bind_unix (SOCK_STREAM, "x.sock", false);
  g_assert_cmpint (g_chdir (before), ==, 0);
  g_assert_cmpint (listen (fd, 5), ==, 0);
  g_assert_cmpint (connecting_try_unix (path, false, &pid), ==, 0);
  (void)close (fd);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (deep), ==, 0);
}

static void
test_abstract (Fixture *fixture, const void *data)
{
  g_autofree char *name = g_path_get_basename (fixture->dir);
  pid_t pid;
  (void)data;

  g_assert_cmpint (connecting_try_unix (name, true, &pid), ==, ECONNREFUSED);
  const int fd = bind_unix (SOCK_STREAM, name, true);
  g_assert_cmpint (connecting_try_unix (name, true, &pid), ==, ECONNREFUSED);
  g_assert_cmpint (listen (fd, 5), ==, 0);
  g_assert_cmpint (connecting_try_unix (name, true, &pid), ==, 0);
  (void)close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/connecting/tcp/each-in-turn", test_tcp);
  ADD ("/connecting/tcp/no-answer", test_no_answer);
  ADD ("/connecting/unix/types", test_unix);
  ADD ("/connecting/unix/peer", test_unix_peer);
  ADD ("/connecting/unix/long-path", test_unix_long);
  ADD ("/connecting/unix/abstract", test_abstract);
  return g_test_run ();
}
