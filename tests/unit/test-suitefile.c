#include "config.h"

#include "cli/suitefile.h"
#include "suiting.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANY 100000

/* --- What is wrong, and said ------------------------------------------------
 */

typedef struct
{
  const char *path;
  const char *text;
  const char *out;
} Case;

#define P "proctor.yaml:"

static const Case cases[] = {
  /* Nothing. */
  { "/suitefile/empty/file", "", "" },
  { "/suitefile/empty/comment", "# nothing yet\n", "" },
  { "/suitefile/empty/document", "---\n...\n", "" },
  { "/suitefile/empty/null", "~\n", "" },
  { "/suitefile/empty/map", "{}\n", "" },
  { "/suitefile/empty/keys", "plans:\ndefaults:\nprofiles:\noverrides:\n", "" },
  { "/suitefile/empty/sets",
    "plans: []\ndefaults: {}\nprofiles: {a: }\noverrides: []\n", "" },
  { "/suitefile/empty/mark",
    "\xef\xbb\xbf"
    "defaults: {}\n",
    "" },

  /* Keys. */
  { "/suitefile/unknown", "plan: a\n",
    P "1:1: error: a suite file has no \"plan\"\n"
      "    1 | plan: a\n"
      "      | ^~~~\n" P "1:1: note: did you mean \"plans\"?\n" },
  { "/suitefile/unknown/option", "jobs: 4\n",
    P "1:1: error: a suite file has no \"jobs\"\n"
      "    1 | jobs: 4\n"
      "      | ^~~~\n" P "1:1: note: it goes under \"defaults\"\n" },
  { "/suitefile/unknown/frob", "frob: 4\n",
    P "1:1: error: a suite file has no \"frob\"\n"
      "    1 | frob: 4\n"
      "      | ^~~~\n" P
      "1:1: note: it has \"plans\", \"defaults\", \"profiles\" and "
      "\"overrides\"\n" },
  { "/suitefile/unknown/in-defaults", "defaults:\n  timout: 5s\n",
    P "2:3: error: there is no option \"timout\"\n"
      "    2 |   timout: 5s\n"
      "      |   ^~~~~~\n" P "2:3: note: did you mean \"timeout\"?\n" },
  { "/suitefile/unknown/extends", "defaults: {extends: a}\n",
    P "1:12: error: there is no option \"extends\"\n"
      "    1 | defaults: {extends: a}\n"
      "      |            ^~~~~~~\n" P
      "1:12: note: \"proctor run --help\" shows all; here they stand without "
      "\"--\"\n" },
  { "/suitefile/unknown/only-command-line", "defaults: {verbose: yes}\n",
    P "1:12: error: the option \"verbose\" cannot be set in a suite file\n"
      "    1 | defaults: {verbose: yes}\n"
      "      |            ^~~~~~~\n" },
  { "/suitefile/unknown/suite", "defaults: {suite: other.yaml}\n",
    P "1:12: error: the option \"suite\" cannot be set in a suite file\n"
      "    1 | defaults: {suite: other.yaml}\n"
      "      |            ^~~~~\n" },
  { "/suitefile/unknown/in-override", "overrides: [{match: a, tag: b}]\n",
    P "1:24: error: an override has no \"tag\"\n"
      "    1 | overrides: [{match: a, tag: b}]\n"
      "      |                        ^~~\n" P
      "1:24: note: did you mean \"tags\"?\n" },
  { "/suitefile/twice", "defaults:\n  jobs: 1\n  jobs: 2\n",
    P "3:3: error: the key \"jobs\" is here twice\n"
      "    3 |   jobs: 2\n"
      "      |   ^~~~\n" P "2:3: note: it is here already\n"
      "    2 |   jobs: 1\n"
      "      |   ^~~~\n" },
  { "/suitefile/twice/quoted", "plans: a\n\"plans\": b\n",
    P "2:1: error: the key \"plans\" is here twice\n"
      "    2 | \"plans\": b\n"
      "      | ^~~~~~~\n" P "1:1: note: it is here already\n"
      "    1 | plans: a\n"
      "      | ^~~~~\n" },
  { "/suitefile/key-list", "? [a, b]\n: c\n",
    P "1:3: error: a list cannot be a key\n"
      "    1 | ? [a, b]\n"
      "      |   ^\n" },

  /* Kinds. */
  { "/suitefile/kind/root", "- plans\n",
    P "1:1: error: a suite file must be a map, not a list\n"
      "    1 | - plans\n"
      "      | ^\n" P "1:1: note: a map has lines such as \"plans: tests\"\n" },
  { "/suitefile/kind/root-text", "plans\n",
    P "1:1: error: a suite file must be a map, not a text\n"
      "    1 | plans\n"
      "      | ^~~~~\n" P
      "1:1: note: a map has lines such as \"plans: tests\"\n" },
  { "/suitefile/kind/list-for-text", "defaults: {jobs: [4]}\n",
    P "1:18: error: \"jobs\" must be a text, not a list\n"
      "    1 | defaults: {jobs: [4]}\n"
      "      |                  ^\n" },
  { "/suitefile/kind/map-for-list", "plans: {a: b}\n",
    P "1:8: error: \"plans\" must be a list, not a map\n"
      "    1 | plans: {a: b}\n"
      "      |        ^\n" },
  { "/suitefile/kind/item", "plans: [[a]]\noverrides: [a]\n",
    P "2:13: error: an item of \"overrides\" must be a map, not a text\n"
      "    2 | overrides: [a]\n"
      "      |             ^\n" },
  { "/suitefile/kind/text-for-map", "defaults: fast\nprofiles: {ci: fast}\n",
    P "1:11: error: \"defaults\" must be a map, not a text\n"
      "    1 | defaults: fast\n"
      "      |           ^~~~\n" P
      "2:16: error: \"ci\" must be a map, not a text\n"
      "    2 | profiles: {ci: fast}\n"
      "      |                ^~~~\n" },
  { "/suitefile/kind/tags", "defaults: {tags: {a: b}}\n",
    P "1:18: error: \"tags\" must be a list, not a map\n"
      "    1 | defaults: {tags: {a: b}}\n"
      "      |                  ^\n" },
  { "/suitefile/kind/env", "defaults: {env: [A=b]}\n",
    P "1:17: error: \"env\" must be a map, not a list\n"
      "    1 | defaults: {env: [A=b]}\n"
      "      |                 ^\n" },
  { "/suitefile/kind/env-value", "defaults: {env: {A: [b], B: }}\n",
    P "1:21: error: \"A\" must be a text, not a list\n"
      "    1 | defaults: {env: {A: [b], B: }}\n"
      "      |                     ^\n" P "1:26: error: \"B\" has no value\n"
      "    1 | defaults: {env: {A: [b], B: }}\n"
      "      |                          ^\n" P
      "1:26: note: an empty text is \"\"\n" },

  /* Values. */
  { "/suitefile/value/none", "defaults:\n  jobs:\n  keep: ~\n",
    P "2:3: error: \"jobs\" has no value\n"
      "    2 |   jobs:\n"
      "      |   ^~~~\n" P "3:3: error: \"keep\" has no value\n"
      "    3 |   keep: ~\n"
      "      |   ^~~~\n" },
  { "/suitefile/value/bad",
    "defaults: {timeout: 5x, jobs: -1, keep: perhaps, color: red}\n",
    P "1:21: error: timeout: \"5x\" is not a duration over 0 (a number, and "
      "ms, s, m or h)\n"
      "    1 | defaults: {timeout: 5x, jobs: -1, keep: perhaps, color: red}\n"
      "      |                     ^~\n" P
      "1:31: error: jobs: \"-1\" is not a whole number from 0 to 1000000\n"
      "    1 | defaults: {timeout: 5x, jobs: -1, keep: perhaps, color: red}\n"
      "      |                               ^~\n" P
      "1:41: error: keep: \"perhaps\" is not yes or no\n"
      "    1 | defaults: {timeout: 5x, jobs: -1, keep: perhaps, color: red}\n"
      "      |                                         ^~~~~~~\n" P
      "1:57: error: color: \"red\" is not auto, always or never\n"
      "    1 | defaults: {timeout: 5x, jobs: -1, keep: perhaps, color: red}\n"
      "      |                                                         ^~~\n" },
  { "/suitefile/value/variable", "defaults: {env: {A-B: c, \"\": d}}\n",
    P "1:18: error: \"A-B\" cannot be the name of a variable\n"
      "    1 | defaults: {env: {A-B: c, \"\": d}}\n"
      "      |                  ^~~\n" P
      "1:26: error: \"\" cannot be the name of a variable\n"
      "    1 | defaults: {env: {A-B: c, \"\": d}}\n"
      "      |                          ^~\n" },
  { "/suitefile/value/tag-unquoted", "defaults:\n  tags: !slow\n",
    P "2:9: error: the YAML tag \"!slow\" is not read here\n"
      "    2 |   tags: !slow\n"
      "      |         ^~~~~\n" P
      "2:9: note: a text that begins with \"!\" stands between quotes: "
      "\"!slow\"\n" },
  { "/suitefile/value/after-wide",
    "# \xe6\x97\xa5\xe6\x9c\xac\n"
    "defaults: {env: {\xe6\x97\xa5: a}}\n",
    P "2:18: error: \"\xe6\x97\xa5\" cannot be the name of a variable\n"
      "    2 | defaults: {env: {\xe6\x97\xa5: a}}\n"
      "      |                  ^~\n" },
  { "/suitefile/value/after-mark",
    "\xef\xbb\xbf"
    "frob: 1\n",
    P "1:1: error: a suite file has no \"frob\"\n"
      "    1 | \\ufefffrob: 1\n"
      "      |       ^~~~\n" P
      "1:1: note: it has \"plans\", \"defaults\", \"profiles\" and "
      "\"overrides\"\n" },
  { "/suitefile/value/crlf", "plans: a\r\ndefaults:\r\n  jobs: x\r\n",
    P "3:9: error: jobs: \"x\" is not a whole number from 0 to 1000000\n"
      "    3 |   jobs: x\n"
      "      |         ^\n" },
  { "/suitefile/value/nul", "defaults: {filter: \"a\\0b\"}\n",
    P "1:20: error: a text cannot hold a NUL\n"
      "    1 | defaults: {filter: \"a\\0b\"}\n"
      "      |                    ^~~~~~\n" },

  /* Overrides. */
  { "/suitefile/override/no-match", "overrides:\n  - timeout: 5s\n",
    P "2:5: error: this override has no \"match\", which says for which tests "
      "it is\n"
      "    2 |   - timeout: 5s\n"
      "      |     ^\n" },
  { "/suitefile/override/bad-tag", "overrides: [{match: a, tags: '!b'}]\n",
    P "1:30: error: \"!b\" is no tag\n"
      "    1 | overrides: [{match: a, tags: '!b'}]\n"
      "      |                              ^~~~\n" P
      "1:30: note: several are a list; here tags are added to tests, not "
      "chosen by\n" },
  { "/suitefile/override/bad-value",
    "overrides: [{match: a, retries: x, leftovers: maybe}]\n",
    P "1:33: error: retries: \"x\" is not a whole number from 0 to 1000000\n"
      "    1 | overrides: [{match: a, retries: x, leftovers: maybe}]\n"
      "      |                                 ^\n" P
      "1:47: error: leftovers: \"maybe\" is not fail, report or ignore\n"
      "    1 | overrides: [{match: a, retries: x, leftovers: maybe}]\n"
      "      |                                               ^~~~~\n" },

  /* Profiles that extend others. */
  { "/suitefile/extends/unknown", "profiles: {a: {extends: bb}, bbb: {}}\n",
    P "1:25: error: there is no profile \"bb\"\n"
      "    1 | profiles: {a: {extends: bb}, bbb: {}}\n"
      "      |                         ^~\n" P
      "1:25: note: did you mean \"bbb\"?\n" },
  { "/suitefile/extends/itself", "profiles: {a: {extends: a}}\n",
    P "1:25: error: the profile \"a\" extends itself\n"
      "    1 | profiles: {a: {extends: a}}\n"
      "      |                         ^\n" },
  { "/suitefile/extends/circle",
    "profiles: {a: {extends: b}, b: {extends: a}, c: {extends: a}}\n",
    P "1:25: error: the profile \"a\" extends itself\n"
      "    1 | profiles: {a: {extends: b}, b: {extends: a}, c: {extends: a}}\n"
      "      |                         ^\n" P
      "1:42: error: the profile \"b\" extends itself\n"
      "    1 | profiles: {a: {extends: b}, b: {extends: a}, c: {extends: a}}\n"
      "      |                                          ^\n" P
      "1:59: error: the profile \"c\" never comes to one that extends "
      "nothing\n"
      "    1 | profiles: {a: {extends: b}, b: {extends: a}, c: {extends: a}}\n"
      "      |                                                           ^\n" },

  /* No YAML, or more of it than we read. */
  { "/suitefile/yaml/text", "this: is: not\n",
    P "1:9: error: this is not YAML: mapping values are not allowed in this "
      "context\n"
      "    1 | this: is: not\n"
      "      |         ^\n" },
  { "/suitefile/yaml/tab", "defaults:\n\tjobs: 1\n",
    P "2:1: error: this is not YAML: found character that cannot start any "
      "token\n"
      "    2 |         jobs: 1\n"
      "      | ^~~~~~~~\n" P
      "2:1: note: lines are indented with blanks, not with tabs\n" },
  { "/suitefile/yaml/open", "plans: [a\n",
    P "2:1: error: this is not YAML: did not find expected ',' or ']'\n"
      "    2 | \n"
      "      | ^\n" },
  { "/suitefile/yaml/control", "plans: a\1b\n",
    P "1:9: error: this is not YAML: control characters are not allowed\n"
      "    1 | plans: a\\x01b\n"
      "      |         ^~~~\n" },
  { "/suitefile/yaml/not-utf-8",
    "plans: a\xff"
    "b\n",
    P "1:9: error: this is not UTF-8\n"
      "    1 | plans: a\\xffb\n"
      "      |         ^~~~\n" },
  { "/suitefile/yaml/documents", "plans: a\n---\nplans: b\n",
    P "2:1: error: a second document begins here: there can be but one\n"
      "    2 | ---\n"
      "      | ^~~\n" },
  { "/suitefile/yaml/anchor", "defaults: &all {jobs: 1}\n",
    P "1:11: error: anchors are not read here\n"
      "    1 | defaults: &all {jobs: 1}\n"
      "      |           ^~~~~~\n" P
      "1:11: note: a text that begins with \"&\" stands between quotes: "
      "\"&all\"\n" },
  { "/suitefile/yaml/alias", "plans: [*all]\n",
    P "1:9: error: aliases are not read here\n"
      "    1 | plans: [*all]\n"
      "      |         ^~~~\n" P
      "1:9: note: write it out; a text that begins with \"*\" stands between "
      "quotes: \"*all\"\n" },
  { "/suitefile/yaml/glob", "plans: *.plan\n",
    P "1:9: error: this is not YAML: did not find expected alphabetic or "
      "numeric character\n"
      "    1 | plans: *.plan\n"
      "      |         ^\n" P
      "1:9: note: a text that begins with \"*\" stands between quotes\n" },
  { "/suitefile/yaml/merge", "profiles:\n  a: {}\n  b: {<<: a}\n",
    P "3:7: error: merge keys (\"<<\") are not read here\n"
      "    3 |   b: {<<: a}\n"
      "      |       ^~\n" },
  { "/suitefile/yaml/type", "defaults: {jobs: !!int 4}\n",
    P "1:18: error: the YAML tag \"tag:yaml.org,2002:int\" is not read here\n"
      "    1 | defaults: {jobs: !!int 4}\n"
      "      |                  ^~~~~~~\n" },
  { "/suitefile/yaml/deep",
    "plans: [[[[[[[[[[[[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
    P "1:23: error: lists and maps are nested deeper than 16 here\n"
      "    1 | plans: [[[[[[[[[[[[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
      "\n"
      "      |                       ^\n" },
};

static void
test_case (Suiting *suiting, const void *data)
{
  const Case *const c = data;

  (void)suiting_parse_text (suiting, c->text, "proctor");
  g_assert_cmpstr (suiting->out->str, ==, c->out);
}

/* What it says is the library's. */
static void
test_bad_match (Suiting *suiting, const void *data)
{
  (void)data;
  g_assert_false (
      suiting_parse_text (suiting, "overrides: [{match: '('}]\n", "proctor"));
  g_assert_true (
      g_str_has_prefix (suiting->out->str, P "1:21: error: match: "));
}

static void
test_all_at_once (Suiting *suiting, const void *data)
{
  (void)data;
  g_assert_false (suiting_parse_text (suiting,
                                      "plan: a\n"
                                      "defaults: {job: 1, keep: 7}\n"
                                      "profiles: {a: {level: 0}, b: c}\n"
                                      "overrides: [{match: '*'}, {level: x}]\n",
                                      "proctor --profile=a"));
  g_assert_cmpuint (diag_n_errors (suiting->diag), ==, 8);
}

static void
test_nul (Suiting *suiting, const void *data)
{
  (void)data;
  g_assert_false (
      suiting_parse_bytes (suiting, "plans: a\0b\n", 11, "proctor"));
  g_assert_cmpstr (suiting->out->str, ==,
                   P "1:9: error: there is a NUL here\n"
                     "    1 | plans: a\\x00b\n"
                     "      |         ^~~~\n");
}

/* --- What is no file
 * ---------------------------------------------------------- */

static void
test_missing (Suiting *suiting, const void *data)
{
  (void)data;
  g_assert_true (suiting_parse (suiting, "proctor"));
  suiting_again (suiting);
  g_assert_false (suiting_parse (suiting, "proctor --suite=no-such.yaml"));
  g_assert_cmpstr (suiting->out->str, ==,
                   "proctor: error: cannot read the suite file "
                   "\"no-such.yaml\": No such file or directory\n");
}

static void
test_no_file (Suiting *suiting, const void *data)
{
  (void)data;
  g_assert_cmpint (g_mkdir (SUITE_FILE_NAME, 0700), ==, 0);
  g_assert_false (suiting_parse (suiting, "proctor"));
  g_assert_cmpstr (suiting->out->str, ==,
                   "proctor: error: cannot read the suite file "
                   "\"proctor.yaml\": it is a directory\n");
  g_assert_cmpint (g_rmdir (SUITE_FILE_NAME), ==, 0);
  suiting_again (suiting);

  g_assert_cmpint (mkfifo (SUITE_FILE_NAME, 0600), ==, 0);
  g_assert_false (suiting_parse (suiting, "proctor"));
  g_assert_cmpstr (suiting->out->str, ==,
                   "proctor: error: cannot read the suite file "
                   "\"proctor.yaml\": it is a FIFO, not a file\n");
  g_assert_cmpint (g_remove (SUITE_FILE_NAME), ==, 0);
  suiting_again (suiting);

  g_assert_cmpint (symlink ("nowhere", SUITE_FILE_NAME), ==, 0);
  g_assert_false (suiting_parse (suiting, "proctor"));
  g_assert_nonnull (strstr (suiting->out->str, "No such file or directory"));
  g_assert_cmpint (g_remove (SUITE_FILE_NAME), ==, 0);
}

static void
test_large (Suiting *suiting, const void *data)
{
  FILE *file = g_fopen (SUITE_FILE_NAME, "w");

  (void)data;
  g_assert_nonnull (file);
  g_assert_cmpint (ftruncate (fileno (file), (off_t)1 << 30), ==, 0);
  g_assert_cmpint (fclose (file), ==, 0);
  g_assert_false (suiting_parse (suiting, "proctor"));
  g_assert_cmpstr (suiting->out->str, ==,
                   "proctor: error: cannot read the suite file "
                   "\"proctor.yaml\": it is larger than 1 MiB\n");
  g_assert_cmpint (g_remove (SUITE_FILE_NAME), ==, 0);
}

/* As large as it may be, of what costs most: nothing takes long. */
static void
test_much (Suiting *suiting, const void *data)
{
  static const char *const parts[] = { "[",   "{a: ",   "- ", "a",
                                       "\"",  "&a [",   "? ", "!",
                                       "*a ", "  \n- ", "\n" };

  (void)data;
  for (unsigned i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GString) text = g_string_new ("plans: ");

      for (unsigned n = 0; n < MANY; n++)
        g_string_append (text, parts[i]);
      (void)suiting_parse_text (suiting, text->str, "proctor");
      suiting_again (suiting);
    }
}

static void
test_many_profiles (Suiting *suiting, const void *data)
{
  g_autoptr (GString) text = g_string_new ("profiles:\n");

  (void)data;
  for (unsigned i = 0; i < 20000; i++)
    g_string_append_printf (text, "  p%u: {extends: p%u}\n", i, i + 1);
  g_assert_false (suiting_parse_text (suiting, text->str, "proctor"));
  g_assert_cmpuint (suiting->out->len, <, MANY);
}

/* Whatever becomes of one byte, something is said or nothing is wrong. */
static void
test_bytes (Suiting *suiting, const void *data)
{
  static const char text[]
      = "plans: [a, 'b*']\n"
        "defaults: {jobs: 2, env: {A: \"x\"}, tags: ['!b']}\n"
        "profiles:\n  p: {extends: q, keep: yes}\n  q: {}\n"
        "overrides:\n- {match: ':a', tags: [c]}\n";
  static const char bytes[] = "\0\n\t \"'#&*!|>%@:,-?[]{}~\x7f\xc3\xff";

  (void)data;
  for (size_t i = 0; i < sizeof text - 1; i++)
    {
      for (size_t n = 0; n < sizeof bytes - 1; n++)
        {
          char changed[sizeof text];

          memcpy (changed, text, sizeof text);
          changed[i] = bytes[n];
          (void)suiting_parse_bytes (suiting, changed, sizeof text - 1,
                                     "proctor --profile=p");
          g_assert_true (g_utf8_validate (suiting->out->str, -1, NULL));
          suiting_again (suiting);
        }
    }
}

/* Each alias stands for ten of the one before. */
static void
test_laughs (Suiting *suiting, const void *data)
{
  g_autoptr (GString) text = g_string_new ("plans: &a0 [lol]\n");

  (void)data;
  for (unsigned i = 0; i < 30; i++)
    g_string_append_printf (
        text, "k%u: &a%u [*a%u,*a%u,*a%u,*a%u,*a%u,*a%u,*a%u,*a%u]\n", i, i + 1,
        i, i, i, i, i, i, i, i);
  g_assert_false (suiting_parse_text (suiting, text->str, "proctor"));
  g_assert_nonnull (strstr (suiting->out->str, "aliases are not read here"));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Suiting *suiting, const void *data);
  } tests[] = {
    { "/suitefile/override/bad-match", test_bad_match },
    { "/suitefile/all-at-once", test_all_at_once },
    { "/suitefile/nul", test_nul },
    { "/suitefile/missing", test_missing },
    { "/suitefile/no-file", test_no_file },
    { "/suitefile/large", test_large },
    { "/suitefile/much", test_much },
    { "/suitefile/many-profiles", test_many_profiles },
    { "/suitefile/bytes", test_bytes },
    { "/suitefile/laughs", test_laughs },
  };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add (cases[i].path, Suiting, &cases[i], suiting_set_up, test_case,
                suiting_tear_down);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Suiting, NULL, suiting_set_up, tests[i].func,
                suiting_tear_down);
  return g_test_run ();
}
