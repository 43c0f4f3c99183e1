#include "config.h"

#include "front/spawn.h"

#include "front/habits.h"
#include "front/names.h"
#include "front/program.h"
#include "front/text.h"

#include <string.h>

/* --- Reading ---------------------------------------------------------- */

/* A command that is being read. */
typedef struct
{
  Emit *emit;
  Command *command;
  bool ends_options; /* they are all read */
} Reading;

/* Where the arguments are collected: behind the head of a PlanSpawn. */
#define N_HEAD offsetof (PlanSpawn, argv)

static unsigned
n_arguments (const Emit *emit)
{
  return (unsigned)((emit->argv->len - N_HEAD) / sizeof (PlanText *));
}

/* --- Files that are emptied -------------------------------------------- */

static const PlanText *
argument (const Emit *emit, unsigned i)
{
  return ((const PlanText **)(emit->argv->data + N_HEAD))[i];
}

/* The argument before is one of those that a shell's script stands behind:
 * "-c",
 * "-ec". */
static bool
is_script (const Emit *emit)
{
  const unsigned n = n_arguments (emit);

  if (n < 2)
    return false;
  const PlanText *const before = argument (emit, n - 1);
  return before->n_slots == 0 && before->n_bytes >= 2 && before->bytes[0] == '-'
         && before->bytes[1] != '-'
         && before->bytes[before->n_bytes - 1] == 'c';
}

/* The command is tee, without -a: its arguments are files to write. */
static bool
is_tee (const Emit *emit)
{
  const unsigned n = n_arguments (emit);

  if (n == 0)
    return false;
  const PlanText *const command = argument (emit, 0);
  if (command->n_slots > 0
      || (strcmp (command->bytes, "tee") != 0
          && !g_str_has_suffix (command->bytes, "/tee")))
    return false;
  for (unsigned i = 1; i < n; i++)
    if (strcmp (argument (emit, i)->bytes, "-a") == 0
        || strcmp (argument (emit, i)->bytes, "--append") == 0)
      return false;
  return true;
}

/* Whether what stands before this place of a script opens it to be written
 * from its begin: ">" or ">|", but not ">>"; or "tee". */
static bool
is_opened_anew (const char *script, const char *at)
{
  while (at > script && (at[-1] == ' ' || at[-1] == '"'))
    at--;
  if (at - script >= 2 && at[-1] == '|' && at[-2] == '>')
    return true;
  if (at > script && at[-1] == '>')
    return at - 1 == script || at[-2] != '>';
  return at - script >= 3 && memcmp (at - 3, "tee", 3) == 0;
}

/* Its log is a regular file, where elsewhere there is a terminal or a pipe. */
static void
warn_of_emptying (const Reading *reading, const PlanText *text, SrcSpan span)
{
  static const struct
  {
    const char *name;
    unsigned fd;
  } names[] = { { "/dev/stdout", 1 },     { "/dev/stderr", 2 },
                { "/dev/fd/1", 1 },       { "/dev/fd/2", 2 },
                { "/proc/self/fd/1", 1 }, { "/proc/self/fd/2", 2 } };
  const PlanContext *const context = &reading->command->options.context;

  const bool is_file = is_tee (reading->emit);
  if (context->pty || context->log_pipe
      || (!is_file && !is_script (reading->emit)))
    return;
  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const size_t n = strlen (names[i].name);
      const char *at = text->bytes;

      while ((at = strstr (at, names[i].name)) != NULL
             && (g_ascii_isdigit (at[n])
                 || (is_file ? at != text->bytes
                             : !is_opened_anew (text->bytes, at))))
        at += n;
      if (at == NULL)
        continue;
      emit_warning (reading->emit, span,
                    "to open \"%s\" empties the log, which is a file: what was "
                    "written before is lost",
                    names[i].name);
      emit_note (reading->emit, span,
                 "\">&%u\" does not; and with --log=pipe it is a pipe that is "
                 "opened",
                 names[i].fd);
      return;
    }
}

/* @origin: where the text was written; NULL: it has no habit of the shell's. */
static bool
read_text (Reading *reading, const PlanText *text, SrcSpan span,
           const AstArg *origin)
{
  Emit *const emit = reading->emit;

  if (!reading->ends_options && text->n_bytes > 0 && text->bytes[0] == '-'
      && (text->n_slots == 0 || text->slots[0].offset > 0))
    {
      reading->ends_options = strcmp (text->bytes, "--") == 0;
      return reading->ends_options
             || options_read (emit, &reading->command->options, text, span);
    }

  reading->ends_options = true;
  if (origin != NULL
      && !habits_check_argument (emit, origin, n_arguments (emit) == 0))
    return false;
  if (n_arguments (emit) == 0)
    reading->command->command_span = span;
  warn_of_emptying (reading, text, span);
  g_byte_array_append (emit->argv, (const guint8 *)&text, sizeof text);
  return text_is_string (emit, text, span);
}

static bool
read_list (Reading *reading, const AstArg *arg)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (TextItem));
  bool is_good = text_eval_all (reading->emit, arg, 1, items);

  for (unsigned i = 0; is_good && i < items->len; i++)
    {
      const TextItem *const item = &g_array_index (items, TextItem, i);

      is_good = read_text (reading, item->text, arg->span, item->origin);
      if (!is_good && item->origin != NULL && item->origin != arg)
        emit_note (reading->emit, arg->span, "it comes into a command here");
    }
  return is_good;
}

static bool
read_here_document (Reading *reading, const AstArg *arg)
{
  SpawnOptions *const options = &reading->command->options;

  if (options->has_stdin)
    {
      emit_error (reading->emit, arg->span,
                  "the standard input is given already");
      return false;
    }
  options->has_stdin = true;
  options->has_changes = true;
  options->context.stdin_kind = PLAN_STDIN_TEXT;
  options->context.stdin_text = text_eval (reading->emit, arg);
  return options->context.stdin_text != NULL;
}

static bool
read_arg (Reading *reading, const AstArg *arg)
{
  if (arg->is_here_document)
    return read_here_document (reading, arg);
  if (arg->kind == AST_LIST)
    return read_list (reading, arg);
  if (arg->is_wrong)
    return false;

  const PlanText *const text = text_eval (reading->emit, arg);

  return text != NULL && read_text (reading, text, arg->span, arg);
}

static bool
read_all (Reading *reading, const AstArg *arg, SrcSpan span)
{
  Emit *const emit = reading->emit;
  bool is_good = true;

  for (; arg != NULL; arg = arg->next)
    is_good &= read_arg (reading, arg);
  if (!is_good)
    return false;
  if (n_arguments (emit) == 0)
    {
      emit_error (emit, span, "the command is missing");
      return false;
    }

  const PlanText *const first = *(const PlanText **)(emit->argv->data + N_HEAD);

  if (first->n_bytes > 0 || first->n_slots > 0)
    return true;
  emit_error (emit, reading->command->command_span,
              "an empty text stands where a command should");
  return false;
}

/* A pipe that nothing would go through is not what was meant. */
static bool
needs_no_pipe (Emit *emit, const PlanContext *context, SrcSpan span)
{
  if (context->log_pipe && context->pty)
    {
      emit_error (emit, span, "\"--log=pipe\" and \"--pty\" are given");
      emit_note (emit, span,
                 "what is written to a terminal is copied to the log anyhow: "
                 "\"--pty\" is enough");
      return true;
    }
  if (context->log_pipe && context->merge && context->stdout_path != NULL)
    {
      emit_error (emit, span,
                  "with \"--stdout\" and \"--merge\" nothing goes to a log "
                  "that \"--log=pipe\" could be for");
      emit_note (emit, span, "one of the three has to go");
      return true;
    }
  return false;
}

bool
spawn_read (Emit *emit, const AstArg *arg, SrcSpan span, bool is_run,
            Command *command)
{
  Reading reading = { .emit = emit, .command = command };

  options_init (emit, &command->options, is_run);
  g_byte_array_set_size (emit->argv, N_HEAD);
  if (!read_all (&reading, arg, span)
      || needs_no_pipe (emit, &command->options.context, span))
    return false;

  const PlanContext *const context
      = command->options.has_changes ? options_context (emit, &command->options)
                                     : options_settings_context (emit);
  PlanSpawn *const head = (PlanSpawn *)emit->argv->data;

  memset (head, 0, N_HEAD);
  head->context = context;
  head->n_argv = n_arguments (emit);
  command->spawn = emit_bytes (emit, emit->argv->data, emit->argv->len);
  return true;
}

bool
spawn_emit (Emit *emit, const AstArg *name, const Command *command,
            SrcSpan span, uint32_t *process)
{
  const PlanText *const program = command->spawn->argv[0];

  if (!names_add_process (emit, name, program, span, process))
    return false;
  program_check (emit, command->spawn->context, program, command->command_span);

  (void)emit_process_op (emit, OP_SPAWN, span, *process);

  PlanProcess *const made
      = &g_array_index (emit->processes, PlanProcess, *process);

  made->spawn = command->spawn;
  made->spawn_op = emit->n_ops - 1;
  made->flags = command->options.flags;
  return true;
}
