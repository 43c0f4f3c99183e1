#include "config.h"

#include "cli/option.h"

#include <stddef.h>
#include <string.h>

#define ENV_PREFIX "PROCTOR_"

#define RUN     COMMAND_RUN
#define SELECT  (COMMAND_RUN | COMMAND_LIST)
#define COMPILE (COMMAND_RUN | COMMAND_CHECK | COMMAND_OPS)
#define ANY     (SELECT | COMPILE | COMMAND_WORDS | COMMAND_FMT)

static const char *const colors[] = { "auto", "always", "never", NULL };
static const char *const formats[] = { "text", "yaml", NULL };

#define FIELD(kind, name)  kind, offsetof (Settings, name)
#define FIXED(name, value) FIELD (VALUE_FIXED, name), value, NULL
#define TEXT(name)         FIELD (VALUE_TEXT, name), 0, NULL
#define FLAG(name)         FIELD (VALUE_TRUE, name), 0, NULL

const Option option_table[] = {
  { "filter", 'k', SELECT, TEXT (filter), true, "PATTERN",
    "only tests with a match of this PCRE in their FILE:TEST" },
  { "tags", '\0', SELECT, FIELD (VALUE_TEXTS, tags), 0, NULL, true, "A,B,!C",
    "only tests with one of these tags, and none behind a \"!\"; given "
    "again: that too" },
  { "level", '\0', SELECT, FIELD (VALUE_COUNT, level), 0, NULL, true, "N",
    "also tests up to this level (1); a test that is named is run at any" },
  { "list", '\0', RUN, FLAG (list), false, NULL,
    "print the tests, and run none" },
  { "timeout", '\0', COMPILE, FIELD (VALUE_DURATION, timeout_microsecs), 0,
    NULL, true, "DURATION", "limit of a wait where the plan sets none (20s)" },
  { "timeout-multiplier", '\0', RUN, FIELD (VALUE_FACTOR, timeout_multiplier),
    0, NULL, true, "X", "multiply all limits, for slow machines" },
  { "fail-fast", 'x', RUN, FLAG (fail_fast), true, NULL,
    "stop after the first test that fails" },
  { "keep", '\0', RUN, FLAG (keep), true, NULL,
    "keep the logs of passed tests too" },
  { "logdir", '\0', RUN, TEXT (logdir), true, "DIR",
    "where the logs go (" DEFAULT_LOGDIR ")" },
  { "update", '\0', RUN, FLAG (update), true, NULL,
    "rewrite the expected files that a check finds to differ" },
  { "tap", '\0', RUN, FLAG (tap), true, NULL, "report in TAP, version 14" },
  { "verbose", 'v', RUN, FIXED (verbosity, 1), false, NULL,
    "show operations and the children's output as they happen" },
  { "quiet", 'q', RUN, FIXED (verbosity, -1), false, NULL,
    "show failures and the summary only" },
  { "strict", '\0', COMMAND_CHECK, FLAG (strict), true, NULL,
    "take warnings for errors" },
  { "format", '\0', COMMAND_OPS, FIELD (VALUE_CHOICE, format), 0, formats,
    false, "text|yaml", "how to print them (text)" },
  { "check", '\0', COMMAND_FMT, FLAG (check), false, NULL,
    "write nothing, but name the plans that would change; then exit with 1" },
  { "write", '\0', COMMAND_FMT, FLAG (write), false, NULL,
    "rewrite the plans that would change" },
  { "color", '\0', ANY, FIELD (VALUE_CHOICE, color), 0, colors, true,
    "auto|always|never", "colors and a live line (auto: on a terminal)" },
  { "help", 'h', ANY, FLAG (help), false, NULL, "show this, and do nothing" },
  { "version", '\0', ANY, FLAG (version), false, NULL,
    "show the version, and do nothing" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (option_table) == N_OPTIONS);

const Option *
option_find (const char *text)
{
  const size_t n = strcspn (text, "=");

  for (unsigned i = 0; i < N_OPTIONS; i++)
    {
      const char *const name = option_table[i].name;

      if (n == 2 && text[1] == option_table[i].letter)
        return &option_table[i];
      if (n == strlen (name) + 2 && strncmp (text + 2, name, n - 2) == 0)
        return &option_table[i];
    }
  return NULL;
}

char *
option_environment_name (const Option *option)
{
  char *name = g_strconcat (ENV_PREFIX, option->name, NULL);

  for (char *at = name; *at != '\0'; at++)
    *at = *at == '-' ? '_' : g_ascii_toupper (*at);
  return name;
}

static void
append_option (GString *out, const Option *option)
{
  if (option->letter != '\0')
    g_string_append_printf (out, "  -%c, --%s", option->letter, option->name);
  else
    g_string_append_printf (out, "      --%s", option->name);
  if (option->arg != NULL)
    g_string_append_printf (out, "=%s", option->arg);
  g_string_append_printf (out, "\n          %s\n", option->help);
}

void
option_append_help (GString *out, unsigned commands)
{
  for (unsigned i = 0; i < N_OPTIONS; i++)
    {
      if (option_table[i].commands & commands)
        append_option (out, &option_table[i]);
    }
}
