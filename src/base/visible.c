#include "config.h"

#include "base/visible.h"

#include <stdbool.h>
#include <string.h>

/* What a plan and a shell both take as it is. */
static bool
is_plain (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("_@%+:,./-=", c) != NULL);
}

static bool
is_shown_ascii (unsigned char c)
{
  return (c >= 0x20 && c < 0x7f) || c == '\t';
}

/* Controls, and what shows as nothing or moves other text about. */
static bool
is_shown (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
      return false;
    default:
      return true;
    }
}

/* The length of the character that @bytes begin with; 0: it is none. */
static size_t
character_at (const char *bytes, size_t n_bytes, gunichar *c)
{
  const gunichar decoded
      = g_utf8_get_char_validated (bytes, (gssize)MIN (n_bytes, 6));

  if (decoded >= (gunichar)-2)
    return 0;

  *c = decoded;
  return (size_t)(g_utf8_next_char (bytes) - bytes);
}

static void
append_control (GString *out, unsigned char c)
{
  switch (c)
    {
    case '\n':
      g_string_append (out, "\\n");
      break;
    case '\r':
      g_string_append (out, "\\r");
      break;
    default:
      g_string_append_printf (out, "\\x%02x", c);
    }
}

static size_t
append_character (GString *out, const char *bytes, size_t n_bytes,
                  const char *wide_format)
{
  gunichar c;
  const size_t n = character_at (bytes, n_bytes, &c);

  if (n == 0 || (n == 1 && !is_shown_ascii ((unsigned char)*bytes)))
    {
      append_control (out, (unsigned char)*bytes);
      return 1;
    }

  if (is_shown (c) || n == 1)
    g_string_append_len (out, bytes, (gssize)n);
  else
    g_string_append_printf (out, wide_format, c);
  return n;
}

size_t
visible_append_char (GString *out, const char *bytes, size_t n_bytes)
{
  return append_character (out, bytes, n_bytes, "\\u%04x");
}

void
visible_append (GString *out, const char *bytes, size_t n_bytes)
{
  size_t begin = 0; /* of what is shown as it is */
  size_t i = 0;

  while (i < n_bytes)
    {
      if (is_shown_ascii ((unsigned char)bytes[i]))
        {
          i++;
          continue;
        }

      g_string_append_len (out, bytes + begin, (gssize)(i - begin));
      i += visible_append_char (out, bytes + i, n_bytes - i);
      begin = i;
    }
  g_string_append_len (out, bytes + begin, (gssize)(n_bytes - begin));
}

bool
visible_needs_quotes (const char *bytes, size_t n_bytes)
{
  if (n_bytes == 0 || (n_bytes == 1 && *bytes == '='))
    return true;

  for (size_t i = 0; i < n_bytes;)
    {
      gunichar c;
      const size_t n = character_at (bytes + i, n_bytes - i, &c);

      if (n == 0 || (n == 1 ? !is_plain (bytes[i]) : !g_unichar_isalnum (c)))
        return true;
      i += n;
    }
  return false;
}

void
visible_append_escaped (GString *out, const char *bytes, size_t n_bytes)
{
  for (size_t i = 0; i < n_bytes;)
    {
      if (bytes[i] == '\t')
        {
          g_string_append (out, "\\t");
          i++;
          continue;
        }
      if (bytes[i] == '"' || bytes[i] == '\\' || bytes[i] == '$')
        g_string_append_c (out, '\\');
      i += append_character (out, bytes + i, n_bytes - i, "\\u{%x}");
    }
}

void
visible_append_quoted (GString *out, const char *bytes, size_t n_bytes)
{
  if (!visible_needs_quotes (bytes, n_bytes))
    {
      g_string_append_len (out, bytes, (gssize)n_bytes);
      return;
    }

  g_string_append_c (out, '"');
  visible_append_escaped (out, bytes, n_bytes);
  g_string_append_c (out, '"');
}

size_t
visible_columns (const char *text, size_t n_text)
{
  size_t n = 0;

  for (const char *at = text; at < text + n_text; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);

      if (!g_unichar_iszerowidth (c))
        n += g_unichar_iswide (c) ? 2 : 1;
    }
  return n;
}

void
visible_append_lines (GString *out, const char *bytes, size_t n_bytes)
{
  const char *const end = bytes + n_bytes;

  for (const char *at = bytes; at < end;)
    {
      const char *const newline = memchr (at, '\n', (size_t)(end - at));
      const char *const line_end = newline != NULL ? newline : end;

      visible_append (out, at, (size_t)(line_end - at));
      g_string_append_c (out, '\n');
      at = line_end + 1;
    }
}
