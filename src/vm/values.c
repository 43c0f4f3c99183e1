#include "config.h"

#include "vm/values.h"

#include "base/syserror.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct Values
{
  int log_dir;
  const char *path;
  const PlanTest *test;
  char *tmp;       /* owned; NULL: not made yet */
  GBytes **values; /* owned: the test's own; NULL: none yet */
};

Values *
values_new (int log_dir, const char *path, const PlanTest *test)
{
  Values *values = g_new0 (Values, 1);

  values->log_dir = log_dir;
  values->path = path;
  values->test = test;
  values->values = g_new0 (GBytes *, test->n_values);
  return values;
}

void
values_free (Values *values)
{
  if (values == NULL)
    return;
  for (uint32_t i = 0; i < values->test->n_values; i++)
    g_bytes_unref (values->values[i]);
  g_free (values->values);
  g_free (values->tmp);
  g_free (values);
}

void
values_set (Values *values, uint32_t value, const char *bytes, size_t n_bytes)
{
  g_assert (value < values->test->n_values);
  /* @bytes may be those of the value that it has. */
  GBytes *old = values->values[value];
  values->values[value] = g_bytes_new (bytes, n_bytes);
  g_bytes_unref (old);
}

const char *
values_get (const Values *values, uint32_t value, size_t *n_bytes)
{
  g_assert (value < values->test->n_values);
  if (values->values[value] == NULL)
    return NULL;

  const char *bytes = g_bytes_get_data (values->values[value], n_bytes);
  return bytes != NULL ? bytes : ""; /* GLib has no address for no bytes */
}

static const char *
make_tmp (Values *values, GError **error)
{
  if (values->tmp != NULL)
    return values->tmp;
  if (mkdirat (values->log_dir, "tmp", 0700) < 0)
    {
      syserror_set (error, errno, "cannot make the directory \"%s/tmp\"",
                    values->path);
      return NULL;
    }
  values->tmp = g_strconcat (values->path, "/tmp", NULL);
  return values->tmp;
}

void
values_import (Values *values, uint32_t value, const Values *from,
               uint32_t number)
{
  g_assert (value < values->test->n_values && number < from->test->n_values);
  if (from->values[number] != NULL)
    values->values[value] = g_bytes_ref (from->values[number]);
}

bool
values_set_places (Values *values, uint32_t tmp, uint32_t logdir,
                   GError **error)
{
  const char *path = make_tmp (values, error);
  if (path == NULL)
    return false;

  values_set (values, tmp, path, strlen (path));
  values_set (values, logdir, values->path, strlen (values->path));
  return true;
}

/* --- Texts ---------------------------------------------------------------- */

char *
values_show_path (const Values *values, const char *path)
{
  const size_t n = values->tmp != NULL ? strlen (values->tmp) : 0;
  const bool is_in_tmp
      = n > 0 && strncmp (path, values->tmp, n) == 0 && path[n] == '/';

  return is_in_tmp ? g_strconcat ("$tmp", path + n, NULL) : g_strdup (path);
}

static const char *
get_variable (Values *values, uint32_t variable, size_t *n_bytes,
              GError **error)
{
  const char *bytes = NULL;

  switch (variable)
    {
    case PLAN_VAR_TMP:
      bytes = make_tmp (values, error);
      break;
    case PLAN_VAR_LOGDIR:
      bytes = values->path;
      break;
    default:
      bytes = values_get (values, variable - N_PLAN_VARS, n_bytes);
      if (bytes == NULL)
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                     "\"%s\" has no value yet",
                     values->test->values[variable - N_PLAN_VARS].name);
      return bytes;
    }
  if (bytes != NULL)
    *n_bytes = strlen (bytes);
  return bytes;
}

static void
append_as_is (GString *out, const char *bytes, size_t n_bytes)
{
  g_string_append_len (out, bytes, (gssize)n_bytes);
}

GString *
values_expand_bytes (Values *values, const PlanText *text,
                     ValuesQuoteFunc *quote, GError **error)
{
  g_autoptr (GString) out = g_string_sized_new (text->n_bytes);
  uint32_t done = 0;

  for (uint32_t i = 0; i < text->n_slots; i++)
    {
      const PlanSlot *slot = &text->slots[i];
      size_t n_bytes = 0;
      const char *bytes
          = get_variable (values, slot->variable, &n_bytes, error);
      if (bytes == NULL)
        return NULL;
      append_as_is (out, text->bytes + done, slot->offset - done);
      (quote != NULL ? quote : append_as_is) (out, bytes, n_bytes);
      done = slot->offset;
    }
  append_as_is (out, text->bytes + done, text->n_bytes - done);
  return g_steal_pointer (&out);
}

/* Not by \Q and \E: the value may hold an \E. */
void
values_quote_pattern (GString *out, const char *bytes, size_t n_bytes)
{
  for (size_t i = 0; i < n_bytes; i++)
    if (bytes[i] == '\0')
      g_string_append (out, "\\x00");
    else
      {
        if ((unsigned char)bytes[i] < 0x80 && !g_ascii_isalnum (bytes[i]))
          g_string_append_c (out, '\\');
        g_string_append_c (out, bytes[i]);
      }
}

/* Which value of a text has a NUL in it; NULL: none. */
static const char *
find_nul (const Values *values, const PlanText *text)
{
  for (uint32_t i = 0; i < text->n_slots; i++)
    {
      const uint32_t variable = text->slots[i].variable;
      size_t n_bytes = 0;
      const char *bytes
          = variable < N_PLAN_VARS
                ? NULL
                : values_get (values, variable - N_PLAN_VARS, &n_bytes);
      if (bytes != NULL && memchr (bytes, '\0', n_bytes) != NULL)
        return values->test->values[variable - N_PLAN_VARS].name;
    }
  return NULL;
}

const char *
values_expand (Values *values, const PlanText *text, GPtrArray *strings,
               GError **error)
{
  if (text->n_slots == 0)
    return text->bytes;

  g_autoptr (GString) out = values_expand_bytes (values, text, NULL, error);
  if (out == NULL)
    return NULL;
  if (strlen (out->str) < out->len)
    {
      const char *name = find_nul (values, text);
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                   "%s%s%s has a NUL in it, which cannot be passed on here",
                   name != NULL ? "the value of \"" : "the text",
                   name != NULL ? name : "", name != NULL ? "\"" : "");
      return NULL;
    }

  char *string = g_string_free (g_steal_pointer (&out), FALSE);
  g_ptr_array_add (strings, string);
  return string;
}
