#include "config.h"

#include "front/habits.h"

#include <string.h>

/* --- Operators -------------------------------------------------------- */

/* What a word of its own means to a shell, and how it is said here. */
static const struct
{
  const char *word;
  const char *advice;
} operators[] = {
  { "|", "a pipeline is for a shell: sh -c '... | ...'" },
  { "||", "a choice is for a shell: sh -c '... || ...'" },
  { "&&", "a command that fails ends the test anyway: give each a line of its "
          "own, with \"run\"" },
  { "&", "\"spawn\" does not wait for the process; \"spawnPar { ... }\" starts "
         "several" },
  { "<", "standard input is an option before the command: --stdin=FILE" },
  { "<<", "a here-document is written <<EOF, without a blank" },
  { "<<<", "standard input is an option before the command, --stdin=FILE, or a "
           "here-document" },
  { ">", "standard output goes to a log, or with an option before the command "
         "to a file: --stdout=FILE" },
  { ">>", "standard output goes to a log, or with an option before the command "
          "to a file: --stdout=FILE" },
  { "2>&1", "standard error goes to a log of its own, or with an option before "
            "the command to that of standard output: --merge" },
};

/* The same for one that is a part of a word. */
static const struct
{
  char metachar;
  const char *advice;
} parts[] = {
  { '|', "a pipeline is for a shell: sh -c '... | ...'; " },
  { '&', "\"spawn\" starts a process and does not wait for it; " },
  { '<', "standard input is an option before the command: --stdin=FILE; " },
  { '>', "standard output and standard error go to logs, or with options "
         "before the command elsewhere: --stdout=FILE, --merge; " },
};

static const char *
advice_for_word (const AstArg *arg)
{
  for (unsigned i = 0; i < G_N_ELEMENTS (operators); i++)
    if (ast_arg_is (arg, operators[i].word))
      return operators[i].advice;
  return NULL;
}

static const char *
advice_for_part (const char *shown, char metachar)
{
  if (g_str_has_prefix (shown, "<<-"))
    return "a here-document that may be indented is written <<~EOF; ";
  if (metachar == '&' && strchr (shown, '>') != NULL)
    metachar = '>';
  else if (metachar == '&' && !g_str_has_suffix (shown, "&"))
    return ""; /* more likely of an address than of a shell */
  for (unsigned i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i].metachar == metachar)
      return parts[i].advice;
  g_assert_not_reached ();
}

static void
tell_operator (Emit *emit, const AstArg *arg, char metachar)
{
  const char *const shown = emit_shown_arg (emit, arg);
  const char *const advice = advice_for_word (arg);

  if (advice != NULL)
    {
      emit_error (emit, arg->span, "there is no shell here that knows \"%s\"",
                  shown);
      emit_note (emit, arg->span, "%s; as a text it stands between quotes",
                 advice);
      return;
    }

  emit_error (emit, arg->span,
              "there is no shell here that knows the \"%c\" in \"%s\"",
              metachar, shown);
  emit_note (emit, arg->span, "%sas a text it stands between quotes%s%s%s",
             advice_for_part (shown, metachar), arg->is_bare ? ": '" : "",
             arg->is_bare ? shown : "", arg->is_bare ? "'" : "");
}

bool
habits_check_words (Emit *emit, const AstArg *arg, unsigned n_args)
{
  bool is_good = true;

  for (; n_args > 0; n_args--, arg = arg->next)
    if (advice_for_word (arg) != NULL)
      {
        tell_operator (emit, arg, 0);
        is_good = false;
      }
  return is_good;
}

/* --- Commands and lines ----------------------------------------------- */

#define ADVICE_FOR_NOT                                                         \
  "a command that must fail has an option for that: run --status=!0 COMMAND"

static bool
check_command (Emit *emit, const AstArg *arg)
{
  const char *const shown = emit_shown_arg (emit, arg);

  if (ast_arg_is (arg, "!"))
    {
      emit_error (emit, arg->span, "there is no shell here that knows \"!\"");
      emit_note (emit, arg->span, ADVICE_FOR_NOT);
      return false;
    }
  if (!ast_habits (arg).is_assignment)
    return true;

  emit_error (emit, arg->span, "\"%s\" stands where a command should", shown);
  emit_note (emit, arg->span,
             "a variable of this process is an option before the command: "
             "--env=%s; \"env %s\" sets it for all that follow",
             shown, shown);
  return false;
}

bool
habits_check_argument (Emit *emit, const AstArg *arg, bool is_command)
{
  const AstHabits habits = ast_habits (arg);

  if (habits.metachar != 0)
    {
      tell_operator (emit, arg, habits.metachar);
      return false;
    }
  if (is_command && !check_command (emit, arg))
    return false;
  if (habits.is_glob)
    {
      emit_warning (emit, arg->span,
                    "nothing expands \"%s\" here: it is handed over as it is",
                    emit_shown_arg (emit, arg));
      emit_note (emit, arg->span,
                 "if that is meant, put it between quotes; a shell expands it: "
                 "sh -c '...'");
    }
  return true;
}

bool
habits_tell_line (Emit *emit, const AstArg *word)
{
  const char *const shown = emit_shown_arg (emit, word);
  const char *const equals = strchr (shown, '=');

  if (ast_arg_is (word, "!"))
    {
      emit_error (emit, word->span, "there is no word \"!\"");
      emit_note (emit, word->span, ADVICE_FOR_NOT);
      return true;
    }
  if (!ast_habits (word).is_assignment || equals == NULL)
    return false;

  emit_error (emit, word->span, "a line cannot begin with \"%s\"", shown);
  if (words_find (equals + 1) != NULL)
    emit_note (emit, word->span, "\"=\" stands between blanks: %.*s = %s",
               (int)(equals - shown), shown, equals + 1);
  else
    emit_note (emit, word->span,
               "\"let %.*s = %s\" gives a name to a text; \"env %s\" sets a "
               "variable for the processes that follow, \"run --env=%s "
               "COMMAND\" for one",
               (int)(equals - shown), shown, equals + 1, shown, shown);
  return true;
}
