#include "config.h"

#include "report/lines.h"

#include "base/visible.h"
#include "report/label.h"

#include <string.h>
#include <unistd.h>

/* A longer line is written in pieces. */
#define LONGEST_PIECE ((size_t)64 << 10)
#define CUT           "..."

/* One stream of one process. */
typedef struct
{
  uint32_t process;
  int stream;
  GString *held; /* owned: the beginning of a line */
  bool is_cut;   /* the line began in a piece before */
} Stream;

struct Lines
{
  const ReportTest *test; /* borrowed */
  bool color;
  GHashTable *streams; /* owned; of Stream, by itself */
};

static unsigned
stream_hash (const void *key)
{
  const Stream *const stream = key;

  return stream->process * 2 + (stream->stream == STDERR_FILENO);
}

static gboolean
stream_equal (const void *a, const void *b)
{
  const Stream *const left = a;
  const Stream *const right = b;

  return left->process == right->process && left->stream == right->stream;
}

static void
stream_free (Stream *stream)
{
  g_string_free (stream->held, TRUE);
  g_free (stream);
}

Lines *
lines_new (const ReportTest *test, bool color)
{
  Lines *lines = g_new0 (Lines, 1);

  lines->test = test;
  lines->color = color;
  lines->streams = g_hash_table_new_full (stream_hash, stream_equal, NULL,
                                          (GDestroyNotify)stream_free);
  return lines;
}

void
lines_free (Lines *lines)
{
  if (lines == NULL)
    return;

  g_hash_table_unref (lines->streams);
  g_free (lines);
}

static Stream *
find_stream (Lines *lines, uint32_t process, int number)
{
  const Stream wanted = { .process = process, .stream = number };
  Stream *stream = g_hash_table_lookup (lines->streams, &wanted);

  if (stream != NULL)
    return stream;

  stream = g_new0 (Stream, 1);
  stream->process = process;
  stream->stream = number;
  stream->held = g_string_new (NULL);
  (void)g_hash_table_add (lines->streams, stream); /* it was not in it */
  return stream;
}

/* "echo| ". */
static void
append_prefix (const Lines *lines, const Stream *stream, GString *out)
{
  const bool is_stderr = stream->stream == STDERR_FILENO;
  g_autofree char *prefix
      = g_strconcat (label_process (lines->test, stream->process),
                     is_stderr ? "!" : "|", stream->is_cut ? CUT : " ", NULL);

  label_append_painted (out, lines->color, is_stderr ? PAINT_WARN : PAINT_FAINT,
                        prefix);
}

/* A whole line, without its end, or a piece of one. */
static void
write_piece (const Lines *lines, Stream *stream, const char *bytes,
             size_t n_bytes, bool is_whole, GString *out)
{
  append_prefix (lines, stream, out);
  if (is_whole && n_bytes > 0 && bytes[n_bytes - 1] == '\r')
    n_bytes--; /* as a terminal ends its lines */
  visible_append (out, bytes, n_bytes);
  g_string_append (out, is_whole ? "\n" : CUT "\n");
  stream->is_cut = !is_whole;
}

/* Where to cut, so that a character is not cut in two. */
static size_t
find_cut (const char *bytes, size_t n_bytes)
{
  size_t n = n_bytes;

  while (n > n_bytes - 4 && ((unsigned char)bytes[n] & 0xc0) == 0x80)
    n--;
  return n;
}

/* Keeps @bytes, which have no end of line; what is too long for that, is
 * written. */
static void
hold (const Lines *lines, Stream *stream, const char *bytes, size_t n_bytes,
      GString *out)
{
  g_string_append_len (stream->held, bytes, (gssize)n_bytes);
  while (stream->held->len > LONGEST_PIECE)
    {
      const size_t n = find_cut (stream->held->str, LONGEST_PIECE);

      write_piece (lines, stream, stream->held->str, n, false, out);
      g_string_erase (stream->held, 0, (gssize)n);
    }
}

void
lines_add (Lines *lines, const Event *event, GString *out)
{
  Stream *const stream = find_stream (lines, event->process, event->number);
  const char *at = event->text;
  const char *const end = event->text + event->n_text;
  const char *newline;

  while (at < end && (newline = memchr (at, '\n', (size_t)(end - at))) != NULL)
    {
      hold (lines, stream, at, (size_t)(newline - at), out);
      write_piece (lines, stream, stream->held->str, stream->held->len, true,
                   out);
      g_string_truncate (stream->held, 0);
      at = newline + 1;
    }
  if (at < end)
    hold (lines, stream, at, (size_t)(end - at), out);
}

static void
end_stream (const Lines *lines, Stream *stream, GString *out)
{
  if (stream->held->len > 0)
    write_piece (lines, stream, stream->held->str, stream->held->len, true,
                 out);
  g_string_truncate (stream->held, 0);
  stream->is_cut = false;
}

void
lines_end (Lines *lines, uint32_t process, GString *out)
{
  GHashTableIter iter;
  void *stream;

  if (process != PLAN_NONE)
    {
      end_stream (lines, find_stream (lines, process, STDOUT_FILENO), out);
      end_stream (lines, find_stream (lines, process, STDERR_FILENO), out);
      return;
    }

  g_hash_table_iter_init (&iter, lines->streams);
  while (g_hash_table_iter_next (&iter, &stream, NULL))
    end_stream (lines, stream, out);
}
