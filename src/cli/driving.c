#include "config.h"

#include "cli/driving.h"

#include <stddef.h>
#include <string.h>

static const struct
{
  const char *name;
  size_t field;
  bool is_needed;
  bool is_answer; /* yes or no */
} options[] = {
  { "--test-name", offsetof (Driving, test_name), true, false },
  { "--log-file", offsetof (Driving, log_file), true, false },
  { "--trs-file", offsetof (Driving, trs_file), true, false },
  { "--color-tests", offsetof (Driving, color_tests), false, true },
  { "--expect-failure", offsetof (Driving, expect_failure), false, true },
  { "--enable-hard-errors", offsetof (Driving, enable_hard_errors), false,
    true },
};

#define N_DRIVING_OPTIONS G_N_ELEMENTS (options)

static char **
find_field (Driving *driving, unsigned option)
{
  return (char **)((char *)driving + options[option].field);
}

static const char *
value_of (const Driving *driving, unsigned option)
{
  return *find_field ((Driving *)driving, option);
}

void
driving_clear (Driving *driving)
{
  for (unsigned i = 0; i < N_DRIVING_OPTIONS; i++)
    g_clear_pointer (find_field (driving, i), g_free);
}

/* Takes the option at @words, and its value, which may be a word of its own.
 * Returns how many words that are; 0: it is not for us. */
static int
take_option (Driving *driving, int n_words, char **words)
{
  const size_t n = strcspn (words[0], "=");
  const bool has_value = words[0][n] == '=';
  unsigned i = 0;

  while (i < N_DRIVING_OPTIONS
         && (strlen (options[i].name) != n
             || strncmp (words[0], options[i].name, n) != 0))
    i++;
  if (i == N_DRIVING_OPTIONS)
    return 0;

  if (!has_value && n_words < 2)
    return 2;

  char **const field = find_field (driving, i);

  g_free (*field);
  *field = g_strdup (has_value ? words[0] + n + 1 : words[1]);
  return has_value ? 1 : 2;
}

GPtrArray *
driving_take (Driving *driving, int n_words, char **words, Diag *diag)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  int i = 0;

  while (i < n_words && strcmp (words[i], "--") != 0)
    {
      const int n = take_option (driving, n_words - i, words + i);

      if (n == 0)
        g_ptr_array_add (others, words[i]);
      if (i + n > n_words)
        {
          diag_error (diag, SRC_SPAN_NONE, "\"%s\" needs a value", words[i]);
          return NULL;
        }
      i += MAX (n, 1);
    }

  /* Automake puts PLAN_LOG_FLAGS behind its "--": options all the same. */
  for (i++; i < n_words; i++)
    g_ptr_array_add (others, words[i]);
  return g_steal_pointer (&others);
}

bool
driving_check (const Driving *driving, Diag *diag)
{
  const unsigned n_errors = diag_n_errors (diag);

  for (unsigned i = 0; i < N_DRIVING_OPTIONS; i++)
    {
      const char *const value = value_of (driving, i);

      if (options[i].is_needed && (value == NULL || *value == '\0'))
        diag_error (diag, SRC_SPAN_NONE,
                    "\"%s\", which automake gives its test drivers, is missing",
                    options[i].name);
      if (options[i].is_answer && value != NULL && strcmp (value, "yes") != 0
          && strcmp (value, "no") != 0)
        diag_error (diag, SRC_SPAN_NONE,
                    "\"%s\" is \"yes\" or \"no\", and not \"%s\"",
                    options[i].name, value);
    }
  return diag_n_errors (diag) == n_errors;
}

AutomakeStyle
driving_style (const Driving *driving)
{
  return (AutomakeStyle){
    .plan = driving->test_name,
    .color = g_strcmp0 (driving->color_tests, "yes") == 0,
    .expects_failure = g_strcmp0 (driving->expect_failure, "yes") == 0,
    .no_hard_errors = g_strcmp0 (driving->enable_hard_errors, "no") == 0,
  };
}
