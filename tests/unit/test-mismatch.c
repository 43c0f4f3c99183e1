#include "config.h"

#include "vm/check/mismatch.h"

#include <string.h>
#include <unistd.h>

/* Of the process or file "it", or a text. */
typedef struct
{
  const char *path;
  PlanCheckSubject subject;
  PlanCompare compare;
  const char *left;
  const char *right; /* NULL: nothing */
  const char *message;
  const char *note; /* NULL: none */
} Case;

#define DIFF(new)                                                              \
  "how they differ:\n--- what the plan wants\n+++ " new "\n@@ -1,2 +1,2 "      \
                                                        "@@\n-b\n+a\n 2"

static const Case cases[] = {
  { "/mismatch/eq/printed", CHECK_STREAM, COMPARE_EQ, "a\n", "b\n",
    "\"it\" has printed \"a\\n\"; the plan wants \"b\\n\"", NULL },
  { "/mismatch/eq/printed-nothing", CHECK_STREAM, COMPARE_EQ, "", "b\n",
    "\"it\" has printed nothing; the plan wants \"b\\n\"", NULL },
  { "/mismatch/eq/wants-nothing", CHECK_STREAM, COMPARE_EQ, "a\n", "",
    "\"it\" has printed \"a\\n\"; the plan wants nothing", NULL },
  { "/mismatch/eq/newline", CHECK_STREAM, COMPARE_EQ, "a\n", "a",
    "\"it\" has printed \"a\\n\"; the plan wants \"a\"",
    "they differ in the newline at the end: what there is has it" },
  { "/mismatch/eq/no-newline", CHECK_STREAM, COMPARE_EQ, "a", "a\n",
    "\"it\" has printed \"a\"; the plan wants \"a\\n\"",
    "they differ in the newline at the end: what the plan wants has it" },
  { "/mismatch/eq/one-newline", CHECK_STREAM, COMPARE_EQ, "", "\n",
    "\"it\" has printed nothing; the plan wants \"\\n\"",
    "they differ in the newline at the end: what the plan wants has it" },
  { "/mismatch/eq/newline-of-lines", CHECK_STREAM, COMPARE_EQ, "a\nb\n", "a\nb",
    "\"it\" has printed 2 lines; the plan wants the same without the newline "
    "at the end",
    NULL },
  { "/mismatch/eq/newline-more", CHECK_STREAM, COMPARE_EQ, "a\n", "a\n\n",
    "\"it\" has printed \"a\\n\"; the plan wants the same with one newline "
    "more "
    "at the end",
    NULL },
  { "/mismatch/eq/lines", CHECK_STREAM, COMPARE_EQ, "a\n2\n", "b\n2\n",
    "\"it\" has printed 2 lines; the plan wants 2 others",
    DIFF ("printed by it") },
  { "/mismatch/eq/one-for-lines", CHECK_STREAM, COMPARE_EQ, "a\n", "a\nb",
    "\"it\" has printed \"a\\n\"; the plan wants 2 lines",
    "how they differ:\n--- what the plan wants\n+++ printed by it\n"
    "@@ -1,2 +1 @@\n a\n-b\n\\ No newline at end of file" },
  { "/mismatch/eq/file", CHECK_FILE, COMPARE_EQ, "a\n2\n", "b\n2\n",
    "\"it\" holds 2 lines; the plan wants 2 others", DIFF ("it") },
  { "/mismatch/eq/empty-file", CHECK_FILE, COMPARE_EQ, "", "b",
    "\"it\" is empty; the plan wants \"b\"", NULL },
  { "/mismatch/eq/text", CHECK_TEXT, COMPARE_EQ, "404", "200",
    "the value is \"404\"; the plan wants \"200\"", NULL },
  { "/mismatch/eq/same-number", CHECK_TEXT, COMPARE_EQ, "0200", "200",
    "the value is \"0200\"; the plan wants \"200\"",
    "they are the same number, but not the same text" },
  { "/mismatch/eq/empty-text", CHECK_TEXT, COMPARE_EQ, "", "200",
    "the value is \"\"; the plan wants \"200\"", NULL },
  { "/mismatch/eq/visible", CHECK_TEXT, COMPARE_EQ, "a\x1b\"", "a\xff",
    "the value is \"a\\x1b\\\"\"; the plan wants \"a\\xff\"", NULL },
  { "/mismatch/ne/printed", CHECK_STREAM, COMPARE_NE, "a", "a",
    "\"it\" has printed \"a\"; the plan wants anything else", NULL },
  { "/mismatch/ne/file", CHECK_FILE, COMPARE_NE, "a\nb\n", "a\nb\n",
    "\"it\" holds 2 lines; the plan wants anything else",
    "it says:\n| a\n| b" },
  { "/mismatch/contains/printed", CHECK_STREAM, COMPARE_CONTAINS, "a\nb\n",
    "x\n", "\"it\" has printed 2 lines; the plan wants \"x\\n\" in it", NULL },
  { "/mismatch/contains/text", CHECK_TEXT, COMPARE_CONTAINS, "a\nb", "x",
    "the value has 2 lines; the plan wants \"x\" in it", "it says:\n| a\n| b" },
  { "/mismatch/contains/many-lines", CHECK_FILE, COMPARE_CONTAINS,
    "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "x",
    "\"it\" holds 12 lines; the plan wants \"x\" in it",
    "its last lines:\n| 3\n| 4\n| 5\n| 6\n| 7\n| 8\n| 9\n| 10\n| 11\n| 12" },
  { "/mismatch/matches", CHECK_STREAM, COMPARE_MATCHES, "a", "^b+",
    "\"it\" has printed \"a\"; the plan wants a match of '^b+'", NULL },
  { "/mismatch/empty/printed", CHECK_STREAM, COMPARE_EMPTY, "a\n", NULL,
    "\"it\" has printed \"a\\n\"; the plan wants nothing", NULL },
  { "/mismatch/lines/more", CHECK_STREAM, COMPARE_LINES, "a\nb\n", "1",
    "\"it\" has printed 2 lines; the plan wants 1 line", NULL },
  { "/mismatch/lines/none", CHECK_STREAM, COMPARE_LINES, "", "3",
    "\"it\" has printed nothing; the plan wants 3 lines", NULL },
  { "/mismatch/lines/one", CHECK_FILE, COMPARE_LINES, "a", "0",
    "\"it\" holds 1 line; the plan wants 0 lines", NULL },
  { "/mismatch/order/not", CHECK_TEXT, COMPARE_LT, "5", "3",
    "the value is \"5\"; the plan wants < 3", NULL },
  { "/mismatch/order/printed", CHECK_STREAM, COMPARE_GE, "5\n", "7",
    "\"it\" has printed \"5\\n\"; the plan wants >= 7", NULL },
  { "/mismatch/order/no-number", CHECK_TEXT, COMPARE_GE, "1e3", "7",
    "the value is \"1e3\", which is not a number", NULL },
  { "/mismatch/order/no-number-right", CHECK_TEXT, COMPARE_GE, "7", "",
    "the value is \"7\"; \">=\" wants a number behind it, not \"\"", NULL },
};

static void
compare (Comparing *comparing, const char *right)
{
  if (compare_is_order (comparing->compare))
    return;
  if (comparing->compare == COMPARE_LINES)
    comparing->n_wanted = g_ascii_strtoull (right, NULL, 10);
  if (comparing->compare == COMPARE_MATCHES)
    comparing->pattern = pattern_new (right, strlen (right), NULL);
  g_assert_cmpint (compare_step (comparing, NULL), ==, COMPARE_NO);
  g_clear_pointer (&comparing->pattern, pattern_free);
}

static void
assert_told (const Mismatch *mismatch, const char *message, const char *note)
{
  g_autofree char *told = mismatch_message (mismatch);
  g_autoptr (GString) noted = g_string_new (NULL);

  g_assert_cmpstr (told, ==, message);
  g_assert_true (mismatch_append_note (mismatch, noted, NULL));
  g_assert_cmpstr (noted->str, ==, note != NULL ? note : "");
}

static void
assert_case (const Case *c, bool is_not)
{
  g_auto (Content) left = CONTENT_NONE, right = CONTENT_NONE;
  const PlanCheck check = { .subject = (uint8_t)c->subject,
                            .compare = (uint8_t)c->compare,
                            .stream = STDOUT_FILENO,
                            .is_not = is_not };
  Comparing comparing = {
    .compare = c->compare, .left = &left, .right = &right, .is_not = is_not
  };
  const Mismatch mismatch = { .check = &check,
                              .name = c->subject == CHECK_TEXT ? NULL : "it",
                              .comparing = &comparing,
                              .right = &right };

  content_set (&left, g_string_new (c->left));
  if (c->right != NULL)
    content_set (&right, g_string_new (c->right));
  compare (&comparing, c->right);
  assert_told (&mismatch, c->message, c->note);
}

static void
test_case (const void *data)
{
  assert_case (data, false);
}

static void
test_not (const void *data)
{
  assert_case (data, true);
}

/* What a `check not` does not want. */
static const Case unwanted[] = {
  { "/mismatch/not/contains", CHECK_STREAM, COMPARE_CONTAINS, "a\nb\n", "b",
    "\"it\" has printed 2 lines; the plan wants it not to contain \"b\"",
    "it is in line 2:\n| b" },
  { "/mismatch/not/contains-one-line", CHECK_TEXT, COMPARE_CONTAINS, "ab", "b",
    "the value is \"ab\"; the plan wants it not to contain \"b\"", NULL },
  { "/mismatch/not/contains-over-lines", CHECK_FILE, COMPARE_CONTAINS,
    "a\nxb\nc", "b\nc",
    "\"it\" holds 3 lines; the plan wants it not to contain \"b\\nc\"",
    "it is in line 2:\n| xb" },
  { "/mismatch/not/matches", CHECK_FILE, COMPARE_MATCHES, "a\nb\x1b\nc", "^b.",
    "\"it\" holds 3 lines; the plan wants no match of '^b.'",
    "it is in line 2:\n| b\\x1b" },
  { "/mismatch/not/matches-nothing", CHECK_FILE, COMPARE_MATCHES, "a\nb", "$",
    "\"it\" holds 2 lines; the plan wants no match of '$'",
    "it is in line 1:\n| a" },
  { "/mismatch/not/empty", CHECK_STREAM, COMPARE_EMPTY, "", NULL,
    "\"it\" has printed nothing; the plan wants something", NULL },
  { "/mismatch/not/lines", CHECK_STREAM, COMPARE_LINES, "a\nb", "2",
    "\"it\" has printed 2 lines; the plan wants more or fewer", NULL },
};

static void
test_stderr (void)
{
  g_auto (Content) left = CONTENT_NONE, right = CONTENT_NONE;
  const PlanCheck check = { .subject = CHECK_STREAM,
                            .compare = COMPARE_EMPTY,
                            .stream = STDERR_FILENO };
  Comparing comparing = { .compare = COMPARE_EMPTY, .left = &left };
  const Mismatch mismatch = {
    .check = &check, .name = "it", .comparing = &comparing, .right = &right
  };

  content_set (&left, g_string_new ("a"));
  compare (&comparing, NULL);
  assert_told (&mismatch,
               "\"it\" has printed \"a\" to its standard error; the plan "
               "wants nothing",
               NULL);
}

static void
test_file_and_file (void)
{
  static const struct
  {
    PlanCheckSubject subject;
    const char *message;
  } subjects[]
      = { { CHECK_FILE, "\"it\" differs from \"b\" at byte 3, in line 2" },
          { CHECK_STREAM,
            "what \"it\" has printed differs from \"b\" at byte 3, in line "
            "2" },
          { CHECK_TEXT, "the value differs from \"b\" at byte 3, in line 2" } };

  for (unsigned i = 0; i < G_N_ELEMENTS (subjects); i++)
    {
      g_auto (Content) left = CONTENT_NONE, right = CONTENT_NONE;
      const PlanCheck check = { .subject = (uint8_t)subjects[i].subject,
                                .compare = COMPARE_EQ,
                                .stream = STDOUT_FILENO,
                                .right_is_file = true };
      Comparing comparing
          = { .compare = COMPARE_EQ, .left = &left, .right = &right };
      const Mismatch mismatch = { .check = &check,
                                  .name = "it",
                                  .right_name = "b",
                                  .comparing = &comparing,
                                  .right = &right };
      g_autoptr (GString) note = g_string_new (NULL);

      content_set (&left, g_string_new ("a\nb"));
      content_set (&right, g_string_new ("a\n"));
      compare (&comparing, NULL);
      g_autofree char *told = mismatch_message (&mismatch);
      g_assert_cmpstr (told, ==, subjects[i].message);
      g_assert_true (mismatch_append_note (&mismatch, note, NULL));
      g_assert_true (
          g_str_has_prefix (note->str, "how they differ:\n--- b\n+++ "));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  for (unsigned i = 0; i < G_N_ELEMENTS (unwanted); i++)
    g_test_add_data_func (unwanted[i].path, &unwanted[i], test_not);
  g_test_add_func ("/mismatch/stderr", test_stderr);
  g_test_add_func ("/mismatch/file-and-file", test_file_and_file);
  return g_test_run ();
}
