#include "config.h"

#include "suite/choose/discover.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *dir;
  char *old_dir;
  GPtrArray *targets;
} Fixture;

static const char *const files[] = {
  "b.plan",          "a.plan",    "c:d.plan", "d/b.plan",
  "d/a.plan",        "d/.x.plan", "d/notes",  "d/a.plan~",
  "d/sub/deep.plan", "d/B.plan",  "a.plan:t",
};
static const char *const dirs[] = { "d", "d/sub", "empty", "d/dir.plan" };

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->old_dir = g_get_current_dir ();
  fixture->dir = g_dir_make_tmp ("discover-XXXXXX", NULL);
  g_assert_cmpint (g_chdir (fixture->dir), ==, 0);
  for (unsigned i = 0; i < G_N_ELEMENTS (dirs); i++)
    g_assert_cmpint (g_mkdir (dirs[i], 0700), ==, 0);
  for (unsigned i = 0; i < G_N_ELEMENTS (files); i++)
    g_assert_true (g_file_set_contents (files[i], "run true", -1, NULL));
  g_assert_cmpint (symlink ("nowhere", "d/z.plan"), ==, 0);
  fixture->targets = targets_new ();
}

static void
tear_down (Fixture *fixture, const void *data)
{
  (void)data;
  g_ptr_array_unref (fixture->targets);
  g_assert_cmpint (g_unlink ("d/z.plan"), ==, 0);
  for (unsigned i = 0; i < G_N_ELEMENTS (files); i++)
    g_assert_cmpint (g_unlink (files[i]), ==, 0);
  for (unsigned i = G_N_ELEMENTS (dirs); i-- > 0;)
    g_assert_cmpint (g_rmdir (dirs[i]), ==, 0);
  g_assert_cmpint (g_chdir (fixture->old_dir), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
  g_free (fixture->old_dir);
}

typedef struct
{
  const char *path;
  const char *argument;
  const char *found; /* "PATH" or "PATH|TEST", those not named in "()" */
  const char *error;
} Case;

static const Case cases[] = {
  { "/discover/file", "a.plan", "a.plan ", NULL },
  { "/discover/stdin", "-", "- ", NULL },
  { "/discover/stdin-test", "-:one", "-|one ", NULL },
  { "/discover/test", "b.plan:one", "b.plan|one ", NULL },
  { "/discover/colon-in-file", "c:d.plan", "c:d.plan ", NULL },
  { "/discover/colon-in-both", "c:d.plan:one", "c:d.plan|one ", NULL },
  { "/discover/file-before-test", "a.plan:t", "a.plan:t ", NULL },
  { "/discover/longest-file", "a.plan:t:u", "a.plan:t|u ", NULL },
  { "/discover/colon-in-test", "b.plan:x:y", "b.plan|x:y ", NULL },
  { "/discover/directory", "d", "(d/B.plan) (d/a.plan) (d/b.plan) (d/z.plan) ",
    NULL },
  { "/discover/directory-here", ".", "(a.plan) (b.plan) (c:d.plan) ", NULL },
  { "/discover/directory-slash", "d/",
    "(d/B.plan) (d/a.plan) (d/b.plan) (d/z.plan) ", NULL },
  { "/discover/empty", "empty", "",
    "there is no plan (*.plan) in the directory \"empty\"" },
  { "/discover/missing", "none-at-all", "",
    "cannot read \"none-at-all\": No such file or directory" },
  { "/discover/similar", "a.pln", "",
    "cannot read \"a.pln\": No such file or directory (did you mean "
    "\"a.plan\"?)" },
  { "/discover/similar-in-directory", "d/notse", "",
    "cannot read \"d/notse\": No such file or directory (did you mean "
    "\"d/notes\"?)" },
  { "/discover/missing-with-test", "none-at-all:one", "",
    "cannot read \"none-at-all:one\": No such file or directory" },
  { "/discover/no-test", "b.plan:", "",
    "\"b.plan:\" names no test: a test is named FILE:TEST" },
  { "/discover/test-of-directory", "d:one", "",
    "\"d:one\" names no test: a test is named FILE:TEST" },
  { "/discover/no-directory", "b.plan/x", "",
    "cannot read \"b.plan/x\": Not a directory" },
  { "/discover/nothing", "", "",
    "cannot read \"\": No such file or directory" },
};

static void
test_case (Fixture *fixture, const void *data)
{
  const Case *const c = data;
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const bool is_ok = discover (c->argument, fixture->targets, &error);

  for (unsigned i = 0; i < fixture->targets->len; i++)
    {
      const Target *target = g_ptr_array_index (fixture->targets, i);

      g_string_append_printf (found, target->is_named ? "%s%s%s " : "(%s%s%s) ",
                              target->path, target->test != NULL ? "|" : "",
                              target->test != NULL ? target->test : "");
    }
  g_assert_cmpstr (found->str, ==, c->found);
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, c->error);
  g_assert_true (is_ok == (error == NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add (cases[i].path, Fixture, &cases[i], set_up, test_case,
                tear_down);
  return g_test_run ();
}
