#include "config.h"

#include "vm/check/compare.h"
#include "vm/check/diff.h"

#include <stdio.h>
#include <string.h>

typedef struct
{
  const char *path;
  const char *old;
  const char *new;
  const char *diff; /* without its first two lines */
} Case;

static const Case cases[] = {
  { "/diff/replaced", "a\nb\nc\n", "a\nB\nc\n",
    "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c" },
  { "/diff/added", "a\nc\n", "a\nb\nc\n", "@@ -1,2 +1,3 @@\n a\n+b\n c" },
  { "/diff/removed", "a\nb\nc\n", "a\nc\n", "@@ -1,3 +1,2 @@\n a\n-b\n c" },
  { "/diff/at-the-end", "a\n", "a\nb\n", "@@ -1 +1,2 @@\n a\n+b" },
  { "/diff/from-nothing", "", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b" },
  { "/diff/to-nothing", "a\n", "", "@@ -1 +0,0 @@\n-a" },
  { "/diff/all", "a\n", "b\n", "@@ -1 +1 @@\n-a\n+b" },
  { "/diff/context", "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
    "1\n2\n3\n4\nX\n6\n7\n8\n9\n",
    "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8" },
  { "/diff/near", "1\n2\n3\n4\n5\n6\n7\n8\n", "X\n2\n3\n4\n5\n6\n7\nY\n",
    "@@ -1,8 +1,8 @@\n-1\n+X\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+Y" },
  { "/diff/far", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "X\n2\n3\n4\n5\n6\n7\n8\nY\n",
    "@@ -1,4 +1,4 @@\n-1\n+X\n 2\n 3\n 4\n"
    "@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+Y" },
  { "/diff/no-newline/old", "a\nb", "a\nb\n",
    "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b" },
  { "/diff/no-newline/both", "a\nb", "X\nb",
    "@@ -1,2 +1,2 @@\n-a\n+X\n b\n\\ No newline at end of file" },
  { "/diff/visible", "a\r\n\x1b[1m\n", "a\n\xff\n",
    "@@ -1,2 +1,2 @@\n-a\\r\n-\\x1b[1m\n+a\n+\\xff" },
  { "/diff/moved", "a\nb\nc\nd\n", "b\nc\nd\na\n",
    "@@ -1,4 +1,4 @@\n-a\n b\n c\n d\n+a" },
};

/* Where two texts begin to differ. */
static DiffPlace
find_place (Content *old, Content *new)
{
  Comparing comparing = { .compare = COMPARE_EQ, .left = new, .right = old };
  CompareResult result;

  do
    result = compare_step (&comparing, NULL);
  while (result == COMPARE_GOES_ON);
  g_assert_cmpint (result, ==, COMPARE_NO);
  return (DiffPlace){ .offset = comparing.offset,
                      .n_lines = comparing.n_lines };
}

static char *
diff (GString *old_text, GString *new_text)
{
  g_auto (Content) old = CONTENT_NONE, new = CONTENT_NONE;
  const DiffSide old_side = { "old", &old }, new_side = { "new", &new };
  GString *out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  content_set (&old, old_text);
  content_set (&new, new_text);
  const DiffPlace place = find_place (&old, &new);
  g_assert_true (diff_append (out, &old_side, &new_side, &place, &error));
  return g_string_free (out, FALSE);
}

static void
test_case (const void *data)
{
  const Case *c = data;
  g_autofree char *out = diff (g_string_new (c->old), g_string_new (c->new));
  g_autofree char *expected = g_strconcat ("--- old\n+++ new\n", c->diff, NULL);

  g_assert_cmpstr (out, ==, expected);
}

/* Lines "FIRST 1\n" ... */
static void
append_lines (GString *text, const char *first, unsigned n_lines)
{
  for (unsigned i = 1; i <= n_lines; i++)
    g_string_append_printf (text, "%s %u\n", first, i);
}

/* Whether a text has @n lines, and the last is @last. */
static void
assert_lines (const char *text, unsigned n, const char *last)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, n);
  g_assert_cmpstr (lines[n - 1], ==, last);
}

static void
test_many (void)
{
  GString *old = g_string_new (NULL), *new = g_string_new (NULL);

  append_lines (old, "same", 10);
  append_lines (new, "same", 10);
  append_lines (new, "more", 100);
  g_autofree char *out = diff (old, new);
  assert_lines (out, 2 + 60 + 1, "(and 44 more lines)");
  g_assert_nonnull (strstr (out, "@@ -8,3 +8,103 @@\n same 8\n"));
}

/* More than is looked for. */
static void
test_all_others (void)
{
  GString *old = g_string_new (NULL), *new = g_string_new (NULL);

  append_lines (old, "old", 100000);
  append_lines (new, "new", 100000);
  g_autofree char *out = diff (old, new);
  assert_lines (out, 2 + 60 + 1, "(and more)");
}

/* A line more at the beginning of a text that is not looked at whole. */
static void
test_long (void)
{
  GString *old = g_string_new (NULL), *new = g_string_new ("first\n");

  append_lines (old, "the same line", 200000);
  append_lines (new, "the same line", 200000);
  g_autofree char *out = diff (old, new);
  g_assert_cmpstr (out, ==,
                   "--- old\n+++ new\n@@ -1,3 +1,4 @@\n+first\n"
                   " the same line 1\n the same line 2\n the same line 3\n"
                   "(what follows was not compared)");
}

static void
test_late (void)
{
  GString *old = g_string_new (NULL), *new = g_string_new (NULL);

  append_lines (old, "the same line", 200000);
  append_lines (new, "the same line", 200000);
  g_string_append (old, "the end");
  g_string_append (new, "The end");
  g_autofree char *out = diff (old, new);
  g_assert_cmpstr (out, ==,
                   "--- old\n+++ new\n@@ -199998,4 +199998,4 @@\n"
                   " the same line 199998\n the same line 199999\n"
                   " the same line 200000\n"
                   "-the end\n\\ No newline at end of file\n"
                   "+The end\n\\ No newline at end of file");
}

/* What differs is seen, not the beginning. */
static void
test_long_line (void)
{
  GString *old = g_string_new (NULL), *new = g_string_new (NULL);

  for (unsigned i = 0; i < 3000; i++)
    {
      g_string_append (old, i == 2000 ? "old" : "same");
      g_string_append (new, i == 2000 ? "new" : "same");
    }
  g_autofree char *out = diff (old, new);
  g_assert_nonnull (strstr (out, "\n-..."));
  g_assert_nonnull (strstr (out, "sameoldsame"));
  g_assert_nonnull (strstr (out, "samenewsame"));
  g_assert_cmpuint (strlen (out), <, 700);
}

/* A line so long that even its beginning is out of sight. */
static void
test_very_long_line (void)
{
  GString *old = g_string_new ("first\n"), *new = g_string_new ("first\n");

  for (unsigned i = 0; i < 400000; i++)
    {
      g_string_append (old, i == 200000 ? "old" : "same");
      g_string_append (new, i == 200000 ? "new" : "same");
    }
  g_autofree char *out = diff (old, new);
  g_assert_nonnull (strstr (out, "\n@@ -2 +2 @@\n-oldsame"));
  g_assert_nonnull (strstr (out, "\n+newsame"));
}

static void
test_binary (void)
{
  GString *old = g_string_new (NULL), *new = g_string_new (NULL);

  for (unsigned i = 0; i < 40; i++)
    {
      g_string_append_c (old, (char)i);
      g_string_append_c (new, (char)(i == 20 ? 'A' : i));
    }
  g_string_truncate (new, 36);
  g_autofree char *out = diff (old, new);
  g_assert_cmpstr (
      out, ==,
      "old, 40 bytes:\n"
      "  00000010  10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f  "
      "................\n"
      "  00000020  20 21 22 23 24 25 26 27                           "
      "!\"#$%&'\n"
      "new, 36 bytes:\n"
      "  00000010  10 11 12 13 41 15 16 17 18 19 1a 1b 1c 1d 1e 1f  "
      "....A...........\n"
      "  00000020  20 21 22 23                                       !\"#");
}

static void
test_binary_end (void)
{
  g_autofree char *out = diff (g_string_new_len ("\0", 1), g_string_new (""));

  g_assert_cmpstr (out, ==,
                   "old, 1 byte:\n  00000000  00"
                   "                                               .\n"
                   "new, 0 bytes:\n  00000000  (its end)");
}

/* Whatever is changed: from the old text the diff makes the new one. */
static char *
apply (const char *hunks, GStrv old)
{
  GString *new = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (hunks, "\n", -1);
  unsigned at = 0; /* in the old text */

  for (unsigned i = 2; lines[i] != NULL; i++)
    {
      unsigned first;
      if (sscanf (lines[i], "@@ -%u", &first) == 1)
        {
          const bool is_none = strstr (lines[i], ",0 +") != NULL;
          while (at < first - !is_none)
            g_string_append_printf (new, "%s\n", old[at++]);
          continue;
        }
      if (lines[i][0] != '-')
        g_string_append_printf (new, "%s\n", lines[i] + 1);
      at += lines[i][0] != '+';
    }
  while (old[at] != NULL && old[at][0] != '\0')
    g_string_append_printf (new, "%s\n", old[at++]);
  return g_string_free (new, FALSE);
}

static void
test_random (void)
{
  for (unsigned round = 0; round < 2000; round++)
    {
      g_autoptr (GString) old = g_string_new (NULL), new = g_string_new (NULL);
      const int n_lines = g_test_rand_int_range (0, 12);

      for (int i = 0; i < n_lines; i++)
        {
          const char line = (char)g_test_rand_int_range ('a', 'f');
          const int what = g_test_rand_int_range (0, 6);
          if (what != 0)
            g_string_append_printf (old, "%c\n", line);
          if (what != 1)
            g_string_append_printf (new, "%c\n", what == 2 ? 'z' : line);
        }
      if (g_string_equal (old, new))
        continue;
      g_auto (GStrv) old_lines = g_strsplit (old->str, "\n", -1);
      g_autofree char *out
          = diff (g_string_new (old->str), g_string_new (new->str));
      g_autofree char *applied = apply (out, old_lines);
      g_assert_cmpstr (applied, ==, new->str);
    }
}

static void
test_excerpt (void)
{
  g_autoptr (GString) text = g_string_new (NULL), out = g_string_new (NULL);

  diff_append_excerpt (out, "a \"b\"\n", 6, 0);
  g_assert_cmpstr (out->str, ==, "\"a \\\"b\\\"\\n\"");

  for (unsigned i = 0; i < 200; i++)
    g_string_append (text, "\xc3\xa4"); /* no character is cut */
  g_string_truncate (out, 0);
  diff_append_excerpt (out, text->str, text->len, 0);
  g_assert_true (g_str_has_prefix (out->str, "\"\xc3\xa4"));
  g_assert_true (g_str_has_suffix (out->str, "\xc3\xa4\"..."));
  for (unsigned at = 195; at < 205; at++)
    {
      g_string_truncate (out, 0);
      diff_append_excerpt (out, text->str, text->len, at);
      g_assert_true (g_str_has_prefix (out->str, "...\"\xc3\xa4"));
      g_assert_true (g_str_has_suffix (out->str, "\xc3\xa4\"..."));
    }
  g_string_truncate (out, 0);
  diff_append_excerpt (out, text->str, text->len, text->len);
  g_assert_true (g_str_has_suffix (out->str, "\xc3\xa4\""));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/diff/many", test_many);
  g_test_add_func ("/diff/all-others", test_all_others);
  g_test_add_func ("/diff/long", test_long);
  g_test_add_func ("/diff/late", test_late);
  g_test_add_func ("/diff/long-line", test_long_line);
  g_test_add_func ("/diff/very-long-line", test_very_long_line);
  g_test_add_func ("/diff/binary", test_binary);
  g_test_add_func ("/diff/binary-end", test_binary_end);
  g_test_add_func ("/diff/random", test_random);
  g_test_add_func ("/diff/excerpt", test_excerpt);
  return g_test_run ();
}
