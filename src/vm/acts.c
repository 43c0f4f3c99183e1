#include "config.h"

#include "base/syserror.h"
#include "vm/child/reaper.h"
#include "vm/state.h"

#include <errno.h>
#include <signal.h>

Proc *
vm_proc (Vm *vm, uint32_t process)
{
  g_assert (process < vm->test->n_processes);
  return &vm->procs[process];
}

const PlanTest *
vm_test (const Vm *vm)
{
  return vm->test;
}

const VmOptions *
vm_options (const Vm *vm)
{
  return &vm->options;
}

Watches *
vm_watches (Vm *vm)
{
  return vm->watches;
}

Values *
vm_values (Vm *vm)
{
  return vm->values;
}

bool
vm_begins (const Vm *vm)
{
  return !vm->thread->is_begun;
}

void
vm_set_state (Vm *vm, void *state, GDestroyNotify free)
{
  g_assert (vm->thread->state == NULL);
  vm->thread->state = state;
  vm->thread->free_state = free;
}

void *
vm_state (Vm *vm)
{
  return vm->thread->state;
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
  vm->thread->step = (uint32_t)(op - vm->plan->ops);
  vm->thread->next_step = op->next;
  vm->thread->step_began = 0;
}

void
vm_register (Vm *vm, const PlanOp *op)
{
  vm->is_registered[op->section] = true;
}

OpStatus
vm_skip (Vm *vm, const PlanOp *op)
{
  if (vm_is_cleaning_up (vm))
    return vm_fail (vm, FAILURE_SAID_SO, op->span, PLAN_NONE,
                    "a test that has run cannot be skipped");
  vm->verdict = MAX (vm->verdict, VERDICT_SKIPPED);
  vm_tell_text (vm, EVENT_SKIPPED, op->text);
  return OP_ENDED;
}

/* --- Time ----------------------------------------------------------------- */

static void
on_time (void *data)
{
  Thread *thread = data;

  thread->timer = 0;
  thread->time_has_passed = true;
  vm_go_on (thread->vm);
}

void
vm_set_time (Vm *vm, int64_t microsecs, bool is_par)
{
  Thread *thread = vm->thread;
  const int64_t now = timers_now (vm->timers);

  if (thread->is_begun)
    return;
  if (thread->step_began == 0)
    thread->step_began = now;
  if (is_par)
    microsecs = MAX (microsecs - (now - thread->step_began), 0);
  thread->timer = timers_add (vm->timers, microsecs, on_time, thread);
}

int64_t
vm_now (const Vm *vm)
{
  return timers_now (vm->timers);
}

bool
vm_time_has_passed (const Vm *vm)
{
  return vm->thread->time_has_passed;
}

static void
on_again (void *data)
{
  Thread *thread = data;

  thread->again_timer = 0;
  vm_go_on (thread->vm);
}

void
vm_call_again (Vm *vm, int64_t microsecs)
{
  Thread *thread = vm->thread;

  timers_remove (vm->timers, thread->again_timer);
  thread->again_timer = timers_add (vm->timers, microsecs, on_again, thread);
}

void
vm_work_on (Vm *vm)
{
  vm->thread->is_working = true;
  vm_call_again (vm, 0);
}

/* After 1/100 of the time that was waited, within these bounds. */
#define POLL_MIN_MICROSECS 1000
#define POLL_MAX_MICROSECS (50 * 1000)

void
vm_poll (Vm *vm, int64_t began)
{
  vm_call_again (vm, CLAMP ((vm_now (vm) - began) / 100, POLL_MIN_MICROSECS,
                            POLL_MAX_MICROSECS));
}

/* --- Processes --------------------------------------------------------------
 */

/* What is expected of it is waited for at once, and what tests expect of a
 * layer's is not known; and in an `eventually` it is run again, and goes on in
 * its logs. */
static bool
needs_logs (const Vm *vm, const Proc *proc)
{
  if ((proc->plan->flags & PLAN_EXPECTED) != 0 || vm->options.host != NULL)
    return true;
  for (uint32_t i = 0; i < vm->test->n_blocks; i++)
    if (vm->test->blocks[i].kind == BLOCK_EVENTUALLY
        && block_has (&vm->test->blocks[i], proc->plan->spawn_op))
      return true;
  return false;
}

/* There may be processes, or memory, again in a moment. */
static OpStatus
be_refused (Vm *vm, const PlanOp *op, Proc *proc, const GError *error)
{
  const bool is_full
      = g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  const int64_t now = timers_now (vm->timers);

  if (proc->refused_since == 0)
    proc->refused_since = now;
  if (syserror_may_pass (error) && !vm->is_aborted
      && now - proc->refused_since < SYSERROR_PATIENCE_MICROSECS)
    return OP_REFUSED;
  return vm_fail (vm,
                  is_full || syserror_is_shortage (error) ? FAILURE_TROUBLE
                                                          : FAILURE_NOT_STARTED,
                  op->span, op->process, "\"%s\" could not be started: %s",
                  proc->plan->name, error->message);
}

OpStatus
vm_start (Vm *vm, const PlanOp *op)
{
  Proc *proc = vm_proc (vm, op->process);
  const ProcHost host = { .launcher = vm->launcher,
                          .commands = vm->commands,
                          .log_dir = vm->options.log_dir };
  g_autoptr (GError) error = NULL;

  proc->needs_logs = needs_logs (vm, proc);
  if (vm->output != NULL && proc->refused_since == 0)
    output_add (vm->output, proc);
  if (!proc_start (proc, &host, &error))
    return be_refused (vm, op, proc, error);
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
  vm_tell_signalled (vm, proc, number);
  return OP_DONE;
}

void
vm_adopt (Vm *vm, uint32_t process, pid_t pid)
{
  Proc *proc = vm_proc (vm, process);

  proc_adopt (proc, pid, vm->options.log_dir);
  (void)g_hash_table_insert (vm->by_pid, GINT_TO_POINTER (pid), proc);
  vm_tell_started (vm, proc);
}

bool
vm_orphan_end (Vm *vm, pid_t pid, int *wait_status)
{
  void *status;
  const bool is_known = g_hash_table_lookup_extended (
      vm->orphans, GINT_TO_POINTER (pid), NULL, &status);

  if (is_known)
    *wait_status = GPOINTER_TO_INT (status);
  return is_known;
}

/* What has ended before this operation goes on is not to be judged by what
 * comes after it. */
static OpStatus
judge_now (Vm *vm)
{
  return vm_judge_all (vm) ? OP_DONE : OP_FAILED;
}

OpStatus
vm_judge_seen (Vm *vm, pid_t pid)
{
  if (g_hash_table_contains (vm->by_pid, GINT_TO_POINTER (pid)))
    reaper_collect_one (&vm_reaper_funcs, pid, vm);
  for (guint i = 0; i < vm->unjudged->len; i++)
    if (((const Proc *)vm->unjudged->pdata[i])->pid == pid)
      return judge_now (vm);
  return OP_DONE;
}

OpStatus
vm_count_active (Vm *vm, unsigned *n)
{
  reaper_collect_all (&vm_reaper_funcs, vm);
  *n = g_hash_table_size (vm->by_pid);
  return judge_now (vm);
}

/* A `kill` of the plan says by itself that it may come to that; what proctor
 * ends, the plan does not. */
static void
on_grace_over (void *data)
{
  const Grace *grace = data;
  Proc *proc = grace->proc;

  proc->kill_timer = 0;
  if (proc->state != PROC_RUNNING)
    return;
  if (proc->is_ended_by_us)
    vm_tell_killed (grace->vm, proc);
  proc->is_killed_by_us = proc->is_ended_by_us;
  /* A refusal shows: its wait goes on. */
  if (proc_signal (proc, SIGKILL, proc->is_kill_to_group)
      && !proc->is_ended_by_us)
    vm_tell_signalled (grace->vm, proc, SIGKILL);
}

void
vm_kill_after (Vm *vm, uint32_t process, int64_t microsecs, bool to_group)
{
  Proc *proc = vm_proc (vm, process);

  if (vm->graces == NULL)
    vm->graces = g_new0 (Grace, vm->test->n_processes);
  vm->graces[process] = (Grace){ .vm = vm, .proc = proc };
  proc->is_kill_to_group = to_group;
  timers_remove (vm->timers, proc->kill_timer);
  proc->kill_timer
      = timers_add (vm->timers, microsecs, on_grace_over, &vm->graces[process]);
}

bool
vm_has_ended (Vm *vm, Proc *proc)
{
  proc_look_for_end (proc);
  /* Its signal may have been merged with that of another. */
  if (proc->origin == NULL && proc->state == PROC_RUNNING
      && vm->collect_timer != 0)
    reaper_collect_one (&vm_reaper_funcs, proc->pid, vm);
  return proc->state != PROC_RUNNING;
}

OpStatus
vm_look (Vm *vm, const PlanOp *op)
{
  Proc *proc = vm_proc (vm, op->process);

  if (proc->origin != NULL)
    proc_look_for_end (proc);
  else if (proc->state == PROC_RUNNING)
    reaper_collect_one (&vm_reaper_funcs, proc->pid, vm);
  if (proc->state == PROC_RUNNING)
    return OP_PENDING;
  if (proc->state == PROC_NEW)
    return vm->is_aborted
               ? OP_DONE
               : vm_fail (vm, FAILURE_NOT_STARTED, op->span, op->process,
                          "\"%s\" was not started", proc->plan->name);

  /* Whether that may be was told where it ran. */
  if (proc->origin != NULL)
    return OP_DONE;

  Thread *thread = vm->thread;
  if (vm_judge_all (vm))
    return OP_DONE;
  if (!vm->is_aborted)
    return OP_FAILED;

  /* It was told; the cleanup goes on. */
  vm->thread = thread;
  vm->failing_op = PLAN_NONE;
  vm->holder = NULL;
  return OP_DONE;
}

/* --- Texts ------------------------------------------------------------------
 */

char *
vm_expand (Vm *vm, const PlanOp *op, const PlanText *text)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  const char *expanded = values_expand (vm->values, text, strings, &error);

  if (expanded == NULL)
    (void)vm_fail (vm, FAILURE_SAID_SO, op->span, PLAN_NONE, "%s",
                   error->message);
  return g_strdup (expanded);
}

char *
vm_expand_path (Vm *vm, const PlanOp *op, const PlanText *cwd,
                const PlanText *path)
{
  g_autofree char *name = vm_expand (vm, op, path);
  g_autofree char *directory
      = name == NULL || cwd == NULL ? NULL : vm_expand (vm, op, cwd);

  if (name == NULL || (cwd != NULL && directory == NULL))
    return NULL;
  if (cwd == NULL || g_path_is_absolute (name))
    return g_steal_pointer (&name);
  return g_build_filename (directory, name, NULL);
}
