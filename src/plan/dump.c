#include "config.h"

#include "plan/dump.h"

#include "base/visible.h"

#include <stdbool.h>
#include <string.h>

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

static const char *
slot_name (const PlanSlot *slot, const PlanValue *values)
{
  return slot->variable < N_PLAN_VARS
             ? variables[slot->variable]
             : values[slot->variable - N_PLAN_VARS].name;
}

/* A value, as plans name it. */
static void
append_slot (const PlanText *text, const PlanSlot *slot,
             const PlanValue *values, GString *out)
{
  const bool braces = goes_on_a_name (text->bytes[slot->offset]);

  g_string_append (out, braces ? "${" : "$");
  g_string_append (out, slot_name (slot, values));
  g_string_append (out, braces ? "}" : "");
}

static void
append_pieces (const PlanText *text, const PlanValue *values,
               AppendFunc *append, GString *out)
{
  uint32_t begin = 0;

  for (uint32_t i = 0; i < text->n_slots; i++)
    {
      append (out, text->bytes + begin, text->slots[i].offset - begin);
      append_slot (text, &text->slots[i], values, out);
      begin = text->slots[i].offset;
    }
  append (out, text->bytes + begin, text->n_bytes - begin);
}

void
plan_append_text (const PlanText *text, const PlanValue *values, GString *out)
{
  append_pieces (text, values, append_as_is, out);
}

static void
append_word (const PlanText *text, const PlanValue *values, GString *out)
{
  if (text->n_slots == 0)
    {
      visible_append_quoted (out, text->bytes, text->n_bytes);
      return;
    }

  g_string_append_c (out, '"');
  append_pieces (text, values, visible_append_escaped, out);
  g_string_append_c (out, '"');
}

/* Whether it can stand between single quotes, in a line. */
static bool
is_plain (const PlanText *text)
{
  g_autoptr (GString) shown = g_string_new (NULL);

  visible_append (shown, text->bytes, text->n_bytes);
  return text->n_slots == 0 && strpbrk (shown->str, "'\t\n") == NULL
         && shown->len == text->n_bytes
         && memcmp (shown->str, text->bytes, text->n_bytes) == 0;
}

void
plan_append_pattern (const PlanText *pattern, const PlanValue *values,
                     GString *out)
{
  if (is_plain (pattern))
    g_string_append_printf (out, "'%s'", pattern->bytes);
  else
    append_word (pattern, values, out);
}

void
dump_word (const Dump *dump, const PlanText *text)
{
  append_word (text, dump->test->values, dump->out);
}

void
dump_option (const Dump *dump, const char *name, const PlanText *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (dump->out, " --%s=", name);
  dump_word (dump, value);
}

/* --- What a process starts with --------------------------------------- */

/* The oldest change first, as the plan has them. */
static void
append_env (const Dump *dump, const PlanEnv *env)
{
  GString *const out = dump->out;
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
          dump_word (dump, change->value);
        }
    }
}

static void
append_stdin (const Dump *dump, const PlanContext *context)
{
  switch (context->stdin_kind)
    {
    case PLAN_STDIN_FILE:
      dump_option (dump, "stdin", context->stdin_text);
      break;
    case PLAN_STDIN_PIPE:
      g_string_append (dump->out, " --stdin=pipe");
      break;
    case PLAN_STDIN_INHERIT:
      g_string_append (dump->out, " --stdin=inherit");
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
append_context (const Dump *dump, const PlanContext *context)
{
  GString *const out = dump->out;

  dump_option (dump, "cwd", context->cwd);
  append_env (dump, context->env);
  append_stdin (dump, context);
  dump_option (dump, "stdout", context->stdout_path);
  if (context->merge)
    g_string_append (out, " --merge");
  if (context->log_pipe)
    g_string_append (out, " --log=pipe");
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

void
dump_command (const Dump *dump, const PlanProcess *process)
{
  const PlanSpawn *const spawn = process->spawn;
  GString *const out = dump->out;

  g_string_append_c (out, ':');
  append_context (dump, spawn->context);
  if (process->flags & PLAN_DAEMON)
    g_string_append (out, " --daemon");
  if (process->flags & PLAN_OPTIONAL)
    g_string_append (out, " --optional");
  for (uint32_t i = 0; i < spawn->n_argv; i++)
    {
      g_string_append_c (out, ' ');
      dump_word (dump, spawn->argv[i]);
    }
  if (spawn->context->stdin_kind == PLAN_STDIN_TEXT)
    {
      g_string_append (out, " <<");
      dump_word (dump, spawn->context->stdin_text);
    }
}
