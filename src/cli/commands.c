#include "config.h"

#include "cli/commands.h"

#include "cli/option.h"

#include <string.h>

#define PLANS "PLAN|DIR|FILE:TEST..."

const Command command_table[] = {
  { "run", COMMAND_RUN, command_run, PLANS,
    "run the tests of plans (\"run\" may be left out)" },
  { "check", COMMAND_CHECK, command_check, "PLAN|DIR...",
    "compile plans, and show all that is wrong with them" },
  { "ops", COMMAND_OPS, command_ops, PLANS,
    "print the operations that plans are compiled to" },
  { "list", COMMAND_LIST, command_list, PLANS, "print the tests of plans" },
  { "words", COMMAND_WORDS, command_words, "[WORD...]",
    "print the words that plans are written in" },
  { "fmt", COMMAND_FMT, command_fmt, "PLAN|DIR...",
    "print a plan, or rewrite plans, in the canonical layout" },
  { "history", COMMAND_HISTORY, command_history, "[DIR|FILE|FILE:TEST...]",
    "show what is known from earlier runs" },
  { "driver", COMMAND_DRIVER, command_driver, "... -- PLAN",
    "run a plan as automake's test driver" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (command_table) == N_COMMANDS);

const Command *
command_find (const char *name)
{
  for (unsigned i = 0; i < N_COMMANDS; i++)
    {
      if (strcmp (command_table[i].name, name) == 0)
        return &command_table[i];
    }
  return NULL;
}

static void
append_commands (GString *out)
{
  g_string_append (out, "Commands:\n");
  for (unsigned i = 0; i < N_COMMANDS; i++)
    g_string_append_printf (out, "  %-7s %s\n", command_table[i].name,
                            command_table[i].summary);
}

void
command_append_help (GString *out, const Command *command)
{
  if (command == NULL)
    {
      g_string_append (out, "Usage: proctor [run] [OPTION...] " PLANS "\n"
                            "       proctor COMMAND [OPTION...] ...\n\n"
                            "Runs the processes of plans, and watches that "
                            "each ends as and when it should.\n\n");
      append_commands (out);
      g_string_append (out, "\n\"proctor COMMAND --help\" tells more. "
                            "These are the options of \"run\":\n\n");
      option_append_help (out, COMMAND_RUN);
    }
  else
    {
      g_string_append_printf (
          out, "Usage: proctor %s [OPTION...] %s\n\n%c%s.\n\n", command->name,
          command->args, g_ascii_toupper (*command->summary),
          command->summary + 1);
      if (command->bit != COMMAND_RUN)
        g_string_append (out, "Options:\n\n");
      option_append_help (out, command->bit);
    }
  g_string_append (
      out,
      "\nA plan is a file, \"-\" (standard input), all *.plan files of a "
      "directory, or one\ntest of a file.  Options that change results can "
      "also be set in the environment:\nPROCTOR_TIMEOUT for --timeout.\n\n"
      "Exit status: 0 all passed; 1 a test failed, or a plan would change "
      "(fmt\n--check); 2 the command line or a plan is wrong; 77 all were "
      "skipped, or none\nwas left to run; 99 proctor could not do its work; "
      "128 + N ended by signal N.\n");
}
