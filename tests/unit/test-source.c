#include "config.h"

#include "base/source.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct
{
  const char *path;
  const char *text;
  uint32_t at; /* in the text */
  unsigned line;
  unsigned column;
  const char *line_text;
} PlaceCase;

static const PlaceCase places[] = {
  { "/source/line/empty", "", 0, 1, 1, "" },
  { "/source/line/first", "wait p", 5, 1, 6, "wait p" },
  { "/source/line/second", "a\nwait p\n", 2, 2, 1, "wait p" },
  { "/source/line/newline", "a\nb", 1, 1, 2, "a" },
  { "/source/line/end", "a\n", 2, 2, 1, "" },
  { "/source/line/end-unfinished", "a\nbc", 4, 2, 3, "bc" },
  { "/source/line/behind-the-end", "ab", 9, 1, 3, "ab" },
  { "/source/line/crlf", "a\r\nbc\r\n", 3, 2, 1, "bc" },
  { "/source/line/tab", "\twait", 1, 1, 9, "\twait" },
  { "/source/line/tab-later", "abc\twait", 4, 1, 9, "abc\twait" },
  { "/source/line/wide", "\u4e2d\u4e2dx", 6, 1, 5, "\u4e2d\u4e2dx" },
  { "/source/line/combining", "u\u0308x", 3, 1, 2, "u\u0308x" },
  { "/source/line/malformed", "\xff\xffx", 2, 1, 3, "\xff\xffx" },
};

static void
test_place (const void *data)
{
  const PlaceCase *const c = data;
  g_autoptr (Sources) sources = sources_new ();
  const Source *source = sources_add (sources, "p", c->text, strlen (c->text));
  /* Twice: what was counted is kept. */
  const SourceLine first = source_line (source, source->base + c->at);
  const SourceLine line = source_line (source, source->base + c->at);
  g_autofree char *text = g_strndup (line.text, line.n_text);

  g_assert_cmpuint (line.line, ==, c->line);
  g_assert_cmpuint (line.column, ==, c->column);
  g_assert_cmpuint (first.column, ==, c->column);
  g_assert_cmpstr (text, ==, c->line_text);
}

/* Columns of one line, asked for in any order. */
static void
test_column_order (void)
{
  g_autoptr (Sources) sources = sources_new ();
  const Source *source = sources_add (sources, "p", "ab\tc\td\n\te", 9);
  static const unsigned columns[] = { 1, 2, 3, 9, 10, 17, 18, 1, 9 };

  for (unsigned i = 0; i < 200; i++)
    {
      const unsigned at = i * 7 % G_N_ELEMENTS (columns);

      g_assert_cmpuint (source_line (source, source->base + at).column, ==,
                        columns[at]);
    }
}

static void
test_find (void)
{
  g_autoptr (Sources) sources = sources_new ();
  const Source *a = sources_add (sources, "a", "one", 3);
  const Source *b = sources_add (sources, "b", "", 0);
  const Source *c = sources_add (sources, "c", "two", 3);

  g_assert_null (sources_find (sources, SRC_SPAN_NONE.begin));
  g_assert_true (sources_find (sources, a->base) == a);
  g_assert_true (sources_find (sources, a->base + 3) == a);
  g_assert_true (sources_find (sources, b->base) == b);
  g_assert_true (sources_find (sources, c->base) == c);
  g_assert_true (sources_find (sources, c->base + 3) == c);
  g_assert_null (sources_find (sources, c->base + 4));
}

static void
test_ends_with_nuls (void)
{
  g_autoptr (Sources) sources = sources_new ();
  const Source *source = sources_add (sources, "a", "one", 3);

  g_assert_cmpmem (source->text, 5, "one\0\0", 5);
}

/* --- Files --------------------------------------------------------------- */

typedef struct
{
  char *dir;
  char *old_dir;
  Sources *sources;
} Fixture;

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data; /* the same for all */
  fixture->old_dir = g_get_current_dir ();
  fixture->dir = g_dir_make_tmp ("source-XXXXXX", NULL);
  g_assert_nonnull (fixture->dir);
  g_assert_cmpint (g_chdir (fixture->dir), ==, 0);
  g_assert_true (g_file_set_contents ("a.plan", "run true\n", -1, NULL));
  g_assert_cmpint (g_mkdir ("sub", 0700), ==, 0);
  fixture->sources = sources_new ();
}

static void
tear_down (Fixture *fixture, const void *data)
{
  static const char *const names[] = { "a.plan", "b.plan", "sub" };

  (void)data; /* the same for all */
  sources_free (fixture->sources);
  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++)
    (void)remove (names[i]); /* not every test has all */
  g_assert_cmpint (g_chdir (fixture->old_dir), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->old_dir);
  g_free (fixture->dir);
}

static void
test_read (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  const Source *source = sources_read (fixture->sources, "a.plan", &error);

  (void)data;
  g_assert_no_error (error);
  g_assert_cmpstr (source->name, ==, "a.plan");
  g_assert_cmpstr (source->text, ==, "run true\n");
  g_assert_cmpuint (source->n_text, ==, 9);
}

static void
test_read_once (Fixture *fixture, const void *data)
{
  const Source *source = sources_read (fixture->sources, "a.plan", NULL);

  (void)data;
  g_assert_true (g_file_set_contents ("a.plan", "changed\n", -1, NULL));
  g_assert_true (sources_read (fixture->sources, "a.plan", NULL) == source);
  g_assert_true (sources_read (fixture->sources, "./a.plan", NULL) == source);
  g_assert_true (sources_read (fixture->sources, "sub/../a.plan", NULL)
                 == source);
}

/* Two links have directories and names of their own. */
static void
test_read_link (Fixture *fixture, const void *data)
{
  const Source *source = sources_read (fixture->sources, "a.plan", NULL);

  (void)data;
  g_assert_cmpint (symlink ("a.plan", "b.plan"), ==, 0);
  g_assert_true (sources_read (fixture->sources, "b.plan", NULL) != source);
}

static void
test_read_pipe (Fixture *fixture, const void *data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int ends[2];

  (void)data;
  g_string_printf (text, "%040000d", 1); /* less than a pipe holds */
  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_cmpint (write (ends[1], text->str, text->len), ==, text->len);
  close (ends[1]);

  g_autofree char *path = g_strdup_printf ("/dev/fd/%d", ends[0]);
  const Source *source = sources_read (fixture->sources, path, NULL);

  close (ends[0]);
  g_assert_cmpstr (source->text, ==, text->str);
}

static void
test_read_stdin (Fixture *fixture, const void *data)
{
  const int saved = dup (STDIN_FILENO);
  const int fd = open ("a.plan", O_RDONLY | O_CLOEXEC);

  (void)data;
  g_assert_cmpint (dup2 (fd, STDIN_FILENO), ==, STDIN_FILENO);
  close (fd);

  const Source *source = sources_read (fixture->sources, "-", NULL);

  g_assert_cmpint (dup2 (saved, STDIN_FILENO), ==, STDIN_FILENO);
  close (saved);
  g_assert_cmpstr (source->name, ==, "-");
  g_assert_cmpstr (source->text, ==, "run true\n");
  g_assert_true (sources_read (fixture->sources, "-", NULL) == source);
}

static void
test_read_missing (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;

  (void)data;
  g_assert_null (sources_read (fixture->sources, "none.plan", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_cmpstr (error->message, ==,
                   "cannot read \"none.plan\": No such file or directory");
}

static void
test_read_directory (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;

  (void)data;
  g_assert_null (sources_read (fixture->sources, "sub", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  g_assert_cmpstr (error->message, ==,
                   "cannot read \"sub\": it is a directory");
}

static void
test_read_unreadable (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;

  (void)data;
  g_assert_cmpint (g_chmod ("a.plan", 0), ==, 0);
  if (access ("a.plan", R_OK) == 0)
    {
      g_test_skip ("root reads everything");
      return;
    }
  g_assert_null (sources_read (fixture->sources, "a.plan", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
}

/* Neither waited for, nor read for ever. */
static void
test_read_no_file (Fixture *fixture, const void *data)
{
  const struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "s" };
  const int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  static const struct
  {
    const char *path;
    const char *message;
  } rows[] = {
    { "f", "cannot read \"f\": it is a FIFO, not a file" },
    { "s", "cannot read \"s\": it is a socket, not a file" },
    { "/dev/zero", "cannot read \"/dev/zero\": it is a device, not a file" },
    { "/dev/null", "cannot read \"/dev/null\": it is a device, not a file" },
  };

  (void)data;
  g_assert_cmpint (mkfifo ("f", 0600), ==, 0);
  g_assert_cmpint (bind (fd, (const struct sockaddr *)&name, sizeof name), ==,
                   0);
  for (unsigned i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (sources_read (fixture->sources, rows[i].path, &error));
      g_assert_cmpstr (error->message, ==, rows[i].message);
      g_assert_nonnull (strstr (sources_way_out (error), "standard input"));
    }
  close (fd);
  g_assert_cmpint (unlink ("f"), ==, 0);
  g_assert_cmpint (unlink ("s"), ==, 0);
}

/* As large as it may be, and a byte more. */
static void
test_read_too_large (Fixture *fixture, const void *data)
{
  g_autoptr (GError) error = NULL;
  const int fd = open ("b.plan", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  (void)data;
  g_assert_cmpint (ftruncate (fd, SOURCE_MOST), ==, 0);
  g_assert_nonnull (sources_read (fixture->sources, "b.plan", &error));
  g_assert_cmpint (ftruncate (fd, SOURCE_MOST + 1), ==, 0);
  close (fd);
  g_assert_cmpint (link ("b.plan", "c.plan"), ==, 0);
  g_assert_null (sources_read (fixture->sources, "c.plan", &error));
  g_assert_cmpstr (error->message, ==,
                   "cannot read \"c.plan\": it is larger than 16M");
  g_assert_nonnull (strstr (sources_way_out (error), "include"));
  g_assert_cmpint (unlink ("c.plan"), ==, 0);
}

/* Standard input may be anything, and need not end. */
static void
test_read_endless (Fixture *fixture, const void *data)
{
  const int saved = dup (STDIN_FILENO);
  const int fd = open ("/dev/zero", O_RDONLY | O_CLOEXEC);
  g_autoptr (GError) error = NULL;

  (void)data;
  g_assert_cmpint (dup2 (fd, STDIN_FILENO), ==, STDIN_FILENO);
  close (fd);
  g_assert_null (sources_read (fixture->sources, "-", &error));
  g_assert_cmpint (dup2 (saved, STDIN_FILENO), ==, STDIN_FILENO);
  close (saved);
  g_assert_cmpstr (error->message, ==,
                   "cannot read \"-\": it is larger than 16M");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, const void *data);
  } tests[] = {
    { "/source/read/file", test_read },
    { "/source/read/once", test_read_once },
    { "/source/read/link", test_read_link },
    { "/source/read/pipe", test_read_pipe },
    { "/source/read/stdin", test_read_stdin },
    { "/source/read/missing", test_read_missing },
    { "/source/read/directory", test_read_directory },
    { "/source/read/unreadable", test_read_unreadable },
    { "/source/read/no-file", test_read_no_file },
    { "/source/read/too-large", test_read_too_large },
    { "/source/read/endless", test_read_endless },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (places); i++)
    g_test_add_data_func (places[i].path, &places[i], test_place);
  g_test_add_func ("/source/line/any-order", test_column_order);
  g_test_add_func ("/source/find", test_find);
  g_test_add_func ("/source/ends-with-nuls", test_ends_with_nuls);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
