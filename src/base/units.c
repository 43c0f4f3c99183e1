#include "config.h"

#include "base/units.h"

#include <stdint.h>
#include <string.h>

typedef struct
{
  const char *name;
  uint64_t factor;
} Unit;

/* From small to large. */
static const Unit durations[] = {
  { "us", 1 },
  { "ms", 1000 },
  { "s", 1000000 },
  { "m", 60000000 },
  { "h", UINT64_C (3600000000) },
};

static const Unit sizes[] = {
  { "K", (uint64_t)1 << 10 },
  { "M", (uint64_t)1 << 20 },
  { "G", (uint64_t)1 << 30 },
  { "T", (uint64_t)1 << 40 },
};

#define LONGEST_DURATION                                                       \
  (UINT64_C (10000) * 24 * 3600 * 1000000) /* 10,000 days */

/* So many digits of a number fit into 64 bits, whatever they are; and so many
 * behind its point mean something. */
#define MAX_DIGITS   15
#define MAX_DECIMALS 6

/* A number without its unit: value / 10^n_decimals. */
typedef struct
{
  uint64_t value;
  unsigned n_decimals;
} Number;

/* Reads digits, perhaps with a point among them; returns what is behind them,
 * or NULL. */
static const char *
read_number (const char *text, Number *number)
{
  unsigned n_digits = 0;
  bool has_point = false;

  *number = (Number){ 0 };
  for (; g_ascii_isdigit (*text) || (*text == '.' && !has_point); text++)
    {
      if (*text == '.')
        {
          if (n_digits == 0 || !g_ascii_isdigit (text[1]))
            return NULL;
          has_point = true;
          continue;
        }
      if (++n_digits > MAX_DIGITS || number->n_decimals == MAX_DECIMALS)
        return NULL;
      number->value = number->value * 10 + (uint64_t)(*text - '0');
      number->n_decimals += has_point;
    }
  return n_digits > 0 ? text : NULL;
}

/* The number times @factor, cut to a whole one; false if it is over
 * @maximum. */
static bool
multiply (Number number, uint64_t factor, uint64_t maximum, uint64_t *product)
{
  if (__builtin_mul_overflow (number.value, factor, product))
    return false;
  for (unsigned i = 0; i < number.n_decimals; i++)
    *product /= 10;
  return *product <= maximum;
}

static const Unit *
find_unit (const Unit *units, size_t n_units, const char *name)
{
  for (size_t i = 0; i < n_units; i++)
    if (strcmp (units[i].name, name) == 0)
      return &units[i];
  return NULL;
}

bool
duration_parse (const char *text, int64_t *microsecs)
{
  Number number;
  const char *const unit_name = read_number (text, &number);
  uint64_t product;

  if (unit_name == NULL)
    return false;

  const Unit *const unit = find_unit (durations, G_N_ELEMENTS (durations),
                                      *unit_name == '\0' ? "s" : unit_name);

  if (unit == NULL
      || !multiply (number, unit->factor, LONGEST_DURATION, &product))
    return false;
  *microsecs = (int64_t)product;
  return true;
}

/* Whether it is a unit or more, and needs at most three decimals in it. */
static bool
suits (const Unit *unit, uint64_t value)
{
  return value >= unit->factor
         && value % unit->factor * 1000 % unit->factor == 0;
}

static void
append_in (GString *out, uint64_t value, const Unit *unit)
{
  unsigned thousandths = (unsigned)(value % unit->factor * 1000 / unit->factor);
  unsigned n_decimals = 3;

  g_string_append_printf (out, "%" G_GUINT64_FORMAT, value / unit->factor);
  if (thousandths > 0)
    {
      for (; thousandths % 10 == 0; thousandths /= 10)
        n_decimals--;
      g_string_append_printf (out, ".%0*u", (int)n_decimals, thousandths);
    }
  g_string_append (out, unit->name);
}

void
duration_append (GString *out, int64_t microsecs)
{
  const uint64_t time = (uint64_t)MAX (microsecs, 0);
  size_t i = G_N_ELEMENTS (durations) - 1;

  if (time == 0)
    {
      g_string_append (out, "0s");
      return;
    }
  while (i > 0 && !suits (&durations[i], time))
    i--;
  append_in (out, time, &durations[i]);
}

bool
size_parse (const char *text, uint64_t *n_bytes)
{
  Number number;
  const char *const unit_name = read_number (text, &number);

  if (unit_name == NULL)
    return false;
  if (*unit_name == '\0')
    return number.n_decimals == 0 && multiply (number, 1, INT64_MAX, n_bytes);

  const Unit *const unit = find_unit (sizes, G_N_ELEMENTS (sizes), unit_name);

  return unit != NULL && multiply (number, unit->factor, INT64_MAX, n_bytes);
}

void
size_append (GString *out, uint64_t n_bytes)
{
  for (size_t i = G_N_ELEMENTS (sizes); i-- > 0;)
    if (suits (&sizes[i], n_bytes))
      {
        append_in (out, n_bytes, &sizes[i]);
        return;
      }
  g_string_append_printf (out, "%" G_GUINT64_FORMAT, n_bytes);
}

const char *
duration_units (void)
{
  return "ms, s, m or h";
}

const char *
size_units (void)
{
  return "K, M, G or T";
}
