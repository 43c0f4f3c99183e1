/* yamldoc.h - writes YAML, and reads it, piece by piece
 *
 * Blocks may be anything that children print: what YAML cannot hold is made
 * visible first.
 */
#pragma once

#include "base/source.h"

#include <glib.h>
#include <stdint.h>

/* --- Writing ----------------------------------------------------------- */

typedef struct YamlDoc YamlDoc;

/* One document, appended to @out, each line behind @margin. */
YamlDoc *yamldoc_new (GString *out, const char *margin);
/* Ends the document: between "---" and "...", as TAP wants it. */
void yamldoc_free (YamlDoc *doc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YamlDoc, yamldoc_free)

/* Each item of a map is a key, then a value: a map, a list, or one of the
 * below.  The document is one value. */
void yamldoc_begin_map (YamlDoc *doc);
void yamldoc_end_map (YamlDoc *doc);
void yamldoc_begin_list (YamlDoc *doc);
void yamldoc_end_list (YamlDoc *doc);

/* A word of ours. */
void yamldoc_key (YamlDoc *doc, const char *key);
void yamldoc_number (YamlDoc *doc, int64_t number);
/* Text is always text, were it a number or "true". */
void yamldoc_text (YamlDoc *doc, const char *bytes, size_t n_bytes);
/* Lines. */
void yamldoc_block (YamlDoc *doc, const char *bytes, size_t n_bytes);

/* --- Reading ----------------------------------------------------------- */

typedef enum
{
  YAML_PIECE_DOCUMENT, /* one begins */
  YAML_PIECE_TEXT,
  YAML_PIECE_ALIAS,
  YAML_PIECE_LIST, /* one begins */
  YAML_PIECE_MAP,  /* the same */
  YAML_PIECE_END,  /* of a list or a map */
  YAML_PIECE_LAST, /* there is nothing more */
  YAML_PIECE_WRONG /* what follows cannot be read */
} YamlPieceKind;

/* The texts live until the next piece is asked for. */
typedef struct
{
  YamlPieceKind kind;
  SrcSpan span;
  const char *text; /* of a text; WRONG: what is wrong */
  size_t n_text;
  bool is_plain;      /* a text without quotes */
  const char *anchor; /* NULL: none */
  const char *tag;    /* NULL: none */
} YamlPiece;

typedef struct YamlReader YamlReader;

/* @source is borrowed, and is UTF-8. */
YamlReader *yamlreader_new (const Source *source);
void yamlreader_free (YamlReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (YamlReader, yamlreader_free)

/* The next piece.  Nothing comes after LAST and WRONG. */
YamlPiece yamlreader_next (YamlReader *reader);
