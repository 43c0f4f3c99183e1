#include "config.h"

#include "base/nearest.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>

/* Who writes longer names does not mistype them by a letter. */
#define MAX_LENGTH 48

void
nearest_init (Nearest *nearest, const char *wanted)
{
  nearest->wanted = wanted;
  nearest->best = NULL;
  nearest->distance = (unsigned)MAX (strlen (wanted) / 3, 1) + 1;
}

static unsigned
least (unsigned a, unsigned b, unsigned c)
{
  return MIN (MIN (a, b), c);
}

/* How many letters must be changed, added, left out or swapped with their
 * neighbour to make one of the other.  Three rows of the table are enough. */
static unsigned
edit_distance (const char *a, size_t n_a, const char *b, size_t n_b)
{
  unsigned rows[3][MAX_LENGTH + 1];
  unsigned *before = rows[0], *above = rows[1], *row = rows[2];

  for (size_t j = 0; j <= n_b; j++)
    above[j] = (unsigned)j;

  for (size_t i = 1; i <= n_a; i++)
    {
      row[0] = (unsigned)i;
      for (size_t j = 1; j <= n_b; j++)
        {
          const char c = g_ascii_tolower (a[i - 1]);
          const char d = g_ascii_tolower (b[j - 1]);

          row[j]
              = least (above[j] + 1, row[j - 1] + 1, above[j - 1] + (c != d));
          if (i > 1 && j > 1 && c == g_ascii_tolower (b[j - 2])
              && d == g_ascii_tolower (a[i - 2]))
            row[j] = MIN (row[j], before[j - 2] + 1);
        }

      unsigned *const oldest = before;

      before = above;
      above = row;
      row = oldest;
    }
  return above[n_b];
}

void
nearest_try (Nearest *nearest, const char *candidate)
{
  const size_t n_wanted = strlen (nearest->wanted);
  const size_t n_candidate = strlen (candidate);
  const size_t difference = n_wanted > n_candidate ? n_wanted - n_candidate
                                                   : n_candidate - n_wanted;

  if (n_wanted > MAX_LENGTH || n_candidate > MAX_LENGTH
      || difference >= nearest->distance)
    return;

  const unsigned distance
      = edit_distance (nearest->wanted, n_wanted, candidate, n_candidate);

  /* A name of which every letter would have to change is not near. */
  if (distance < nearest->distance && distance < MAX (n_wanted, n_candidate))
    {
      nearest->best = candidate;
      nearest->distance = distance;
    }
}
