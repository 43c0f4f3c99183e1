#include "config.h"

#include "base/diag.h"

#include <string.h>

typedef struct
{
  const char *path;
  const char *text;
  uint32_t begin;
  uint32_t end;
  const char *printed;
} Case;

static const Case cases[] = {
  { "/diag/mark/word", "wait wbe 0\n", 5, 8,
    "p:1:6: error: bad\n    1 | wait wbe 0\n      |      ^~~\n" },
  { "/diag/mark/empty", "wait\n", 4, 4,
    "p:1:5: error: bad\n    1 | wait\n      |     ^\n" },
  { "/diag/mark/at-the-end", "wait\n", 5, 5,
    "p:2:1: error: bad\n    2 | \n      | ^\n" },
  { "/diag/mark/no-newline", "a\nwait", 2, 6,
    "p:2:1: error: bad\n    2 | wait\n      | ^~~~\n" },
  { "/diag/mark/empty-source", "", 0, 0,
    "p:1:1: error: bad\n    1 | \n      | ^\n" },
  { "/diag/mark/after-tab", "\twait", 1, 5,
    "p:1:9: error: bad\n    1 |         wait\n      |         ^~~~\n" },
  { "/diag/mark/of-a-tab", "a\tb", 1, 2,
    "p:1:2: error: bad\n    1 | a       b\n      |  ^~~~~~~\n" },
  { "/diag/mark/wide", "\u4e2d\u4e2d x", 3, 6,
    "p:1:3: error: bad\n    1 | \u4e2d\u4e2d x\n      |   ^~\n" },
  { "/diag/mark/control", "a\33b", 2, 3,
    "p:1:3: error: bad\n    1 | a\\x1bb\n      |      ^\n" },
  { "/diag/mark/malformed", "a\xff", 1, 2,
    "p:1:2: error: bad\n    1 | a\\xff\n      |  ^~~~\n" },
  { "/diag/mark/crlf", "wait\r\nx", 0, 6,
    "p:1:1: error: bad\n    1 | wait\n      | ^~~~\n" },
  { "/diag/mark/first-line-of-several", "test {\n  x\n}\n", 5, 12,
    "p:1:6: error: bad\n    1 | test {\n      |      ^\n" },
};

static SrcSpan
span_in (const Source *source, uint32_t begin, uint32_t end)
{
  return (SrcSpan){ source->base + begin, source->base + end };
}

static void
test_case (const void *data)
{
  const Case *const c = data;
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  g_autoptr (GString) out = g_string_new (NULL);
  const Source *source = sources_add (sources, "p", c->text, strlen (c->text));

  diag_error (diag, span_in (source, c->begin, c->end), "bad");
  diag_print (diag, out, false);
  g_assert_cmpstr (out->str, ==, c->printed);
}

static char *
print (const Diag *diag, bool color)
{
  GString *out = g_string_new (NULL);

  diag_print (diag, out, color);
  return g_string_free (out, FALSE);
}

static void
test_no_place (void)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);

  diag_error (diag, SRC_SPAN_NONE, "no \"%s\"", "x\n");
  diag_note (diag, SRC_SPAN_NONE, "try y");

  g_autofree char *text = print (diag, false);

  g_assert_cmpstr (text, ==,
                   "proctor: error: no \"x\\n\"\nproctor: note: try y\n");
}

/* One mark is enough for what is said of one place. */
static void
test_note_of_the_same (void)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  const Source *a = sources_add (sources, "a", "one two", 7);

  diag_error (diag, span_in (a, 0, 3), "bad");
  diag_note (diag, span_in (a, 0, 3), "why");
  diag_note (diag, span_in (a, 4, 7), "here");

  g_autofree char *text = print (diag, false);

  g_assert_cmpstr (text, ==,
                   "a:1:1: error: bad\n    1 | one two\n      | ^~~\n"
                   "a:1:1: note: why\n"
                   "a:1:5: note: here\n    1 | one two\n      |     ^~~\n");
}

static void
test_sorted (void)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  const Source *a = sources_add (sources, "a", "one\ntwo\n", 8);
  const Source *b = sources_add (sources, "b", "x\n", 2);

  diag_warning (diag, span_in (b, 0, 1), "late");
  diag_error (diag, span_in (a, 4, 7), "second");
  diag_note (diag, span_in (b, 0, 1), "of second");
  diag_error (diag, span_in (a, 0, 3), "first");

  g_autofree char *text = print (diag, false);

  g_assert_cmpstr (text, ==,
                   "a:1:1: error: first\n    1 | one\n      | ^~~\n"
                   "a:2:1: error: second\n    2 | two\n      | ^~~\n"
                   "b:1:1: note: of second\n    1 | x\n      | ^\n"
                   "b:1:1: warning: late\n    1 | x\n      | ^\n");
  g_assert_cmpuint (diag_n_errors (diag), ==, 2);
  g_assert_cmpuint (diag_n_warnings (diag), ==, 1);
}

/* A body that is expanded a thousand times is wrong once. */
static void
test_once (void)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  const Source *a = sources_add (sources, "a", "one", 3);

  for (unsigned i = 0; i < 1000; i++)
    {
      diag_error (diag, span_in (a, 0, 3), "bad");
      diag_note (diag, span_in (a, 0, 1), "why");
    }
  diag_error (diag, span_in (a, 0, 3), "also bad");

  g_autofree char *text = print (diag, false);

  g_assert_cmpstr (text, ==,
                   "a:1:1: error: bad\n    1 | one\n      | ^~~\n"
                   "a:1:1: note: why\n    1 | one\n      | ^\n"
                   "a:1:1: error: also bad\n    1 | one\n      | ^~~\n");
  g_assert_cmpuint (diag_n_errors (diag), ==, 2);
}

static void
test_many (void)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  g_autoptr (GString) plan = g_string_new (NULL);

  for (unsigned i = 0; i < 1000; i++)
    g_string_append (plan, "x\n");

  const Source *a = sources_add (sources, "a", plan->str, plan->len);

  for (unsigned i = 0; i < 1000; i++)
    {
      diag_error (diag, span_in (a, i * 2, i * 2 + 1), "bad");
      diag_note (diag, span_in (a, 0, 2), "why");
    }

  g_autofree char *text = print (diag, false);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);

  g_assert_cmpuint (g_strv_length (lines), ==, 20 * 6 + 980 + 2);
  g_assert_cmpstr (lines[20 * 6], ==, "a:21:1: error: bad");
  g_assert_cmpstr (lines[20 * 6 + 979], ==, "a:1000:1: error: bad");
  g_assert_cmpstr (lines[20 * 6 + 980], ==,
                   "proctor: 1000 errors and 0 warnings; the first 20 are "
                   "shown with their lines");
}

/* What is around the mark is shown, cut on both sides. */
static void
test_long_line (void)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  g_autofree char *line = g_strnfill (10000000, 'a');

  memcpy (line + 5000000, "HERE", 4);

  const Source *a = sources_add (sources, "a", line, 10000000);

  diag_error (diag, span_in (a, 5000000, 5000004), "bad");
  diag_error (diag, span_in (a, 0, 10000000), "all bad");
  diag_error (diag, span_in (a, 9999999, 10000000), "end bad");

  g_autofree char *text = print (diag, false);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  const char *const mark = strchr (lines[5], '^');

  g_assert_cmpuint (strlen (text), <, 1000);
  g_assert_cmpstr (lines[0], ==, "a:1:1: error: all bad");
  g_assert_true (g_str_has_suffix (lines[1], "a..."));
  g_assert_cmpstr (lines[3], ==, "a:1:5000001: error: bad");
  g_assert_nonnull (mark);
  g_assert_cmpstr (mark, ==, "^~~~");
  g_assert_cmpint (strncmp (lines[4] + (mark - lines[5]), "HERE", 4), ==, 0);
  g_assert_true (g_str_has_prefix (lines[4], "    1 | ...a"));
  g_assert_true (g_str_has_suffix (lines[4], "a..."));
  g_assert_true (g_str_has_suffix (lines[7], "aaaa"));
}

/* Thousands of messages about one long line are printed at once all the
 * same. */
static void
test_long_line_often (void)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  g_autofree char *line = g_strnfill (10000000, 'a');
  const Source *a = sources_add (sources, "a", line, 10000000);
  const int64_t begin = g_get_monotonic_time ();

  for (unsigned i = 5000; i-- > 0;)
    diag_error (diag, span_in (a, i * 2000, i * 2000 + 1), "bad");

  g_autofree char *text = print (diag, false);

  g_assert_nonnull (strstr (text, "a:1:9998001: error: bad\n"));
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 5 * G_USEC_PER_SEC);
}

/* Characters that take much room when they are made visible, or none. */
static void
test_long_line_odd (void)
{
  static const char *const odd[]
      = { "\33", "\u202e", "\u0308", "\u4e2d", "\t", "\xff" };

  for (unsigned i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autoptr (Sources) sources = sources_new ();
      g_autoptr (Diag) diag = diag_new (sources);
      g_autoptr (GString) line = g_string_new (NULL);

      for (unsigned n = 0; n < 3000; n++)
        g_string_append (line, odd[i]);

      const uint32_t at = (uint32_t)(1500 * strlen (odd[i]));
      const Source *a = sources_add (sources, "a", line->str, line->len);

      diag_error (diag, span_in (a, at, at + (uint32_t)strlen (odd[i])), "bad");

      g_autofree char *text = print (diag, false);

      g_assert_cmpuint (strlen (text), <, 3000);
      g_assert_nonnull (strchr (text, '^'));
      g_assert_true (g_utf8_validate (text, -1, NULL));
    }
}

static void
test_color (void)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  const Source *a = sources_add (sources, "a", "one", 3);

  diag_error (diag, span_in (a, 0, 3), "bad");

  g_autofree char *text = print (diag, true);

  g_assert_cmpstr (text, ==,
                   "\33[1ma:1:1: \33[1;31merror: \33[m\33[1mbad\33[m\n"
                   "    1 | one\n      | \33[1;31m^~~\33[m\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/diag/no-place", test_no_place);
  g_test_add_func ("/diag/note-of-the-same", test_note_of_the_same);
  g_test_add_func ("/diag/sorted", test_sorted);
  g_test_add_func ("/diag/once", test_once);
  g_test_add_func ("/diag/many", test_many);
  g_test_add_func ("/diag/long-line", test_long_line);
  g_test_add_func ("/diag/long-line/often", test_long_line_often);
  g_test_add_func ("/diag/long-line/odd", test_long_line_odd);
  g_test_add_func ("/diag/color", test_color);
  return g_test_run ();
}
