#include "config.h"

#include "base/source.h"

#include "base/file.h"

#include <string.h>
#include <sys/stat.h>

/* What ends a text for flex. */
#define N_END_BYTES 2
/* The offset behind a text is its own too: messages point at the end. */
#define N_END_OFFSETS 1
#define TAB_STOP      8

/* A Source, with what was counted of it. */
typedef struct
{
  Source source;
  char *name;         /* owned */
  char *text;         /* owned */
  GArray *line_bases; /* owned; of uint32_t: where its lines begin in the text;
                       * NULL: not counted yet */
  /* The column that was asked for last: the next one is often further on in
   * the same line, which may be very long. */
  size_t last_place;
  unsigned last_column;
} Counted;

struct Sources
{
  GPtrArray *all;      /* owned; of Counted, in the order of their bases */
  GHashTable *by_path; /* owned; of Counted */
  uint32_t next_base;
};

static void
counted_free (Counted *counted)
{
  if (counted->line_bases != NULL)
    g_array_unref (counted->line_bases);
  g_free (counted->name);
  g_free (counted->text);
  g_free (counted);
}

Sources *
sources_new (void)
{
  Sources *sources = g_new0 (Sources, 1);

  sources->all = g_ptr_array_new_with_free_func ((GDestroyNotify)counted_free);
  sources->by_path
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sources->next_base = SRC_SPAN_NONE.end + 1;
  return sources;
}

void
sources_free (Sources *sources)
{
  if (sources == NULL)
    return;

  g_hash_table_unref (sources->by_path);
  g_ptr_array_unref (sources->all);
  g_free (sources);
}

static size_t
n_bytes_left (const Sources *sources)
{
  return UINT32_MAX - sources->next_base - N_END_OFFSETS;
}

/* Takes @text, which has room for the bytes that end it. */
static const Source *
add (Sources *sources, const char *name, char *text, size_t n_text)
{
  g_assert (n_text <= n_bytes_left (sources));

  Counted *counted = g_new0 (Counted, 1);

  memset (text + n_text, 0, N_END_BYTES);
  counted->name = g_strdup (name);
  counted->text = text;
  counted->source.name = counted->name;
  counted->source.text = text;
  counted->source.n_text = n_text;
  counted->source.base = sources->next_base;
  sources->next_base += (uint32_t)n_text + N_END_OFFSETS;
  g_ptr_array_add (sources->all, counted);
  return &counted->source;
}

const Source *
sources_add (Sources *sources, const char *name, const char *text,
             size_t n_text)
{
  char *copy = g_malloc (n_text + N_END_BYTES);

  memcpy (copy, text, n_text);
  return add (sources, name, copy, n_text);
}

/* --- Reading ---------------------------------------------------------- */

/* What a path stands for: the entry of a directory.  "x.plan" and "./x.plan"
 * are one; two links to one file are not, for they have directories and names
 * of their own. */
static char *
path_key (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *entry = g_path_get_basename (path);
  struct stat info;

  if (stat (directory, &info) != 0)
    return g_strdup (path);
  return g_strdup_printf ("%ju:%ju/%s", (uintmax_t)info.st_dev,
                          (uintmax_t)info.st_ino, entry);
}

const Source *
sources_read (Sources *sources, const char *path, GError **error)
{
  const bool is_stdin = strcmp (path, "-") == 0;
  g_autofree char *key = is_stdin ? g_strdup (path) : path_key (path);
  const Source *source = g_hash_table_lookup (sources->by_path, key);
  char *text;
  size_t n_text;

  if (source != NULL)
    return source;
  if (!file_read (path, MIN (n_bytes_left (sources), SOURCE_MOST), N_END_BYTES,
                  &text, &n_text, error))
    return NULL;

  source = add (sources, path, text, n_text);
  g_hash_table_insert (sources->by_path, g_steal_pointer (&key),
                       (void *)source);
  return source;
}

const char *
sources_way_out (const GError *error)
{
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_INVAL))
    return "a plan is a file, or comes from standard input: \"-\"";
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    return "a long plan can be divided: \"include\" reads its parts";
  return NULL;
}

/* --- Places ----------------------------------------------------------- */

const Source *
sources_find (const Sources *sources, uint32_t offset)
{
  unsigned low = 0;
  unsigned high = sources->all->len;

  while (low < high)
    {
      const unsigned middle = low + (high - low) / 2;
      const Source *const source = g_ptr_array_index (sources->all, middle);

      if (offset < source->base)
        high = middle;
      else if (offset - source->base > source->n_text)
        low = middle + 1;
      else
        return source;
    }
  return NULL;
}

static void
count_lines (Counted *counted)
{
  const char *const text = counted->text;
  const char *const end = text + counted->source.n_text;
  uint32_t base = 0;

  counted->line_bases = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  g_array_append_val (counted->line_bases, base);
  for (const char *at = text; (at = memchr (at, '\n', (size_t)(end - at)));)
    {
      at++;
      base = (uint32_t)(at - text);
      g_array_append_val (counted->line_bases, base);
    }
}

/* The index of the line that the byte at @place is in. */
static unsigned
find_line (const Counted *counted, size_t place)
{
  unsigned low = 0;
  unsigned high = counted->line_bases->len;

  while (high - low > 1)
    {
      const unsigned middle = low + (high - low) / 2;

      if (place < g_array_index (counted->line_bases, uint32_t, middle))
        high = middle;
      else
        low = middle;
    }
  return low;
}

/* How much further right a terminal is after the character at @text. */
static unsigned
character_columns (const char *text, size_t n_text, unsigned column,
                   size_t *n_bytes)
{
  *n_bytes = 1;
  if (*text == '\t')
    return TAB_STOP - (column - 1) % TAB_STOP;
  if ((unsigned char)*text < 0x80)
    return 1;

  const gunichar c = g_utf8_get_char_validated (text, (gssize)MIN (n_text, 6));

  if (c >= (gunichar)-2)
    return 1;

  *n_bytes = (size_t)(g_utf8_next_char (text) - text);
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

static unsigned
count_column (Counted *counted, size_t line_begin, size_t place)
{
  const bool goes_on = counted->last_column > 0
                       && counted->last_place >= line_begin
                       && counted->last_place <= place;
  size_t at = goes_on ? counted->last_place : line_begin;
  unsigned column = goes_on ? counted->last_column : 1;

  while (at < place)
    {
      size_t n;

      column += character_columns (counted->text + at,
                                   counted->source.n_text - at, column, &n);
      at += n;
    }
  counted->last_place = at;
  counted->last_column = column;
  return column;
}

SourceLine
source_line (const Source *source, uint32_t offset)
{
  /* Every Source is the first member of a Counted, and what is counted does
   * not change it. */
  Counted *const counted = (Counted *)source;
  const size_t place = MIN (offset - source->base, source->n_text);

  if (counted->line_bases == NULL)
    count_lines (counted);

  const unsigned index = find_line (counted, place);
  const GArray *const bases = counted->line_bases;
  const size_t begin = g_array_index (bases, uint32_t, index);
  const bool has_end = index + 1 < bases->len;
  size_t end = has_end ? g_array_index (bases, uint32_t, index + 1) - 1
                       : source->n_text;

  if (has_end && end > begin && source->text[end - 1] == '\r')
    end--;
  return (SourceLine){ .line = index + 1,
                       .column = count_column (counted, begin, place),
                       .text = source->text + begin,
                       .n_text = end - begin };
}
