#include "config.h"

#include "suite/choose/order.h"

#include "suite/choose/layered.h"

#include <stdlib.h>
#include <string.h>

/* Tests are sorted by numbers, the first one first, then by their place. */
#define N_KEYS 4

typedef struct
{
  uint64_t keys[N_KEYS];
  unsigned place;
} Item;

static int
compare_items (const void *a, const void *b)
{
  const Item *const x = a;
  const Item *const y = b;

  for (unsigned i = 0; i < N_KEYS; i++)
    if (x->keys[i] != y->keys[i])
      return x->keys[i] < y->keys[i] ? -1 : 1;
  return x->place < y->place ? -1 : x->place > y->place;
}

void
order_renumber (GArray *tests)
{
  for (guint i = 0; i < tests->len; i++)
    g_array_index (tests, ReportTest, i).number = i + 1;
}

static void
sort_by (GArray *tests, Item *items)
{
  g_autofree ReportTest *before = g_new (ReportTest, tests->len);

  if (tests->len == 0)
    return;
  memcpy (before, tests->data, tests->len * sizeof (ReportTest));
  qsort (items, tests->len, sizeof (Item), compare_items);
  for (guint i = 0; i < tests->len; i++)
    g_array_index (tests, ReportTest, i) = before[items[i].place];
  order_renumber (tests);
}

/* --- Groups ------------------------------------------------------------------
 */

/* By place, the number of the group that each test is in: the tests of a plan,
 * in a round.  From 0, without a gap, in the order of their first tests. */
static unsigned *
find_groups (const GArray *tests)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  unsigned *groups = g_new (unsigned, tests->len);
  unsigned n_groups = 0;

  for (guint i = 0; i < tests->len; i++)
    {
      const ReportTest *const test = &g_array_index (tests, ReportTest, i);
      void *group;

      if (i > 0 && test->round != (test - 1)->round)
        g_hash_table_remove_all (seen);
      if (g_hash_table_lookup_extended (seen, test->plan, NULL, &group))
        groups[i] = GPOINTER_TO_UINT (group);
      else
        {
          groups[i] = n_groups++;
          (void)g_hash_table_insert (seen, (void *)test->plan,
                                     GUINT_TO_POINTER (groups[i]));
        }
    }
  return groups;
}

/* --- Chance ------------------------------------------------------------------
 */

/* SplitMix64: a counter that goes up in odd steps, each stirred well. */
static uint64_t
draw (uint64_t *state)
{
  uint64_t bits = *state += UINT64_C (0x9e3779b97f4a7c15);

  bits = (bits ^ bits >> 30) * UINT64_C (0xbf58476d1ce4e5b9);
  bits = (bits ^ bits >> 27) * UINT64_C (0x94d049bb133111eb);
  return bits ^ bits >> 31;
}

/* To sort by numbers that were drawn is as fair as to draw lots. */
void
order_shuffle (GArray *tests, uint64_t seed)
{
  g_autofree unsigned *groups = find_groups (tests);
  g_autofree uint64_t *drawn = g_new (uint64_t, tests->len);
  g_autofree Item *items = g_new (Item, tests->len);
  unsigned n_groups = 0;

  for (guint i = 0; i < tests->len; i++)
    {
      const unsigned group = groups[i];

      if (group == n_groups)
        drawn[n_groups++] = draw (&seed);
      items[i] = (Item){ .keys = { g_array_index (tests, ReportTest, i).round,
                                   drawn[group], group, draw (&seed) },
                         .place = i };
    }
  sort_by (tests, items);
}

/* --- Failed first, and again -------------------------------------------------
 */

void
order_failed_first (GArray *tests, const bool *has_failed)
{
  g_autofree unsigned *groups = find_groups (tests);
  g_autofree bool *has_group_failed = g_new0 (bool, tests->len);
  g_autofree Item *items = g_new (Item, tests->len);

  for (guint i = 0; i < tests->len; i++)
    has_group_failed[groups[i]] |= has_failed[i];
  for (guint i = 0; i < tests->len; i++)
    items[i] = (Item){ .keys = { g_array_index (tests, ReportTest, i).round,
                                 !has_group_failed[groups[i]], groups[i],
                                 !has_failed[i] },
                       .place = i };
  sort_by (tests, items);
}

void
order_repeat (GArray *tests, unsigned n_rounds)
{
  const guint n_tests = tests->len;

  if (n_rounds > 1)
    g_array_set_size (tests, n_tests * n_rounds);
  for (guint i = 0; n_rounds > 1 && i < tests->len; i++)
    {
      ReportTest *const test = &g_array_index (tests, ReportTest, i);

      *test = g_array_index (tests, ReportTest, i % n_tests);
      test->round = i / n_tests + 1;
    }
  order_renumber (tests);
}

/* --- Longest first -----------------------------------------------------------
 */

static int
compare_times (const void *a, const void *b)
{
  const int64_t x = *(const int64_t *)a;
  const int64_t y = *(const int64_t *)b;

  return x < y ? -1 : x > y;
}

int64_t
order_median (const int64_t *microsecs, unsigned n)
{
  g_autofree int64_t *known = g_new (int64_t, n);
  unsigned n_known = 0;

  for (unsigned i = 0; i < n; i++)
    if (microsecs[i] >= 0)
      known[n_known++] = microsecs[i];
  if (n_known == 0)
    return -1;
  qsort (known, n_known, sizeof *known, compare_times);
  return known[n_known / 2];
}

static void
weigh (Item *items, const ReportTest *tests, unsigned n_tests,
       const int64_t *usual_microsecs)
{
  const int64_t median = order_median (usual_microsecs, n_tests);
  g_autofree unsigned *turns = layered_turns (tests, n_tests);
  g_autofree int64_t *weights = g_new0 (int64_t, n_tests);

  for (unsigned i = 0; i < n_tests; i++)
    weights[turns[i]] += usual_microsecs[i] < 0 ? median : usual_microsecs[i];
  for (unsigned i = 0; i < n_tests; i++)
    {
      items[i].keys[1] = UINT64_MAX - (uint64_t)weights[turns[i]];
      items[i].keys[2] = turns[i];
    }
}

unsigned *
order_longest_first (const ReportTest *tests, unsigned n_tests,
                     const int64_t *usual_microsecs)
{
  g_autofree unsigned *ranks = layered_ranks (tests, n_tests);
  g_autofree Item *items = g_new (Item, n_tests);
  unsigned *order = g_new (unsigned, n_tests);

  for (unsigned i = 0; i < n_tests; i++)
    items[i] = (Item){ .keys = { tests[i].round, 0, 0, ranks[i] }, .place = i };
  if (usual_microsecs != NULL && order_median (usual_microsecs, n_tests) >= 0)
    weigh (items, tests, n_tests, usual_microsecs);
  if (n_tests > 0)
    qsort (items, n_tests, sizeof (Item), compare_items);
  for (unsigned i = 0; i < n_tests; i++)
    order[i] = items[i].place;
  return order;
}
