#include "config.h"

#include "vm/check/check-content.h"
#include "vm/check/compare.h"
#include "vm/check/measure.h"
#include "vm/child/inspect.h"

#include <errno.h>
#include <sys/stat.h>

/* Nothing tells us when a process has come to its exec. */
#define POLL_MICROSECS 1000

/* "8", "< 64M", "any number but 3" */
static char *
describe_wanted (const PlanOp *op, const char *text)
{
  switch (op->check->compare)
    {
    case COMPARE_EQ:
      return g_strdup (text);
    case COMPARE_NE:
      return g_strconcat ("any but ", text, NULL);
    default:
      return g_strconcat (compare_text (op->check->compare), " ", text, NULL);
    }
}

/* Whether a value compares with what the plan wants; where it does not,
 * @wanted describes that.  OP_FAILED: that is nothing of the kind. */
static OpStatus
compare_value (Vm *vm, const PlanOp *op, PlanMeasure measure, uint64_t value,
               char **wanted)
{
  g_autofree char *text = vm_expand (vm, op, op->check->right);
  uint64_t number;

  if (text == NULL)
    return OP_FAILED;
  if (!measure_parse (measure, text, &number))
    return vm_fail (vm, FAILURE_CHECK_FAILED, op->span, PLAN_NONE,
                    "\"%s\" is not %s", text, measure_unit (measure));
  if (!compare_holds (op->check->compare, (value > number) - (value < number)))
    *wanted = describe_wanted (op, text);
  return OP_DONE;
}

/* --- How many run --------------------------------------------------------- */

static void
note_active (Vm *vm)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (uint32_t i = 0; i < vm_test (vm)->n_processes; i++)
    {
      const Proc *proc = vm_proc (vm, i);
      if (proc->state == PROC_RUNNING && proc->origin == NULL)
        g_string_append_printf (names, "%s \"%s\" (pid %d)",
                                names->len > 0 ? "," : "", proc->plan->name,
                                (int)proc->pid);
    }
  if (names->len > 0)
    vm_note (vm, SRC_SPAN_NONE, "running:%s", names->str);
}

static OpStatus
check_active (Vm *vm, const PlanOp *op)
{
  unsigned n_active;
  g_autofree char *wanted = NULL;

  if (vm_count_active (vm, &n_active) != OP_DONE)
    return OP_FAILED;

  /* They are counted as descriptors and threads are. */
  if (compare_value (vm, op, MEASURE_THREADS, n_active, &wanted) != OP_DONE)
    return OP_FAILED;
  if (wanted == NULL)
    return OP_DONE;
  (void)vm_fail (vm, FAILURE_CHECK_FAILED, op->span, PLAN_NONE,
                 "%u process%s; the plan wants %s", n_active,
                 n_active == 1 ? " runs" : "es run", wanted);
  note_active (vm);
  return OP_FAILED;
}

/* --- Measures ------------------------------------------------------------- */

static OpStatus
fail_ended (Vm *vm, const PlanOp *op)
{
  const Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GString) end = g_string_new (NULL);

  proc_append_end (proc, end);
  (void)vm_fail (vm, FAILURE_CHECK_FAILED, op->span, op->process,
                 "\"%s\" %s: it has no \"%s\" any more", proc->plan->name,
                 end->str, measure_name (op->check->measure));
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}

/* It has not come to its exec: what would be measured is ours. */
static bool
is_in_launch (const Proc *proc)
{
  InspectStat stat;

  return proc->state == PROC_RUNNING && !proc_is_adopted (proc)
         && inspect_stat (proc->pid, &stat) && stat.has_no_exec;
}

/* It was about to go, and what was measured was the rest of it. */
static bool
is_dying (const Proc *proc)
{
  InspectStat stat;

  return proc->state == PROC_RUNNING && inspect_stat (proc->pid, &stat)
         && (inspect_is_dead (&stat)
             || (stat.is_exiting && stat.n_threads <= 1));
}

static OpStatus
judge_measure (Vm *vm, const PlanOp *op, uint64_t value)
{
  const Proc *proc = vm_proc (vm, op->process);
  const PlanMeasure measure = op->check->measure;
  g_autofree char *wanted = NULL;

  if (compare_value (vm, op, measure, value, &wanted) != OP_DONE)
    return OP_FAILED;
  if (wanted == NULL)
    return OP_DONE;

  g_autoptr (GString) what = g_string_new (NULL);
  measure_append (what, measure, proc->state == PROC_ENDED, value);
  (void)vm_fail (vm, FAILURE_CHECK_FAILED, op->span, op->process,
                 "\"%s\" %s; the plan wants %s", proc->plan->name, what->str,
                 wanted);
  if (proc->state == PROC_ENDED && measure == MEASURE_RSS
      && value <= measure_own_rss ())
    vm_note (vm, SRC_SPAN_NONE,
             "that is proctor's own: the kernel counts what there was before "
             "the exec too; it used no more");
  return OP_FAILED;
}

/* What is to be measured is not there yet, or not any more. */
static OpStatus
wait_to_measure (Vm *vm, const PlanOp *op, bool is_there)
{
  const Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GString) limit = g_string_new (NULL);

  vm_set_time (vm, vm_scale (vm, op->check->microsecs), false);
  vm_call_again (vm, POLL_MICROSECS);
  if (!vm_time_has_passed (vm))
    return OP_PENDING;
  vm_append_limit (vm, op->check->microsecs, limit);
  (void)vm_fail (vm, FAILURE_TIMED_OUT, op->span, op->process,
                 "the \"%s\" of \"%s\" cannot be told: it has not %s %s",
                 measure_name (op->check->measure), proc->plan->name,
                 is_there ? "ended" : "come to its exec", limit->str);
  if (!is_there && proc_opens_files (proc))
    vm_note (vm, SRC_SPAN_NONE,
             "a FIFO that is its standard input or output is opened before, "
             "and that waits for the other side");
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}

static OpStatus
check_measure (Vm *vm, const PlanOp *op)
{
  const Proc *proc = vm_proc (vm, op->process);
  const PlanMeasure measure = op->check->measure;
  const OpStatus status = vm_look (vm, op);
  g_autoptr (GError) error = NULL;
  uint64_t value = 0;

  if (status == OP_FAILED || proc->state == PROC_NEW)
    return status;
  if (proc->state == PROC_ENDED
      && (proc->is_end_unknown || !measure_outlives (measure)))
    return vm_is_aborted (vm) ? OP_DONE : fail_ended (vm, op);

  const bool is_there = !is_in_launch (proc);
  const bool is_taken
      = is_there && measure_take (proc, measure, &value, &error);
  if (!is_there || is_dying (proc))
    return wait_to_measure (vm, op, is_there);
  return is_taken ? judge_measure (vm, op, value)
                  : vm_fail (
                      vm, vm_failure_of (error, FAILURE_CHECK_FAILED), op->span,
                      op->process, "the \"%s\" of \"%s\" cannot be told: %s",
                      measure_name (measure), proc->plan->name, error->message);
}

/* --- Whether a file is there ------------------------------------------------
 */

static OpStatus
check_exists (Vm *vm, const PlanOp *op)
{
  g_autofree char *path
      = vm_expand_path (vm, op, op->check->cwd, op->check->left);
  if (path == NULL)
    return OP_FAILED;

  g_autofree char *name = values_show_path (vm_values (vm), path);
  struct stat status;
  const bool is_there = stat (path, &status) == 0;
  if (!is_there && errno != ENOENT && errno != ENOTDIR)
    return vm_fail (vm, FAILURE_CHECK_FAILED, op->span, PLAN_NONE,
                    "whether there is a file \"%s\" cannot be told: %s", name,
                    g_strerror (errno));
  if (is_there != op->check->is_not)
    return OP_DONE;
  return vm_fail (vm, FAILURE_CHECK_FAILED, op->span, PLAN_NONE,
                  is_there ? "there is a file \"%s\"; the plan wants none"
                           : "there is no file \"%s\"",
                  name);
}

OpStatus
op_check (Vm *vm, const PlanOp *op)
{
  switch (op->check->subject)
    {
    case CHECK_ACTIVE:
      return check_active (vm, op);
    case CHECK_MEASURE:
      return check_measure (vm, op);
    default:
      return op->check->compare == COMPARE_EXISTS ? check_exists (vm, op)
                                                  : check_content (vm, op);
    }
}
