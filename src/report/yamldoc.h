/* yamldoc.h - writes YAML
 *
 * Blocks may be anything that children print: what YAML cannot hold is made
 * visible first.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

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
