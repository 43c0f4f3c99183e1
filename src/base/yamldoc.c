#include "config.h"

#include "base/yamldoc.h"

#include "base/visible.h"

#include <string.h>
#include <yaml.h>

/* --- Writing ----------------------------------------------------------- */

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

  visible_append_lines (shown, bytes, n_bytes);
  emit_scalar (doc, shown->str, shown->len, YAML_LITERAL_SCALAR_STYLE);
}

/* --- Reading ----------------------------------------------------------- */

struct YamlReader
{
  yaml_parser_t parser;
  yaml_event_t event;
  const Source *source; /* borrowed */
  /* libyaml counts characters, and we count bytes.  It goes forward, but for
   * a step or two. */
  const char *at;
  size_t n_characters; /* before it */
};

YamlReader *
yamlreader_new (const Source *source)
{
  YamlReader *reader = g_new0 (YamlReader, 1);

  reader->source = source;
  reader->at = source->text;
  if (!yaml_parser_initialize (&reader->parser))
    g_error ("libyaml: out of memory");
  yaml_parser_set_input_string (
      &reader->parser, (const unsigned char *)source->text, source->n_text);
  yaml_parser_set_encoding (&reader->parser, YAML_UTF8_ENCODING);
  return reader;
}

void
yamlreader_free (YamlReader *reader)
{
  if (reader == NULL)
    return;

  yaml_event_delete (&reader->event);
  yaml_parser_delete (&reader->parser);
  g_free (reader);
}

static uint32_t
find_offset (YamlReader *reader, size_t n_characters)
{
  const gssize step = (gssize)n_characters - (gssize)reader->n_characters;

  reader->at = g_utf8_offset_to_pointer (reader->at, step);
  reader->n_characters = n_characters;
  return reader->source->base + (uint32_t)(reader->at - reader->source->text);
}

static YamlPiece
tell_problem (YamlReader *reader)
{
  const yaml_parser_t *const parser = &reader->parser;
  YamlPiece piece = { .kind = YAML_PIECE_WRONG, .text = parser->problem };
  const uint32_t offset
      = parser->error == YAML_READER_ERROR
            ? reader->source->base + (uint32_t)parser->problem_offset
            : find_offset (reader, parser->problem_mark.index);

  if (parser->error == YAML_MEMORY_ERROR)
    g_error ("libyaml: out of memory");
  piece.span = (SrcSpan){ offset, offset + 1 };
  piece.n_text = strlen (piece.text);
  return piece;
}

/* What a text, a list and a map have in common. */
static YamlPiece
make_piece (YamlPieceKind kind, const yaml_char_t *anchor,
            const yaml_char_t *tag)
{
  return (YamlPiece){ .kind = kind,
                      .anchor = (const char *)anchor,
                      .tag = (const char *)tag };
}

static YamlPiece
read_event (const yaml_event_t *event)
{
  YamlPiece piece = { .kind = YAML_PIECE_END };

  switch (event->type)
    {
    case YAML_DOCUMENT_START_EVENT:
      piece.kind = YAML_PIECE_DOCUMENT;
      break;
    case YAML_STREAM_END_EVENT:
      piece.kind = YAML_PIECE_LAST;
      break;
    case YAML_ALIAS_EVENT:
      piece = make_piece (YAML_PIECE_ALIAS, event->data.alias.anchor, NULL);
      break;
    case YAML_SEQUENCE_START_EVENT:
      piece = make_piece (YAML_PIECE_LIST, event->data.sequence_start.anchor,
                          event->data.sequence_start.tag);
      break;
    case YAML_MAPPING_START_EVENT:
      piece = make_piece (YAML_PIECE_MAP, event->data.mapping_start.anchor,
                          event->data.mapping_start.tag);
      break;
    case YAML_SCALAR_EVENT:
      piece = make_piece (YAML_PIECE_TEXT, event->data.scalar.anchor,
                          event->data.scalar.tag);
      piece.text = (const char *)event->data.scalar.value;
      piece.n_text = event->data.scalar.length;
      piece.is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
      break;
    default:
      break;
    }
  return piece;
}

/* Begin and end of the whole, and the end of a document, tell us nothing. */
static bool
is_silent (const yaml_event_t *event)
{
  return event->type == YAML_STREAM_START_EVENT
         || event->type == YAML_DOCUMENT_END_EVENT;
}

YamlPiece
yamlreader_next (YamlReader *reader)
{
  do
    {
      yaml_event_delete (&reader->event);
      if (!yaml_parser_parse (&reader->parser, &reader->event))
        return tell_problem (reader);
    }
  while (is_silent (&reader->event));

  YamlPiece piece = read_event (&reader->event);

  piece.span.begin = find_offset (reader, reader->event.start_mark.index);
  piece.span.end = find_offset (reader, reader->event.end_mark.index);
  return piece;
}
