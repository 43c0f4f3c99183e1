#include "config.h"

#include "vm/values.h"

#include "base/syserror.h"

#include <errno.h>
#include <sys/stat.h>

struct Values
{
  int log_dir;
  const char *path;
  char *tmp; /* owned; NULL: not made yet */
};

Values *
values_new (int log_dir, const char *path)
{
  Values *values = g_new0 (Values, 1);

  values->log_dir = log_dir;
  values->path = path;
  return values;
}

void
values_free (Values *values)
{
  if (values == NULL)
    return;
  g_free (values->tmp);
  g_free (values);
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

static const char *
get_value (Values *values, uint32_t variable, GError **error)
{
  switch (variable)
    {
    case PLAN_VAR_TMP:
      return make_tmp (values, error);
    case PLAN_VAR_LOGDIR:
      return values->path;
    default:
      g_error ("variable %u has no value", variable);
    }
}

const char *
values_expand (Values *values, const PlanText *text, GPtrArray *strings,
               GError **error)
{
  if (text->n_slots == 0)
    return text->bytes;

  g_autoptr (GString) out = g_string_new (NULL);
  uint32_t done = 0;
  for (uint32_t i = 0; i < text->n_slots; i++)
    {
      const PlanSlot *slot = &text->slots[i];
      const char *value = get_value (values, slot->variable, error);
      if (value == NULL)
        return NULL;
      g_string_append_len (out, text->bytes + done, slot->offset - done);
      g_string_append (out, value);
      done = slot->offset;
    }
  g_string_append_len (out, text->bytes + done, text->n_bytes - done);

  char *string = g_string_free (g_steal_pointer (&out), FALSE);
  g_ptr_array_add (strings, string);
  return string;
}
