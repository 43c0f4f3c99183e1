#include "config.h"

#include "vm/child/descendants.h"
#include "vm/child/inspect.h"
#include "vm/state.h"

#include <signal.h>
#include <unistd.h>

/* The end of what is no child of ours is told by nothing. */
#define LOOK_MICROSECS (10 * 1000)

/* --- Whose they are ----------------------------------------------------------
 */

/* Our children that are not of the plan: they were left behind, and fell to
 * us. */
static GArray *
find_orphans (const Vm *vm)
{
  GArray *pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  inspect_append_children (getpid (), pids);
  for (guint i = pids->len; i-- > 0;)
    {
      const pid_t pid = g_array_index (pids, pid_t, i);
      if (g_hash_table_contains (vm->by_pid, GINT_TO_POINTER (pid))
          || vm_is_worker (vm, pid))
        g_array_remove_index_fast (pids, i);
    }
  return pids;
}

static bool
has_pid (const GArray *pids, pid_t pid)
{
  for (guint i = 0; i < pids->len; i++)
    if (g_array_index (pids, pid_t, i) == pid)
      return true;
  return false;
}

/* Whether nothing else runs that can have left something behind. */
static bool
is_alone (const Try *attempt)
{
  const Vm *vm = attempt->vm;

  for (guint i = 0; i < vm->threads->len; i++)
    {
      const Thread *thread = vm->threads->pdata[i];
      if (thread != attempt->thread && !thread->is_over)
        return false;
    }
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    if (vm->procs[i].state == PROC_RUNNING && vm->procs[i].origin == NULL
        && !block_has (attempt->block, vm->procs[i].plan->spawn_op))
      return false;
  return true;
}

/* Whether it is in a session that a process of the block leads, or led. */
static bool
is_in_session (const Try *attempt, pid_t pid)
{
  const Vm *vm = attempt->vm;
  const pid_t session = getsid (pid);

  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    if (vm->procs[i].pid == session && vm->procs[i].state != PROC_NEW
        && block_has (attempt->block, vm->procs[i].plan->spawn_op))
      return true;
  return false;
}

/* Of our children, what the last try has started, and the orphans that it has
 * left, as far as can be told. */
static bool
is_inside (pid_t pid, void *data)
{
  const Try *attempt = data;
  const Proc *proc
      = g_hash_table_lookup (attempt->vm->by_pid, GINT_TO_POINTER (pid));

  if (proc != NULL)
    return block_has (attempt->block, proc->plan->spawn_op);
  return !has_pid (attempt->orphans, pid) && !vm_is_worker (attempt->vm, pid)
         && (is_alone (attempt) || is_in_session (attempt, pid));
}

/* --- Ending them
 * --------------------------------------------------------------- */

static void
signal_strays (const Try *attempt, int number)
{
  for (guint i = 0; i < attempt->strays->len; i++)
    {
      const Descendant *stray = &g_array_index (attempt->strays, Descendant, i);
      if (descendant_is_alive (stray))
        (void)kill (stray->pid, number); /* it has ended meanwhile */
    }
}

static bool
are_strays_gone (const Try *attempt)
{
  for (guint i = 0; i < attempt->strays->len; i++)
    if (descendant_is_alive (&g_array_index (attempt->strays, Descendant, i)))
      return false;
  return true;
}

void
vm_end_block_processes (Vm *vm, const PlanBlock *block)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    {
      Proc *proc = &vm->procs[i];
      if (proc->state == PROC_NEW || !block_has (block, proc->plan->spawn_op))
        continue;
      proc->is_judged = true;
      if (proc->state != PROC_RUNNING)
        continue;
      proc_end_by_us (proc, SIGTERM);
      proc_end_by_us (proc, SIGCONT);
      vm_kill_after (vm, i, vm_grace (vm), true);
    }
}

bool
vm_is_block_idle (const Vm *vm, const PlanBlock *block)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    if (vm->procs[i].state == PROC_RUNNING
        && block_has (block, vm->procs[i].plan->spawn_op))
      return false;
  return true;
}

/* --- A try
 * ---------------------------------------------------------------------- */

void
try_note_orphans (Try *attempt)
{
  g_clear_pointer (&attempt->orphans, g_array_unref);
  attempt->orphans = find_orphans (attempt->vm);
}

void
try_begin_clearing (Try *attempt)
{
  attempt->are_strays_killed = false;
  attempt->strays = descendants_find (is_inside, attempt);
  vm_end_block_processes (attempt->vm, attempt->block);
  signal_strays (attempt, SIGTERM);
  signal_strays (attempt, SIGCONT);
}

static bool
is_known (const GArray *strays, const Descendant *other)
{
  for (guint i = 0; i < strays->len; i++)
    {
      const Descendant *stray = &g_array_index (strays, Descendant, i);
      if (stray->pid == other->pid && stray->start_ticks == other->start_ticks)
        return true;
    }
  return false;
}

/* What they have started while they ended is looked for, too. */
static void
look_again (Try *attempt)
{
  g_autoptr (GArray) more = descendants_find (is_inside, attempt);

  for (guint i = 0; i < more->len; i++)
    if (!is_known (attempt->strays, &g_array_index (more, Descendant, i)))
      g_array_append_val (attempt->strays, g_array_index (more, Descendant, i));
}

/* What was killed with its group, because of its process, may not be dead
 * yet. */
static bool
is_killed_with_group (const Vm *vm, const Descendant *stray)
{
  const pid_t group = getpgid (stray->pid);

  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    if (vm->procs[i].is_killed_by_us && vm->procs[i].pid == group)
      return true;
  return false;
}

/* They are told once, however many have come since. */
static void
kill_strays (Try *attempt)
{
  g_autoptr (GArray) told = g_array_new (FALSE, FALSE, sizeof (Descendant));

  for (guint i = 0; !attempt->are_strays_killed && i < attempt->strays->len;
       i++)
    {
      const Descendant *stray = &g_array_index (attempt->strays, Descendant, i);
      if (!is_killed_with_group (attempt->vm, stray))
        g_array_append_val (told, *stray);
    }
  vm_tell_strays_killed (attempt->vm, told, false);
  attempt->are_strays_killed = true;
  signal_strays (attempt, SIGKILL);
}

bool
try_is_cleared (Try *attempt)
{
  Vm *vm = attempt->vm;

  if (!vm_is_block_idle (vm, attempt->block))
    return false;
  if (attempt->strays == NULL)
    return true;
  look_again (attempt);
  if (are_strays_gone (attempt))
    {
      g_clear_pointer (&attempt->strays, g_array_unref);
      return true;
    }
  if (timers_now (vm->timers) - attempt->failed_at >= vm_grace (vm))
    kill_strays (attempt);
  vm_call_again (vm, LOOK_MICROSECS);
  return false;
}

/* What is left is ended at the end of the test, with all else, if that comes
 * now. */
void
try_give_up_clearing (Try *attempt)
{
  if (attempt->strays != NULL && !attempt->vm->is_aborted)
    signal_strays (attempt, SIGKILL);
  g_clear_pointer (&attempt->strays, g_array_unref);
  g_clear_pointer (&attempt->orphans, g_array_unref);
}
