#include "config.h"

#include "vm/child/descendants.h"
#include "vm/child/inspect.h"
#include "vm/state.h"

#include <unistd.h>

/* So long a sweep may last. */
#define SWEEP_MICROSECS (3 * G_USEC_PER_SEC)

/* --- Whose children they are -------------------------------------------------
 */

bool
vm_is_worker (const Vm *vm, pid_t pid)
{
  const VmHost *host = vm->options.host;
  return host != NULL && host->is_worker (pid, vm->options.host_data);
}

bool
vm_is_no_worker (pid_t pid, void *vm)
{
  return !vm_is_worker (vm, pid);
}

static bool
is_of_plan (const Vm *vm, pid_t pid)
{
  return g_hash_table_contains (vm->by_pid, GINT_TO_POINTER (pid));
}

void
vm_note_orphans (Vm *vm)
{
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  inspect_append_children (vm->pid, pids);
  for (guint i = pids->len; i-- > 0;)
    {
      const pid_t pid = g_array_index (pids, pid_t, i);
      if (is_of_plan (vm, pid) || vm_is_worker (vm, pid))
        g_array_remove_index_fast (pids, i);
    }
  g_clear_pointer (&vm->residents, g_array_unref);
  vm->residents = g_steal_pointer (&pids);
}

void
vm_forget_resident (Vm *vm, pid_t pid)
{
  for (guint i = 0; vm->residents != NULL && i < vm->residents->len; i++)
    if (g_array_index (vm->residents, pid_t, i) == pid)
      {
        g_array_remove_index_fast (vm->residents, i);
        return;
      }
}

static bool
is_stranger (pid_t pid, void *data)
{
  const Vm *vm = data;

  if (is_of_plan (vm, pid) || vm_is_worker (vm, pid))
    return false;
  for (guint i = 0; vm->residents != NULL && i < vm->residents->len; i++)
    if (g_array_index (vm->residents, pid_t, i) == pid)
      return false;
  return true;
}

void
vm_sweep_strangers (Vm *vm)
{
  /* What would not die is told at the end, with all that is left then. */
  (void)descendants_sweep (is_stranger, vm, SWEEP_MICROSECS,
                           vm->options.abandoned);
  vm_collect_soon (vm); /* it has taken signals that were for others */
}

/* --- What the host is told ---------------------------------------------------
 */

void
vm_tell_settled (Vm *vm)
{
  if (vm->options.host != NULL)
    vm->options.host->on_settled (vm->options.host_data);
}

void
vm_look_again (Vm *vm)
{
  vm_wake (vm);
}

bool
vm_has_failed (const Vm *vm)
{
  return vm->verdict == VERDICT_FAILED || vm->verdict == VERDICT_ERROR;
}

bool
vm_is_ended_by_stranger (const Vm *vm)
{
  return vm->is_ended_by_stranger;
}

/* One that could not be started, and has not ended yet. */
static bool
is_any_failing (const Vm *vm)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    if (vm->procs[i].state == PROC_RUNNING && vm->procs[i].launch.error != 0)
      return true;
  return false;
}

OpStatus
vm_settle (Vm *vm)
{
  const bool is_busy = launcher_is_busy (vm->launcher) || is_any_failing (vm);

  reaper_collect_all (&vm_reaper_funcs, vm);
  if (!vm_judge_all (vm))
    return OP_FAILED;
  return is_busy ? OP_PENDING : OP_DONE;
}

/* Whatever ends it from now on, its workers are waited for. */
static void
register_release (Vm *vm)
{
  for (uint32_t i = 0; i < vm->test->n_sections; i++)
    if (vm->plan->ops[vm->test->sections[i].first_op].code == OP_RELEASE)
      vm->is_registered[i] = true;
}

void
vm_be_up (Vm *vm)
{
  limit_end (vm);
  register_release (vm);
  vm_note_orphans (vm);
  vm_tell (vm, &(Event){ .kind = EVENT_UP,
                         .op = vm->thread->pc,
                         .process = PLAN_NONE,
                         .span = vm->test->span });
  vm->options.host->on_up (vm->options.host_data);
}

/* --- In a process that was forked --------------------------------------------
 */

void
vm_forget_in_child (Vm *vm)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    proc_forget_in_child (&vm->procs[i]);
  for (uint32_t i = 0; i < 2 * vm->test->n_processes; i++)
    if (vm->streams[i].stream != NULL)
      stream_forget_in_child (vm->streams[i].stream);
  if (vm->output != NULL)
    output_forget_in_child (vm->output);
  watches_forget_in_child (vm->watches);
  signal_watch_forget_in_child (vm->signals);
}
