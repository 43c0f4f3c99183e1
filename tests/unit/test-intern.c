#include "config.h"

#include "front/intern.h"

#include <string.h>

#define N_MANY 100000

static void
test_strings (void)
{
  g_autoptr (Intern) intern = intern_new ();
  g_autoptr (Arena) arena = arena_new ();
  const char *const a = intern_string (intern, arena, "abc", 3);

  g_assert_cmpstr (a, ==, "abc");
  g_assert_true (intern_string (intern, arena, "abcd", 3) == a);
  g_assert_true (intern_string (intern, arena, "abcd", 4) != a);
  g_assert_cmpstr (intern_string (intern, arena, "", 0), ==, "");
}

static void
test_bytes (void)
{
  g_autoptr (Intern) intern = intern_new ();
  g_autoptr (Arena) arena = arena_new ();
  const uint64_t numbers[] = { 1, 2, 3 };
  const uint64_t *const kept
      = intern_bytes (intern, arena, numbers, sizeof numbers);

  g_assert_cmpmem (kept, sizeof numbers, numbers, sizeof numbers);
  g_assert_true (intern_bytes (intern, arena, kept, sizeof numbers) == kept);
  g_assert_true (intern_bytes (intern, arena, kept, 8) != kept);
}

static void
test_find (void)
{
  g_autoptr (Intern) intern = intern_new ();

  g_assert_null (intern_find (intern, "a", 1));

  InternEntry *const entry = intern_add (intern, "a", 1);

  g_assert_null (entry->key);
  entry->key = "a";
  entry->value = entry;
  g_assert_true (intern_find (intern, "a", 1)->value == entry);
  g_assert_null (intern_find (intern, "b", 1));
  intern_clear (intern);
  g_assert_null (intern_find (intern, "a", 1));
}

/* Names that differ by a number, as those of processes do. */
static void
test_many (void)
{
  g_autoptr (Intern) intern = intern_new ();
  g_autoptr (Arena) arena = arena_new ();
  g_autofree const char **kept = g_new (const char *, N_MANY);

  for (unsigned i = 0; i < N_MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("node-%u", i);

      kept[i] = intern_string (intern, arena, name, strlen (name));
    }
  for (unsigned i = 0; i < N_MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("node-%u", i);
      const InternEntry *const entry
          = intern_find (intern, name, strlen (name));

      g_assert_true (entry != NULL && entry->key == kept[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/intern/strings", test_strings);
  g_test_add_func ("/intern/bytes", test_bytes);
  g_test_add_func ("/intern/find", test_find);
  g_test_add_func ("/intern/many", test_many);
  intern_free (NULL);
  return g_test_run ();
}
