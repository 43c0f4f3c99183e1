#include "config.h"

#include "cli/option.h"

#include "plan/plan.h"

#include <stddef.h>
#include <string.h>

#define ENV_PREFIX "PROCTOR_"

#define RUN     COMMAND_RUN
#define SELECT  (COMMAND_RUN | COMMAND_LIST)
#define COMPILE (COMMAND_RUN | COMMAND_CHECK | COMMAND_OPS)
#define SUITE   (SELECT | COMPILE)
#define ANY                                                                    \
  (SELECT | COMPILE | COMMAND_WORDS | COMMAND_FMT | COMMAND_HISTORY            \
   | COMMAND_DRIVER)

static const char *const colors[] = { "auto", "always", "never", NULL };
static const char *const formats[] = { "text", "yaml", NULL };
static const char *const partitions[] = { "hash", "time", NULL };
static const char *const progresses[]
    = { "auto", "live", "dots", "none", NULL };
static const char *const leftovers[] = {
#define LEFTOVER(NAME, name) name,
  LEFTOVERS (LEFTOVER)
#undef LEFTOVER
      NULL
};

#define FIELD(kind, name)  kind, offsetof (Settings, name)
#define FIXED(name, value) FIELD (VALUE_FIXED, name), value, NULL
#define TEXT(name)         FIELD (VALUE_TEXT, name), 0, NULL
#define PATH(name)         FIELD (VALUE_PATH, name), 0, NULL
#define FLAG(name)         FIELD (VALUE_TRUE, name), 0, NULL

const Option option_table[] = {
  { "filter", 'k', SELECT, TEXT (filter), true, "PATTERN",
    "only tests with a match of this PCRE in their FILE:TEST" },
  { "tags", '\0', SELECT, FIELD (VALUE_TEXTS, tags), 0, NULL, true, "A,B,!C",
    "only tests with one of these tags, and none behind a \"!\"" },
  { "level", '\0', SELECT, FIELD (VALUE_COUNT, level), 0, NULL, true, "N",
    "also tests up to this level (1); a test that is named is run at any" },
  { "failed", '\0', SELECT, FLAG (failed), true, NULL,
    "only tests that failed when they were run last, or were never run" },
  { "shard", '\0', SELECT, TEXT (shard), true, "I/N|env",
    "only the I-th part of N; env: which one, the CI system says" },
  { "partition", '\0', SELECT, FIELD (VALUE_CHOICE, partition), 0, partitions,
    true, "BY",
    "how parts are made: by the hash of a test's name, or by time "
    "(hash)" },
  { "list", '\0', RUN, FLAG (list), false, NULL,
    "print the tests, and run none" },
  { "jobs", 'j', RUN, FIELD (VALUE_JOBS, n_jobs), 0, NULL, true, "N",
    "so many tests at once; 0: one a core (1, or what make has slots for)" },
  { "timeout", '\0', COMPILE, FIELD (VALUE_DURATION, timeout_microsecs), 0,
    NULL, true, "DURATION", "limit of a wait where the plan sets none (20s)" },
  { "test-limit", '\0', COMPILE, FIELD (VALUE_LIMIT, test_limit_microsecs), 0,
    NULL, true, "DURATION|none",
    "limit of a whole test, and of a layer's set-up, where the plan sets none "
    "(10m)" },
  { "run-limit", '\0', RUN, FIELD (VALUE_DURATION, run_limit_microsecs), 0,
    NULL, true, "DURATION",
    "end the whole run after this time (it has no limit)" },
  { "timeout-multiplier", '\0', RUN, FIELD (VALUE_FACTOR, timeout_multiplier),
    0, NULL, true, "X",
    "multiply all limits, and the time from SIGTERM to SIGKILL" },
  { "retries", '\0', RUN, FIELD (VALUE_NUMBER, n_retries), 0, NULL, true, "N",
    "try a test that fails so often again; if it passes then, it is flaky" },
  { "fail-on-flaky", '\0', RUN, FLAG (fail_on_flaky), true, NULL,
    "a flaky test counts as one that failed" },
  { "repeat", '\0', RUN, FIELD (VALUE_COUNT, n_repeats), 0, NULL, true, "N",
    "run each test so often" },
  { "until-fail", '\0', RUN, FLAG (until_fail), true, NULL,
    "run the tests again and again, until one fails" },
  { "fail-fast", 'x', RUN, FLAG (fail_fast), true, NULL,
    "stop after the first test that fails" },
  { "max-fail", '\0', RUN, FIELD (VALUE_COUNT, n_max_fail), 0, NULL, true, "N",
    "stop after so many tests that fail" },
  { "shuffle", '\0', RUN, FLAG (shuffle), true, NULL,
    "run the tests in an order that is left to chance" },
  { "seed", '\0', RUN, FIELD (VALUE_SEED, seed), 0, NULL, true, "N",
    "shuffle, in the order that was printed with this number" },
  { "failed-first", '\0', RUN, FLAG (failed_first), true, NULL,
    "those that failed when they were run last go first" },
  { "leftovers", '\0', RUN, FIELD (VALUE_CHOICE, leftovers), 0, leftovers, true,
    "WHAT",
    "descendants that a test leaves behind: fail, report or ignore "
    "(fail)" },
  { "update", '\0', RUN, FLAG (update), true, NULL,
    "rewrite the expected files that a check finds to differ" },
  { "suite", '\0', SUITE, PATH (suite), true, "FILE",
    "the suite file (" SUITE_FILE_NAME ", if there is one here)" },
  { "no-suite", '\0', SUITE, FLAG (no_suite), true, NULL,
    "read no suite file" },
  { "profile", '\0', SUITE, TEXT (profile), true, "NAME",
    "a set of options in the suite file" },
  { "history", '\0', SELECT | COMMAND_HISTORY, PATH (history), true, "FILE",
    "where verdicts and durations are kept (in the user's state directory)" },
  { "no-history", '\0', SELECT, FLAG (no_history), true, NULL,
    "keep none, and read none" },
  { "logdir", '\0', RUN, PATH (logdir), true, "DIR",
    "where the logs go (" DEFAULT_LOGDIR ")" },
  { "keep", '\0', RUN, FLAG (keep), true, NULL,
    "keep the logs of passed tests too" },
  { "verbose", 'v', RUN, FIXED (verbosity, 1), false, NULL,
    "show operations and the children's output as they happen" },
  { "quiet", 'q', RUN, FIXED (verbosity, -1), false, NULL,
    "show failures and the summary only" },
  { "progress", '\0', RUN, FIELD (VALUE_CHOICE, progress), 0, progresses, true,
    "HOW", "auto, live, dots or none: what shows that there is life (auto)" },
  { "slow", '\0', RUN, FIELD (VALUE_DURATION, slow_microsecs), 0, NULL, true,
    "DURATION", "name a test that runs longer than this (10s)" },
  { "tap", '\0', RUN, FLAG (tap), true, NULL, "report in TAP, version 14" },
  { "junit", '\0', RUN, PATH (junit), true, "FILE",
    "write the results as JUnit's XML, too" },
  { "json", '\0', RUN, PATH (json), true, "FILE",
    "write what happens, as it happens, an object a line, too" },
  { "github", '\0', RUN, FLAG (github), true, NULL,
    "annotations for GitHub, too" },
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

uint64_t
option_bit (const Option *option)
{
  return (uint64_t)1 << (option - option_table);
}

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

/* Those of "run" are many: the first of each kind has a heading. */
static void
append_heading (GString *out, const Option *option)
{
  static const struct
  {
    const char *first;
    const char *text;
  } headings[] = {
    { "filter", "Which tests" },
    { "jobs", "How they are run" },
    { "suite", "Files that are read and kept" },
    { "verbose", "What is shown and written" },
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (headings); i++)
    {
      if (strcmp (headings[i].first, option->name) == 0)
        g_string_append_printf (out, "%s%s:\n", i > 0 ? "\n" : "",
                                headings[i].text);
    }
}

void
option_append_help (GString *out, unsigned commands)
{
  for (unsigned i = 0; i < N_OPTIONS; i++)
    {
      if (commands & option_table[i].commands & COMMAND_RUN)
        append_heading (out, &option_table[i]);
      if (option_table[i].commands & commands)
        append_option (out, &option_table[i]);
    }
}
