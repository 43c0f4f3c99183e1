#include "config.h"

#include "vm/state.h"

#include <errno.h>
#include <unistd.h>

/* The exit rule.  An end may come while its wait, or the step before its wait,
 * is in progress; the wait of a `kill` counts only once the signal is sent.
 * Only an operation that waits takes time: those that do not are over as soon
 * as they begin, however slow we are.  So ends are judged when the machine
 * waits, and when several are found at once, of which only the first is known
 * to be the first, the machine goes on as far as they take it before the rest
 * are judged. */

static uint32_t
step_end (const Vm *vm, uint32_t step)
{
  const uint32_t next = vm->plan->ops[step].next;
  return next != PLAN_NONE ? next : plan_test_end (vm->test);
}

/* Nothing ends while a layer is up, nor just before. */
static bool
is_hold (const Vm *vm, uint32_t step)
{
  return step + 1 < plan_test_end (vm->test)
         && vm->plan->ops[step + 1].code == OP_HOLD;
}

static bool
is_in_step (const Vm *vm, uint32_t op, uint32_t step)
{
  return step != PLAN_NONE && !is_hold (vm, step) && op > step
         && op < step_end (vm, step);
}

/* With several threads, it is that of the wait that counts. */
static bool
is_anticipated (const Vm *vm, const Proc *proc)
{
  const uint32_t wait_op = proc->plan->wait_op;

  if (wait_op == PLAN_NONE)
    return false;
  if ((vm->plan->ops[wait_op].flags & OP_FLAG_KILL) != 0)
    return proc->is_kill_sent;

  const Thread *thread = threads_find (vm, wait_op);
  if (thread == NULL || thread->step == PLAN_NONE)
    return false;
  return is_in_step (vm, wait_op, thread->step)
         || is_in_step (vm, wait_op, vm->plan->ops[thread->step].next);
}

/* The failure is one of the thread, and the `eventually`, that has @op in it.
 */
static void
fail_at (Vm *vm, uint32_t op)
{
  Thread *thread = threads_find (vm, op);

  vm->thread = thread != NULL ? thread : threads_main (vm);
  vm->failing_op = op;
}

/* While it cleans up before its end has come, a test only waits for what the
 * cleanup itself waits for: the rest was cut off from its plan. */
static bool
is_cut_off (const Vm *vm, const Proc *proc)
{
  return vm->is_aborted
         && (proc->plan->wait_op == PLAN_NONE
             || proc->plan->wait_op < threads_main (vm)->pc);
}

/* It has not failed, and is not to pass over a crash. */
static bool
is_skipped (const Vm *vm)
{
  return vm->is_aborted && vm->verdict == VERDICT_SKIPPED;
}

/* --- Messages ------------------------------------------------------------ */

/* The path in the plan that a launch failed at, or NULL. */
static const PlanText *
launch_path (const Proc *proc)
{
  const PlanContext *context = proc->plan->spawn->context;

  switch (proc->launch.stage)
    {
    case LAUNCH_CWD:
      return context->cwd;
    case LAUNCH_STDIN:
      return context->stdin_kind == PLAN_STDIN_FILE ? context->stdin_text
                                                    : NULL;
    case LAUNCH_STDOUT:
      return context->stdout_path;
    default:
      return NULL;
    }
}

/* Why a program cannot be executed is seldom told by the errno alone. */
static void
note_exec (Vm *vm, const Proc *proc)
{
  g_autofree char *program = vm_text (vm, proc->plan->spawn->argv[0]);

  if (proc->searched != NULL)
    vm_note (vm, SRC_SPAN_NONE, "searched in PATH: %s", proc->searched);
  else if (proc->launch.error == ENOENT && *program == '/'
           && access (program, F_OK) == 0)
    vm_note (vm, SRC_SPAN_NONE,
             "\"%s\" is there; the interpreter that it asks for is not",
             program);
  if (proc->launch.error == ENOEXEC)
    vm_note (vm, SRC_SPAN_NONE,
             "it is neither a program nor a script whose first line begins "
             "with \"#!\"");
}

/* No space for its logs; a shortage that the plan has not asked for. */
static bool
is_our_trouble (const Proc *proc)
{
  switch (proc->launch.error)
    {
    case ENOSPC:
      return proc->launch.stage == LAUNCH_LOG;
    case EAGAIN:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
      return proc->plan->spawn->context->n_limits == 0;
    default:
      return false;
    }
}

static OpStatus
fail_launch (Vm *vm, const Proc *proc)
{
  const PlanOp *op = &vm->plan->ops[proc->plan->spawn_op];
  const LaunchResult *launch = &proc->launch;
  const bool is_trouble = is_our_trouble (proc);
  const PlanText *path_text = launch_path (proc);
  g_autofree char *path = path_text == NULL ? NULL : vm_text (vm, path_text);
  g_autofree char *quoted
      = path == NULL ? g_strdup ("") : g_strdup_printf (" \"%s\"", path);

  (void)vm_fail (
      vm, is_trouble ? FAILURE_TROUBLE : FAILURE_NOT_STARTED, op->span,
      proc->number, "\"%s\" could not be started: %s%s: %s", proc->plan->name,
      launch_stage_text (launch->stage), quoted, g_strerror (launch->error));
  if (launch->stage == LAUNCH_EXEC)
    note_exec (vm, proc);
  return OP_FAILED;
}

static OpStatus
fail_status (Vm *vm, const Proc *proc)
{
  const PlanOp *op = &vm->plan->ops[proc->plan->wait_op];
  g_autoptr (GString) end = g_string_new (NULL);

  proc_append_end (proc, end);
  (void)vm_fail (vm, FAILURE_WRONG_STATUS, op->span, proc->number,
                 "\"%s\" %s; the plan wants %s", proc->plan->name, end->str,
                 vm->plan->statuses[op->status].text);
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}

static OpStatus
fail_unexpected (Vm *vm, const Proc *proc)
{
  const bool is_over = vm->phase != PHASE_RUN;
  const PlanOp *op = &vm->plan->ops[vm->thread->pc];
  const bool is_up = !is_over && op->code == OP_HOLD;
  g_autoptr (GString) end = g_string_new (NULL);
  const char *why = "and nothing here waits for it";
  SrcSpan span = vm_span (vm);

  if (is_over)
    {
      why = "and nothing waited for it";
      span = vm->plan->ops[proc->plan->spawn_op].span;
    }
  else if (is_up)
    {
      why = "while the layer was up";
      span = vm->plan->ops[proc->plan->spawn_op].span;
    }
  else if (op->code == OP_KILL && op->process == proc->number)
    why = "before it was to be killed";

  proc_append_end (proc, end);
  (void)vm_fail (vm, FAILURE_UNEXPECTED_EXIT, span, proc->number,
                 "\"%s\" %s, %s", proc->plan->name, end->str, why);
  if (!is_over)
    vm_note_spawned (vm, proc);
  if ((proc->plan->flags & PLAN_DAEMON) != 0 && !is_up)
    vm_note (vm, SRC_SPAN_NONE,
             "with --daemon it may run on, but not end before the %s",
             vm->options.host != NULL ? "layer" : "test");
  return OP_FAILED;
}

/* --- Judging -------------------------------------------------------------- */

static bool
is_optional (const Proc *proc)
{
  return (proc->plan->flags & PLAN_OPTIONAL) != 0;
}

/* One that had ended before its `kill` cannot end as that asks. */
static bool
has_status (const Vm *vm, const Proc *proc)
{
  const PlanOp *wait = &vm->plan->ops[proc->plan->wait_op];

  if (is_optional (proc) && (wait->flags & OP_FLAG_NO_STATUS) != 0
      && !proc->is_kill_sent)
    return true;
  return plan_status_has (&vm->plan->statuses[wait->status], proc->wait_status);
}

OpStatus
vm_judge_end (Vm *vm, Proc *proc)
{
  if (proc->is_judged || proc->state != PROC_ENDED)
    return OP_DONE;
  proc->is_judged = true;
  if (proc->launch.error != 0)
    return fail_launch (vm, proc);
  return has_status (vm, proc) ? OP_DONE : fail_status (vm, proc);
}

OpStatus
vm_judge_earlier (Vm *vm, const PlanOp *step)
{
  const PlanOp *end = &vm->plan->ops[plan_test_end (vm->test)];

  for (const PlanOp *op = step + 1; op < end && op->code == OP_WAIT; op++)
    if (vm_judge_end (vm, vm_proc (vm, op->process)) != OP_DONE)
      return OP_FAILED;
  return OP_DONE;
}

/* How the plan would have had it end, had it come to that. */
static bool
is_as_planned (const Vm *vm, const Proc *proc)
{
  return proc->launch.error == 0 && proc->plan->wait_op != PLAN_NONE
         && has_status (vm, proc);
}

static OpStatus
judge (Vm *vm, Proc *proc)
{
  if (proc->is_judged)
    return OP_DONE;
  if (is_cut_off (vm, proc) && (!is_skipped (vm) || is_as_planned (vm, proc)))
    return OP_DONE;
  if (proc->launch.error == 0 && is_anticipated (vm, proc))
    {
      fail_at (vm, proc->plan->wait_op);
      return vm_judge_end (vm, proc);
    }

  /* How it has ended is asked by its wait, if there is one. */
  if (proc->launch.error == 0 && is_optional (proc))
    return OP_DONE;

  fail_at (vm, proc->plan->spawn_op);
  proc->is_judged = true;
  return proc->launch.error != 0 ? fail_launch (vm, proc)
                                 : fail_unexpected (vm, proc);
}

bool
vm_judge_all (Vm *vm)
{
  OpStatus status = OP_DONE;
  guint n_judged = 0;

  while (n_judged < vm->unjudged->len && status == OP_DONE)
    status = judge (vm, vm->unjudged->pdata[n_judged++]);
  if (status == OP_DONE)
    vm->failing_op = PLAN_NONE;
  if (n_judged > 0)
    g_ptr_array_remove_range (vm->unjudged, 0, n_judged);
  return status == OP_DONE;
}

void
vm_judge_rest (Vm *vm)
{
  if (vm->is_aborted && !is_skipped (vm))
    return;
  threads_main (vm)->step = PLAN_NONE;
  while (!vm_judge_all (vm))
    ;
}
