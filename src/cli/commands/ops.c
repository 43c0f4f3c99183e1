#include "config.h"

#include "cli/commands.h"

#include "base/signame.h"
#include "cli/load.h"
#include "cli/print.h"
#include "report/label.h"
#include "report/yamldoc.h"

#include <limits.h>
#include <string.h>

/* --- Text -------------------------------------------------------------- */

/* The headings of the sections that begin at @op; the sections are in the
 * order of their operations. */
static void
append_sections (GString *out, const PlanTest *test, uint32_t op,
                 uint32_t *next)
{
  for (; *next < test->n_sections && test->sections[*next].first_op <= op;
       ++*next)
    g_string_append_printf (out, "  section %u (%s)\n", *next + 1,
                            test->sections[*next].is_teardown ? "teardown"
                                                              : "defer");
}

static bool
print_test (Cli *cli, const ReportTest *test, GString *out)
{
  const Plan *const plan = test->plan;
  const uint32_t first_op = test->test->first_op;
  uint32_t next_section = 0;

  label_append_test (out, test);
  g_string_append_c (out, '\n');
  for (uint32_t i = 0; i < test->test->n_ops; i++)
    {
      append_sections (out, test->test, first_op + i, &next_section);
      g_string_append_printf (out, "%5u  ", i + 1);
      plan_append_op (plan, test->test, &plan->ops[first_op + i], out);
      g_string_append_c (out, '\n');
      if (!print_some (cli, out))
        return false;
    }
  return true;
}

static bool
print_text (Cli *cli, const GArray *tests, GString *out)
{
  bool is_ok = true;

  for (unsigned i = 0; i < tests->len && is_ok; i++)
    is_ok = print_test (cli, &g_array_index (tests, ReportTest, i), out);
  return is_ok;
}

/* --- YAML -------------------------------------------------------------- */

static void
write_text (YamlDoc *doc, const char *key, const char *text)
{
  yamldoc_key (doc, key);
  yamldoc_text (doc, text, strlen (text));
}

static void
write_number (YamlDoc *doc, const char *key, int64_t number)
{
  yamldoc_key (doc, key);
  yamldoc_number (doc, number);
}

static void
write_place (YamlDoc *doc, const Plan *plan, SrcSpan span)
{
  const Source *const source = sources_find (plan->sources, span.begin);

  if (source == NULL)
    return;

  const SourceLine line = source_line (source, span.begin);

  write_text (doc, "file", source->name);
  write_number (doc, "line", line.line);
  write_number (doc, "column", line.column);
}

/* The structure that an operation has may hold its limit. */
static void
write_time (YamlDoc *doc, const PlanTest *test, const PlanOp *op,
            unsigned operands)
{
  const PlanBlock *const block = operands & OP_HAS_BLOCK && op->code != OP_END
                                     ? &test->blocks[op->block]
                                     : NULL;
  int64_t microsecs = -1;

  if (operands & (OP_HAS_LIMIT | OP_HAS_GRACE | OP_HAS_TIME))
    microsecs = op->microsecs;
  else if (operands & OP_HAS_EXPECT)
    microsecs = op->expect->microsecs;
  else if (operands & OP_HAS_AWAIT)
    microsecs = op->await->microsecs;
  else if (operands & OP_HAS_SEND)
    microsecs = op->send->microsecs;
  else if (operands & OP_HAS_ADOPT)
    microsecs = op->adopt->microsecs;
  else if (block != NULL && block->kind != BLOCK_THREAD)
    microsecs = block->microsecs;
  if (microsecs >= 0)
    write_number (doc, "microseconds", microsecs);
}

static void
write_operands (YamlDoc *doc, const Plan *plan, const PlanTest *test,
                const PlanOp *op)
{
  const unsigned operands = op_operands (op->code);
  char signal[SIGNAL_NAME_SIZE];

  if (operands & OP_HAS_PROCESS && op->process != PLAN_NONE)
    write_text (doc, "process", test->processes[op->process].name);
  if (operands & OP_HAS_BLOCK)
    write_number (doc, "block", op->block + 1);
  if (operands & OP_HAS_VALUE)
    write_text (doc, "value", test->values[op->value].name);
  if (operands & OP_HAS_STATUS)
    write_text (doc, "status", plan->statuses[op->status].text);
  if (operands & OP_HAS_SIGNAL)
    write_text (doc, "signal", signal_name (op->signal, signal));
  write_time (doc, test, op, operands);
  if (operands & OP_HAS_SECTION)
    write_number (doc, "section", op->section + 1);
}

static void
write_op (YamlDoc *doc, const Plan *plan, const PlanTest *test,
          const PlanOp *op)
{
  g_autoptr (GString) text = g_string_new (NULL);

  plan_append_op (plan, test, op, text);
  yamldoc_begin_map (doc);
  write_text (doc, "op", op_name (op->code));
  write_text (doc, "text", text->str);
  write_operands (doc, plan, test, op);
  write_place (doc, plan, op->span);
  yamldoc_end_map (doc);
}

static bool
write_test (Cli *cli, YamlDoc *doc, const ReportTest *test, GString *out)
{
  const Plan *const plan = test->plan;
  const PlanOp *const ops = plan->ops + test->test->first_op;
  bool is_ok = true;

  yamldoc_begin_map (doc);
  write_text (doc, "plan", plan->path);
  write_text (doc, "test", test->test->name);
  yamldoc_key (doc, "operations");
  yamldoc_begin_list (doc);
  for (uint32_t i = 0; i < test->test->n_ops && is_ok; i++)
    {
      write_op (doc, plan, test->test, &ops[i]);
      is_ok = print_some (cli, out);
    }
  yamldoc_end_list (doc);
  yamldoc_end_map (doc);
  return is_ok;
}

static bool
print_yaml (Cli *cli, const GArray *tests, GString *out)
{
  g_autoptr (YamlDoc) doc = yamldoc_new (out, "");
  bool is_ok = true;

  yamldoc_begin_list (doc);
  for (unsigned i = 0; i < tests->len && is_ok; i++)
    is_ok = write_test (cli, doc, &g_array_index (tests, ReportTest, i), out);
  yamldoc_end_list (doc);
  return is_ok;
}

/* ------------------------------------------------------------------------ */

static int
print_ops (Cli *cli, const GArray *tests)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const bool is_ok = cli->settings.format == FORMAT_YAML
                         ? print_yaml (cli, tests, out)
                         : print_text (cli, tests, out);

  return is_ok && print (cli, out) ? STATUS_PASSED : STATUS_TROUBLE;
}

int
command_ops (Cli *cli)
{
  Load load;

  /* All tests that are named, whatever the environment says. */
  cli->settings.level = UINT_MAX;
  g_clear_pointer (&cli->settings.filter, g_free);
  g_ptr_array_set_size (cli->settings.tags, 0);
  load_init (&load);

  int status = load_selected (&load, cli);

  if (status == STATUS_PASSED)
    {
      print_forget_diagnostics (cli); /* warnings: not asked for */
      status = print_ops (cli, load.selection.tests);
    }
  load_clear (&load);
  return status;
}
