/* xmldoc.h - writes XML
 *
 * Texts may be anything that children print: what XML cannot hold, or would
 * not give back as it was, is made visible first.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct XmlDoc XmlDoc;

XmlDoc *xmldoc_new (void);
void xmldoc_free (XmlDoc *doc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmlDoc, xmldoc_free)

/* An element in the one that was begun last. */
void xmldoc_begin (XmlDoc *doc, const char *name);
void xmldoc_end (XmlDoc *doc);

/* Attributes of the element that was begun last. */
void xmldoc_text (XmlDoc *doc, const char *name, const char *text);
void xmldoc_number (XmlDoc *doc, const char *name, int64_t number);
/* "0.012000". */
void xmldoc_seconds (XmlDoc *doc, const char *name, int64_t microsecs);

/* Lines, as what the element holds. */
void xmldoc_lines (XmlDoc *doc, const char *bytes, size_t n_bytes);

/* Appends the document. */
void xmldoc_append (const XmlDoc *doc, GString *out);
