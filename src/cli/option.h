/* option.h - the table of all options */
#pragma once

#include "cli/settings.h"
#include "cli/values.h"

typedef struct
{
  const char *name;
  char letter;       /* '\0': none */
  unsigned commands; /* CommandBits */
  ValueKind kind;
  size_t field;               /* where its value goes in Settings */
  int value;                  /* of VALUE_FIXED */
  const char *const *choices; /* of VALUE_CHOICE */
  bool in_environment;
  const char *arg; /* what its value is called; NULL: it has none */
  const char *help;
} Option;

#define N_OPTIONS 45
extern const Option option_table[N_OPTIONS];

/* Its place in the table, as a bit: of Settings.given. */
uint64_t option_bit (const Option *option);

/* "--filter" or "-k"; what stands behind a "=" is left out.  NULL: there is
 * none. */
const Option *option_find (const char *text);

/* "PROCTOR_FAIL_FAST". */
char *option_environment_name (const Option *option);

/* The options of these commands, each with its explanation. */
void option_append_help (GString *out, unsigned commands);
