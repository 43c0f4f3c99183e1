#include "config.h"

#include "vm/check/diff-lines.h"

#include <string.h>

/* What is added and removed at most. */
#define MAX_STEPS 256

void
diff_lines_clear (DiffLines *lines)
{
  g_clear_pointer (&lines->lines, g_free);
  g_clear_pointer (&lines->is_changed, g_free);
  lines->n = 0;
}

static bool
are_equal (const DiffLine *a, const DiffLine *b)
{
  return a->hash == b->hash && a->n_bytes == b->n_bytes
         && memcmp (a->bytes, b->bytes, a->n_bytes) == 0;
}

/* --- Lines ---------------------------------------------------------------- */

static DiffLine
line_at (const char *bytes, const char *end)
{
  const char *newline = memchr (bytes, '\n', (size_t)(end - bytes));
  const char *line_end = newline != NULL ? newline + 1 : end;
  DiffLine line = { .bytes = bytes, .n_bytes = (size_t)(line_end - bytes) };

  for (const char *at = bytes; at < line_end; at++)
    line.hash = line.hash * 31 + (unsigned char)*at;
  return line;
}

void
diff_lines_init (DiffLines *lines, const char *bytes, size_t n_bytes,
                 bool is_cut)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (DiffLine));
  const char *end = bytes + n_bytes;

  for (const char *at = bytes; at < end;)
    {
      const DiffLine line = line_at (at, end);
      const bool is_whole = line.bytes[line.n_bytes - 1] == '\n';

      if (is_cut && !is_whole && at != bytes)
        break;
      g_array_append_val (found, line);
      at += line.n_bytes;
    }
  lines->n = found->len;
  lines->is_cut = is_cut;
  lines->is_changed = g_new0 (bool, lines->n);
  lines->lines
      = (DiffLine *)(void *)g_array_free (g_steal_pointer (&found), FALSE);
}

/* --- The way -------------------------------------------------------------- */

/* On diagonal K (lines of old less lines of new) with D steps one comes to
 * reach[D][D + K] lines of old. */
typedef struct
{
  DiffLines *old;
  DiffLines *new;
  int *reach[MAX_STEPS + 1]; /* owned */
} Way;

static void
way_clear (Way *way)
{
  for (int d = 0; d <= MAX_STEPS; d++)
    g_free (way->reach[d]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Way, way_clear)

/* Whether the last of @d steps to diagonal @k adds a line; else it removes
 * one. */
static bool
adds (const Way *way, int d, int k)
{
  const int *before = way->reach[d - 1] + (d - 1);
  return k == -d || (k != d && before[k - 1] < before[k + 1]);
}

static int
reach (const Way *way, int d, int k)
{
  int x = 0;

  if (d > 0)
    {
      const int *before = way->reach[d - 1] + (d - 1);
      x = adds (way, d, k) ? before[k + 1] : before[k - 1] + 1;
    }
  while ((size_t)x < way->old->n && (size_t)(x - k) < way->new->n
         && are_equal (&way->old->lines[x], &way->new->lines[x - k]))
    x++;
  return x;
}

/* Marks what the @d steps to diagonal @k add and remove. */
static void
mark (Way *way, int d, int k)
{
  for (; d > 0; d--)
    {
      const int *before = way->reach[d - 1] + (d - 1);
      const bool is_added = adds (way, d, k);

      k += is_added ? 1 : -1;
      if (is_added)
        way->new->is_changed[before[k] - k] = true;
      else
        way->old->is_changed[before[k]] = true;
    }
}

/* Too many steps: what is behind the farthest place reached is left out. */
static void
give_up (Way *way)
{
  const int *last = way->reach[MAX_STEPS] + MAX_STEPS;
  int best = 0, farthest = -1;

  for (int k = -MAX_STEPS; k <= MAX_STEPS; k += 2)
    if ((size_t)last[k] <= way->old->n && (size_t)(last[k] - k) <= way->new->n
        && 2 * last[k] - k > farthest)
      {
        best = k;
        farthest = 2 * last[k] - k;
      }
  if (farthest < 0)
    return;
  mark (way, MAX_STEPS, best);
  way->old->n = (size_t)last[best];
  way->new->n = (size_t)(last[best] - best);
  way->old->is_cut = true;
  way->new->is_cut = true;
}

static void
walk (DiffLines *old, DiffLines *new)
{
  g_auto (Way) way = { .old = old, .new = new };
  const int end = (int)old->n - (int)new->n;

  for (int d = 0; d <= MAX_STEPS; d++)
    {
      way.reach[d] = g_new (int, 2 * (size_t)d + 1);
      for (int k = -d; k <= d; k += 2)
        {
          const int x = reach (&way, d, k);
          way.reach[d][d + k] = x;
          if (k == end && (size_t)x >= old->n)
            {
              mark (&way, d, k);
              return;
            }
        }
    }
  give_up (&way);
}

static size_t
count_to_last_equal (const DiffLines *lines)
{
  size_t n = lines->n;

  while (n > 0 && lines->is_changed[n - 1])
    n--;
  return n;
}

/* Where both are cut, the lines before the cut differ because of it. */
static void
forget_end (DiffLines *old, DiffLines *new)
{
  const size_t n_old = count_to_last_equal (old);
  const size_t n_new = count_to_last_equal (new);

  if (old->is_cut && new->is_cut
      && (memchr (old->is_changed, true, n_old) != NULL
          || memchr (new->is_changed, true, n_new) != NULL))
    {
      old->n = n_old;
      new->n = n_new;
    }
}

void
diff_lines_compare (DiffLines *old, DiffLines *new)
{
  walk (old, new);
  forget_end (old, new);
}
