#include "config.h"

#include "cli/commands.h"

#include "base/nearest.h"
#include "cli/print.h"
#include "report/history/history-text.h"

#include <string.h>
#include <sys/stat.h>

/* What is asked about. */
typedef struct
{
  char *path;       /* owned: a real one */
  const char *test; /* borrowed; NULL: all that are there */
  bool is_directory;
} Question;

static bool
exists (const char *path)
{
  struct stat info;

  return stat (path, &info) == 0;
}

/* FILE:TEST is parted where a file stands before the colon; if none does, at
 * the last one: the history knows of files that are gone. */
static const char *
find_colon (const char *argument)
{
  const char *const last = strrchr (argument, ':');

  if (exists (argument))
    return NULL;
  for (const char *colon = last; colon != NULL;
       colon = memrchr (argument, ':', (size_t)(colon - argument)))
    {
      g_autofree char *path = g_strndup (argument, (size_t)(colon - argument));

      if (exists (path))
        return colon;
    }
  return last;
}

static void
question_init (Question *question, const char *argument)
{
  const char *const colon = find_colon (argument);
  g_autofree char *path = colon != NULL
                              ? g_strndup (argument, (size_t)(colon - argument))
                              : g_strdup (argument);
  struct stat info;

  question->path = history_real_path (path);
  question->test = colon != NULL ? colon + 1 : NULL;
  question->is_directory = stat (path, &info) == 0 && S_ISDIR (info.st_mode);
}

static int
complain_of_none (Cli *cli, const History *history)
{
  if (history_path (history) == NULL)
    {
      diag_error (cli->diag, SRC_SPAN_NONE, "there is no place for a history");
      diag_note (cli->diag, SRC_SPAN_NONE,
                 "neither XDG_STATE_HOME nor HOME is set to a directory; "
                 "\"--history\" names a file");
      return STATUS_USAGE;
    }
  diag_error (cli->diag, SRC_SPAN_NONE, "there is no history in \"%s\" yet",
              history_path (history));
  diag_note (cli->diag, SRC_SPAN_NONE, "each \"proctor run\" adds to it");
  return STATUS_USAGE;
}

static int
complain_of_path (Cli *cli, const char *argument)
{
  diag_error (cli->diag, SRC_SPAN_NONE, "the history knows no test of \"%s\"",
              argument);
  diag_note (cli->diag, SRC_SPAN_NONE,
             "\"proctor history /\" shows what it knows of all plans");
  return STATUS_USAGE;
}

/* NULL: there is no such test, which is told. */
static const HistoryTest *
find_test (Cli *cli, const GPtrArray *tests, const char *name)
{
  Nearest nearest;

  nearest_init (&nearest, name);
  for (unsigned i = 0; i < tests->len; i++)
    {
      const HistoryTest *const test = g_ptr_array_index (tests, i);

      if (strcmp (test->name, name) == 0)
        return test;
      nearest_try (&nearest, test->name);
    }
  diag_error (cli->diag, SRC_SPAN_NONE,
              "the history knows no test \"%s\" there", name);
  if (nearest.best != NULL)
    diag_note (cli->diag, SRC_SPAN_NONE, "did you mean \"%s\"?", nearest.best);
  return NULL;
}

static int
answer (Cli *cli, const Question *question, const GPtrArray *tests,
        const char *argument, GString *out)
{
  if (tests->len == 0)
    return complain_of_path (cli, argument);
  if (question->test != NULL)
    {
      const HistoryTest *const test = find_test (cli, tests, question->test);

      if (test == NULL)
        return STATUS_USAGE;
      history_text_append_trend (out, test);
    }
  else if (question->is_directory)
    history_text_append_overview (out, tests);
  else
    history_text_append_tests (out, tests);
  return print_some (cli, out) ? STATUS_PASSED : STATUS_TROUBLE;
}

static int
ask (Cli *cli, const History *history, const char *argument, GString *out)
{
  g_autoptr (GError) error = NULL;
  Question question;

  question_init (&question, argument);

  g_autoptr (GPtrArray) tests = history_read (
      history, question.path,
      question.test != NULL ? HISTORY_N_RESULTS : HISTORY_TEXT_N_RESULTS,
      &error);
  int status = STATUS_TROUBLE;

  if (error != NULL)
    diag_error (cli->diag, SRC_SPAN_NONE, "%s", error->message);
  else if (tests == NULL)
    status = complain_of_none (cli, history);
  else
    status = answer (cli, &question, tests, argument, out);
  g_free (question.path);
  return status;
}

int
command_history (Cli *cli)
{
  const GPtrArray *const args = cli->settings.args;
  g_autoptr (History) history = history_new (cli->settings.history);
  g_autoptr (GString) out = g_string_new (NULL);
  int status = STATUS_PASSED;

  if (args->len == 0)
    status = ask (cli, history, ".", out);
  for (unsigned i = 0; i < args->len && status != STATUS_TROUBLE; i++)
    {
      const int worse = ask (cli, history, g_ptr_array_index (args, i), out);

      status = MAX (status, worse);
    }
  if (status != STATUS_TROUBLE && !print (cli, out))
    status = STATUS_TROUBLE;
  return status;
}
