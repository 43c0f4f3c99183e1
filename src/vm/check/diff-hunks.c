#include "config.h"

#include "vm/check/diff-hunks.h"

#include "base/visible.h"

/* What is shown at most: lines of so many bytes, of which so many are the same
 * in the line that stands for it. */
#define MAX_LINES       60
#define MAX_LINE        240
#define LINE_BEFORE     60
#define NO_NEWLINE_TEXT "\\ No newline at end of file"

/* --- Showing -------------------------------------------------------------- */

typedef struct
{
  GString *out;
  const DiffLines *old;
  const DiffLines *new;
  uint64_t first_line;
  unsigned n_shown;
  unsigned n_hidden;
} Shown;

static bool
begin_line (Shown *shown)
{
  if (shown->n_shown == MAX_LINES)
    {
      shown->n_hidden++;
      return false;
    }
  shown->n_shown++;
  g_string_append_c (shown->out, '\n');
  return true;
}

/* @n_same bytes are as in the line that it stands for: of a long line they may
 * be left out. */
static void
show_line (Shown *shown, char sign, const DiffLine *line, size_t n_same)
{
  const bool has_newline = line->bytes[line->n_bytes - 1] == '\n';
  const size_t n = line->n_bytes - has_newline;
  size_t begin = 0, end = n;

  if (n > MAX_LINE)
    {
      begin = n_same > LINE_BEFORE ? n_same - LINE_BEFORE : 0;
      begin = MIN (begin, n - MAX_LINE);
      end = MIN (begin + MAX_LINE, n);
    }
  if (!begin_line (shown))
    return;
  g_string_append_c (shown->out, sign);
  g_string_append (shown->out, begin > 0 ? "..." : "");
  visible_append (shown->out, line->bytes + begin, end - begin);
  g_string_append (shown->out, end < n ? "..." : "");
  if (!has_newline && begin_line (shown))
    g_string_append (shown->out, NO_NEWLINE_TEXT);
}

static size_t
count_same (const DiffLine *a, const DiffLine *b)
{
  const size_t n = MIN (a->n_bytes, b->n_bytes);
  size_t i = 0;

  while (i < n && a->bytes[i] == b->bytes[i])
    i++;
  return i;
}

static size_t
count_changed (const DiffLines *side, size_t at)
{
  size_t n = 0;

  while (at + n < side->n && side->is_changed[at + n])
    n++;
  return n;
}

/* Lines that were replaced, added or removed in one place. */
static void
show_change (Shown *shown, size_t i, size_t j, size_t n_old, size_t n_new)
{
  const DiffLine *old = shown->old->lines + i, *new = shown->new->lines + j;

  for (size_t line = 0; line < n_old; line++)
    show_line (shown, '-', &old[line],
               line < n_new ? count_same (&old[line], &new[line]) : 0);
  for (size_t line = 0; line < n_new; line++)
    show_line (shown, '+', &new[line],
               line < n_old ? count_same (&old[line], &new[line]) : 0);
}

/* Lines of old and of new, from the first to before the last. */
typedef struct
{
  size_t i, j;
  size_t end_i, end_j;
} Hunk;

static bool
is_equal (const Shown *shown, size_t i, size_t j)
{
  return i < shown->old->n && j < shown->new->n && !shown->old->is_changed[i]
         && !shown->new->is_changed[j];
}

/* How many lines from there on are the same. */
static size_t
count_equal (const Shown *shown, size_t i, size_t j)
{
  size_t n = 0;

  while (is_equal (shown, i + n, j + n))
    n++;
  return n;
}

static bool
is_end (const Shown *shown, size_t i, size_t j)
{
  return i >= shown->old->n && j >= shown->new->n;
}

/* Changes that are near to each other are in one hunk. */
static bool
find_hunk (const Shown *shown, size_t i, size_t j, Hunk *hunk)
{
  const size_t n_before = count_equal (shown, i, j);
  size_t n_equal = 0;

  hunk->i = i + n_before - MIN (n_before, DIFF_CONTEXT);
  hunk->j = j + n_before - MIN (n_before, DIFF_CONTEXT);
  i += n_before;
  j += n_before;
  if (is_end (shown, i, j))
    return false;

  do
    {
      i += n_equal + count_changed (shown->old, i + n_equal);
      j += n_equal + count_changed (shown->new, j + n_equal);
      n_equal = count_equal (shown, i, j);
    }
  while (n_equal <= 2 * DIFF_CONTEXT
         && !is_end (shown, i + n_equal, j + n_equal));
  hunk->end_i = i + MIN (n_equal, DIFF_CONTEXT);
  hunk->end_j = j + MIN (n_equal, DIFF_CONTEXT);
  return true;
}

/* As diff(1) has it: of no lines, the line before; a single one is not
 * counted. */
static void
append_range (const Shown *shown, size_t begin, size_t end)
{
  const uint64_t first = shown->first_line + begin - (begin == end);

  g_string_append_printf (shown->out, "%" G_GUINT64_FORMAT, first);
  if (end - begin != 1)
    g_string_append_printf (shown->out, ",%zu", end - begin);
}

static void
show_hunk (Shown *shown, const Hunk *hunk)
{
  size_t i = hunk->i, j = hunk->j;

  if (begin_line (shown))
    {
      g_string_append (shown->out, "@@ -");
      append_range (shown, hunk->i, hunk->end_i);
      g_string_append (shown->out, " +");
      append_range (shown, hunk->j, hunk->end_j);
      g_string_append (shown->out, " @@");
    }
  while (i < hunk->end_i || j < hunk->end_j)
    {
      const size_t n_old = count_changed (shown->old, i);
      const size_t n_new = count_changed (shown->new, j);

      show_change (shown, i, j, n_old, n_new);
      i += n_old;
      j += n_new;
      for (; i < hunk->end_i && is_equal (shown, i, j); i++, j++)
        show_line (shown, ' ', &shown->old->lines[i], 0);
    }
}

void
diff_append_hunks (GString *out, const DiffLines *old, const DiffLines *new,
                   uint64_t first_line)
{
  Shown shown
      = { .out = out, .old = old, .new = new, .first_line = first_line };
  Hunk hunk = { .end_i = 0 };

  while (find_hunk (&shown, hunk.end_i, hunk.end_j, &hunk))
    show_hunk (&shown, &hunk);
  if (old->is_cut || new->is_cut)
    g_string_append (out, shown.n_hidden > 0
                              ? "\n(and more)"
                              : "\n(what follows was not compared)");
  else if (shown.n_hidden > 0)
    g_string_append_printf (out, "\n(and %u more %s)", shown.n_hidden,
                            shown.n_hidden == 1 ? "line" : "lines");
}
