#include "config.h"

#include "report/results/annotation.h"

#include "base/visible.h"
#include "report/label.h"

#include <stdlib.h>
#include <string.h>

/* What ends a message, and what ends a property, may not stand in one. */
static void
append_escaped (GString *out, const char *text, bool is_property)
{
  for (const char *at = text; *at != '\0'; at++)
    {
      const bool is_special = *at == '%' || *at == '\r' || *at == '\n'
                              || (is_property && (*at == ':' || *at == ','));

      if (is_special)
        g_string_append_printf (out, "%%%02X", (unsigned)*at);
      else
        g_string_append_c (out, *at);
    }
}

char *
annotation_real_path (const char *path)
{
  char *const real = realpath (path, NULL);
  char *const copy = g_strdup (real);

  free (real); /* the C library's own malloc() */
  return copy;
}

/* A path in the repository, if it is one: GitHub knows no other. */
static void
append_path (const char *workspace, GString *out, const char *name)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  g_autofree char *real = annotation_real_path (name);
  const size_t n = workspace != NULL ? strlen (workspace) : 0;
  const char *path = name;

  if (n > 0 && real != NULL && strncmp (real, workspace, n) == 0
      && real[n] == '/')
    path = real + n + 1;
  visible_append (shown, path, strlen (path));
  append_escaped (out, shown->str, true);
}

static void
append_place (const char *workspace, GString *out, const ReportTest *test,
              SrcSpan span)
{
  const Source *const source = sources_find (test->plan->sources, span.begin);

  if (source == NULL)
    return;

  const SourceLine line = source_line (source, span.begin);

  g_string_append (out, "file=");
  append_path (workspace, out, source->name);
  g_string_append_printf (out, ",line=%u,col=%u,", line.line, line.column);
}

void
annotation_append_message (GString *out, const RecordText *text)
{
  const char *at = text->bytes;
  const char *const end = at + text->n_bytes;

  while (at < end)
    {
      const char *const newline = memchr (at, '\n', (size_t)(end - at));
      const char *const line_end = newline != NULL ? newline : end;

      if (out->len > 0)
        g_string_append_c (out, '\n');
      visible_append (out, at, (size_t)(line_end - at));
      at = line_end + 1;
    }
}

void
annotation_append (GString *out, const char *order, const char *workspace,
                   const ReportTest *test, const RecordFailure *failure)
{
  g_autoptr (GString) title = g_string_new (NULL);
  g_autoptr (GString) message = g_string_new (NULL);

  label_append_test (title, test);
  g_string_append_printf (title, ": %s", failure_name (failure->failure));
  annotation_append_message (message, &failure->text);
  for (unsigned i = 0; failure->notes != NULL && i < failure->notes->len; i++)
    annotation_append_message (
        message, &g_array_index (failure->notes, RecordNote, i).text);

  g_string_append_printf (out, "::%s ", order);
  append_place (workspace, out, test, failure->span);
  g_string_append (out, "title=");
  append_escaped (out, title->str, true);
  g_string_append (out, "::");
  append_escaped (out, message->str, false);
  g_string_append_c (out, '\n');
}
