/* content.h - bytes that are looked at: a text, or what is in a file
 *
 * A small file is read at once, a large one a piece at a time, so that what a
 * plan checks need not fit into memory.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct
{
  char *bytes;    /* owned: @size, then a NUL; NULL: they are in the file */
  int fd;         /* owned; -1: none */
  uint64_t begin; /* where in the file they begin */
  uint64_t size;
} Content;

/* What content_clear() may be called for. */
#define CONTENT_NONE                                                           \
  (Content) { .fd = -1 }

void content_clear (Content *content);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Content, content_clear)

void content_set (Content *content, GString *text /* takes */);

/* What is in a regular file from @begin on.  False and @error, whose message
 * is the reason alone ("it is a directory"), where it cannot be read; it does
 * not wait for a FIFO. */
bool content_open (Content *content, const char *path, GError **error);
bool content_open_fd (Content *content, int fd /* takes */, uint64_t begin,
                      GError **error);

/* @n_bytes from @offset on, which must be there: in @buffer, if they are not in
 * memory.  NULL and @error if they cannot be read any more. */
const char *content_view (const Content *content, uint64_t offset,
                          size_t n_bytes, GString *buffer, GError **error);

/* Takes all of it into memory; false and @error if it is over @limit. */
bool content_load (Content *content, uint64_t limit, GError **error);
