/* jsondoc.h - writes JSON, an object a line
 *
 * What is written is ASCII, so that no terminal takes a part of it for an
 * order, and no program sees more lines than there are.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* An object.  Its members come in the order in which they are given. */
typedef struct JsonDoc JsonDoc;

JsonDoc *jsondoc_new (void);
void jsondoc_free (JsonDoc *doc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JsonDoc, jsondoc_free)

/* A text that is UTF-8. */
void jsondoc_word (JsonDoc *doc, const char *key, const char *text);
void jsondoc_number (JsonDoc *doc, const char *key, int64_t number);
void jsondoc_seconds (JsonDoc *doc, const char *key, int64_t microsecs);
void jsondoc_flag (JsonDoc *doc, const char *key, bool flag);

/* Bytes of any kind.  Where they are no UTF-8, or hold a NUL, those bytes are
 * shown as \xHH, and the member "base64" has them all as they were. */
void jsondoc_bytes (JsonDoc *doc, const char *key, const char *bytes,
                    size_t n_bytes);

/* An object in it; borrowed from @doc. */
JsonDoc *jsondoc_object (JsonDoc *doc, const char *key);

/* Appends it as a line. */
void jsondoc_append (const JsonDoc *doc, GString *out);
