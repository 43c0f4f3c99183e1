#include "config.h"

#include "base/yamltree.h"

#include "base/yamldoc.h"

#include <string.h>

/* Nothing that we read nests half as deep. */
#define DEEPEST 16

#define MERGE_KEY "<<"

typedef struct
{
  YamlReader *reader;
  Arena *arena;
  Diag *diag;
  unsigned depth;
  bool is_over; /* it cannot be read further, which was said */
} Reading;

const char *
yamltree_kind_name (YamlKind kind)
{
  static const char *const names[] = { [YAML_KIND_TEXT] = "a text",
                                       [YAML_KIND_LIST] = "a list",
                                       [YAML_KIND_MAP] = "a map" };

  return names[kind];
}

/* --- What is refused --------------------------------------------------- */

/* What there is in a text without quotes that YAML has other uses for.  "*" and
 * "&" stand before the place where no name comes. */
static char
find_sign (const char *text, size_t at)
{
  if (text[at] != '\0' && strchr ("%@`\t", text[at]) != NULL)
    return text[at];
  return at > 0 && strchr ("*&", text[at - 1]) != NULL ? text[at - 1] : '\0';
}

static void
complain_problem (Reading *reading, const Source *source,
                  const YamlPiece *piece)
{
  const char sign = find_sign (source->text, piece->span.begin - source->base);

  reading->is_over = true;
  diag_error (reading->diag, piece->span, "this is not YAML: %s", piece->text);
  if (sign == '\t')
    diag_note (reading->diag, piece->span,
               "lines are indented with blanks, not with tabs");
  else if (sign != '\0')
    diag_note (reading->diag, piece->span,
               "a text that begins with \"%c\" stands between quotes", sign);
}

static void
complain_alias (Reading *reading, const YamlPiece *piece)
{
  diag_error (reading->diag, piece->span, "aliases are not read here");
  diag_note (reading->diag, piece->span,
             "write it out; a text that begins with \"*\" stands between "
             "quotes: \"*%s\"",
             piece->anchor);
}

static void
check_marks (Reading *reading, const YamlPiece *piece)
{
  if (piece->kind == YAML_PIECE_ALIAS)
    {
      complain_alias (reading, piece);
      return;
    }

  const SrcSpan span
      = { piece->span.begin, MAX (piece->span.end, piece->span.begin + 1) };

  if (piece->anchor != NULL)
    {
      diag_error (reading->diag, span, "anchors are not read here");
      diag_note (reading->diag, span,
                 "a text that begins with \"&\" stands between quotes: "
                 "\"&%s\"",
                 piece->anchor);
    }
  if (piece->tag != NULL)
    {
      diag_error (reading->diag, span, "the YAML tag \"%s\" is not read here",
                  piece->tag);
      if (*piece->tag == '!')
        diag_note (reading->diag, span,
                   "a text that begins with \"!\" stands between quotes: "
                   "\"%s\"",
                   piece->tag);
    }
}

/* --- Nodes ------------------------------------------------------------- */

static YamlPiece
next_piece (Reading *reading, const Source *source)
{
  const YamlPiece piece = yamlreader_next (reading->reader);

  if (piece.kind == YAML_PIECE_WRONG)
    complain_problem (reading, source, &piece);
  return piece;
}

static bool
is_nothing (const YamlPiece *piece)
{
  static const char *const names[] = { "", "~", "null", "Null", "NULL" };

  for (unsigned i = 0; piece->is_plain && i < G_N_ELEMENTS (names); i++)
    {
      if (strcmp (piece->text, names[i]) == 0)
        return true;
    }
  return false;
}

static YamlNode *
make_text (Reading *reading, const YamlPiece *piece)
{
  YamlNode *node = ARENA_NEW (reading->arena, YamlNode);

  node->kind = YAML_KIND_TEXT;
  node->span = piece->span;
  node->text = arena_strndup (reading->arena, piece->text, piece->n_text);
  node->is_empty = is_nothing (piece);
  if (memchr (piece->text, '\0', piece->n_text) != NULL)
    diag_error (reading->diag, piece->span, "a text cannot hold a NUL");
  return node;
}

static YamlNode *read_items (Reading *reading, const Source *source,
                             const YamlPiece *opening);

/* NULL: it was refused, or the whole cannot be read further. */
static YamlNode *
make_node (Reading *reading, const Source *source, const YamlPiece *piece)
{
  const bool is_refused = piece->tag != NULL;
  YamlNode *node;

  check_marks (reading, piece);
  switch (piece->kind)
    {
    case YAML_PIECE_TEXT:
      node = make_text (reading, piece);
      return is_refused ? NULL : node;
    case YAML_PIECE_LIST:
    case YAML_PIECE_MAP:
      node = read_items (reading, source, piece);
      return is_refused ? NULL : node;
    case YAML_PIECE_ALIAS:
      return NULL;
    default: /* the whole ended, which was said */
      reading->is_over = true;
      return NULL;
    }
}

/* Whether an item with this key can be in the map. */
static bool
check_key (Reading *reading, GHashTable *keys, const YamlNode *key,
           const YamlPiece *piece)
{
  const YamlNode *before;

  if (key == NULL)
    return false;
  if (key->kind != YAML_KIND_TEXT)
    {
      diag_error (reading->diag, key->span, "%s cannot be a key",
                  yamltree_kind_name (key->kind));
      return false;
    }
  if (strcmp (key->text, MERGE_KEY) == 0 && piece->is_plain)
    {
      diag_error (reading->diag, key->span,
                  "merge keys (\"" MERGE_KEY "\") are not read here");
      return false;
    }

  before = g_hash_table_lookup (keys, key->text);
  if (before != NULL)
    {
      diag_error (reading->diag, key->span, "the key \"%s\" is here twice",
                  key->text);
      diag_note (reading->diag, before->span, "it is here already");
      return false;
    }
  g_hash_table_insert (keys, (void *)key->text, (void *)key);
  return true;
}

/* An item, which begins with @piece.  NULL: it is left out. */
static YamlNode *
read_item (Reading *reading, const Source *source, GHashTable *keys,
           const YamlPiece *piece)
{
  if (keys == NULL)
    return make_node (reading, source, piece);

  const YamlNode *const key = make_node (reading, source, piece);
  const bool is_good = check_key (reading, keys, key, piece);

  if (reading->is_over)
    return NULL;

  const YamlPiece value_piece = next_piece (reading, source);
  YamlNode *value = make_node (reading, source, &value_piece);

  if (value != NULL)
    value->key = key;
  return is_good ? value : NULL;
}

static YamlNode *
read_items (Reading *reading, const Source *source, const YamlPiece *opening)
{
  const bool is_map = opening->kind == YAML_PIECE_MAP;
  g_autoptr (GHashTable) keys
      = is_map ? g_hash_table_new (g_str_hash, g_str_equal) : NULL;
  YamlNode *node = ARENA_NEW (reading->arena, YamlNode);
  const YamlNode **end = &node->first;

  node->kind = is_map ? YAML_KIND_MAP : YAML_KIND_LIST;
  node->span = opening->span;
  if (++reading->depth > DEEPEST)
    {
      reading->is_over = true;
      diag_error (reading->diag, opening->span,
                  "lists and maps are nested deeper than %d here", DEEPEST);
    }
  while (!reading->is_over)
    {
      const YamlPiece piece = next_piece (reading, source);

      if (piece.kind == YAML_PIECE_END)
        break;

      YamlNode *const item = read_item (reading, source, keys, &piece);

      if (item != NULL)
        {
          *end = item;
          end = &item->next;
        }
    }
  reading->depth--;
  return node;
}

/* --- All ---------------------------------------------------------------- */

static bool
check_text (const Source *source, Diag *diag)
{
  const char *end;

  if (g_utf8_validate (source->text, (gssize)source->n_text, &end))
    return true;

  const uint32_t at = source->base + (uint32_t)(end - source->text);

  diag_error (diag, (SrcSpan){ at, at + 1 },
              *end == '\0' ? "there is a NUL here" : "this is not UTF-8");
  return false;
}

static const YamlNode *
read_documents (Reading *reading, const Source *source)
{
  const YamlNode *root = NULL;

  for (unsigned n = 0; !reading->is_over; n++)
    {
      const YamlPiece piece = next_piece (reading, source);

      if (piece.kind != YAML_PIECE_DOCUMENT)
        break;
      if (n > 0)
        {
          diag_error (reading->diag, piece.span,
                      "a second document begins here: there can be but one");
          break;
        }

      const YamlPiece first = next_piece (reading, source);

      root = make_node (reading, source, &first);
    }
  return root;
}

const YamlNode *
yamltree_read (const Source *source, Arena *arena, Diag *diag)
{
  if (!check_text (source, diag))
    return NULL;

  g_autoptr (YamlReader) reader = yamlreader_new (source);
  Reading reading = { .reader = reader, .arena = arena, .diag = diag };
  const YamlNode *const root = read_documents (&reading, source);

  return reading.is_over ? NULL : root;
}
