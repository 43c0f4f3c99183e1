#include "config.h"

#include "report/tap-text.h"

#include "base/visible.h"
#include "report/label.h"

#include <string.h>

void
tap_append_escaped (GString *out, const char *text, size_t n_text)
{
  g_autoptr (GString) shown = g_string_new (NULL);

  visible_append (shown, text, n_text);
  for (const char *at = shown->str; *at != '\0'; at++)
    {
      if (*at == '#' || *at == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *at);
    }
}

void
tap_append_point (GString *out, const char *margin, bool is_ok, unsigned number,
                  const ReportTest *test)
{
  g_autoptr (GString) name = g_string_new (NULL);

  label_append_name (name, test);
  g_string_append_printf (out, "%s%sok %u - ", margin, is_ok ? "" : "not ",
                          number);
  tap_append_escaped (out, name->str, name->len);
}

void
tap_append_comments (GString *out, const char *margin, const char *lines)
{
  const char *at = lines;

  while (*at != '\0')
    {
      const size_t n = strcspn (at, "\n");

      g_string_append_printf (out, "%s# ", margin);
      g_string_append_len (out, at, (gssize)n);
      g_string_append_c (out, '\n');
      at += n + (at[n] == '\n');
    }
}
