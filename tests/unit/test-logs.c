#include "config.h"

#include "vm/child/logs.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

typedef struct
{
  const char *path;
  int n_before;      /* numbered lines in the file, a byte each at least */
  const char *text;  /* and what comes then */
  uint64_t from;     /* the tail is of what is behind that */
  size_t n_bytes;    /* the most of it */
  int n_first;       /* the first of the numbered lines in the tail; 0: none */
  const char *after; /* and what comes then */
} Case;

static const Case cases[] = {
  { "/logs/tail/empty", 0, "", 0, 2048, 0, "" },
  { "/logs/tail/short", 2, "end", 0, 2048, 1, "end" },
  { "/logs/tail/as-many-lines", 30, "", 0, 2048, 1, "" },
  { "/logs/tail/one-more", 31, "", 0, 2048, 2, "" },
  { "/logs/tail/last-is-open", 30, "end", 0, 2048, 2, "end" },
  { "/logs/tail/empty-lines", 30, "\n\n", 0, 2048, 3, "\n\n" },
  { "/logs/tail/many-lines", 1000, "", 0, 1 << 20, 971, "" },
  { "/logs/tail/many-bytes", 1, "two\nthree\n", 0, 8, 0, "three\n" },
  { "/logs/tail/no-end-of-line", 1, "abcdefgh", 0, 4, 0, "efgh" },
  { "/logs/tail/from", 1, "two\n", 2, 2048, 0, "two\n" },
};

static void
append_lines (GString *out, int first, int last)
{
  for (int i = first; i > 0 && i <= last; i++)
    g_string_append_printf (out, "%d\n", i);
}

static void
test_tail (const void *data)
{
  const Case *test = data;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) expected = g_string_new ("before\n");
  g_autoptr (GString) tail = g_string_new ("before\n");
  g_autofree char *name = NULL;

  append_lines (text, 1, test->n_before);
  g_string_append (text, test->text);
  append_lines (expected, test->n_first, test->n_before);
  g_string_append (expected, test->after);

  const int fd = g_file_open_tmp ("test-logs-XXXXXX", &name, NULL);
  g_assert_cmpint (write (fd, text->str, text->len), ==, text->len);
  g_assert_cmpuint (logs_append_tail_of (fd, test->from, test->n_bytes, tail),
                    ==, text->len - test->from);
  g_assert_cmpstr (tail->str, ==, expected->str);

  g_string_assign (tail, "before\n");
  g_assert_cmpuint (
      logs_append_tail (AT_FDCWD, name, test->from, test->n_bytes, tail), ==,
      text->len - test->from);
  g_assert_cmpstr (tail->str, ==, expected->str);
  (void)close (fd);
  g_assert_cmpint (g_unlink (name), ==, 0);
}

/* --- Which file it is ------------------------------------------------------
 */

static LogIdentity
make (int dir, const char *name)
{
  g_autoptr (GError) error = NULL;
  LogIdentity identity;

  const int fd = logs_create (dir, name, &identity, &error);
  g_assert_no_error (error);
  g_assert_cmpint (close (fd), ==, 0);
  return identity;
}

/* Made anew it is another file, even with the same inode number. */
static void
test_identity (void)
{
  g_autofree char *path = g_dir_make_tmp ("test-logs-XXXXXX", NULL);
  const int dir = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  LogIdentity before = make (dir, "a.stdout");
  const char *trouble;
  uint64_t size;

  g_assert_true (logs_look (dir, "a.stdout", &before, &size, &trouble));
  for (int i = 0; i < 20; i++)
    {
      g_assert_cmpint (unlinkat (dir, "a.stdout", 0), ==, 0);
      const LogIdentity after = make (dir, "a.stdout");
      g_assert_false (log_identity_is_same (&before, &after));
      g_assert_false (logs_look (dir, "a.stdout", &before, &size, &trouble));
      g_assert_cmpstr (trouble, ==, "was replaced by another file");
      g_assert_true (logs_look (dir, "a.stdout", &after, &size, &trouble));
      before = after;
    }
  g_assert_cmpint (unlinkat (dir, "a.stdout", 0), ==, 0);
  g_assert_false (logs_look (dir, "a.stdout", &before, &size, &trouble));
  g_assert_cmpstr (trouble, ==, "was removed");
  g_assert_cmpint (close (dir), ==, 0);
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

/* Where two files have the same inode number, and were born at one time as far
 * as a coarse clock can tell, the handle is what they differ in. */
static void
test_identity_handle (void)
{
  LogIdentity one = { .inode = 0x12345678,
                      .born_secs = 1,
                      .handle = { .n_bytes = 8,
                                  .type = 1,
                                  .bytes = { 0x78, 0x56, 0x34, 0x12, 1 } } };
  LogIdentity other = one;

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  g_assert_true (log_identity_is_same (&one, &other));
  other.handle.bytes[4] = 2;
  g_assert_false (log_identity_is_same (&one, &other));

  /* It may change where the inode number is no part of it. */
  one.inode = other.inode = 7;
  g_assert_true (log_identity_is_same (&one, &other));
#endif
  other.handle.n_bytes = 0;
  g_assert_true (log_identity_is_same (&one, &other));
  other.born_nanosecs = 1;
  g_assert_false (log_identity_is_same (&one, &other));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_tail);
  g_test_add_func ("/logs/identity/made-anew", test_identity);
  g_test_add_func ("/logs/identity/handle", test_identity_handle);
  return g_test_run ();
}
