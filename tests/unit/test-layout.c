#include "config.h"

#include "front/layout.h"

#include "compiling.h"
#include "front/parse.h"
#include "laying.h"

#include <string.h>

/* --- Cases -------------------------------------------------------------- */

typedef struct
{
  const char *path;
  const char *text;
  const char *layout;
} Case;

#define A20 "aaaaaaaaaaaaaaaaaaaa"

static const Case cases[] = {
  { "/layout/empty", "", "" },
  { "/layout/empty/blanks", " \t\n\n;;\n \\\n", "" },
  { "/layout/line", "  a   b\t'c  d'  ", "a b 'c  d'\n" },
  { "/layout/line/semicolon", "a;b ; c;;d;", "a\nb\nc\nd\n" },
  { "/layout/line/equals", "p  =  a  = b", "p = a = b\n" },
  { "/layout/line/crlf", "a\r\nb \r\n\r\n\r\nc\r\n", "a\nb\n\nc\n" },
  { "/layout/line/return", "a\rb", "a b\n" },
  { "/layout/line/byte-order-mark", "\ufeff#!x\na", "#!x\na\n" },
  { "/layout/empty-lines", "\n\na\n\n\n\nb\nc\n\n\n", "a\n\nb\nc\n" },
  { "/layout/empty-lines/in-a-block", "a {\n\nb\n\n\nc\n\n}\n\nd",
    "a {\n    b\n\n    c\n}\n\nd\n" },
  { "/layout/empty-lines/with-a-semicolon", "a\n;\n;b", "a\n\nb\n" },

  { "/layout/word/spelling", "a\"b\\x41\"'c'$d${e:-f \"g\"}\\ h \\# {} {x} =y",
    "a\"b\\x41\"'c'$d${e:-f \"g\"}\\ h \\# {} {x} =y\n" },
  { "/layout/word/over-lines", "  a 'b\n  c' d\n", "a 'b\n  c' d\n" },
  { "/layout/word/over-lines/crlf", "a 'b\r\nc\r\r\nd\re'",
    "a 'b\nc\r\r\nd\re'\n" },
  { "/layout/word/joined-inside", "a b\\\nc", "a b\\\nc\n" },
  { "/layout/word/joined-behind", "a b\\\n c\\\r\n\\\n d\\\n",
    "a b\\\n    c\\\n\\\n    d\\\n\n" },
  { "/layout/word/joined-behind/more", "a {\nb\\\n {\nc\\\n } d\\\n # e\nf }",
    "a {\n    b\\\n        {\n        c\\\n\n    } d\\\n  # e\n    f\n}\n" },
  { "/layout/word/backslash-at-the-end", "a b\\", "a b\\\n\n" },
  { "/layout/word/backslash-alone-at-the-end", "a \\", "a ''\n" },
  { "/layout/word/backslash-and-return", "a b\\\\\\\rc", "a b\\\\\\\n    c\n" },
  { "/layout/word/backslash-quoted-at-the-end", "a b\\\\", "a b\\\\\n" },

  { "/layout/join", "a \\\n b \\\n\\\n\tc \\\n", "a \\\n    b \\\n    c\n" },
  { "/layout/join/in-a-block", "a {\nb c \\\nd\n}",
    "a {\n    b c \\\n        d\n}\n" },
  { "/layout/join/of-nothing", "\\\na \\\n\nb \\\n;c \\\n", "a\nb\nc\n" },
  { "/layout/join/at-braces", "a \\\n{ \\\nb \\\n} \\\nelse \\\n{ c }",
    "a {\n    b\n} else {\n    c\n}\n" },
  { "/layout/join/behind-a-block", "a { b; c } d \\\n e",
    "a { b; c } d \\\n    e\n" },
  { "/layout/join/and-comment", "a \\\n# b\nc", "a  # b\nc\n" },
  { "/layout/join/quoted-blank", "a \\ # b\nc", "a \\ # b\nc\n" },
  { "/layout/join/name", "p \\\n= a", "p \\\n    = a\n" },

  { "/layout/block", "a {\nb\n  c {\n d\n }\n }",
    "a {\n    b\n    c {\n        d\n    }\n}\n" },
  { "/layout/block/empty", "a {   }\nb {\n}", "a { }\nb {\n}\n" },
  { "/layout/block/in-a-line", "a { b;  c ;;d; }\n", "a { b; c; d }\n" },
  { "/layout/block/half-in-a-line", "a { b\nc }", "a {\n    b\n    c\n}\n" },
  { "/layout/block/more-behind", "a {\nb\n}   within  5s",
    "a {\n    b\n} within 5s\n" },
  { "/layout/block/all-or-none", "a { b } else {\nc\n}",
    "a {\n    b\n} else {\n    c\n}\n" },
  { "/layout/block/all-or-none/last", "a {\nb\n} else { c }",
    "a {\n    b\n} else {\n    c\n}\n" },
  { "/layout/block/quote-over-lines", "a { b 'c\nd' }",
    "a {\n    b 'c\nd'\n}\n" },
  { "/layout/block/only-a-comment", "a {\n# b\n}", "a {\n    # b\n}\n" },
  { "/layout/block/fits", "a { " A20 " " A20 " " A20 " aaaaaaaaaaa }",
    "a { " A20 " " A20 " " A20 " aaaaaaaaaaa }\n" },
  { "/layout/block/too-wide", "a { " A20 "; " A20 " " A20 " aaaaaaaaaaa }",
    "a {\n    " A20 "\n    " A20 " " A20 " aaaaaaaaaaa\n}\n" },
  { "/layout/block/too-wide/outside-only",
    "a { " A20 "; b { " A20 "; " A20 " aaaaaaaaaaaaaa } }",
    "a {\n    " A20 "\n    b { " A20 "; " A20 " aaaaaaaaaaaaaa }\n}\n" },
  { "/layout/block/columns-count",
    "a { \u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00 " A20
    " " A20 " aaaaaaaaaa }",
    "a { \u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00\u4e00 " A20
    " " A20 " aaaaaaaaaa }\n" },
  { "/layout/block/comment-does-not-count", "a { b }  # " A20 A20 A20 A20,
    "a { b }  # " A20 A20 A20 A20 "\n" },

  { "/layout/comment", "#!/usr/bin/env proctor\n   #a  \n#\n\n#\tb\r\n",
    "#!/usr/bin/env proctor\n#a\n#\n\n#\tb\n" },
  { "/layout/comment/in-a-block", "a {\n# b\n  c\n\n# d\n}",
    "a {\n    # b\n    c\n\n    # d\n}\n" },
  { "/layout/comment/behind-a-brace", "a { # b\n\nc } # d\n# e",
    "a {  # b\n    c\n}  # d\n# e\n" },
  { "/layout/comment/before-else", "a {\nb\n} # c\nelse {\nd\n}",
    "a {\n    b\n}  # c\nelse {\n    d\n}\n" },
  { "/layout/comment/behind-a-semicolon", "a;# b\nc ;  # d",
    "a  # b\nc  # d\n" },
  { "/layout/comment/in-a-row", "a # 1\nbbb     # 2\n\nc # 3\n# 4\ndd # 5",
    "a    # 1\nbbb  # 2\n\nc  # 3\n# 4\ndd  # 5\n" },
  { "/layout/comment/in-a-row/wide", "\u00e4 # 1\n\u4e00 # 2",
    "\u00e4   # 1\n\u4e00  # 2\n" },
  { "/layout/comment/rows-by-block", "a { # 1\nb # 2\ncc # 3\n} # 4\nd # 5",
    "a {  # 1\n    b   # 2\n    cc  # 3\n}  # 4\nd  # 5\n" },
  { "/layout/comment/not-behind-the-widest",
    "a # 1\n" A20 A20 A20 A20 " # 2\n" A20 A20 A20 A20 "a # 3\nb # 4",
    "a                                         "
    "                                        # 1\n" A20 A20 A20 A20
    "  # 2\n" A20 A20 A20 A20 "a  # 3\nb  # 4\n" },

  { "/layout/here", "a {\nb <<E  c\n x\n  E\nE\nd\n}",
    "a {\n    b <<E c\n x\n  E\nE\n    d\n}\n" },
  { "/layout/here/line-behind", "a <<E; b # c\nx\nE\n\nd",
    "a <<E\nx\nE\nb  # c\n\nd\n" },
  { "/layout/here/several", "a <<A <<'B'; b <<\"C\"\n1\nA\n2\nB\n3\nC",
    "a <<A <<'B'\n1\nA\n2\nB\nb <<\"C\"\n3\nC\n" },
  { "/layout/here/block-in-a-line", "a { b <<E; c }\nx\nE\n",
    "a {\n    b <<E\nx\nE\n    c\n}\n" },
  { "/layout/here/before-a-block", "a <<E { b\nx\nE\nc }",
    "a <<E {\nx\nE\n    b\n    c\n}\n" },
  { "/layout/here/comments-behind", "a <<E # 1\nE\nbb # 2",
    "a <<E  # 1\nE\nbb  # 2\n" },
  { "/layout/here/crlf", "a <<E\r\nx\r\n\r\r\nE\r\nb\r\n",
    "a <<E\nx\n\r\r\nE\nb\n" },
  { "/layout/here/return-at-the-end", "a <<E\nE\r", "a <<E\nE\n" },
  { "/layout/here/indent", "a {\nb <<~E\nx\n\n \t\n  y\n  E\n}",
    "a {\n    b <<~E\n        x\n\n         \t\n          y\n        E\n}\n" },
  { "/layout/here/indent/tabs", "b <<~E\n\t\tx\n \n\ty\nE\n",
    "b <<~E\n    \tx\n\n    y\n    E\n" },
  { "/layout/here/indent/empty", "b <<~E\n  E\n", "b <<~E\n    E\n" },
  { "/layout/here/indent/only-blanks", "b <<~E\n  \n\t\nE\n",
    "b <<~E\n  \n\t\n    E\n" },
  { "/layout/here/indent/joined", "b <<~E\n  x\\\n  y\n  E\n",
    "b <<~E\n  x\\\n  y\n  E\n" },
  { "/layout/here/indent/joined-in-a-default",
    "b <<~E\n      x ${y:-\\\n  z}\n  E\n",
    "b <<~E\n      x ${y:-\\\n  z}\n  E\n" },
  { "/layout/here/indent/verbatim", "b <<~'E'\n  x\\\n  $y\n  E\n",
    "b <<~'E'\n    x\\\n    $y\n    E\n" },
  { "/layout/here/glued", "a <<'E'b\nE\n", "a <<'E' b\nE\n" },
};

static void
test_case (const void *data)
{
  const Case *const c = data;
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_true (laying_check (c->text, strlen (c->text), out));
  g_assert_cmpstr (out->str, ==, c->layout);
}

/* --- What cannot be read ------------------------------------------------ */

static void
check_unreadable (const char *text, size_t n_text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_false (laying_check (text, n_text, out));
  g_assert_cmpuint (out->len, ==, 0);
}

static void
test_unreadable (void)
{
  static const char *const texts[]
      = { "a {\n",       "a }\n",         "= a",        "a 'b\n", "a \"\\q\"",
          "a # \xff\nb", "a\nb \xc3(c",   "a <<E\nb\n", "a <<E",  "a (b)",
          " \ufeffz",    "\ufeff\ufeffz", "a b\\n" };
  static const char nul[] = "a\n# b \0\nc\n";

  for (unsigned i = 0; i < G_N_ELEMENTS (texts); i++)
    check_unreadable (texts[i], strlen (texts[i]));
  check_unreadable (nul, sizeof nul - 1);
}

/* --- Much of it --------------------------------------------------------- */

static void
append_repeated (GString *text, const char *what, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    g_string_append (text, what);
}

static void
check_repeated (const char *before, const char *what, unsigned n,
                const char *behind, unsigned n_behind)
{
  g_autoptr (GString) text = g_string_new (before);
  g_autoptr (GString) out = g_string_new (NULL);

  append_repeated (text, what, n);
  append_repeated (text, behind, n_behind);
  g_assert_true (laying_check (text->str, text->len, out));
}

static void
test_much (void)
{
  check_repeated ("", "a { ", 200, "} ", 200);
  check_repeated ("", "a {\n# b\n", 200, "}\n", 200);
  check_repeated ("a { b ", "aaaaaaaaaaaaaaaaaaa ", 50000, "}", 1);
  check_repeated ("a { b { c ", "aaaaaaaaaaaaaaaaaaaa", 50000, " } }", 1);
  check_repeated ("a { ", "b; ", 300000, "} # c\nd # e\n", 1);
  check_repeated ("a ", "aaaaaaaaaaaaaaaaaaa ", 50000, "# b\nc # d\n", 1000);
  check_repeated ("", "a # b\n", 100000, "\n", 1);
  check_repeated ("", "a { b { c; d } } # e\n", 50000, "", 0);
  check_repeated ("a", " \\\nb { c }", 50000, "", 0);
  check_repeated ("a ", "<<E ", 10000, "\nE", 10000);
  check_repeated ("a", "\n", 1000000, "", 0);
  check_repeated ("", ";", 1000000, "", 0);
}

/* --- All plans that there are, and the same in another layout ------------ */

typedef struct
{
  const Source *source;
  Marks marks;
  GRand *random;
  GString *out;
  unsigned n_opened;
  unsigned n_heres;
  unsigned n_notes;
  bool needs_blank;
} Shuffle;

static const char *
text_at (const Shuffle *shuffle, uint32_t offset)
{
  return shuffle->source->text + (offset - shuffle->source->base);
}

static const char *
pick (Shuffle *shuffle, const char *const *texts, unsigned n)
{
  return texts[g_rand_int_range (shuffle->random, 0, (gint32)n)];
}

#define PICK(shuffle, ...)                                                     \
  pick ((shuffle), (const char *const[]){ __VA_ARGS__ },                       \
        G_N_ELEMENTS (((const char *const[]){ __VA_ARGS__ })))

static void
append_span (Shuffle *shuffle, uint32_t begin, uint32_t end)
{
  g_string_append_len (shuffle->out, text_at (shuffle, begin), end - begin);
}

/* Texts of here-documents stay as they are. */
static void
append_newline (Shuffle *shuffle)
{
  g_string_append (shuffle->out, PICK (shuffle, "\n", "\n", "\r\n"));
  for (; shuffle->n_heres < shuffle->n_opened; shuffle->n_heres++)
    {
      const MarkHere *const here
          = &g_array_index (shuffle->marks.heres, MarkHere, shuffle->n_heres);

      append_span (shuffle, here->lines.begin, here->next);
      if (shuffle->out->str[shuffle->out->len - 1] != '\n')
        g_string_append_c (shuffle->out, '\n');
    }
}

static void
append_end (Shuffle *shuffle)
{
  const bool has_heres = shuffle->n_opened > shuffle->n_heres;

  switch (g_rand_int_range (shuffle->random, has_heres ? 2 : 0, 7))
    {
    case 0:
    case 1:
      g_string_append (shuffle->out, PICK (shuffle, ";", " ;; ", ";\t"));
      break;
    case 2:
      g_string_append_printf (shuffle->out, " # note %u\\", ++shuffle->n_notes);
      append_newline (shuffle);
      break;
    case 3:
      append_newline (shuffle);
      g_string_append_printf (shuffle->out, "#note %u", ++shuffle->n_notes);
      append_newline (shuffle);
      break;
    case 4:
      append_newline (shuffle);
      g_string_append (shuffle->out,
                       PICK (shuffle, "\n\n", "  \n", ";\n", "\\\n"));
      break;
    default:
      append_newline (shuffle);
      break;
    }
  shuffle->needs_blank = false;
}

static void
append_blank (Shuffle *shuffle)
{
  g_string_append (shuffle->out, PICK (shuffle, " ", " ", " ", "   ", "\t",
                                       " \\\n", "\t\\\r\n  "));
}

static void
append_token (Shuffle *shuffle, const Mark *mark)
{
  const bool may_be_apart
      = mark->kind == MARK_CLOSE && g_rand_boolean (shuffle->random);

  if (may_be_apart)
    append_end (shuffle);
  else if (shuffle->needs_blank || g_rand_boolean (shuffle->random))
    append_blank (shuffle);
  append_span (shuffle, mark->span.begin, mark->span.end);
  shuffle->needs_blank = true;
  shuffle->n_opened += mark->kind == MARK_HERE;
  if (mark->kind == MARK_OPEN && g_rand_boolean (shuffle->random))
    append_end (shuffle);
}

static void
shuffle_all (Shuffle *shuffle)
{
  const GArray *const all = shuffle->marks.all;

  for (unsigned i = 0; i < all->len; i++)
    {
      const Mark *const mark = &g_array_index (all, Mark, i);
      const bool is_behind_comment
          = i > 0 && g_array_index (all, Mark, i - 1).kind == MARK_COMMENT;

      if (mark->kind == MARK_JOIN)
        continue;
      if (mark->kind != MARK_END)
        append_token (shuffle, mark);
      else if (is_behind_comment)
        append_newline (shuffle);
      else
        append_end (shuffle);
      shuffle->needs_blank &= mark->kind != MARK_END;
    }
  if (shuffle->n_heres < shuffle->n_opened)
    append_newline (shuffle);
}

/* Writes a text that means the same.  False if it cannot be read. */
static bool
shuffle_text (const char *text, size_t n_text, uint32_t seed, GString *out)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  Shuffle shuffle = { .source = sources_add (sources, "p", text, n_text),
                      .random = random,
                      .out = out };

  marks_init (&shuffle.marks);

  const bool is_ok = parse_marks (shuffle.source, &shuffle.marks, diag);

  if (is_ok)
    shuffle_all (&shuffle);
  marks_clear (&shuffle.marks);
  return is_ok;
}

/* The operations; where there are errors, how many. */
static char *
ops_of (const char *path, const GString *text)
{
  static const CompileOptions options
      = { .timeout_microsecs = 20000000, .builddir = "/started" };
  Compiled compiled;

  compiled.sources = sources_new ();
  compiled.diag = diag_new (compiled.sources);
  compiled.plan = compile_plan (
      sources_add (compiled.sources, path, text->str, text->len),
      compiled.sources, &options, compiled.diag);

  char *const ops
      = compiled.plan != NULL
            ? compiled_ops (&compiled)
            : g_strdup_printf ("%u errors", diag_n_errors (compiled.diag));

  compiled_clear (&compiled);
  return ops;
}

static void
check_ops (const char *path, const GString *text, const char *expected)
{
  g_autofree char *ops = ops_of (path, text);

  g_assert_cmpstr (ops, ==, expected);
}

#define N_SHUFFLES 20

static void
check_plan (const char *path, const GString *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) shuffled = g_string_new (NULL);
  g_autofree char *ops = ops_of (path, text);

  if (!laying_check (text->str, text->len, out))
    return;

  check_ops (path, out, ops);
  for (unsigned i = 0; i < N_SHUFFLES; i++)
    {
      g_string_truncate (shuffled, 0);
      g_string_truncate (out, 0);
      g_assert_true (shuffle_text (text->str, text->len, i, shuffled));
      check_ops (path, shuffled, ops);
      g_assert_true (laying_check (shuffled->str, shuffled->len, out));
      check_ops (path, out, ops);
    }
}

/* Returns how many there are below @path. */
static unsigned
check_plans (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  unsigned n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *entry = g_build_filename (path, name, NULL);

      n += check_plans (entry);
    }
  if (dir != NULL || !g_str_has_suffix (path, ".plan"))
    return n;

  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *bytes = NULL;
  size_t n_bytes;

  g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
  g_string_append_len (text, bytes, (gssize)n_bytes);
  check_plan (path, text);
  return 1;
}

static void
test_plans (const void *directory)
{
  const char *const top = g_getenv ("top_srcdir");
  g_autofree char *path
      = g_build_filename (top != NULL ? top : ".", directory, NULL);

  g_assert_cmpuint (check_plans (path), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/layout/unreadable", test_unreadable);
  g_test_add_func ("/layout/much", test_much);
  g_test_add_data_func ("/layout/plans/shown", "plans", test_plans);
  g_test_add_data_func ("/layout/plans/golden", "tests/golden", test_plans);
  g_test_add_data_func ("/layout/plans/corpus", "tests/fuzz/corpus",
                        test_plans);
  return g_test_run ();
}
