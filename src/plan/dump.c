#include "config.h"

#include "plan/plan.h"

#include "base/signame.h"
#include "base/units.h"
#include "base/visible.h"

#include <stdbool.h>

static const char *const variables[N_PLAN_VARS] = {
  [PLAN_VAR_TMP] = "tmp",
  [PLAN_VAR_LOGDIR] = "logdir",
};

typedef void AppendFunc (GString *out, const char *bytes, size_t n_bytes);

static void
append_as_is (GString *out, const char *bytes, size_t n_bytes)
{
  g_string_append_len (out, bytes, (gssize)n_bytes);
}

static bool
goes_on_a_name (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '-';
}

/* A value, as plans name it. */
static void
append_slot (const PlanText *text, const PlanSlot *slot, GString *out)
{
  const bool braces = goes_on_a_name (text->bytes[slot->offset]);

  g_string_append (out, braces ? "${" : "$");
  if (slot->variable < N_PLAN_VARS)
    g_string_append (out, variables[slot->variable]);
  else
    g_string_append_printf (out, "%u", slot->variable - N_PLAN_VARS + 1);
  g_string_append (out, braces ? "}" : "");
}

static void
append_pieces (const PlanText *text, AppendFunc *append, GString *out)
{
  uint32_t begin = 0;

  for (uint32_t i = 0; i < text->n_slots; i++)
    {
      append (out, text->bytes + begin, text->slots[i].offset - begin);
      append_slot (text, &text->slots[i], out);
      begin = text->slots[i].offset;
    }
  append (out, text->bytes + begin, text->n_bytes - begin);
}

void
plan_append_text (const PlanText *text, GString *out)
{
  append_pieces (text, append_as_is, out);
}

static void
append_word (const PlanText *text, GString *out)
{
  if (text->n_slots == 0)
    {
      visible_append_quoted (out, text->bytes, text->n_bytes);
      return;
    }

  g_string_append_c (out, '"');
  append_pieces (text, visible_append_escaped, out);
  g_string_append_c (out, '"');
}

static void
append_option (const char *name, const PlanText *value, GString *out)
{
  g_string_append_printf (out, " --%s=", name);
  append_word (value, out);
}

/* --- What a process starts with --------------------------------------- */

/* The oldest change first, as the plan has them. */
static void
append_env (const PlanEnv *env, GString *out)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();

  for (; env != NULL; env = env->older)
    g_ptr_array_add (changes, (void *)env);

  for (unsigned i = changes->len; i-- > 0;)
    {
      const PlanEnv *const change = g_ptr_array_index (changes, i);

      if (change->name == NULL)
        {
          g_string_append (out, " --clear-env");
        }
      else if (change->value == NULL)
        {
          g_string_append_printf (out, " --unset=%s", change->name);
        }
      else
        {
          g_string_append_printf (out, " --env=%s=", change->name);
          append_word (change->value, out);
        }
    }
}

static void
append_stdin (const PlanContext *context, GString *out)
{
  switch (context->stdin_kind)
    {
    case PLAN_STDIN_FILE:
      append_option ("stdin", context->stdin_text, out);
      break;
    case PLAN_STDIN_PIPE:
      g_string_append (out, " --stdin=pipe");
      break;
    case PLAN_STDIN_INHERIT:
      g_string_append (out, " --stdin=inherit");
      break;
    case PLAN_STDIN_NULL:
    case PLAN_STDIN_TEXT: /* stands behind the command */
      break;
    }
}

static void
append_limits (const PlanContext *context, GString *out)
{
  for (uint32_t i = 0; i < context->n_limits; i++)
    {
      const PlanLimit *const limit = &context->limits[i];
      const PlanLimitKind *kind = plan_limit_kinds;

      while (kind->name != NULL && kind->resource != limit->resource)
        kind++;
      g_string_append_printf (out, "%s%s=", i == 0 ? " --limit=" : ",",
                              kind->name != NULL ? kind->name : "?");
      if (limit->value == UINT64_MAX)
        g_string_append (out, "unlimited");
      else
        g_string_append_printf (out, "%" G_GUINT64_FORMAT, limit->value);
    }
}

/* What differs from what a process starts with otherwise. */
static void
append_context (const PlanContext *context, GString *out)
{
  if (context->cwd != NULL)
    append_option ("cwd", context->cwd, out);
  append_env (context->env, out);
  append_stdin (context, out);
  if (context->stdout_path != NULL)
    append_option ("stdout", context->stdout_path, out);
  if (context->merge)
    g_string_append (out, " --merge");
  if (context->pty)
    g_string_append_printf (out, " --pty=%ux%u", context->pty_rows,
                            context->pty_columns);
  if (context->umask >= 0)
    g_string_append_printf (out, " --umask=%03o", (unsigned)context->umask);
  append_limits (context, out);
  if (context->user != NULL)
    g_string_append_printf (out, " --user=%s", context->user);
  if (context->nice != 0)
    g_string_append_printf (out, " --nice=%d", context->nice);
}

static void
append_command (const PlanProcess *process, GString *out)
{
  const PlanSpawn *const spawn = process->spawn;

  g_string_append_c (out, ':');
  append_context (spawn->context, out);
  if (process->flags & PLAN_DAEMON)
    g_string_append (out, " --daemon");
  if (process->flags & PLAN_OPTIONAL)
    g_string_append (out, " --optional");
  for (uint32_t i = 0; i < spawn->n_argv; i++)
    {
      g_string_append_c (out, ' ');
      append_word (spawn->argv[i], out);
    }
  if (spawn->context->stdin_kind == PLAN_STDIN_TEXT)
    {
      g_string_append (out, " <<");
      append_word (spawn->context->stdin_text, out);
    }
}

/* --- Operations -------------------------------------------------------- */

/* The processes that a step waits for: its waits, if it begins with them.
 * (A `kill` begins with its signals; what it waits for may not have ended
 * before.) */
static void
append_awaited (const Plan *plan, const PlanTest *test, const PlanOp *check,
                GString *out)
{
  const PlanOp *const end = plan->ops + test->first_op + test->n_ops;
  const char *separator = "";

  g_string_append (out, " (");
  for (const PlanOp *op = check + 1; op < end && op->code == OP_WAIT; op++)
    {
      g_string_append_printf (out, "%s%s", separator,
                              test->processes[op->process].name);
      separator = ", ";
    }
  g_string_append_c (out, ')');
}

static void
append_duration (const char *before, int64_t microsecs, GString *out)
{
  if (microsecs == 0)
    return;

  g_string_append (out, before);
  duration_append (out, microsecs);
}

void
plan_append_op (const Plan *plan, const PlanTest *test, const PlanOp *op,
                GString *out)
{
  const unsigned operands = op_operands (op->code);
  char signal[SIGNAL_NAME_SIZE];

  g_string_append (out, op_name (op->code));
  if (operands & OP_HAS_NEXT)
    append_awaited (plan, test, op, out);
  if (operands & OP_HAS_SIGNAL)
    g_string_append_printf (out, " -%s", signal_name (op->signal, signal));
  if (op->flags & OP_FLAG_GROUP)
    g_string_append (out, " --group");
  if (operands & OP_HAS_PROCESS)
    g_string_append_printf (out, " %s", test->processes[op->process].name);
  if (operands & OP_HAS_COMMAND)
    append_command (&test->processes[op->process], out);
  if (operands & OP_HAS_STATUS)
    g_string_append_printf (out, " %s", plan->statuses[op->status].text);
  if (operands & OP_HAS_LIMIT)
    append_duration (" within ", op->microsecs, out);
  if (operands & OP_HAS_GRACE)
    append_duration (" grace ", op->microsecs, out);
  if (operands & OP_HAS_TIME)
    {
      g_string_append_c (out, ' ');
      duration_append (out, op->microsecs);
    }
  if (operands & OP_HAS_TEXT)
    {
      g_string_append_c (out, ' ');
      append_word (op->text, out);
    }
  if (operands & OP_HAS_SECTION)
    g_string_append_printf (out, " (section %u)", op->section + 1U);
}
