#include "config.h"

#include "vm/values.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char *directory; /* owned */
  int fd;
  Values *values;
  GPtrArray *strings;
} Fixture;

static const PlanValue names[] = { { .name = "port" }, { .name = "id" } };
static const PlanTest sample = { .values = names, .n_values = 2 };

static void
set_up (Fixture *fixture, const void *data)
{
  (void)data;
  fixture->directory = g_dir_make_tmp ("test-values-XXXXXX", NULL);
  fixture->fd = open (fixture->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  fixture->values = values_new (fixture->fd, fixture->directory, &sample);
  fixture->strings = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Fixture *fixture, const void *data)
{
  g_autofree char *tmp = g_strconcat (fixture->directory, "/tmp", NULL);
  (void)data;

  g_ptr_array_unref (fixture->strings);
  values_free (fixture->values);
  (void)close (fixture->fd);
  (void)g_rmdir (tmp); /* it may not be there */
  g_assert_cmpint (g_rmdir (fixture->directory), ==, 0);
  g_free (fixture->directory);
}

static PlanText *
make_text (const char *bytes, const PlanSlot *slots, uint32_t n_slots)
{
  const size_t n = strlen (bytes);
  PlanText *text = g_malloc0 (sizeof (PlanText) + n + 1);

  text->n_bytes = (uint32_t)n;
  text->n_slots = n_slots;
  text->slots = slots;
  memcpy (text->bytes, bytes, n);
  return text;
}

static const PlanSlot two[]
    = { { 2, N_PLAN_VARS + 0 }, { 4, N_PLAN_VARS + 1 } };
static const PlanSlot one[] = { { 2, N_PLAN_VARS + 1 } };
static const PlanSlot tmp[] = { { 0, PLAN_VAR_TMP }, { 1, PLAN_VAR_LOGDIR } };

static void
test_set (Fixture *fixture, const void *data)
{
  size_t n = 99;
  (void)data;

  g_assert_null (values_get (fixture->values, 0, &n));
  values_set (fixture->values, 0, "a\0b", 3);
  g_assert_cmpmem (values_get (fixture->values, 0, &n), n, "a\0b", 3);
  g_assert_null (values_get (fixture->values, 1, &n));

  /* Also to itself, and to nothing. */
  const char *bytes = values_get (fixture->values, 0, &n);
  values_set (fixture->values, 0, bytes, n);
  g_assert_cmpmem (values_get (fixture->values, 0, &n), n, "a\0b", 3);
  values_set (fixture->values, 0, "", 0);
  g_assert_nonnull (values_get (fixture->values, 0, &n));
  g_assert_cmpuint (n, ==, 0);
}

static void
test_expand (Fixture *fixture, const void *data)
{
  g_autofree PlanText *text = make_text ("<-->", two, 2);
  (void)data;

  values_set (fixture->values, 0, "80", 2);
  values_set (fixture->values, 1, "", 0);
  g_assert_cmpstr (
      values_expand (fixture->values, text, fixture->strings, NULL), ==,
      "<-80->");
  values_set (fixture->values, 1, "x", 1);
  g_assert_cmpstr (
      values_expand (fixture->values, text, fixture->strings, NULL), ==,
      "<-80->x");
  g_assert_cmpuint (fixture->strings->len, ==, 2);
}

static void
test_plain (Fixture *fixture, const void *data)
{
  g_autofree PlanText *text = make_text ("abc", NULL, 0);
  (void)data;

  g_assert_true (values_expand (fixture->values, text, fixture->strings, NULL)
                 == text->bytes);
  g_assert_cmpuint (fixture->strings->len, ==, 0);
}

static void
test_directories (Fixture *fixture, const void *data)
{
  g_autofree PlanText *text = make_text (":", tmp, 2);
  g_autofree char *expected
      = g_strdup_printf ("%s/tmp:%s", fixture->directory, fixture->directory);
  (void)data;

  for (unsigned i = 0; i < 2; i++)
    g_assert_cmpstr (
        values_expand (fixture->values, text, fixture->strings, NULL), ==,
        expected);
  g_assert_cmpint (faccessat (fixture->fd, "tmp", W_OK, 0), ==, 0);
}

static void
test_show_path (Fixture *fixture, const void *data)
{
  g_autofree char *path = g_strconcat (fixture->directory, "/tmp/a", NULL);
  g_autofree char *other = g_strconcat (fixture->directory, "/tmpa", NULL);
  g_autofree PlanText *text = make_text (":", tmp, 2);
  (void)data;

  g_assert_nonnull (
      values_expand (fixture->values, text, fixture->strings, NULL));
  g_autofree char *shown = values_show_path (fixture->values, path);
  g_assert_cmpstr (shown, ==, "$tmp/a");
  g_autofree char *shown_other = values_show_path (fixture->values, other);
  g_assert_cmpstr (shown_other, ==, other);
}

static void
test_missing (Fixture *fixture, const void *data)
{
  g_autofree PlanText *text = make_text ("abc", one, 1);
  g_autoptr (GError) error = NULL;
  (void)data;

  g_assert_null (
      values_expand (fixture->values, text, fixture->strings, &error));
  g_assert_cmpstr (error->message, ==, "\"id\" has no value yet");
}

/* What ends where a NUL is would be another text than what was meant. */
static void
test_nul (Fixture *fixture, const void *data)
{
  g_autofree PlanText *text = make_text ("abc", one, 1);
  g_autoptr (GError) error = NULL;
  (void)data;

  values_set (fixture->values, 1, "x\0y", 3);
  g_assert_null (
      values_expand (fixture->values, text, fixture->strings, &error));
  g_assert_cmpstr (error->message, ==,
                   "the value of \"id\" has a NUL in it, which cannot be "
                   "passed on here");

  GString *bytes = values_expand_bytes (fixture->values, text, NULL, NULL);
  g_assert_cmpmem (bytes->str, bytes->len, "abx\0yc", 6);
  (void)g_string_free (bytes, TRUE);
}

static void
test_quote (Fixture *fixture, const void *data)
{
  g_autofree PlanText *text = make_text ("a*b", one, 1);
  (void)data;

  values_set (fixture->values, 1, ".\\E 9z\0\xc3\xa4", 9);
  GString *bytes
      = values_expand_bytes (fixture->values, text, values_quote_pattern, NULL);
  g_assert_cmpstr (bytes->str, ==,
                   "a*\\.\\\\E\\ 9z\\x00\xc3\xa4"
                   "b");
  (void)g_string_free (bytes, TRUE);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *fixture, const void *data);
  } tests[] = { { "/values/set", test_set },
                { "/values/expand", test_expand },
                { "/values/plain", test_plain },
                { "/values/directories", test_directories },
                { "/values/show-path", test_show_path },
                { "/values/missing", test_missing },
                { "/values/nul", test_nul },
                { "/values/quote", test_quote } };

  g_test_init (&argc, &argv, NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
