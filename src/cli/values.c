#include "config.h"

#include "cli/values.h"

#include "base/units.h"
#include "plan/plan.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LARGEST_COUNT  1000000
#define LARGEST_FACTOR 1e6

static bool
refuse (GError **error, const char *whose, const char *text, const char *wanted)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
               "%s: \"%s\" is not %s", whose, text, wanted);
  return false;
}

static bool
parse_bool (const char *text, bool *value)
{
  static const char *const names[]
      = { "no", "yes", "false", "true", "off", "on", "0", "1" };

  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (g_ascii_strcasecmp (text, names[i]) == 0)
        {
          *value = i % 2 != 0;
          return true;
        }
    }
  return false;
}

static bool
parse_count (const char *text, unsigned least, unsigned *value)
{
  uint64_t number;

  if (!g_ascii_string_to_unsigned (text, 10, least, LARGEST_COUNT, &number,
                                   NULL))
    return false;

  *value = (unsigned)number;
  return true;
}

static bool
parse_factor (const char *text, double *value)
{
  char *end;
  const double number = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !isfinite (number) || number <= 0
      || number > LARGEST_FACTOR)
    return false;

  *value = number;
  return true;
}

static bool
parse_duration (const char *text, int64_t *value)
{
  int64_t microsecs;

  if (!duration_parse (text, &microsecs) || microsecs == 0)
    return false;

  *value = microsecs;
  return true;
}

static bool
parse_limit (const char *text, int64_t *value)
{
  if (strcmp (text, "none") != 0)
    return parse_duration (text, value);
  *value = PLAN_NO_LIMIT;
  return true;
}

static bool
parse_choice (const char *const *choices, const char *text, int *value)
{
  for (int i = 0; choices[i] != NULL; i++)
    {
      if (strcmp (text, choices[i]) == 0)
        {
          *value = i;
          return true;
        }
    }
  return false;
}

static char *
describe_duration (const char *end)
{
  return g_strdup_printf ("a duration over 0 (a number, and %s)%s",
                          duration_units (), end);
}

/* "auto, always or never". */
static char *
describe_choices (const char *const *choices)
{
  GString *out = g_string_new (choices[0]);

  for (unsigned i = 1; choices[i] != NULL; i++)
    g_string_append_printf (out, "%s%s", choices[i + 1] != NULL ? ", " : " or ",
                            choices[i]);
  return g_string_free (out, FALSE);
}

static bool
check_path (const char *text, const char *whose, GError **error)
{
  /* A variable that is not set: found when all tests have run, it would cost
   * their results. */
  if (text[0] == '\0')
    return refuse (error, whose, text, "a path");
  /* Standard output has the report, and a file "-" is nobody's wish. */
  if (strcmp (text, "-") == 0)
    return refuse (error, whose, text, "a path, though \"./-\" is");
  return true;
}

bool
value_parse (ValueKind kind, const char *const *choices, const char *text,
             void *field, const char *whose, GError **error)
{
  g_autofree char *wanted = NULL;

  switch (kind)
    {
    case VALUE_TRUE:
      return parse_bool (text, field)
             || refuse (error, whose, text, "yes or no");
    case VALUE_PATH:
      if (!check_path (text, whose, error))
        return false;
      G_GNUC_FALLTHROUGH;
    case VALUE_TEXT:
      g_free (*(char **)field);
      *(char **)field = g_strdup (text);
      return true;
    case VALUE_TEXTS:
      g_ptr_array_add (*(GPtrArray **)field, g_strdup (text));
      return true;
    case VALUE_COUNT:
      return parse_count (text, 1, field)
             || refuse (error, whose, text, "a whole number from 1 to 1000000");
    case VALUE_NUMBER:
    case VALUE_JOBS: /* an int that is not negative lies as an unsigned does */
      return parse_count (text, 0, field)
             || refuse (error, whose, text, "a whole number from 0 to 1000000");
    case VALUE_SEED:
      return g_ascii_string_to_unsigned (text, 10, 1, UINT64_MAX, field, NULL)
             || refuse (error, whose, text,
                        "a whole number from 1 to 18446744073709551615");
    case VALUE_DURATION:
      wanted = describe_duration ("");
      return parse_duration (text, field)
             || refuse (error, whose, text, wanted);
    case VALUE_LIMIT:
      wanted = describe_duration (", or none");
      return parse_limit (text, field) || refuse (error, whose, text, wanted);
    case VALUE_FACTOR:
      return parse_factor (text, field)
             || refuse (error, whose, text, "a number over 0, up to 1000000");
    case VALUE_CHOICE:
      wanted = describe_choices (choices);
      return parse_choice (choices, text, field)
             || refuse (error, whose, text, wanted);
    case VALUE_FIXED:
      break;
    }
  return refuse (error, whose, text, "wanted here");
}
