#include "config.h"

#include "vm/check/diff.h"

#include "base/visible.h"
#include "vm/check/diff-hunks.h"

#include <string.h>

/* How far back the lines before the difference are looked for, and how much is
 * compared from there on. */
#define MAX_BEFORE ((uint64_t)64 * 1024)
#define MAX_WINDOW ((uint64_t)1024 * 1024)

/* What is shown of a text on one line, and how much of that before the place
 * that matters. */
#define MAX_EXCERPT    160
#define EXCERPT_BEFORE 60

/* Lines of so many bytes, in so many rows. */
#define ROW_BYTES 16
#define HEX_ROWS  4

/* --- Excerpts ------------------------------------------------------------- */

/* No character is cut in two. */
static size_t
to_character (const char *bytes, size_t at)
{
  for (unsigned i = 0; i < 3 && at > 0; i++)
    if (((unsigned char)bytes[at] & 0xc0) == 0x80)
      at--;
  return at;
}

void
diff_append_excerpt (GString *out, const char *bytes, size_t n_bytes, size_t at)
{
  size_t begin = 0, end = n_bytes;

  if (n_bytes > MAX_EXCERPT)
    {
      begin = at > EXCERPT_BEFORE ? at - EXCERPT_BEFORE : 0;
      begin = to_character (bytes, MIN (begin, n_bytes - MAX_EXCERPT));
      end = MIN (begin + MAX_EXCERPT, n_bytes);
      end = end < n_bytes ? to_character (bytes, end) : end;
    }
  g_string_append (out, begin > 0 ? "...\"" : "\"");
  visible_append_escaped (out, bytes + begin, end - begin);
  g_string_append (out, end < n_bytes ? "\"..." : "\"");
}

/* --- Binary data ---------------------------------------------------------- */

static void
append_row (GString *out, uint64_t offset, const char *bytes, size_t n_bytes)
{
  g_string_append_printf (out, "\n  %08" G_GINT64_MODIFIER "x ", offset);
  for (size_t i = 0; i < ROW_BYTES; i++)
    if (i < n_bytes)
      g_string_append_printf (out, " %02x", (unsigned char)bytes[i]);
    else
      g_string_append (out, "   ");
  g_string_append (out, "  ");
  for (size_t i = 0; i < n_bytes; i++)
    g_string_append_c (out, g_ascii_isprint (bytes[i]) ? bytes[i] : '.');
}

static bool
append_hex (GString *out, const DiffSide *side, uint64_t offset, GError **error)
{
  const uint64_t size = side->content->size;
  const uint64_t begin = MIN (offset / ROW_BYTES * ROW_BYTES, size);
  const size_t n_bytes
      = (size_t)MIN (size - begin, (uint64_t)ROW_BYTES * HEX_ROWS);
  g_autoptr (GString) buffer = g_string_new (NULL);
  const char *bytes
      = content_view (side->content, begin, n_bytes, buffer, error);
  if (bytes == NULL)
    return false;

  visible_append (out, side->label, strlen (side->label));
  g_string_append_printf (out, ", %" G_GUINT64_FORMAT " byte%s:", size,
                          size == 1 ? "" : "s");
  for (size_t i = 0; i < n_bytes; i += ROW_BYTES)
    append_row (out, begin + i, bytes + i, MIN (n_bytes - i, ROW_BYTES));
  if (n_bytes == 0)
    g_string_append_printf (out, "\n  %08" G_GINT64_MODIFIER "x  (its end)",
                            begin);
  return true;
}

/* --- Texts ---------------------------------------------------------------- */

/* Where the lines begin that are shown before the difference, and how many
 * they are.  Of a line that is too long, only what follows is shown. */
static bool
find_context (const Content *content, const DiffPlace *place, uint64_t *begin,
              uint64_t *n_lines, GError **error)
{
  const size_t n_before = (size_t)MIN (place->offset, MAX_BEFORE);
  const uint64_t first = place->offset - n_before;
  g_autoptr (GString) buffer = g_string_new (NULL);
  const char *bytes = content_view (content, first, n_before, buffer, error);
  if (bytes == NULL)
    return false;

  unsigned n_begins = 0; /* of lines: that of the difference is the first */
  *begin = place->offset;
  for (size_t at = n_before; at > 0 && n_begins <= DIFF_CONTEXT; at--)
    if (bytes[at - 1] == '\n')
      {
        *begin = first + at;
        n_begins++;
      }
  if (first == 0 && n_begins <= DIFF_CONTEXT)
    {
      *begin = 0;
      n_begins++;
    }
  *n_lines = n_begins > 0 ? n_begins - 1 : 0;
  return true;
}

/* What is compared of a side. */
typedef struct
{
  GString *buffer; /* owned */
  const char *bytes;
  size_t n_bytes;
  bool is_cut; /* there is more */
} Window;

static void
window_clear (Window *window)
{
  (void)g_string_free (window->buffer, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Window, window_clear)

static bool
look (Window *window, const Content *content, uint64_t begin, GError **error)
{
  const uint64_t n_left = content->size - begin;

  window->n_bytes = (size_t)MIN (n_left, MAX_WINDOW);
  window->is_cut = window->n_bytes < n_left;
  window->bytes
      = content_view (content, begin, window->n_bytes, window->buffer, error);
  return window->bytes != NULL;
}

static bool
is_binary (const Window *window)
{
  return memchr (window->bytes, '\0', window->n_bytes) != NULL;
}

static void
append_label (GString *out, const char *sign, const DiffSide *side)
{
  g_string_append (out, sign);
  visible_append (out, side->label, strlen (side->label));
}

static void
append_unified (GString *out, const Window *old, const Window *new,
                uint64_t first_line)
{
  g_auto (DiffLines) old_lines = { .n = 0 }, new_lines = { .n = 0 };

  diff_lines_init (&old_lines, old->bytes, old->n_bytes, old->is_cut);
  diff_lines_init (&new_lines, new->bytes, new->n_bytes, new->is_cut);
  diff_lines_compare (&old_lines, &new_lines);
  diff_append_hunks (out, &old_lines, &new_lines, first_line);
}

bool
diff_append (GString *out, const DiffSide *old, const DiffSide *new,
             const DiffPlace *place, GError **error)
{
  g_auto (Window) old_window = { .buffer = g_string_new (NULL) };
  g_auto (Window) new_window = { .buffer = g_string_new (NULL) };
  uint64_t begin, n_context;

  /* They are the same up to there. */
  if (!find_context (old->content, place, &begin, &n_context, error)
      || !look (&old_window, old->content, begin, error)
      || !look (&new_window, new->content, begin, error))
    return false;

  if (is_binary (&old_window) || is_binary (&new_window))
    {
      if (!append_hex (out, old, place->offset, error))
        return false;
      g_string_append_c (out, '\n');
      return append_hex (out, new, place->offset, error);
    }
  append_label (out, "--- ", old);
  append_label (out, "\n+++ ", new);
  append_unified (out, &old_window, &new_window,
                  place->n_lines - n_context + 1);
  return true;
}
