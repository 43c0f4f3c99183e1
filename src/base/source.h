/* source.h - the texts that are compiled, and places in them
 *
 * All sources of a run stand behind each other in one space of offsets, so
 * that a place is two numbers and tells its source too.  Lines and columns
 * are counted only when a place is printed.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes from @begin up to, not including, @end. */
typedef struct
{
  uint32_t begin;
  uint32_t end;
} SrcSpan;

/* No place: offset 0 belongs to no source. */
#define SRC_SPAN_NONE ((SrcSpan){ 0, 0 })

typedef struct
{
  const char *name; /* as the user wrote it */
  const char *text; /* @n_text bytes, then two NULs (as flex wants them) */
  size_t n_text;
  uint32_t base; /* the offset of text[0] */
} Source;

/* A place as people count: from 1; columns as a terminal shows them, with a
 * tab stop every eight.  @text is the line, without its end. */
typedef struct
{
  unsigned line;
  unsigned column;
  const char *text;
  size_t n_text;
} SourceLine;

typedef struct Sources Sources;

Sources *sources_new (void);
void sources_free (Sources *sources);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sources, sources_free)

/* More is no plan that somebody wrote. */
#define SOURCE_MOST ((size_t)16 << 20)

/* Reads a file whole ("-": standard input).  A path read before gives the
 * source of then.  G_FILE_ERROR on failure; all sources together may hold
 * 4 GiB. */
const Source *sources_read (Sources *sources, const char *path, GError **error);

/* What can be done about that error, for a note; NULL: the message says all. */
const char *sources_way_out (const GError *error);

/* Adds a copy of @text. */
const Source *sources_add (Sources *sources, const char *name, const char *text,
                           size_t n_text);

/* The source that @offset is in; NULL for SRC_SPAN_NONE's. */
const Source *sources_find (const Sources *sources, uint32_t offset);

/* The line that @offset is in. */
SourceLine source_line (const Source *source, uint32_t offset);
