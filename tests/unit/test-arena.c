#include "config.h"

#include "base/arena.h"

#include <stdint.h>
#include <string.h>

static void
test_zeroed (void)
{
  g_autoptr (Arena) arena = arena_new ();

  for (unsigned i = 0; i < 1000; i++)
    {
      unsigned char *bytes = arena_alloc (arena, i);

      for (unsigned b = 0; b < i; b++)
        g_assert_cmpuint (bytes[b], ==, 0);
      memset (bytes, 0xff, i);
    }
}

static void
test_aligned (void)
{
  g_autoptr (Arena) arena = arena_new ();

  for (unsigned i = 0; i < 1000; i++)
    {
      (void)arena_strndup (arena, "abc", i % 4);
      g_assert_cmpuint ((uintptr_t)arena_alloc (arena, 24) % 8, ==, 0);
      (void)arena_strndup (arena, "abc", i % 3);
      g_assert_cmpuint ((uintptr_t)arena_alloc (arena, 16) % 16, ==, 0);
    }
}

/* Nothing overlaps: what was written stays. */
static void
test_many_sizes (void)
{
  g_autoptr (Arena) arena = arena_new ();
  unsigned *all[2000];

  for (unsigned i = 0; i < G_N_ELEMENTS (all); i++)
    {
      const unsigned n = i * 37 % 900 + 1;

      all[i] = ARENA_NEW_ARRAY (arena, unsigned, n);
      all[i][0] = i;
      all[i][n - 1] = i;
    }
  for (unsigned i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_assert_cmpuint (all[i][0], ==, i);
      g_assert_cmpuint (all[i][i * 37 % 900], ==, i);
    }
}

static void
test_large (void)
{
  g_autoptr (Arena) arena = arena_new ();
  char *small = arena_strndup (arena, "before", 6);
  char *large = arena_alloc (arena, (size_t)64 << 20);

  large[((size_t)64 << 20) - 1] = 'x';
  g_assert_cmpstr (arena_strndup (arena, "after", 5), ==, "after");
  g_assert_cmpstr (small, ==, "before");
  g_assert_cmpuint (arena_size (arena), >=, (size_t)64 << 20);
}

static void
test_strndup (void)
{
  g_autoptr (Arena) arena = arena_new ();
  char *text = arena_strndup (arena, "a\0bc", 3);

  g_assert_cmpmem (text, 4, "a\0b", 4);
  g_assert_cmpstr (arena_strndup (arena, "abc", 0), ==, "");
}

/* Small things cost little more than they are. */
static void
test_overhead (void)
{
  g_autoptr (Arena) arena = arena_new ();

  g_assert_cmpuint (arena_size (arena), ==, 0);
  for (unsigned i = 0; i < 1000000; i++)
    (void)arena_alloc (arena, 24);
  g_assert_cmpuint (arena_size (arena), <, 24000000 + (2 << 20));
}

static void
test_free_null (void)
{
  arena_free (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arena/zeroed", test_zeroed);
  g_test_add_func ("/arena/aligned", test_aligned);
  g_test_add_func ("/arena/many-sizes", test_many_sizes);
  g_test_add_func ("/arena/large", test_large);
  g_test_add_func ("/arena/strndup", test_strndup);
  g_test_add_func ("/arena/overhead", test_overhead);
  g_test_add_func ("/arena/free-null", test_free_null);
  return g_test_run ();
}
