#include "config.h"

#include "report/label.h"
#include "suite/choose/order.h"
#include "suite/choose/shard.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a, stirred: of short names that differ in a letter its low bits are not
 * evenly spread. */
static uint64_t
hash (const char *text)
{
  uint64_t bits = UINT64_C (0xcbf29ce484222325);

  for (; *text != '\0'; text++)
    bits = (bits ^ (uint8_t)*text) * UINT64_C (0x100000001b3);
  bits = (bits ^ bits >> 30) * UINT64_C (0xbf58476d1ce4e5b9);
  bits = (bits ^ bits >> 27) * UINT64_C (0x94d049bb133111eb);
  return bits ^ bits >> 31;
}

static char *
label_of (const ReportTest *test)
{
  GString *label = g_string_new (NULL);

  label_append_test (label, test);
  return g_string_free (label, FALSE);
}

static void
choose_by_hash (const GArray *tests, const Shard *shard, bool *is_mine)
{
  for (guint i = 0; i < tests->len; i++)
    {
      g_autofree char *label = label_of (&g_array_index (tests, ReportTest, i));
      is_mine[i] = hash (label) % shard->n == shard->index;
    }
}

typedef struct
{
  int64_t microsecs;
  char *label; /* owned */
  unsigned place;
} Load;

static int
compare_loads (const void *a, const void *b)
{
  const Load *const x = a;
  const Load *const y = b;

  if (x->microsecs != y->microsecs)
    return x->microsecs > y->microsecs ? -1 : 1;
  const int order = strcmp (x->label, y->label);
  return order != 0 ? order : x->place < y->place ? -1 : x->place > y->place;
}

static Load *
sort_loads (const GArray *tests, const int64_t *usual_microsecs)
{
  const int64_t median = usual_microsecs == NULL
                             ? -1
                             : order_median (usual_microsecs, tests->len);
  Load *loads = g_new (Load, tests->len + 1);

  for (guint i = 0; i < tests->len; i++)
    {
      const int64_t usual = usual_microsecs == NULL ? -1 : usual_microsecs[i];
      /* At least one: what takes no time is spread too. */
      loads[i]
          = (Load){ .microsecs = MAX (usual < 0 ? median : usual, 1),
                    .label = label_of (&g_array_index (tests, ReportTest, i)),
                    .place = i };
    }
  qsort (loads, tests->len, sizeof (Load), compare_loads);
  return loads;
}

/* The longest that is left goes to the part that has least. */
static void
choose_by_time (const GArray *tests, const Shard *shard,
                const int64_t *usual_microsecs, bool *is_mine)
{
  const unsigned n_shards = MIN (shard->n, tests->len); /* others get nothing */
  g_autofree int64_t *totals = g_new0 (int64_t, n_shards);
  g_autofree Load *loads = sort_loads (tests, usual_microsecs);

  for (guint i = 0; i < tests->len; i++)
    {
      unsigned least = 0;
      for (unsigned s = 1; s < n_shards; s++)
        if (totals[s] < totals[least])
          least = s;
      totals[least] += loads[i].microsecs;
      is_mine[loads[i].place] = least == shard->index;
      g_free (loads[i].label);
    }
}

void
shard_cut (GArray *tests, const Shard *shard, bool by_time,
           const int64_t *usual_microsecs)
{
  g_autofree bool *is_mine = g_new0 (bool, tests->len);
  guint n_mine = 0;

  if (by_time)
    choose_by_time (tests, shard, usual_microsecs, is_mine);
  else
    choose_by_hash (tests, shard, is_mine);
  for (guint i = 0; i < tests->len; i++)
    if (is_mine[i])
      {
        ReportTest *const mine = &g_array_index (tests, ReportTest, n_mine++);
        *mine = g_array_index (tests, ReportTest, i);
        mine->number = n_mine;
      }
  g_array_set_size (tests, n_mine);
}
