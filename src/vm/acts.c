#include "config.h"

#include "vm/reaper.h"
#include "vm/state.h"

#include <errno.h>
#include <signal.h>

Proc *
vm_proc (Vm *vm, uint32_t process)
{
  g_assert (process < vm->test->n_processes);
  return &vm->procs[process];
}

bool
vm_begins (const Vm *vm)
{
  return !vm->is_begun;
}

bool
vm_is_aborted (const Vm *vm)
{
  return vm->is_aborted;
}

int64_t
vm_scale (const Vm *vm, int64_t microsecs)
{
  const double scaled = (double)microsecs * vm->options.timeout_multiplier;
  return scaled < (double)(INT64_MAX / 4) ? (int64_t)scaled : INT64_MAX / 4;
}

void
vm_begin_step (Vm *vm, const PlanOp *op)
{
  vm->step = (uint32_t)(op - vm->plan->ops);
  vm->next_step = op->next;
  vm->step_began = 0;
}

void
vm_skip (Vm *vm, const PlanOp *op)
{
  vm->verdict = MAX (vm->verdict, VERDICT_SKIPPED);
  vm_tell_text (vm, EVENT_SKIPPED, op->text);
}

/* --- Time ----------------------------------------------------------------- */

static void
on_time (void *data)
{
  Vm *vm = data;

  vm->timer = 0;
  vm->time_has_passed = true;
  vm_go_on (vm);
}

void
vm_set_time (Vm *vm, int64_t microsecs, bool is_par)
{
  const int64_t now = timers_now (vm->timers);

  if (vm->is_begun)
    return;
  if (vm->step_began == 0)
    vm->step_began = now;
  if (is_par)
    microsecs = MAX (microsecs - (now - vm->step_began), 0);
  vm->timer = timers_add (vm->timers, microsecs, on_time, vm);
}

bool
vm_time_has_passed (const Vm *vm)
{
  return vm->time_has_passed;
}

/* --- Processes --------------------------------------------------------------
 */

OpStatus
vm_start (Vm *vm, const PlanOp *op)
{
  Proc *proc = vm_proc (vm, op->process);
  const ProcHost host = { .launcher = vm->launcher,
                          .commands = vm->commands,
                          .log_dir = vm->options.log_dir };
  g_autoptr (GError) error = NULL;

  if (vm->output != NULL)
    output_add (vm->output, proc);
  if (!proc_start (proc, &host, &error))
    {
      (void)vm_fail (vm, FAILURE_NOT_STARTED, op->span, op->process,
                     "\"%s\" could not be started: %s", proc->plan->name,
                     error->message);
      return OP_FAILED;
    }
  (void)g_hash_table_insert (vm->by_pid, GINT_TO_POINTER (proc->pid), proc);
  vm_tell_started (vm, proc);
  return OP_DONE;
}

OpStatus
vm_signal (Vm *vm, const PlanOp *op, int number, bool to_group)
{
  Proc *proc = vm_proc (vm, op->process);

  if (!proc_signal (proc, number, to_group))
    return vm_fail (vm, FAILURE_SAID_SO, op->span, op->process,
                    "\"%s\" could not be signalled: %s", proc->plan->name,
                    g_strerror (errno));
  vm_tell (vm, &(Event){ .kind = EVENT_SIGNALLED,
                         .op = vm->pc,
                         .process = op->process,
                         .pid = proc->pid,
                         .number = number });
  return OP_DONE;
}

static void
on_grace_over (void *data)
{
  Proc *proc = data;

  proc->kill_timer = 0;
  if (proc->state == PROC_RUNNING)
    (void)proc_signal (proc, SIGKILL, proc->is_kill_to_group);
  /* A refusal shows: its wait goes on. */
}

void
vm_kill_after (Vm *vm, uint32_t process, int64_t microsecs, bool to_group)
{
  Proc *proc = vm_proc (vm, process);

  proc->is_kill_to_group = to_group;
  proc->kill_timer = timers_add (vm->timers, microsecs, on_grace_over, proc);
}

bool
vm_has_ended (Vm *vm, Proc *proc)
{
  /* Its signal may have been merged with that of another. */
  if (proc->state == PROC_RUNNING && vm->collect_timer != 0)
    reaper_collect_one (&vm_reaper_funcs, proc->pid, vm);
  return proc->state != PROC_RUNNING;
}

OpStatus
vm_look (Vm *vm, const PlanOp *op)
{
  Proc *proc = vm_proc (vm, op->process);

  if (proc->state == PROC_RUNNING)
    reaper_collect_one (&vm_reaper_funcs, proc->pid, vm);
  if (proc->state == PROC_RUNNING)
    return OP_PENDING;
  if (proc->state == PROC_NEW || !vm_judge_all (vm))
    return vm->is_aborted ? OP_DONE : OP_FAILED;
  return OP_DONE;
}
