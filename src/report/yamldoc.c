#include "config.h"

#include "report/yamldoc.h"

#include "base/visible.h"

#include <string.h>
#include <yaml.h>

struct YamlDoc
{
  yaml_emitter_t emitter;
  GString *out; /* borrowed */
  char *margin; /* owned */
  bool is_in_line;
};

/* What libyaml wrote, a line of it behind each margin. */
static int
on_write (void *data, unsigned char *buffer, size_t size)
{
  YamlDoc *const doc = data;
  const char *at = (const char *)buffer;
  const char *const end = at + size;

  while (at < end)
    {
      const char *const newline = memchr (at, '\n', (size_t)(end - at));
      const char *const next = newline != NULL ? newline + 1 : end;

      if (!doc->is_in_line && *at != '\n')
        g_string_append (doc->out, doc->margin);
      g_string_append_len (doc->out, at, next - at);
      doc->is_in_line = newline == NULL;
      at = next;
    }
  return 1;
}

/* What we give it is right, and writing into memory does not fail. */
static void
emit (YamlDoc *doc, yaml_event_t *event)
{
  const int is_ok = yaml_emitter_emit (&doc->emitter, event);

  if (!is_ok)
    g_error ("libyaml: %s", doc->emitter.problem);
}

YamlDoc *
yamldoc_new (GString *out, const char *margin)
{
  YamlDoc *doc = g_new0 (YamlDoc, 1);
  yaml_event_t event;

  doc->out = out;
  doc->margin = g_strdup (margin);
  if (!yaml_emitter_initialize (&doc->emitter))
    g_error ("libyaml: out of memory");
  yaml_emitter_set_output (&doc->emitter, on_write, doc);
  yaml_emitter_set_unicode (&doc->emitter, 1);
  yaml_emitter_set_width (&doc->emitter, -1);

  (void)yaml_stream_start_event_initialize (&event, YAML_UTF8_ENCODING);
  emit (doc, &event);
  (void)yaml_document_start_event_initialize (&event, NULL, NULL, NULL, 0);
  emit (doc, &event);
  return doc;
}

void
yamldoc_free (YamlDoc *doc)
{
  yaml_event_t event;

  if (doc == NULL)
    return;

  (void)yaml_document_end_event_initialize (&event, 0);
  emit (doc, &event);
  (void)yaml_stream_end_event_initialize (&event);
  emit (doc, &event);
  yaml_emitter_delete (&doc->emitter);
  g_free (doc->margin);
  g_free (doc);
}

void
yamldoc_begin_map (YamlDoc *doc)
{
  yaml_event_t event;

  (void)yaml_mapping_start_event_initialize (&event, NULL, NULL, 1,
                                             YAML_BLOCK_MAPPING_STYLE);
  emit (doc, &event);
}

void
yamldoc_end_map (YamlDoc *doc)
{
  yaml_event_t event;

  (void)yaml_mapping_end_event_initialize (&event);
  emit (doc, &event);
}

void
yamldoc_begin_list (YamlDoc *doc)
{
  yaml_event_t event;

  (void)yaml_sequence_start_event_initialize (&event, NULL, NULL, 1,
                                              YAML_BLOCK_SEQUENCE_STYLE);
  emit (doc, &event);
}

void
yamldoc_end_list (YamlDoc *doc)
{
  yaml_event_t event;

  (void)yaml_sequence_end_event_initialize (&event);
  emit (doc, &event);
}

static void
emit_scalar (YamlDoc *doc, const char *text, size_t n_text,
             yaml_scalar_style_t style)
{
  yaml_event_t event;

  if (!yaml_scalar_event_initialize (&event, NULL, NULL,
                                     (const yaml_char_t *)text, (int)n_text, 1,
                                     1, style))
    g_error ("libyaml: a text that is not UTF-8");
  emit (doc, &event);
}

void
yamldoc_key (YamlDoc *doc, const char *key)
{
  emit_scalar (doc, key, strlen (key), YAML_PLAIN_SCALAR_STYLE);
}

void
yamldoc_number (YamlDoc *doc, int64_t number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  emit_scalar (doc, text, strlen (text), YAML_PLAIN_SCALAR_STYLE);
}

void
yamldoc_text (YamlDoc *doc, const char *bytes, size_t n_bytes)
{
  g_autoptr (GString) shown = g_string_new (NULL);

  visible_append (shown, bytes, n_bytes);
  emit_scalar (doc, shown->str, shown->len, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

void
yamldoc_block (YamlDoc *doc, const char *bytes, size_t n_bytes)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  const char *at = bytes;
  const char *const end = bytes + n_bytes;

  while (at < end)
    {
      const char *const newline = memchr (at, '\n', (size_t)(end - at));
      const char *const line_end = newline != NULL ? newline : end;

      visible_append (shown, at, (size_t)(line_end - at));
      g_string_append_c (shown, '\n');
      at = line_end + 1;
    }
  emit_scalar (doc, shown->str, shown->len, YAML_LITERAL_SCALAR_STYLE);
}
