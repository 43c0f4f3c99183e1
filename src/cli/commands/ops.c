#include "config.h"

#include "cli/commands.h"

#include "base/signame.h"
#include "base/units.h"
#include "base/yamldoc.h"
#include "cli/load.h"
#include "cli/print.h"
#include "report/label.h"

#include <limits.h>
#include <string.h>

/* What is shown of each: the layers of a plan that its tests use, before
 * them. */
static void
add_layers (GArray *all, const GArray *tests, unsigned first)
{
  const Plan *const plan = g_array_index (tests, ReportTest, first).plan;
  g_autofree bool *is_used = g_new0 (bool, plan->n_layers);

  for (unsigned i = first; i < tests->len; i++)
    {
      const ReportTest *const test = &g_array_index (tests, ReportTest, i);

      for (uint32_t k = 0; test->plan == plan && k < test->test->n_layers; k++)
        is_used[test->test->layers[k]] = true;
    }
  for (uint32_t i = 0; i < plan->n_layers; i++)
    {
      const PlanLayer *const layer = &plan->layers[i];
      const ReportTest unit
          = { .plan = plan, .test = &layer->unit, .layer = layer };

      if (is_used[i])
        g_array_append_val (all, unit);
    }
}

static GArray *
with_layers (const GArray *tests)
{
  GArray *const all = g_array_new (FALSE, TRUE, sizeof (ReportTest));
  const Plan *plan = NULL;

  for (unsigned i = 0; i < tests->len; i++)
    {
      const ReportTest *const test = &g_array_index (tests, ReportTest, i);

      if (test->plan != plan)
        add_layers (all, tests, i);
      plan = test->plan;
      g_array_append_val (all, *test);
    }
  return all;
}

/* --- Text -------------------------------------------------------------- */

static const char *
section_name (const Plan *plan, const PlanSection *section)
{
  if (section->is_teardown)
    return "teardown";
  return section->n_ops > 0 && plan->ops[section->first_op].code == OP_RELEASE
             ? "release"
             : "defer";
}

/* The headings of the sections that begin at @op; the sections are in the
 * order of their operations. */
static void
append_sections (GString *out, const ReportTest *test, uint32_t op,
                 uint32_t *next)
{
  const PlanTest *const unit = test->test;

  for (; *next < unit->n_sections && unit->sections[*next].first_op <= op;
       ++*next)
    g_string_append_printf (out, "  section %u (%s)\n", *next + 1,
                            section_name (test->plan, &unit->sections[*next]));
}

static void
append_names (GString *out, const char *what, const ReportTest *test)
{
  const PlanTest *const unit = test->test;

  if (unit->n_layers > 0)
    g_string_append (out, what);
  for (uint32_t i = 0; i < unit->n_layers; i++)
    g_string_append_printf (out, " %s",
                            test->plan->layers[unit->layers[i]].unit.name);
}

/* What it stands on, and the like. */
/* That of the whole test, if somebody has said it. */
static bool
has_limit (const PlanTest *test)
{
  return test->least_microsecs == 0;
}

static void
append_limit (GString *out, const PlanTest *test)
{
  if (!has_limit (test))
    return;
  g_string_append (out, ", limit ");
  if (test->limit_microsecs > 0)
    duration_append (out, test->limit_microsecs);
  else
    g_string_append (out, "none");
}

static void
append_heading (GString *out, const ReportTest *test)
{
  label_append_test (out, test);
  if (test->layer != NULL)
    g_string_append_printf (out, " (%s)", sharing_name (test->layer->sharing));
  append_names (out, test->layer != NULL ? ", extends" : ", uses", test);
  for (uint32_t i = 0; i < test->test->n_locks; i++)
    g_string_append_printf (out, "%s %s", i == 0 ? ", locks" : "",
                            test->test->locks[i]);
  append_limit (out, test->test);
  if (test->test->grace_microsecs > 0)
    {
      g_string_append (out, ", grace ");
      duration_append (out, test->test->grace_microsecs);
    }
  g_string_append_c (out, '\n');
}

static bool
print_test (Cli *cli, const ReportTest *test, GString *out)
{
  const Plan *const plan = test->plan;
  const uint32_t first_op = test->test->first_op;
  uint32_t next_section = 0;

  append_heading (out, test);
  for (uint32_t i = 0; i < test->test->n_ops; i++)
    {
      append_sections (out, test, first_op + i, &next_section);
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

static void
write_operands (YamlDoc *doc, const Plan *plan, const PlanTest *test,
                const PlanOp *op)
{
  const unsigned operands = op_operands (op->code);
  const int64_t microsecs = plan_op_microsecs (test, op);
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
  if (microsecs >= 0)
    write_number (doc, "microseconds", microsecs);
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

static void
write_list (YamlDoc *doc, const char *key, const char *const *texts,
            uint32_t n_texts)
{
  if (n_texts == 0)
    return;
  yamldoc_key (doc, key);
  yamldoc_begin_list (doc);
  for (uint32_t i = 0; i < n_texts; i++)
    yamldoc_text (doc, texts[i], strlen (texts[i]));
  yamldoc_end_list (doc);
}

static void
write_heading (YamlDoc *doc, const ReportTest *test)
{
  const Plan *const plan = test->plan;
  const PlanTest *const unit = test->test;
  g_autofree const char **names = g_new (const char *, unit->n_layers);

  for (uint32_t i = 0; i < unit->n_layers; i++)
    names[i] = plan->layers[unit->layers[i]].unit.name;
  write_text (doc, "plan", plan->path);
  write_text (doc, test->layer != NULL ? "layer" : "test", unit->name);
  if (test->layer != NULL)
    write_text (doc, "sharing", sharing_name (test->layer->sharing));
  write_list (doc, test->layer != NULL ? "extends" : "uses", names,
              unit->n_layers);
  write_list (doc, "locks", unit->locks, unit->n_locks);
  if (has_limit (unit) && unit->limit_microsecs > 0)
    write_number (doc, "limit_microseconds", unit->limit_microsecs);
  if (unit->grace_microsecs > 0)
    write_number (doc, "grace_microseconds", unit->grace_microsecs);
}

static bool
write_test (Cli *cli, YamlDoc *doc, const ReportTest *test, GString *out)
{
  const Plan *const plan = test->plan;
  const PlanOp *const ops = plan->ops + test->test->first_op;
  bool is_ok = true;

  yamldoc_begin_map (doc);
  write_heading (doc, test);
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
  g_autoptr (GArray) all = with_layers (tests);
  const bool is_ok = cli->settings.format == FORMAT_YAML
                         ? print_yaml (cli, all, out)
                         : print_text (cli, all, out);

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
