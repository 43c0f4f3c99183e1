/* yamltree.h - a document of YAML as a tree, with places
 *
 * What we read are files that people write by hand: texts, lists and maps
 * whose keys are texts.  The rest of YAML is refused, with its place: anchors
 * and aliases, tags, merge keys, several documents, the same key twice.  So a
 * tree is never larger than its file.
 */
#pragma once

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"

typedef enum
{
  YAML_KIND_TEXT,
  YAML_KIND_LIST,
  YAML_KIND_MAP
} YamlKind;

typedef struct YamlNode YamlNode;
struct YamlNode
{
  YamlKind kind;
  SrcSpan span;          /* of a list or a map: where it begins */
  const char *text;      /* of a text; it holds no NUL */
  bool is_empty;         /* a text that is none: nothing, "~" or "null" */
  const YamlNode *key;   /* a text; NULL: it is not in a map */
  const YamlNode *first; /* of a list or a map; NULL: it is empty */
  const YamlNode *next;  /* beside it */
};

/* In @arena.  What is refused is said, and left out.  NULL: there is nothing in
 * it, or it cannot be read as a whole. */
const YamlNode *yamltree_read (const Source *source, Arena *arena, Diag *diag);

/* "a text", "a list", "a map". */
const char *yamltree_kind_name (YamlKind kind);
