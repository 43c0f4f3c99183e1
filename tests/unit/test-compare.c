#include "config.h"

#include "vm/check/compare.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- Numbers -------------------------------------------------------------- */

#define NONE 99

typedef struct
{
  const char *path;
  const char *left;
  const char *right;
  int order; /* NONE: the left one is no number */
} Number;

static const Number numbers[] = {
  { "/compare/number/same", "200", "200", 0 },
  { "/compare/number/less", "9", "10", -1 },
  { "/compare/number/more", "1000", "999", 1 },
  { "/compare/number/leading-zeros", "0200", "200", 0 },
  { "/compare/number/zeros", "000", "0", 0 },
  { "/compare/number/decimals", "1.5", "1.25", 1 },
  { "/compare/number/zeros-behind", "1.50", "1.5", 0 },
  { "/compare/number/no-decimals", "2.0", "2", 0 },
  { "/compare/number/few-decimals", "0.1", "0.09", 1 },
  { "/compare/number/negative", "-2", "-10", 1 },
  { "/compare/number/over-zero", "-0.5", "0", -1 },
  { "/compare/number/negative-zero", "-0", "0", 0 },
  { "/compare/number/newlines", "12\n\n", "12", 0 },
  { "/compare/number/very-long",
    "340282366920938463463374607431768211457.00000000000000000001",
    "340282366920938463463374607431768211457", 1 },
  { "/compare/number/empty", "", "0", NONE },
  { "/compare/number/newline-alone", "\n", "0", NONE },
  { "/compare/number/minus-alone", "-", "0", NONE },
  { "/compare/number/plus", "+1", "0", NONE },
  { "/compare/number/exponent", "1e3", "0", NONE },
  { "/compare/number/hexadecimal", "0x10", "0", NONE },
  { "/compare/number/unit", "2s", "0", NONE },
  { "/compare/number/blank-before", " 1", "0", NONE },
  { "/compare/number/blank-behind", "1 ", "0", NONE },
  { "/compare/number/point-first", ".5", "0", NONE },
  { "/compare/number/point-last", "5.", "0", NONE },
  { "/compare/number/two-points", "1.2.3", "0", NONE },
  { "/compare/number/two-minus", "--1", "0", NONE },
  { "/compare/number/newline-inside", "1\n2", "0", NONE },
};

static int
sign (int order)
{
  return (order > 0) - (order < 0);
}

static void
test_number (const void *data)
{
  const Number *c = data;
  const size_t n_left = strlen (c->left), n_right = strlen (c->right);

  g_assert_cmpint (compare_is_number (c->left, n_left), ==, c->order != NONE);
  if (c->order == NONE)
    return;
  g_assert_cmpint (sign (compare_numbers (c->left, n_left, c->right, n_right)),
                   ==, c->order);
  g_assert_cmpint (sign (compare_numbers (c->right, n_right, c->left, n_left)),
                   ==, -c->order);
}

static void
test_orders (void)
{
  static const struct
  {
    PlanCompare compare;
    const char *holds; /* of -1, 0 and 1 */
  } orders[]
      = { { COMPARE_EQ, "nyn" }, { COMPARE_NE, "yny" }, { COMPARE_LT, "ynn" },
          { COMPARE_LE, "yyn" }, { COMPARE_GT, "nny" }, { COMPARE_GE, "nyy" } };

  for (unsigned i = 0; i < G_N_ELEMENTS (orders); i++)
    for (int order = -1; order <= 1; order++)
      g_assert_cmpint (compare_holds (orders[i].compare, order * 7), ==,
                       orders[i].holds[order + 1] == 'y');
}

/* --- Contents ------------------------------------------------------------- */

typedef struct
{
  const char *path;
  PlanCompare compare;
  const char *left;
  const char *right;
  CompareResult result;
  uint64_t offset;
  uint64_t n_lines;
} Case;

static const Case cases[] = {
  { "/compare/eq/same", COMPARE_EQ, "a\nb\n", "a\nb\n", COMPARE_YES, 4, 2 },
  { "/compare/eq/empty", COMPARE_EQ, "", "", COMPARE_YES, 0, 0 },
  { "/compare/eq/other", COMPARE_EQ, "a\nb\nc", "a\nbx\n", COMPARE_NO, 3, 1 },
  { "/compare/eq/longer", COMPARE_EQ, "a\nb", "a\n", COMPARE_NO, 2, 1 },
  { "/compare/eq/shorter", COMPARE_EQ, "", "a", COMPARE_NO, 0, 0 },
  { "/compare/eq/newline-counts", COMPARE_EQ, "a\n", "a", COMPARE_NO, 1, 0 },
  { "/compare/eq/no-numbers", COMPARE_EQ, "0200", "200", COMPARE_NO, 0, 0 },
  { "/compare/ne/other", COMPARE_NE, "ab", "ac", COMPARE_YES, 1, 0 },
  { "/compare/ne/same", COMPARE_NE, "ab", "ab", COMPARE_NO, 2, 0 },
  { "/compare/ne/longer", COMPARE_NE, "ab", "abc", COMPARE_YES, 0, 0 },
  { "/compare/contains/inside", COMPARE_CONTAINS, "hello", "ell", COMPARE_YES,
    0, 0 },
  { "/compare/contains/all", COMPARE_CONTAINS, "hello", "hello", COMPARE_YES, 0,
    0 },
  { "/compare/contains/nothing", COMPARE_CONTAINS, "hello", "", COMPARE_YES, 0,
    0 },
  { "/compare/contains/nothing-in-nothing", COMPARE_CONTAINS, "", "",
    COMPARE_YES, 0, 0 },
  { "/compare/contains/not", COMPARE_CONTAINS, "hello", "lle", COMPARE_NO, 0,
    0 },
  { "/compare/contains/longer", COMPARE_CONTAINS, "hello", "hello ", COMPARE_NO,
    0, 0 },
  { "/compare/empty/yes", COMPARE_EMPTY, "", NULL, COMPARE_YES, 0, 0 },
  { "/compare/empty/newline", COMPARE_EMPTY, "\n", NULL, COMPARE_NO, 0, 0 },
  { "/compare/lines/none", COMPARE_LINES, "", "0", COMPARE_YES, 0, 0 },
  { "/compare/lines/one", COMPARE_LINES, "a\n", "1", COMPARE_YES, 2, 1 },
  { "/compare/lines/end-is-missing", COMPARE_LINES, "a\nb", "2", COMPARE_YES, 3,
    2 },
  { "/compare/lines/empty-ones", COMPARE_LINES, "\n\n\n", "2", COMPARE_NO, 3,
    3 },
};

static CompareResult
run (Comparing *comparing)
{
  CompareResult result;
  g_autoptr (GError) error = NULL;

  do
    result = compare_step (comparing, &error);
  while (result == COMPARE_GOES_ON);
  g_assert_no_error (error);
  return result;
}

static void
test_case (const void *data)
{
  const Case *c = data;
  g_auto (Content) left = CONTENT_NONE, right = CONTENT_NONE;
  Comparing comparing
      = { .compare = c->compare, .left = &left, .right = &right };

  content_set (&left, g_string_new (c->left));
  if (c->right != NULL)
    content_set (&right, g_string_new (c->right));
  if (c->compare == COMPARE_LINES)
    comparing.n_wanted = g_ascii_strtoull (c->right, NULL, 10);
  g_assert_cmpint (run (&comparing), ==, c->result);
  g_assert_cmpuint (comparing.offset, ==, c->offset);
  g_assert_cmpuint (comparing.n_lines, ==, c->n_lines);
}

static void
test_bytes (void)
{
  g_auto (Content) left = CONTENT_NONE, right = CONTENT_NONE;
  Comparing comparing
      = { .compare = COMPARE_EQ, .left = &left, .right = &right };

  content_set (&left, g_string_new_len ("a\0b", 3));
  content_set (&right, g_string_new_len ("a\0c", 3));
  g_assert_cmpint (run (&comparing), ==, COMPARE_NO);
  g_assert_cmpuint (comparing.offset, ==, 2);
}

static void
test_matches (void)
{
  static const struct
  {
    const char *pattern;
    CompareResult result;
  } patterns[] = { { "l+o", COMPARE_YES },
                   { "^world$", COMPARE_YES },
                   { "\\Ahello$", COMPARE_YES },
                   { "\\Aworld", COMPARE_NO } };
  g_auto (Content) left = CONTENT_NONE;

  content_set (&left, g_string_new ("hello\nworld\n"));
  for (unsigned i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      PatternError error = { 0 };
      g_autoptr (Pattern) pattern = pattern_new (
          patterns[i].pattern, strlen (patterns[i].pattern), &error);
      Comparing comparing
          = { .compare = COMPARE_MATCHES, .left = &left, .pattern = pattern };
      g_assert_nonnull (pattern);
      g_assert_cmpint (run (&comparing), ==, patterns[i].result);
    }
}

/* It is given up, and that is said. */
static void
test_too_hard (void)
{
  static const char text[] = "((a+)*)*b\\1";
  PatternError wrong = { 0 };
  g_autoptr (Pattern) pattern = pattern_new (text, strlen (text), &wrong);
  g_auto (Content) left = CONTENT_NONE;
  g_autoptr (GError) error = NULL;
  Comparing comparing
      = { .compare = COMPARE_MATCHES, .left = &left, .pattern = pattern };

  content_set (&left,
               g_string_new ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"));
  const CompareResult result = compare_step (&comparing, &error);
  if (result != COMPARE_NO) /* a cleverer library may see it */
    {
      g_assert_cmpint (result, ==, COMPARE_CANNOT);
      g_assert_true (error->domain == G_REGEX_ERROR);
    }
}

/* --- Large files ---------------------------------------------------------- */

#define LARGE (9 * 1024 * 1024)

/* A file of "x", with @text in it. */
static void
make_large (Content *content, size_t at, const char *text)
{
  const int fd = memfd_create ("large", MFD_CLOEXEC);
  g_autofree char *bytes = g_malloc (LARGE);
  g_autoptr (GError) error = NULL;

  memset (bytes, 'x', LARGE);
  memcpy (bytes + at, text, strlen (text));
  g_assert_cmpint (write (fd, bytes, LARGE), ==, LARGE);
  g_assert_true (content_open_fd (content, fd, 0, &error));
  g_assert_null (content->bytes);
  g_assert_cmpuint (content->size, ==, LARGE);
}

static void
test_large (void)
{
  static const size_t places[]
      = { 0, 4 * 1024 * 1024 - 2, 4 * 1024 * 1024, LARGE - 4 };
  g_auto (Content) other = CONTENT_NONE;

  make_large (&other, 0, "");
  for (unsigned i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_auto (Content) left = CONTENT_NONE, needle = CONTENT_NONE;
      Comparing contains
          = { .compare = COMPARE_CONTAINS, .left = &left, .right = &needle };
      Comparing equal
          = { .compare = COMPARE_EQ, .left = &left, .right = &other };
      Comparing lines
          = { .compare = COMPARE_LINES, .left = &left, .n_wanted = 2 };

      make_large (&left, places[i], "ab\nc");
      content_set (&needle, g_string_new ("ab\nc"));
      g_assert_cmpint (run (&contains), ==, COMPARE_YES);
      g_assert_cmpint (run (&equal), ==, COMPARE_NO);
      g_assert_cmpuint (equal.offset, ==, places[i]);
      g_assert_cmpint (run (&lines), ==, COMPARE_YES);
      g_assert_null (left.bytes); /* it stayed where it is */
    }
}

/* --- Files ---------------------------------------------------------------- */

static void
test_shrunk (void)
{
  g_auto (Content) content = CONTENT_NONE;
  Comparing lines = { .compare = COMPARE_LINES, .left = &content };
  g_autoptr (GError) error = NULL;

  make_large (&content, 0, "");
  g_assert_cmpint (ftruncate (content.fd, 100), ==, 0);
  g_assert_cmpint (compare_step (&lines, &error), ==, COMPARE_CANNOT);
  g_assert_cmpstr (error->message, ==, "it became shorter while it was read");
}

static void
test_kinds (void)
{
  g_autofree char *directory = g_dir_make_tmp ("test-compare-XXXXXX", NULL);
  g_autofree char *fifo = g_strconcat (directory, "/fifo", NULL);
  g_autofree char *none = g_strconcat (directory, "/none", NULL);
  const struct
  {
    const char *path;
    const char *message; /* NULL: it can be read */
  } files[] = { { directory, "it is a directory" },
                { fifo, "it is a FIFO, not a file" },
                { "/dev/null", "it is a device, not a file" },
                { none, "No such file or directory" },
                { "/proc/self/status", NULL },
                { "/sys/kernel/mm/transparent_hugepage/enabled", NULL } };

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (unsigned i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_auto (Content) content = CONTENT_NONE;
      g_autoptr (GError) error = NULL;

      if (files[i].message == NULL && g_access (files[i].path, R_OK) != 0)
        continue;
      const bool is_open = content_open (&content, files[i].path, &error);
      g_assert_cmpstr (is_open ? NULL : error->message, ==, files[i].message);
      if (is_open)
        g_assert_cmpuint (content.size, >, 0);
    }
  g_assert_cmpint (g_unlink (fifo), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

/* From where a run of a process began. */
static void
test_begin (void)
{
  const int fd = memfd_create ("log", MFD_CLOEXEC);
  g_auto (Content) content = CONTENT_NONE;

  g_assert_cmpint (write (fd, "before\nnow\n", 11), ==, 11);
  g_assert_true (content_open_fd (&content, fd, 7, NULL));
  g_assert_cmpstr (content.bytes, ==, "now\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_test_add_data_func (numbers[i].path, &numbers[i], test_number);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/compare/orders", test_orders);
  g_test_add_func ("/compare/bytes", test_bytes);
  g_test_add_func ("/compare/matches", test_matches);
  g_test_add_func ("/compare/matches/too-hard", test_too_hard);
  g_test_add_func ("/compare/large", test_large);
  g_test_add_func ("/compare/shrunk", test_shrunk);
  g_test_add_func ("/compare/kinds", test_kinds);
  g_test_add_func ("/compare/begin", test_begin);
  return g_test_run ();
}
