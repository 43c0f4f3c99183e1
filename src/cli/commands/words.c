#include "config.h"

#include "cli/commands.h"

#include "base/nearest.h"
#include "cli/print.h"
#include "front/words.h"

static void
complain (const char *name, Diag *diag)
{
  Nearest nearest;

  diag_error (diag, SRC_SPAN_NONE, "there is no word \"%s\"", name);
  nearest_init (&nearest, name);
  for (unsigned i = 0; i < words_count (); i++)
    nearest_try (&nearest, words_get (i)->name);
  if (nearest.best != NULL)
    diag_note (diag, SRC_SPAN_NONE, "did you mean \"%s\"?", nearest.best);
}

int
command_words (Cli *cli)
{
  const GPtrArray *const names = cli->settings.args;
  g_autoptr (GString) out = g_string_new (NULL);

  if (names->len == 0)
    words_append_list (out);
  for (unsigned i = 0; i < names->len; i++)
    {
      const char *const name = g_ptr_array_index (names, i);
      const Word *const word = words_find (name);

      if (word != NULL)
        word_append_help (word, out);
      else
        complain (name, cli->diag);
    }
  if (diag_n_errors (cli->diag) > 0)
    return STATUS_USAGE;
  return print (cli, out) ? STATUS_PASSED : STATUS_TROUBLE;
}
