#include "config.h"

#include "cli/taking.h"

/* Who says one of two, means not what a weaker source says of the other. */
static const struct
{
  const char *one;
  const char *other;
} rivals[] = {
  { "--suite", "--no-suite" },
  { "--history", "--no-history" },
  { "--fail-fast", "--max-fail" },
};

void
taking_init (Taking *taking, Settings *settings)
{
  *taking = (Taking){ .settings = settings };
  settings_init (&taking->unused);
}

void
taking_clear (Taking *taking)
{
  settings_clear (&taking->unused);
}

bool
taking_set (Taking *taking, const Option *option, const char *text,
            const char *whose, GError **error)
{
  const bool is_taken = (taking->taken & option_bit (option)) != 0;
  char *const settings
      = (char *)(is_taken ? &taking->unused : taking->settings);
  void *const field = settings + option->field;

  if (option->kind == VALUE_FIXED)
    *(int *)field = option->value;
  else if (text == NULL)
    *(bool *)field = true;
  else if (!value_parse (option->kind, option->choices, text, field, whose,
                         error))
    return false;

  taking->now |= option_bit (option);
  if (option->kind == VALUE_TRUE && !*(const bool *)field)
    taking->denied |= option_bit (option);
  return true;
}

void
taking_next (Taking *taking)
{
  taking->taken |= taking->now;
  for (unsigned i = 0; i < G_N_ELEMENTS (rivals); i++)
    {
      const uint64_t one = option_bit (option_find (rivals[i].one));
      const uint64_t other = option_bit (option_find (rivals[i].other));

      if (taking->now & ~taking->denied & (one | other))
        taking->taken |= one | other;
    }
  taking->now = taking->denied = 0;
}
