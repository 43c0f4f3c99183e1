#include "config.h"

#include "base/visible.h"

#include <string.h>

typedef struct
{
  const char *path;
  const char *bytes;
  size_t n_bytes;
  const char *shown;
  const char *quoted;
} Case;

#define BYTES(text) text, sizeof (text) - 1

static const Case cases[] = {
  { "/visible/empty", BYTES (""), "", "\"\"" },
  { "/visible/plain", BYTES ("a/b-c_1.x=y:z,@+%"), "a/b-c_1.x=y:z,@+%",
    "a/b-c_1.x=y:z,@+%" },
  { "/visible/space", BYTES ("hello world"), "hello world", "\"hello world\"" },
  { "/visible/umlaut", BYTES ("gr\u00fc\u00dfe"), "gr\u00fc\u00dfe",
    "gr\u00fc\u00dfe" },
  { "/visible/emoji", BYTES ("\U0001f600"), "\U0001f600", "\"\U0001f600\"" },
  { "/visible/tab", BYTES ("a\tb"), "a\tb", "\"a\\tb\"" },
  { "/visible/newline", BYTES ("a\nb\r\n"), "a\\nb\\r\\n", "\"a\\nb\\r\\n\"" },
  { "/visible/escape", BYTES ("\33[31mred"), "\\x1b[31mred",
    "\"\\x1b[31mred\"" },
  { "/visible/nul", BYTES ("a\0b"), "a\\x00b", "\"a\\x00b\"" },
  { "/visible/delete", BYTES ("\177"), "\\x7f", "\"\\x7f\"" },
  { "/visible/c1", BYTES ("\xc2\x9b"), "\\u009b", "\"\\u{9b}\"" },
  { "/visible/bidi", BYTES ("a\u202eb"), "a\\u202eb", "\"a\\u{202e}b\"" },
  { "/visible/zero-width", BYTES ("\u200b"), "\\u200b", "\"\\u{200b}\"" },
  { "/visible/byte-order-mark", BYTES ("\ufeff"), "\\ufeff", "\"\\u{feff}\"" },
  { "/visible/line-separator", BYTES ("\u2028"), "\\u2028", "\"\\u{2028}\"" },
  { "/visible/tag", BYTES ("\U000e0041"), "\\ue0041", "\"\\u{e0041}\"" },
  { "/visible/malformed", BYTES ("a\xff\xfe"), "a\\xff\\xfe",
    "\"a\\xff\\xfe\"" },
  { "/visible/cut-character", BYTES ("a\xc3"), "a\\xc3", "\"a\\xc3\"" },
  { "/visible/overlong", BYTES ("\xc0\x80"), "\\xc0\\x80", "\"\\xc0\\x80\"" },
  { "/visible/surrogate", BYTES ("\xed\xa0\x80"), "\\xed\\xa0\\x80",
    "\"\\xed\\xa0\\x80\"" },
  { "/visible/quotes", BYTES ("a\"b$c\\d'"), "a\"b$c\\d'",
    "\"a\\\"b\\$c\\\\d'\"" },
  { "/visible/comment", BYTES ("#x"), "#x", "\"#x\"" },
  { "/visible/assign", BYTES ("="), "=", "\"=\"" },
  { "/visible/braces", BYTES ("{"), "{", "\"{\"" },
};

static void
test_case (const void *data)
{
  const Case *const c = data;
  g_autoptr (GString) shown = g_string_new (">");
  g_autoptr (GString) quoted = g_string_new (NULL);

  visible_append (shown, c->bytes, c->n_bytes);
  visible_append_quoted (quoted, c->bytes, c->n_bytes);
  g_assert_cmpstr (shown->str + 1, ==, c->shown);
  g_assert_cmpstr (quoted->str, ==, c->quoted);
  g_assert_true (g_utf8_validate (shown->str, -1, NULL));
}

/* Whatever comes in, UTF-8 without controls goes out. */
static void
test_all_pairs (void)
{
  for (unsigned i = 0; i < 1U << 16; i++)
    {
      const char bytes[] = { (char)(i >> 8), (char)i };
      g_autoptr (GString) shown = g_string_new (NULL);

      visible_append (shown, bytes, sizeof bytes);
      g_assert_true (g_utf8_validate (shown->str, -1, NULL));
      for (const char *at = shown->str; *at != '\0'; at++)
        g_assert_true ((unsigned char)*at >= ' ' || *at == '\t');
    }
}

static void
test_columns (void)
{
  const char text[] = "a\u4e2du\u0308"; /* a wide and a combining one */

  g_assert_cmpuint (visible_columns (text, strlen (text)), ==, 4);
}

static void
test_lines (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  visible_append_lines (out, "", 0);
  g_assert_cmpstr (out->str, ==, "");
  visible_append_lines (out, "a\n\n\033b", 5);
  g_assert_cmpstr (out->str, ==, "a\n\n\\x1bb\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/visible/all-pairs", test_all_pairs);
  g_test_add_func ("/visible/columns", test_columns);
  g_test_add_func ("/visible/lines", test_lines);

  return g_test_run ();
}
