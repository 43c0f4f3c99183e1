/* marks.h - what stands where in the text of a plan
 *
 * The tokens, and what lies between them and is not in the tree: the ends of
 * lines, joined lines, comments, here-documents.  The scanner notes them for
 * who wants to write the text anew.  Only blanks are left out.
 */
#pragma once

#include "base/source.h"

typedef enum
{
  MARK_WORD,
  MARK_HERE, /* "<<EOF": its text is in Marks.heres */
  MARK_EQUALS,
  MARK_OPEN,
  MARK_CLOSE,
  MARK_END,    /* of a line: a newline or ";" */
  MARK_JOIN,   /* a backslash and a newline */
  MARK_COMMENT /* up to the end of the line */
} MarkKind;

typedef struct
{
  SrcSpan span;
  MarkKind kind;
} Mark;

/* The text of a here-document. */
typedef struct
{
  SrcSpan lines;   /* without the one that ends it */
  uint32_t next;   /* behind that one */
  uint32_t indent; /* the blanks before each line that are no text */
  bool has_text;   /* not only blanks */
  bool is_movable; /* with another indent it would be the same text */
} MarkHere;

typedef struct
{
  GArray *all;   /* owned; of Mark */
  GArray *heres; /* owned; of MarkHere, one for each MARK_HERE */
} Marks;

void marks_init (Marks *marks);
void marks_clear (Marks *marks);
void marks_add (Marks *marks, MarkKind kind, SrcSpan span);
