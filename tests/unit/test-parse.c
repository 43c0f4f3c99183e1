#include "config.h"

#include "front/parse.h"
#include "tree.h"

#include <string.h>

/* --- Cases -------------------------------------------------------------- */

typedef struct
{
  const char *path;
  const char *text;
  const char *tree;
  const char *error; /* of the messages the first line; NULL: there is none */
} Case;

static const Case cases[] = {
  { "/parse/empty", "", "", NULL },
  { "/parse/blank-lines", "\n  \n;;\n\t\n", "", NULL },
  { "/parse/comment", "# a\n  # b\nc # d\n", "c; ", NULL },
  { "/parse/comment/first-line", "#!/usr/bin/env proctor\na", "a; ", NULL },
  { "/parse/comment/not-inside-a-word", "a#b c# #d", "a#b c#; ", NULL },
  { "/parse/comment/does-not-join", "a # b \\\nc", "a; c; ", NULL },
  { "/parse/line", "wait p 0\n", "wait p 0; ", NULL },
  { "/parse/line/no-newline", "wait p 0", "wait p 0; ", NULL },
  { "/parse/line/semicolon", "a b;c;d ;e", "a b; c; d; e; ", NULL },
  { "/parse/line/crlf", "a\r\nb \r\n", "a; b; ", NULL },
  { "/parse/line/joined", "a \\\n b\\\nc \\\r\nd", "a 'bc' d; ", NULL },
  { "/parse/line/joined-at-the-end", "a \\\n", "a; ", NULL },
  { "/parse/line/byte-order-mark",
    "\ufeff"
    "a",
    "a; ", NULL },
  { "/parse/name", "p = a b", "p := a b; ", NULL },
  { "/parse/name/with-variable", "p$i = a", "\"p<$i>\" := a; ", NULL },
  { "/parse/name/equals-as-argument", "a b = c = d", "a b = c = d; ", NULL },
  { "/parse/name/of-equals", "a = b = c", "a := b = c; ", NULL },
  { "/parse/name/inside-a-word", "a=b c= =d", "a=b c= =d; ", NULL },
  { "/parse/word/odd", "a,b+c@d%e^f*g?h[i]j~k|l&m<n>op",
    "a,b+c@d%e^f*g?h[i]j~k|l&m<n>op; ", NULL },
  { "/parse/word/braces-inside", "find {} {a} a{b ${", "find {} {a} a{b '${'; ",
    "p:1:17: error: this is not a variable" },
  { "/parse/word/wide", "gr\u00fc\u00dfe", "'gr\u00fc\u00dfe'; ", NULL },
  { "/parse/word/escapes", "a\\ b\\;\\#\\{\\$x\\\"", "'a b;#{$x\"'; ", NULL },
  { "/parse/word/escape-of-a-brace", "\\{ \\}", "'{' '}'; ", NULL },
  { "/parse/word/juxtaposed", "a\"b c\"'d e'$f\"g\"", "\"ab cd e<$f>g\"; ",
    NULL },
  { "/parse/word/parenthesis", "a (b)", "a '(b)'; ",
    "p:1:3: error: a \"(\" must stand between quotes" },
  { "/parse/word/parenthesis-closing", "a b)", "a 'b)'; ",
    "p:1:4: error: a \")\" must stand between quotes" },
  { "/parse/single/verbatim", "'a\\n$b\"c'", "'a\\n$b\"c'; ", NULL },
  { "/parse/single/lines", "'a\nb\r\nc'", "'a\nb\nc'; ", NULL },
  { "/parse/single/empty", "''", "''; ", NULL },
  { "/parse/single/not-closed", "x\na 'b c\nd", "x; a 'b c\nd'; ",
    "p:2:3: error: this quote is not closed" },
  { "/parse/double/escapes", "\"\\n\\t\\r\\e\\\\\\\"\\$\\x41\\u{e9}\"",
    "'\n\t\r\33\\\"$A\u00e9'; ", NULL },
  { "/parse/double/join", "\"a\\\nb\"", "'ab'; ", NULL },
  { "/parse/double/lines", "\"a\nb\r\nc\"", "'a\nb\nc'; ", NULL },
  { "/parse/double/no-escape", "\"\\q\"", "''; ",
    "p:1:2: error: there is no escape \"\\q\"" },
  { "/parse/double/half-an-escape", "\"\\x4\"", "'4'; ",
    "p:1:2: error: there is no escape \"\\x\"" },
  { "/parse/double/no-character", "\"\\u{110000}\"", "''; ",
    "p:1:2: error: there is no character U+110000" },
  { "/parse/double/surrogate", "\"\\u{d800}\"", "''; ",
    "p:1:2: error: there is no character U+D800" },
  { "/parse/double/not-closed", "a \"b", "a 'b'; ",
    "p:1:3: error: this quote is not closed" },
  { "/parse/double/backslash-at-the-end", "\"\\", "''; ",
    "p:1:1: error: this quote is not closed" },
  { "/parse/variable/simple", "$a \"$a\" x$a", "\"<$a>\" \"<$a>\" \"x<$a>\"; ",
    NULL },
  { "/parse/variable/dashes", "$a-b- $a.b", "\"<$a-b>-\" \"<$a>.b\"; ", NULL },
  { "/parse/variable/braced", "${a}b", "\"<${}a>b\"; ", NULL },
  { "/parse/variable/default", "${a:-b c}", "\"<${}a:-b c>\"; ", NULL },
  { "/parse/variable/default/empty", "${a:-}", "\"<${}a:->\"; ", NULL },
  { "/parse/variable/default/nested", "\"${a:-x${b:-$c}\"}\"'}'}y\"",
    "\"<${}a:-x<${}b:-<$c>>}}>y\"; ", NULL },
  { "/parse/variable/default/not-closed", "${a:-b\nc", "\"<${}a:-b>\"; c; ",
    "p:1:1: error: this \"${\" is not closed" },
  { "/parse/variable/default/in-quotes-not-closed", "\"${a:-b\nc\"",
    "\"<${}a:-b>\nc\"; ", "p:1:2: error: this \"${\" is not closed" },
  { "/parse/variable/list", "a $@b \"$@c\"", "a $@b $@c; ", NULL },
  { "/parse/variable/list/not-alone", "a$@b", "\"a<$@b>\"; ",
    "p:1:2: error: \"$@b\" makes several words, and must stand alone" },
  { "/parse/variable/list/no-name", "$@", "'$@'; ",
    "p:1:1: error: \"$@\" needs the name of a list" },
  { "/parse/dollar/plain", "a$ $ \"$\" $.", "'a$' '$' '$' '$.'; ", NULL },
  { "/parse/dollar/digit", "$1", "'$1'; ",
    "p:1:1: error: there is no variable \"$1\"" },
  { "/parse/dollar/substitution", "a $(b c) d", "a '$(b c)' d; ",
    "p:1:3: error: there is no command substitution" },
  { "/parse/block", "a { b c; d }", "a { b c; d; }; ", NULL },
  { "/parse/block/empty", "a { }", "a { }; ", NULL },
  { "/parse/block/lines", "a {\n b\n\n c\n}\nd", "a { b; c; }; d; ", NULL },
  { "/parse/block/more-behind", "a { b } c { d } e", "a { b; } c { d; } e; ",
    NULL },
  { "/parse/block/nested", "a { b { c } }", "a { b { c; }; }; ", NULL },
  { "/parse/block/not-closed", "a {\nb {\nc\n", "a { b { c; }; }; ",
    "p:2:3: error: this block is not closed" },
  { "/parse/block/glued", "a{ b }", "a{ b; ",
    "p:1:6: error: there is no block for this \"}\" to close" },
  { "/parse/block/extra", "a\n}\nb }\n", "a; b; ",
    "p:2:1: error: there is no block for this \"}\" to close" },
  { "/parse/here", "a <<E b\nx $y \\$ \\\\ \\n \\\nz\nE\nc",
    "a \"x <$y> $ \\ \\n z\n\"<< b; c; ", NULL },
  { "/parse/here/verbatim", "a <<'E'\n$x \\\\\\\nE\n", "a '$x \\\\\\\n'<<; ",
    NULL },
  { "/parse/here/double-quoted", "a <<\"E\"\n$x\nE\n", "a \"<$x>\n\"<<; ",
    NULL },
  { "/parse/here/indent", "a <<~E\n    b\n\n      c\n \t\n    E\nd",
    "a 'b\n\n  c\n\n'<<; d; ", NULL },
  { "/parse/here/no-common-indent", "a <<~E\n  b\nc\nE", "a '  b\nc\n'<<; ",
    NULL },
  { "/parse/here/crlf", "a <<E\r\nb\r\nE\r\nc", "a 'b\n'<<; c; ", NULL },
  { "/parse/here/empty", "a <<E\nE\nb", "a ''<<; b; ", NULL },
  { "/parse/here/several", "a <<A <<'B' x\n1\nA\n2\nB\nb",
    "a '1\n'<< '2\n'<< x; b; ", NULL },
  { "/parse/here/in-a-block", "a { b <<E }\nx\nE\nc", "a { b 'x\n'<<; }; c; ",
    NULL },
  { "/parse/here/almost-its-end", "a <<E\nE \n E\nEE\nE\nb",
    "a 'E \n E\nEE\n'<<; b; ", NULL },
  { "/parse/here/not-closed", "a <<E\nb\n E\n", "a ''<<; ",
    "p:1:3: error: this here-document has no end: there is no line \"E\"" },
  { "/parse/here/at-the-end", "a <<E", "a ''<<; ",
    "p:1:3: error: this here-document has no end: there is no line \"E\"" },
  { "/parse/here/no-text-behind", "a <<E\n", "a ''<<; ",
    "p:1:3: error: this here-document has no end: there is no line \"E\"" },
  { "/parse/here/no-operator", "a << E <<E.x <<1", "a << E <<E.x <<1; ", NULL },
  { "/parse/wrong/equals-first", "= a\nb", "b; ",
    "p:1:1: error: a line cannot begin with \"=\"" },
  { "/parse/wrong/name-alone", "a =\nb", "b; ",
    "p:1:4: error: the end of the line stands where a word should" },
  { "/parse/wrong/block-first", "{ a }\nb", "b; ",
    "p:1:1: error: a line cannot begin with a block" },
  { "/parse/wrong/named-block", "a = { b\nc }\nd", "c; d; ",
    "p:1:5: error: a block stands where a word should" },
  { "/parse/wrong/here-first", "<<E\nx\nE\nb", "b; ",
    "p:1:1: error: a line cannot begin with a here-document" },
  { "/parse/wrong/malformed", "a \xff\xfe b\n", "a '' b; ",
    "p:1:3: error: this is not UTF-8" },
  { "/parse/wrong/malformed-in-quotes", "a \"b\xc3\"", "a 'b'; ",
    "p:1:5: error: this is not UTF-8" },
  { "/parse/wrong/malformed-comment", "a # \x80\nb", "a; b; ",
    "p:1:5: error: this is not UTF-8" },
  { "/parse/wrong/surrogate", "a \xed\xa0\x80", "a ''; ",
    "p:1:3: error: this is not UTF-8" },
};

/* --- Tests -------------------------------------------------------------- */

typedef struct
{
  Sources *sources;
  Diag *diag;
  Arena *arena;
  Intern *names;
  AstBlock *block;
  bool is_sure;
} Parsed;

static void
parse (Parsed *parsed, const char *text, size_t n_text)
{
  parsed->sources = sources_new ();
  parsed->diag = diag_new (parsed->sources);
  parsed->arena = arena_new ();
  parsed->names = intern_new ();

  const Source *const source = sources_add (parsed->sources, "p", text, n_text);

  parsed->block = parse_source (source, parsed->arena, parsed->names,
                                parsed->diag, &parsed->is_sure);
  /* The scanner leaves the text as it was. */
  g_assert_cmpint (memcmp (source->text, text, n_text), ==, 0);
}

static void
parsed_clear (Parsed *parsed)
{
  intern_free (parsed->names);
  arena_free (parsed->arena);
  diag_free (parsed->diag);
  sources_free (parsed->sources);
}

/* The first line of all messages. */
static char *
first_message (const Diag *diag)
{
  g_autoptr (GString) out = g_string_new (NULL);

  diag_print (diag, out, false);
  g_string_truncate (out, strcspn (out->str, "\n"));
  return g_strdup (out->str);
}

static void
test_case (const void *data)
{
  const Case *const c = data;
  g_autoptr (GString) tree = g_string_new (NULL);
  Parsed parsed;

  parse (&parsed, c->text, strlen (c->text));
  tree_append (parsed.block, tree);
  g_assert_cmpstr (tree->str, ==, c->tree);

  g_autofree char *message = first_message (parsed.diag);

  g_assert_cmpstr (message, ==, c->error != NULL ? c->error : "");
  parsed_clear (&parsed);
}

/* A NUL is told wherever it stands, and left out. */
static void
test_nul (void)
{
  static const char text[] = "a\0b \"c\0\" 'd\0\0' # \0\ne";
  g_autoptr (GString) tree = g_string_new (NULL);
  Parsed parsed;

  parse (&parsed, text, sizeof text - 1);
  tree_append (parsed.block, tree);
  g_assert_cmpstr (tree->str, ==, "'ab' 'c' 'd'; e; ");
  g_assert_cmpuint (diag_n_errors (parsed.diag), ==, 1);
  parsed_clear (&parsed);
}

/* What is no text is told a few times, not for ever. */
static void
test_binary (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Parsed parsed;

  for (unsigned i = 0; i < 10000; i++)
    g_string_append_len (text, "a\0\xff\n", 4);
  parse (&parsed, text->str, text->len);
  g_assert_cmpuint (diag_n_errors (parsed.diag), ==, 10);
  g_assert_false (parsed.is_sure);
  parsed_clear (&parsed);
}

static void
parse_repeated (const char *what, unsigned n, unsigned n_errors)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Parsed parsed;

  for (unsigned i = 0; i < n; i++)
    g_string_append (text, what);
  parse (&parsed, text->str, text->len);
  g_assert_cmpuint (diag_n_errors (parsed.diag), ==, n_errors);
  parsed_clear (&parsed);
}

static void
test_deep (void)
{
  parse_repeated ("a { ", 100000, 1);
  parse_repeated ("a {\n", 100000, 1);
  parse_repeated ("} ", 100000, 1);
  parse_repeated ("a ${b:-", 100000, 1);
  parse_repeated ("a \"${b:-", 100000, 1);
}

static void
test_long (void)
{
  parse_repeated ("aaaaaaaaaaaaaaaaaaa ", 500000, 0);
  parse_repeated ("aaaaaaaaaaaaaaaaaaaa", 500000, 0);
  parse_repeated ("aaaaaaaaaaaaaaaa\xc3\xa9", 500000, 0);
  parse_repeated ("aaaaaaaaaaaaa${a:-b}", 100000, 0);
  parse_repeated ("a \\\n", 500000, 0);
  parse_repeated (";", 500000, 0);
  parse_repeated ("a <<E\n", 100000, 1);
}

/* Each beginning of a text is read to its end. */
static void
test_cut_off (void)
{
  static const char text[]
      = "p$i = a \"b\\x41\\u{e9}${c:-\"d${e:-'f'}\"}\" 'g' {\n  h $@i <<A "
        "<<~'B' "
        "\\\n j\n $k\nA\n  l\n  B\n m # n\xc3\xa9\n} else { o; }\n";

  for (size_t n = 0; n < sizeof text; n++)
    {
      Parsed parsed;

      parse (&parsed, text, n);
      g_assert_nonnull (parsed.block);
      parsed_clear (&parsed);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/parse/nul", test_nul);
  g_test_add_func ("/parse/binary", test_binary);
  g_test_add_func ("/parse/deep", test_deep);
  g_test_add_func ("/parse/long", test_long);
  g_test_add_func ("/parse/cut-off", test_cut_off);
  return g_test_run ();
}
