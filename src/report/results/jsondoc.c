#include "config.h"

#include "report/results/jsondoc.h"

#include <jansson.h>
#include <string.h>

/* As many digits as a double gives back as they were written: microseconds
 * stay exact for thirty years. */
#define N_DIGITS 15

#define FLAGS                                                                  \
  (JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION (N_DIGITS))

/* A JsonDoc is a json_t, under a name that only this file looks behind. */
static json_t *
value_of (const JsonDoc *doc)
{
  return (json_t *)doc;
}

JsonDoc *
jsondoc_new (void)
{
  json_t *const object = json_object ();

  if (object == NULL)
    g_error ("Jansson: out of memory");
  return (JsonDoc *)object;
}

void
jsondoc_free (JsonDoc *doc)
{
  json_decref (value_of (doc));
}

/* Takes @value.  What we give it is right. */
static void
set (JsonDoc *doc, const char *key, json_t *value)
{
  if (json_object_set_new (value_of (doc), key, value) != 0)
    g_error ("Jansson: \"%s\" is not taken", key);
}

void
jsondoc_word (JsonDoc *doc, const char *key, const char *text)
{
  set (doc, key, json_string (text));
}

void
jsondoc_number (JsonDoc *doc, const char *key, int64_t number)
{
  set (doc, key, json_integer (number));
}

void
jsondoc_seconds (JsonDoc *doc, const char *key, int64_t microsecs)
{
  set (doc, key, json_real ((double)microsecs / G_USEC_PER_SEC));
}

void
jsondoc_flag (JsonDoc *doc, const char *key, bool flag)
{
  set (doc, key, json_boolean (flag));
}

void
jsondoc_bytes (JsonDoc *doc, const char *key, const char *bytes, size_t n_bytes)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  const char *at = bytes;
  const char *const end = bytes + n_bytes;

  while (at < end)
    {
      const char *wrong;

      if (g_utf8_validate (at, end - at, &wrong))
        wrong = end;
      g_string_append_len (shown, at, wrong - at);
      if (wrong < end)
        g_string_append_printf (shown, "\\x%02x", (unsigned char)*wrong++);
      at = wrong;
    }
  set (doc, key, json_stringn (shown->str, shown->len));
  if (shown->len == n_bytes)
    return;

  g_autofree char *base64
      = g_base64_encode ((const unsigned char *)bytes, n_bytes);

  jsondoc_word (doc, "base64", base64);
}

JsonDoc *
jsondoc_object (JsonDoc *doc, const char *key)
{
  JsonDoc *const object = jsondoc_new ();

  set (doc, key, value_of (object));
  return object;
}

void
jsondoc_append (const JsonDoc *doc, GString *out)
{
  const size_t n = json_dumpb (value_of (doc), NULL, 0, FLAGS);
  const size_t begin = out->len;

  if (n == 0)
    g_error ("Jansson: out of memory");
  g_string_set_size (out, begin + n);
  (void)json_dumpb (value_of (doc), out->str + begin, n, FLAGS); /* it fits */
  g_string_append_c (out, '\n');
}
