#include "config.h"

#include "cli/arrange.h"

#include "cli/option.h"
#include "cli/suitefile.h"
#include "report/label.h"
#include "suite/choose/order.h"
#include "suite/choose/shard.h"

/* More, and something is wrong. */
#define MAX_TESTS 10000000

void
arrangement_clear (Arrangement *arrangement)
{
  g_clear_pointer (&arrangement->usual_microsecs, g_free);
  g_clear_pointer (&arrangement->order, g_free);
  if (arrangement->said != NULL)
    g_string_free (arrangement->said, TRUE);
  arrangement->said = NULL;
}

/* --- What is known of them --------------------------------------------- */

typedef struct
{
  GArray *tests; /* borrowed: of ReportTest */
  Cli *cli;
  History *history;
  HistoryOfTest *known; /* owned: by place; NULL: nothing was looked up */
  bool is_stale; /* the tests have other places now: it is looked up again */
} Knowledge;

static bool
wants_history (const Cli *cli, bool wants_times)
{
  const Settings *const settings = &cli->settings;

  return wants_times || settings->failed || settings->failed_first
         || settings->n_jobs > 1 || settings->n_jobs == 0
         || (settings->shard != NULL && settings->partition == PARTITION_TIME);
}

/* What cannot be read is a warning: nothing is known then. */
static void
look_up (Knowledge *knowledge)
{
  g_autoptr (GError) error = NULL;
  GArray *const tests = knowledge->tests;

  g_free (knowledge->known);
  knowledge->is_stale = false;
  knowledge->known = g_new0 (HistoryOfTest, tests->len);
  if (!history_look_up (knowledge->history,
                        (const ReportTest *)(void *)tests->data, tests->len,
                        knowledge->known, &error))
    diag_warning (knowledge->cli->diag, SRC_SPAN_NONE, "%s", error->message);
}

static void
refresh (Knowledge *knowledge)
{
  if (knowledge->known != NULL && knowledge->is_stale)
    look_up (knowledge);
}

static int64_t *
usual_times (const Knowledge *knowledge)
{
  bool is_any = false;

  if (knowledge->known == NULL)
    return NULL;

  int64_t *const times = g_new (int64_t, knowledge->tests->len);

  for (unsigned i = 0; i < knowledge->tests->len; i++)
    {
      times[i] = knowledge->known[i].usual_microsecs;
      is_any = is_any || times[i] >= 0;
    }
  if (is_any)
    return times;
  g_free (times);
  return NULL;
}

/* --- Choosing ------------------------------------------------------------ */

/* Why a test is one of --failed. */
typedef enum
{
  REASON_FAILED,
  REASON_INTERRUPTED,
  REASON_UNKNOWN,
  N_REASONS /* there is none: it passed */
} Reason;

/* What the history does not know may be broken: it is run, or a history that
 * was lost would be taken for one in which nothing failed. */
static Reason
find_reason (const HistoryOfTest *known)
{
  if (known->has_failed)
    return REASON_FAILED;
  if (known->was_interrupted)
    return REASON_INTERRUPTED;
  return known->is_known ? N_REASONS : REASON_UNKNOWN;
}

/* "--failed: 3 of 12 tests (1 failed, 2 not in the history)". */
static void
say_reasons (GString *said, const unsigned n_of[N_REASONS], unsigned n,
             unsigned n_before)
{
  static const char *const texts[N_REASONS]
      = { [REASON_FAILED] = "failed",
          [REASON_INTERRUPTED] = "interrupted",
          [REASON_UNKNOWN] = "not in the history" };
  const char *separator = "";

  g_string_append_printf (said, "--failed: %u of %u test%s (", n, n_before,
                          n_before == 1 ? "" : "s");
  for (unsigned i = 0; i < N_REASONS; i++)
    {
      if (n_of[i] == 0)
        continue;
      g_string_append_printf (said, "%s%u %s", separator, n_of[i], texts[i]);
      separator = ", ";
    }
  g_string_append (said,
                   n == 0 ? "none failed when it was run last)\n" : ")\n");
}

static void
keep_failed (Knowledge *knowledge, Arrangement *arrangement)
{
  GArray *const tests = knowledge->tests;
  const unsigned n_before = tests->len;
  unsigned n_of[N_REASONS] = { 0 };
  unsigned n = 0;

  for (unsigned i = 0; i < tests->len; i++)
    {
      const Reason reason = find_reason (&knowledge->known[i]);

      if (reason == N_REASONS)
        continue;
      n_of[reason]++;
      g_array_index (tests, ReportTest, n++)
          = g_array_index (tests, ReportTest, i);
    }
  g_array_set_size (tests, n);
  order_renumber (tests);
  knowledge->is_stale = true;
  say_reasons (arrangement->said, n_of, n, n_before);
}

static bool
cut_shard (Knowledge *knowledge, Arrangement *arrangement)
{
  const Settings *const settings = &knowledge->cli->settings;
  const unsigned n_before = knowledge->tests->len;
  const bool by_time = settings->partition == PARTITION_TIME;
  g_autofree int64_t *times = usual_times (knowledge);
  g_autoptr (GError) error = NULL;
  Shard shard;

  if (settings->shard == NULL)
    {
      if (settings->given & option_bit (option_find ("--partition")))
        diag_warning (knowledge->cli->diag, SRC_SPAN_NONE,
                      "--partition has no effect without --shard");
      return true;
    }
  if (!shard_parse (settings->shard, &shard, &error))
    {
      diag_error (knowledge->cli->diag, SRC_SPAN_NONE, "--shard: %s",
                  error->message);
      return false;
    }

  shard_cut (knowledge->tests, &shard, by_time, times);
  knowledge->is_stale = true;
  g_string_append_printf (arrangement->said, "shard %u of %u: %u of %u tests",
                          shard.index + 1, shard.n, knowledge->tests->len,
                          n_before);
  if (shard.system != NULL)
    g_string_append_printf (arrangement->said, " (%s: %s)", shard.system,
                            shard.detail);
  g_string_append_c (arrangement->said, '\n');
  return true;
}

/* --- Ordering ------------------------------------------------------------ */

static void
put_failed_first (Knowledge *knowledge)
{
  g_autofree bool *has_failed = g_new (bool, knowledge->tests->len);

  for (unsigned i = 0; i < knowledge->tests->len; i++)
    has_failed[i]
        = knowledge->known[i].has_failed || knowledge->known[i].was_interrupted;
  order_failed_first (knowledge->tests, has_failed);
  knowledge->is_stale = true;
}

static void
shuffle (Knowledge *knowledge, Arrangement *arrangement)
{
  const Settings *const settings = &knowledge->cli->settings;
  const uint64_t seed
      = settings->seed != 0 ? settings->seed : g_random_int () + (uint64_t)1;

  order_shuffle (knowledge->tests, seed);
  knowledge->is_stale = true;
  g_string_append_printf (arrangement->said,
                          "shuffled with --seed=%" G_GUINT64_FORMAT "\n", seed);
}

static void
set_limits (const Knowledge *knowledge)
{
  const Settings *const settings = &knowledge->cli->settings;
  g_autoptr (GString) label = g_string_new (NULL);

  for (unsigned i = 0; i < knowledge->tests->len; i++)
    {
      ReportTest *const test = &g_array_index (knowledge->tests, ReportTest, i);

      test->n_retries = settings->n_retries;
      if (settings->suite_file == NULL)
        continue;
      g_string_truncate (label, 0);
      label_append_test (label, test);
      test->n_retries = suite_file_retries (settings->suite_file, label->str,
                                            settings->n_retries);
      test->slow_microsecs = suite_file_slow (settings->suite_file, label->str,
                                              settings->slow_microsecs);
    }
}

static void
order_all (Knowledge *knowledge, Arrangement *arrangement)
{
  const Settings *const settings = &knowledge->cli->settings;
  GArray *const tests = knowledge->tests;
  const bool is_arranged = settings->shuffle || settings->failed_first;
  const bool is_parallel = settings->n_jobs != 1 && settings->n_jobs != -1;

  if (settings->shuffle)
    shuffle (knowledge, arrangement);
  if (settings->failed_first && knowledge->known != NULL)
    {
      refresh (knowledge);
      put_failed_first (knowledge);
    }
  if (settings->n_repeats > 1)
    {
      order_repeat (tests, settings->n_repeats);
      knowledge->is_stale = true;
    }
  refresh (knowledge);
  arrangement->usual_microsecs = usual_times (knowledge);
  if (!is_arranged)
    arrangement->order = order_longest_first (
        (const ReportTest *)(void *)tests->data, tests->len,
        is_parallel ? arrangement->usual_microsecs : NULL);
}

/* --- All of it ------------------------------------------------------------ */

static bool
choose (Knowledge *knowledge, Arrangement *arrangement)
{
  const bool wants_failed = knowledge->cli->settings.failed;

  if (wants_failed && knowledge->known == NULL)
    g_string_append_printf (arrangement->said,
                            "--failed: all tests, %u (no history is kept)\n",
                            knowledge->tests->len);
  else if (wants_failed)
    {
      keep_failed (knowledge, arrangement);
      refresh (knowledge);
    }
  return cut_shard (knowledge, arrangement);
}

static bool
are_too_many (const Knowledge *knowledge)
{
  const unsigned n_tests = knowledge->tests->len;
  const unsigned n_repeats = knowledge->cli->settings.n_repeats;

  if (n_tests == 0 || n_repeats <= MAX_TESTS / n_tests)
    return false;
  diag_error (knowledge->cli->diag, SRC_SPAN_NONE,
              "--repeat: %u times %u tests are more than %d", n_repeats,
              n_tests, MAX_TESTS);
  return true;
}

bool
arrange_tests (Arrangement *arrangement, Load *load, Cli *cli, History *history,
               bool wants_times)
{
  Knowledge knowledge
      = { .tests = load->selection.tests, .cli = cli, .history = history };

  *arrangement = (Arrangement){ .said = g_string_new (NULL) };
  if (history != NULL && wants_history (cli, wants_times))
    look_up (&knowledge);

  const bool is_ok
      = choose (&knowledge, arrangement) && !are_too_many (&knowledge);

  if (is_ok)
    {
      set_limits (&knowledge);
      order_all (&knowledge, arrangement);
    }
  g_free (knowledge.known);
  return is_ok;
}
