#include "config.h"

#include "report/results/xmldoc.h"

#include "base/visible.h"

#include <mxml.h>
#include <stdlib.h>
#include <string.h>

struct XmlDoc
{
  mxml_node_t *top;     /* owned */
  mxml_node_t *current; /* borrowed: the element that was begun last */
};

XmlDoc *
xmldoc_new (void)
{
  XmlDoc *doc = g_new0 (XmlDoc, 1);

  doc->top = mxmlNewXML ("1.0");
  if (doc->top == NULL)
    g_error ("Mini-XML: out of memory");
  doc->current = doc->top;
  return doc;
}

void
xmldoc_free (XmlDoc *doc)
{
  if (doc == NULL)
    return;

  mxmlDelete (doc->top);
  g_free (doc);
}

void
xmldoc_begin (XmlDoc *doc, const char *name)
{
  doc->current = mxmlNewElement (doc->current, name);
  if (doc->current == NULL)
    g_error ("Mini-XML: out of memory");
}

void
xmldoc_end (XmlDoc *doc)
{
  doc->current = mxmlGetParent (doc->current);
  g_assert (doc->current != NULL);
}

/* --- Attributes --------------------------------------------------------- */

void
xmldoc_text (XmlDoc *doc, const char *name, const char *text)
{
  g_autoptr (GString) shown = g_string_new (NULL);

  visible_append (shown, text, strlen (text));
  mxmlElementSetAttr (doc->current, name, shown->str);
}

void
xmldoc_number (XmlDoc *doc, const char *name, int64_t number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  mxmlElementSetAttr (doc->current, name, text);
}

void
xmldoc_seconds (XmlDoc *doc, const char *name, int64_t microsecs)
{
  const int64_t shown = MAX (microsecs, 0);
  g_autofree char *text
      = g_strdup_printf ("%" G_GINT64_FORMAT ".%06d", shown / G_USEC_PER_SEC,
                         (int)(shown % G_USEC_PER_SEC));

  mxmlElementSetAttr (doc->current, name, text);
}

/* --- What is in an element ---------------------------------------------- */

void
xmldoc_lines (XmlDoc *doc, const char *bytes, size_t n_bytes)
{
  g_autoptr (GString) shown = g_string_new (NULL);

  visible_append_lines (shown, bytes, n_bytes);
  if (shown->len > 0 && mxmlNewOpaque (doc->current, shown->str) == NULL)
    g_error ("Mini-XML: out of memory");
}

/* Each element begins a line.  In one that holds text, blanks would be part of
 * it. */
static const char *
space_at (mxml_node_t *node, int where)
{
  mxml_node_t *const child = mxmlGetFirstChild (node);

  if (where == MXML_WS_AFTER_CLOSE)
    return "\n";
  if (where == MXML_WS_AFTER_OPEN
      && (child == NULL || mxmlGetType (child) == MXML_ELEMENT))
    return "\n";
  return NULL;
}

void
xmldoc_append (const XmlDoc *doc, GString *out)
{
  mxmlSetWrapMargin (0);

  char *const text = mxmlSaveAllocString (doc->top, space_at);

  if (text == NULL)
    g_error ("Mini-XML: out of memory");
  g_string_append (out, text);
  free (text); /* the library's own malloc() */
}
