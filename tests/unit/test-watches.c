#include "config.h"

#include "vm/watches.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct
{
  GMainContext *context;
  Watches *watches;
  char *dir;
  GString *told;
} Fixture;

/* Who watches, and what is done when it is told. */
typedef struct User
{
  Fixture *fixture;
  char name;
  Watch *watch;
  struct User *frees; /* NULL: nobody */
  bool ends_all;
} User;

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->context = g_main_context_new ();
  g_main_context_push_thread_default (fixture->context);
  fixture->watches = watches_new ();
  fixture->dir = g_dir_make_tmp ("test-watches-XXXXXX", NULL);
  fixture->told = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  watches_free (fixture->watches);
  g_main_context_pop_thread_default (fixture->context);
  g_main_context_unref (fixture->context);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
  (void)g_string_free (fixture->told, TRUE);
}

static void
on_event (uint32_t mask, const char *name, void *data)
{
  User *user = data;
  Fixture *fixture = user->fixture;

  g_string_append_printf (fixture->told, "%c:%s%s%s%s%s ", user->name,
                          (mask & IN_CREATE) != 0 ? "create" : "",
                          (mask & IN_MODIFY) != 0 ? "modify" : "",
                          (mask & IN_Q_OVERFLOW) != 0 ? "overflow" : "",
                          (mask & IN_IGNORED) != 0 ? "ignored" : "",
                          name != NULL ? name : "");
  if (user->frees != NULL)
    g_clear_pointer (&user->frees->watch, watch_free);
  if (user->ends_all)
    g_clear_pointer (&fixture->watches, watches_free);
}

static void
watch (Fixture *fixture, User *user, char name, const char *path, uint32_t mask)
{
  g_autoptr (GError) error = NULL;

  user->fixture = fixture;
  user->name = name;
  user->watch
      = watches_add (fixture->watches, path, mask, on_event, user, &error);
  g_assert_no_error (error);
}

/* What happened until now is told. */
static const char *
run (Fixture *fixture)
{
  (void)g_string_truncate (fixture->told, 0);
  while (g_main_context_iteration (fixture->context, FALSE))
    ;
  return fixture->told->str;
}

static int
make_file (const Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  const int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static void
remove_file (const Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  g_assert_cmpint (unlink (path), ==, 0);
}

static void
touch (const Fixture *fixture, const char *name)
{
  (void)close (make_file (fixture, name));
  remove_file (fixture, name);
}

/* --- What is told
 * -------------------------------------------------------------- */

/* Each hears what it asked for. */
static void
test_two_on_one (Fixture *fixture, const void *data)
{
  User a = { 0 };
  User b = { 0 };
  (void)data;

  watch (fixture, &a, 'a', fixture->dir, IN_CREATE);
  watch (fixture, &b, 'b', fixture->dir, IN_CREATE | IN_MODIFY);
  const int fd = make_file (fixture, "x");
  g_assert_cmpstr (run (fixture), ==, "a:createx b:createx ");
  g_assert_cmpint (write (fd, "1", 1), ==, 1);
  g_assert_cmpstr (run (fixture), ==, "b:modifyx ");

  watch_free (a.watch);
  g_assert_cmpint (write (fd, "2", 1), ==, 1);
  g_assert_cmpstr (run (fixture), ==, "b:modifyx ");

  watch_free (b.watch);
  g_assert_cmpint (write (fd, "3", 1), ==, 1);
  g_assert_cmpstr (run (fixture), ==, "");

  watch (fixture, &a, 'a', fixture->dir, IN_MODIFY);
  g_assert_cmpint (write (fd, "4", 1), ==, 1);
  g_assert_cmpstr (run (fixture), ==, "a:modifyx ");
  watch_free (a.watch);
  (void)close (fd);
  remove_file (fixture, "x");
}

/* A log is watched by its descriptor, wherever it is. */
static void
test_descriptor (Fixture *fixture, const void *data)
{
  User a = { 0 };
  const int fd = make_file (fixture, "log");
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  (void)data;

  watch (fixture, &a, 'a', path, IN_MODIFY);
  g_assert_cmpstr (run (fixture), ==, "");
  const int other = make_file (fixture, "log");
  g_assert_cmpint (write (other, "1", 1), ==, 1);
  (void)close (other);
  (void)g_main_context_iteration (fixture->context, TRUE);
  g_assert_cmpstr (fixture->told->str, ==, "a:modify ");
  watch_free (a.watch);
  (void)close (fd);
  remove_file (fixture, "log");
}

/* One that is gone is told so, once; its user may still free it. */
static void
test_gone (Fixture *fixture, const void *data)
{
  User a = { 0 };
  User b = { 0 };
  g_autofree char *path = g_build_filename (fixture->dir, "sub", NULL);
  (void)data;

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  watch (fixture, &a, 'a', path, IN_CREATE);
  watch (fixture, &b, 'b', path, IN_MODIFY);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpstr (run (fixture), ==, "a:ignored b:ignored ");

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  watch_free (a.watch);
  watch (fixture, &a, 'a', path, IN_CREATE);
  watch_free (b.watch);
  touch (fixture, "sub/x");
  g_assert_cmpstr (run (fixture), ==, "a:createx ");
  watch_free (a.watch);
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

/* --- Freeing while it is told
 * ---------------------------------------------------- */

typedef struct
{
  const char *path;
  char who;
  char whom;
  const char *expected;
} FreeCase;

static const FreeCase free_cases[] = {
  { "/watches/free/itself", 'a', 'a', "a:createx b:createx c:createx " },
  { "/watches/free/the-next", 'a', 'b', "a:createx c:createx " },
  { "/watches/free/the-last", 'a', 'c', "a:createx b:createx " },
  { "/watches/free/one-before", 'b', 'a', "a:createx b:createx c:createx " },
  { "/watches/free/the-last-itself", 'c', 'c',
    "a:createx b:createx c:createx " },
};

static void
test_free (Fixture *fixture, const void *data)
{
  const FreeCase *row = data;
  User users[3] = { 0 };

  for (size_t i = 0; i < G_N_ELEMENTS (users); i++)
    watch (fixture, &users[i], (char)('a' + i), fixture->dir, IN_CREATE);
  users[row->who - 'a'].frees = &users[row->whom - 'a'];
  touch (fixture, "x");
  g_assert_cmpstr (run (fixture), ==, row->expected);
  for (size_t i = 0; i < G_N_ELEMENTS (users); i++)
    watch_free (users[i].watch);
}

/* With it, events that were not told yet are gone. */
static void
test_free_all (Fixture *fixture, const void *data)
{
  User a = { 0 };
  (void)data;

  watch (fixture, &a, 'a', fixture->dir, IN_CREATE);
  a.frees = &a;
  touch (fixture, "x");
  touch (fixture, "y");
  g_assert_cmpstr (run (fixture), ==, "a:createx ");

  watch (fixture, &a, 'a', fixture->dir, IN_CREATE);
  a.ends_all = true;
  touch (fixture, "x");
  touch (fixture, "y");
  g_assert_cmpstr (run (fixture), ==, "a:createx ");
  g_assert_null (fixture->watches);
}

/* --- Limits
 * ---------------------------------------------------------------------- */

static uint64_t
read_limit (const char *name)
{
  g_autofree char *path = g_build_filename ("/proc/sys/fs/inotify", name, NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL)
             ? g_ascii_strtoull (text, NULL, 10)
             : 0;
}

/* Too much happened: all are told, and hear of what comes then. */
static void
test_overflow (Fixture *fixture, const void *data)
{
  const uint64_t n_events = read_limit ("max_queued_events");
  User users[3] = { 0 };
  (void)data;

  if (n_events == 0 || n_events > 200000)
    {
      g_test_skip ("fs.inotify.max_queued_events is not usual");
      return;
    }
  watch (fixture, &users[0], 'a', fixture->dir, IN_MODIFY);
  watch (fixture, &users[1], 'b', "/", IN_DELETE_SELF);
  watch (fixture, &users[2], 'c', fixture->dir, IN_CREATE);
  users[0].frees = &users[1];
  const int x = make_file (fixture, "x");
  const int y = make_file (fixture, "y");
  for (uint64_t i = 0; i <= n_events; i++)
    g_assert_cmpint (write (i % 2 == 0 ? x : y, "1", 1), ==, 1);
  g_assert_true (
      g_str_has_suffix (run (fixture), "a:modifyx a:modifyy a:overflow "
                                       "c:overflow ")
      || g_str_has_suffix (fixture->told->str,
                           "a:modifyy a:modifyx a:overflow c:overflow "));
  g_assert_cmpint (write (x, "1", 1), ==, 1);
  g_assert_cmpstr (run (fixture), ==, "a:modifyx ");
  for (size_t i = 0; i < G_N_ELEMENTS (users); i++)
    watch_free (users[i].watch);
  (void)close (x);
  (void)close (y);
  remove_file (fixture, "x");
  remove_file (fixture, "y");
}

static void
assert_refused (Fixture *fixture, const char *path, uint32_t mask,
                const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
      watches_add (fixture->watches, path, mask, on_event, NULL, &error));
  g_assert_nonnull (error);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_refused (Fixture *fixture, const void *data)
{
  struct rlimit before;
  (void)data;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  struct rlimit none = { .rlim_cur = 0, .rlim_max = before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  assert_refused (fixture, "/", IN_MODIFY,
                  "cannot watch files: Too many open files");
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);

  assert_refused (fixture, "/nowhere", IN_MODIFY,
                  "cannot watch \"/nowhere\": No such file or directory");
  assert_refused (fixture, "/dev/null", IN_MODIFY | IN_ONLYDIR,
                  "cannot watch \"/dev/null\": Not a directory");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/watches/told/two-on-one", test_two_on_one);
  ADD ("/watches/told/by-descriptor", test_descriptor);
  ADD ("/watches/told/gone", test_gone);
  ADD ("/watches/free/all", test_free_all);
  ADD ("/watches/limits/overflow", test_overflow);
  ADD ("/watches/limits/refused", test_refused);
  for (size_t i = 0; i < G_N_ELEMENTS (free_cases); i++)
    g_test_add (free_cases[i].path, Fixture, &free_cases[i], set_up, test_free,
                tear_down);
  return g_test_run ();
}
