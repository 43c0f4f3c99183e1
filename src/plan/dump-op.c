#include "config.h"

#include "plan/dump.h"

#include "base/signame.h"
#include "base/units.h"

#include <unistd.h>

static const char *const compares[N_COMPARES] = {
#define COMPARE(NAME, name, text, takes_value, is_order, OPPOSITE) text,
#include "plan/compares.def"
#undef COMPARE
};

static const char *const measures[N_MEASURES] = {
#define MEASURE(NAME, name, text, unit, help) text,
#include "plan/measures.def"
#undef MEASURE
};

/* The processes that a step waits for: its waits, if it begins with them.
 * (A `kill` begins with its signals; what it waits for may not have ended
 * before.) */
static void
append_awaited (const Dump *dump, const PlanOp *check)
{
  const PlanTest *const test = dump->test;
  const PlanOp *const end = dump->plan->ops + plan_test_end (test);
  const char *separator = "";

  g_string_append (dump->out, " (");
  for (const PlanOp *op = check + 1; op < end && op->code == OP_WAIT; op++)
    {
      g_string_append_printf (dump->out, "%s%s", separator,
                              test->processes[op->process].name);
      separator = ", ";
    }
  g_string_append_c (dump->out, ')');
}

static void
append_duration (const Dump *dump, const char *before, int64_t microsecs)
{
  if (microsecs == 0)
    return;

  g_string_append (dump->out, before);
  duration_append (dump->out, microsecs);
}

static void
append_limit (const Dump *dump, int64_t microsecs)
{
  append_duration (dump, " within ", microsecs);
}

static const char *
stream_name (int stream)
{
  return stream == STDERR_FILENO ? " stderr" : " stdout";
}

static void
append_process (const Dump *dump, uint32_t process)
{
  if (process != PLAN_NONE)
    g_string_append_printf (dump->out, " %s",
                            dump->test->processes[process].name);
}

static void
append_pattern (const Dump *dump, const char *before, const PlanText *pattern)
{
  g_string_append (dump->out, before);
  plan_append_pattern (pattern, dump->test->values, dump->out);
}

/* --- Operands ---------------------------------------------------------- */

static void
append_expect (const Dump *dump, const PlanExpect *expect)
{
  g_string_append (dump->out, stream_name (expect->stream));
  append_pattern (dump, " ", expect->pattern);
  for (uint32_t i = 0; i < expect->n_values; i++)
    g_string_append_printf (dump->out, "%s %s", i == 0 ? " ->" : "",
                            dump->test->values[expect->values[i]].name);
  if (expect->unless != NULL)
    append_pattern (dump, " unless ", expect->unless);
  append_limit (dump, expect->microsecs);
}

static void
append_await (const Dump *dump, const PlanOp *op)
{
  const PlanAwait *const await = op->await;

  dump_option (dump, "cwd", await->cwd);
  g_string_append (dump->out, await->is_not ? " not " : " ");
  dump_word (dump, await->target);
  if (op->process != PLAN_NONE)
    g_string_append (dump->out, " by");
  append_process (dump, op->process);
  append_limit (dump, await->microsecs);
}

static void
append_subject (const Dump *dump, const PlanOp *op)
{
  const PlanCheck *const check = op->check;

  switch (check->subject)
    {
    case CHECK_STREAM:
      append_process (dump, op->process);
      g_string_append (dump->out, stream_name (check->stream));
      break;
    case CHECK_FILE:
      g_string_append (dump->out, " file ");
      dump_word (dump, check->left);
      break;
    case CHECK_ACTIVE:
      g_string_append (dump->out, " active");
      break;
    case CHECK_MEASURE:
      append_process (dump, op->process);
      g_string_append_printf (dump->out, " %s", measures[check->measure]);
      break;
    default: /* CHECK_TEXT */
      g_string_append_c (dump->out, ' ');
      dump_word (dump, check->left);
      break;
    }
}

static void
append_check (const Dump *dump, const PlanOp *op)
{
  const PlanCheck *const check = op->check;

  dump_option (dump, "cwd", check->cwd);
  g_string_append (dump->out, check->is_not ? " not" : "");
  append_subject (dump, op);
  g_string_append_printf (dump->out, " %s", compares[check->compare]);
  if (check->right != NULL && check->compare == COMPARE_MATCHES)
    {
      append_pattern (dump, " ", check->right);
    }
  else if (check->right != NULL)
    {
      g_string_append (dump->out, check->right_is_file ? " file " : " ");
      dump_word (dump, check->right);
    }
  append_limit (dump, check->microsecs);
}

static void
append_file (const Dump *dump, const PlanFile *file)
{
  dump_option (dump, "cwd", file->cwd);
  if (file->umask >= 0)
    g_string_append_printf (dump->out, " --umask=%03o", (unsigned)file->umask);
  g_string_append_c (dump->out, ' ');
  dump_word (dump, file->path);
  if (file->mode >= 0)
    g_string_append_printf (dump->out, " mode %04o", (unsigned)file->mode);
  g_string_append_c (dump->out, ' ');
  dump_word (dump, file->text);
}

static void
append_adopt (const Dump *dump, const PlanAdopt *adopt)
{
  g_string_append (dump->out, ": pidfile");
  dump_option (dump, "cwd", adopt->cwd);
  g_string_append_c (dump->out, ' ');
  dump_word (dump, adopt->pidfile);
  append_limit (dump, adopt->microsecs);
}

static void
append_send (const Dump *dump, const PlanSend *send)
{
  g_string_append_c (dump->out, ' ');
  dump_word (dump, send->text);
  append_limit (dump, send->microsecs);
}

/* What there is to say of a block stands where it begins. */
static void
append_block (const Dump *dump, const PlanOp *op)
{
  const PlanBlock *const block = &dump->test->blocks[op->block];

  if (block->kind == BLOCK_THREAD)
    g_string_append_printf (dump->out, " %s", block->name);
  if (op->code != OP_WAIT_THREAD)
    g_string_append_printf (dump->out, " (block %u)", op->block + 1);
  if (op->code != OP_END && op->code != OP_WAIT_THREAD)
    {
      append_duration (dump, " within ", block->microsecs);
      append_duration (dump, " every ", block->every_microsecs);
      g_string_append (dump->out, block->is_quiet ? " quiet" : "");
    }
}

/* --- Operations -------------------------------------------------------- */

/* The operands that have a structure of their own. */
static void
append_more (const Dump *dump, const PlanOp *op, unsigned operands)
{
  if (operands & OP_HAS_EXPECT)
    append_expect (dump, op->expect);
  if (operands & OP_HAS_AWAIT)
    append_await (dump, op);
  if (operands & OP_HAS_SEND)
    append_send (dump, op->send);
  if (operands & OP_HAS_CHECK)
    append_check (dump, op);
  if (operands & OP_HAS_FILE)
    append_file (dump, op->file);
  if (operands & OP_HAS_ADOPT)
    append_adopt (dump, op->adopt);
  if (operands & OP_HAS_STREAM)
    g_string_append (dump->out, stream_name (op->stream));
  if (operands & OP_HAS_VALUE)
    g_string_append_printf (dump->out, " -> %s",
                            dump->test->values[op->value].name);
  if (operands & OP_HAS_BLOCK)
    append_block (dump, op);
}

void
plan_append_op (const Plan *plan, const PlanTest *test, const PlanOp *op,
                GString *out)
{
  const Dump dump = { .plan = plan, .test = test, .out = out };
  const unsigned operands = op_operands (op->code);
  char signal[SIGNAL_NAME_SIZE];

  g_string_append (out, op_name (op->code));
  if (operands & OP_HAS_NEXT)
    append_awaited (&dump, op);
  if (operands & OP_HAS_SIGNAL)
    g_string_append_printf (out, " -%s", signal_name (op->signal, signal));
  if (op->flags & OP_FLAG_GROUP)
    g_string_append (out, " --group");
  if (operands & OP_HAS_PROCESS && !(operands & (OP_HAS_AWAIT | OP_HAS_CHECK)))
    append_process (&dump, op->process);
  if (operands & OP_HAS_COMMAND)
    dump_command (&dump, &test->processes[op->process]);
  append_more (&dump, op, operands);
  if (operands & OP_HAS_STATUS)
    g_string_append_printf (out, " %s", plan->statuses[op->status].text);
  if (operands & OP_HAS_LIMIT)
    append_duration (&dump, " within ", op->microsecs);
  if (operands & OP_HAS_GRACE)
    append_duration (&dump, " grace ", op->microsecs);
  if (operands & OP_HAS_TIME)
    {
      g_string_append_c (out, ' ');
      duration_append (out, op->microsecs);
    }
  if (operands & OP_HAS_TEXT)
    {
      g_string_append_c (out, ' ');
      dump_word (&dump, op->text);
    }
  if (operands & OP_HAS_SECTION)
    g_string_append_printf (out, " (section %u)", op->section + 1U);
}
