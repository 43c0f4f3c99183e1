#include "config.h"

#include "vm/state.h"

#include "vm/child/descendants.h"
#include "vm/child/inspect.h"
#include "vm/child/reaper.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* Descendants that are about to follow their parents may do so: a shell that
 * was killed is dead before its pipeline is. */
#define STRAGGLERS_MICROSECS (500 * 1000)

/* From the hang-up of terminals to SIGTERM. */
#define HANG_UP_MICROSECS (500 * 1000)

/* Killing goes in rounds, and ends: what is in the middle of a system call
 * that cannot be interrupted, or is another user's, does not die. */
#define KILL_ROUND_MICROSECS (20 * 1000)
#define KILL_MICROSECS       (10 * G_USEC_PER_SEC)

/* What still multiplies after this long is killed as a group. */
#define CGROUP_MICROSECS (1 * G_USEC_PER_SEC)

/* So many are listed. */
#define MAX_TOLD 20

/* For what is never seen alive. */
#define MAX_LOOKS 20

static void next_phase (void *data);

static void
set_phase (Vm *vm, VmPhase phase, int64_t microsecs)
{
  timers_remove (vm->timers, vm->phase_timer);
  if (vm->phase != phase)
    vm->phase_began = timers_now (vm->timers);
  vm->phase = phase;
  vm->phase_timer = timers_add (vm->timers, microsecs, next_phase, vm);
}

static void
be_over (Vm *vm)
{
  timers_remove (vm->timers, vm->phase_timer);
  vm->phase = PHASE_OVER;
  vm_tell_states (vm);
  if (g_main_loop_is_running (vm->loop))
    g_main_loop_quit (vm->loop);
}

/* --- What was left behind ---------------------------------------------------
 */

/* The plan's own processes are none, nor are a host's workers; and what lives
 * below them comes with them. */
static bool
is_stray (pid_t pid, void *data)
{
  const Vm *vm = data;
  return !g_hash_table_contains (vm->by_pid, GINT_TO_POINTER (pid))
         && !vm_is_worker (vm, pid);
}

typedef struct
{
  GArray *living;  /* owned: of Descendant */
  GString *hopper; /* owned: what is there, and is seen dead only; or NULL */
  pid_t hopper_pid;
} Strays;

static void
strays_clear (Strays *strays)
{
  g_array_unref (strays->living);
  if (strays->hopper != NULL)
    (void)g_string_free (strays->hopper, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Strays, strays_clear)

static bool
are_any (const Strays *strays)
{
  return strays->living->len > 0 || strays->hopper != NULL;
}

static void
note_hopper (Strays *strays, pid_t pid)
{
  if (strays->hopper == NULL)
    strays->hopper = g_string_new (NULL);
  g_string_truncate (strays->hopper, 0);
  inspect_append_command (pid, strays->hopper);
  g_string_append (strays->hopper, " (forks and exits again and again)");
  strays->hopper_pid = pid;
}

/* One look; true: it is certain. */
static bool
look_for_strays (Vm *vm, Strays *strays)
{
  GArray *found = descendants_find (is_stray, vm);
  const bool is_any_abandoned = abandoned_drop (vm->options.abandoned, found);

  strays->living = found;
  for (guint i = found->len; i-- > 0;)
    {
      const Descendant *descendant = &g_array_index (found, Descendant, i);
      if (!descendant->is_dead)
        continue;
      if (descendant->parent == vm->pid)
        {
          note_hopper (strays, descendant->pid);
          reaper_collect_one (&vm_reaper_funcs, descendant->pid, vm);
        }
      g_array_remove_index (found, i);
    }
  if (found->len == 0 && strays->hopper == NULL && !is_any_abandoned
      && vm->options.host == NULL && g_hash_table_size (vm->by_pid) == 0
      && reaper_has_children ())
    note_hopper (strays, 0);
  if (found->len == 0 && strays->hopper != NULL)
    return false;
  if (strays->hopper != NULL)
    (void)g_string_free (g_steal_pointer (&strays->hopper), TRUE);
  return true;
}

/* What forks and exits again and again is dead wherever we look: what it has
 * forked has come to us since.  So where only dead ones are seen they are
 * reaped, and it is looked again: somebody lives as long as there is another
 * dead one each time. */
static Strays
find_strays (Vm *vm)
{
  Strays strays = { 0 };

  for (unsigned n = 1; !look_for_strays (vm, &strays) && n < MAX_LOOKS; n++)
    {
      strays_clear (&strays);
      strays = (Strays){ 0 };
    }
  return strays;
}

static void
tell_left_over (Vm *vm, pid_t pid, const GString *text)
{
  vm_tell (vm, &(Event){ .kind = EVENT_LEFTOVER,
                         .op = PLAN_NONE,
                         .process = PLAN_NONE,
                         .pid = pid,
                         .text = text->str,
                         .n_text = text->len });
}

static void
tell_strays (Vm *vm, const GArray *strays)
{
  for (guint i = 0; i < MIN (strays->len, MAX_TOLD); i++)
    {
      const Descendant *stray = &g_array_index (strays, Descendant, i);
      g_autoptr (GString) text = g_string_new (NULL);
      descendant_append (stray, text);
      tell_left_over (vm, stray->pid, text);
    }
}

static void
judge_strays (Vm *vm)
{
  const PlanLeftovers leftovers = vm->test->leftovers;

  if (leftovers == LEFTOVERS_IGNORE)
    return;
  g_auto (Strays) strays = find_strays (vm);
  if (!are_any (&strays))
    return;
  const unsigned n = MAX (strays.living->len, 1);
  if (!vm->is_aborted && leftovers == LEFTOVERS_FAIL)
    (void)vm_fail (vm, FAILURE_LEFT_BEHIND, vm->test->span, PLAN_NONE,
                   "%u %s left behind", n,
                   n == 1 ? "process was" : "processes were");
  tell_strays (vm, strays.living);
  if (strays.hopper != NULL)
    tell_left_over (vm, strays.hopper_pid, strays.hopper);
}

/* --- The phases --------------------------------------------------------------
 */

static void
end_processes (Vm *vm, int number)
{
  GHashTableIter iter;
  void *proc;

  g_hash_table_iter_init (&iter, vm->by_pid);
  while (g_hash_table_iter_next (&iter, NULL, &proc))
    proc_end_by_us (proc, number);
}

int64_t
vm_grace (const Vm *vm)
{
  const int64_t grace = vm->test->grace_microsecs;
  return vm_scale (vm, grace > 0 ? grace : PLAN_DEFAULT_GRACE);
}

/* From now on all have the same time. */
static void
forget_graces (Vm *vm)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    {
      timers_remove (vm->timers, vm->procs[i].kill_timer);
      vm->procs[i].kill_timer = 0;
    }
}

static void
begin_term (Vm *vm)
{
  g_auto (Strays) strays = find_strays (vm);
  descendants_signal (strays.living, SIGTERM);
  descendants_signal (strays.living, SIGCONT);

  forget_graces (vm);
  end_processes (vm, SIGTERM);
  set_phase (vm, PHASE_TERM, vm_grace (vm));
}

/* As when the window of a terminal is closed: what runs in it mostly ends by
 * that, and knows what to do before. */
static bool
hang_up (Vm *vm)
{
  bool is_any = false;

  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    if (vm->procs[i].state == PROC_RUNNING && proc_hang_up (&vm->procs[i]))
      is_any = true;
  return is_any;
}

/* What has ended up to now has not done so because of us. */
static void
judge_ends (Vm *vm)
{
  reaper_collect_all (&vm_reaper_funcs, vm);
  vm_judge_rest (vm);
}

static void
end_rest (Vm *vm)
{
  judge_ends (vm);
  judge_strays (vm);
  vm_tell_states (vm);
  if (hang_up (vm))
    set_phase (vm, PHASE_HANG_UP, vm_scale (vm, HANG_UP_MICROSECS));
  else
    begin_term (vm);
}

static void
give_up (Vm *vm)
{
  g_autoptr (GArray) found = descendants_find (NULL, NULL);

  (void)abandoned_drop (vm->options.abandoned, found);
  const guint n = MAX (found->len, 1);
  (void)vm_fail (vm, FAILURE_TROUBLE, vm->test->span, PLAN_NONE,
                 "%u %s could not be ended", n,
                 n == 1 ? "process" : "processes");
  tell_strays (vm, found);
  abandoned_add (vm->options.abandoned, found);
  be_over (vm);
}

static int64_t
phase_age (const Vm *vm)
{
  return timers_now (vm->timers) - vm->phase_began;
}

/* The last means: what we cannot stop one by one. */
static void
kill_as_group (Vm *vm)
{
  g_autoptr (GArray) found = descendants_find (NULL, NULL);

  if (vm->cgroup == NULL)
    vm->cgroup = cgroup_new ();
  for (guint i = 0; vm->cgroup != NULL && i < found->len; i++)
    (void)cgroup_add (vm->cgroup, g_array_index (found, Descendant, i).pid);
  if (vm->cgroup != NULL)
    (void)cgroup_kill (vm->cgroup);
}

void
vm_kill_all (Vm *vm)
{
  if (vm->phase == PHASE_OVER)
    return;
  vm->is_aborted = true;
  end_processes (vm, SIGKILL);
  descendants_kill (NULL, NULL);
  if (vm->phase == PHASE_KILL && phase_age (vm) > CGROUP_MICROSECS)
    kill_as_group (vm);
  set_phase (vm, PHASE_KILL, KILL_ROUND_MICROSECS);
}

/* What has not ended in the time that it was given, before it is killed: its
 * data may be torn, and a server that does not end is a finding of its own. */
static void
tell_killed (Vm *vm)
{
  guint n_told = 0;

  reaper_collect_all (&vm_reaper_funcs, vm);
  for (uint32_t i = 0; i < vm->test->n_processes && n_told < MAX_TOLD; i++)
    {
      const Proc *proc = &vm->procs[i];
      if (proc->state == PROC_RUNNING && proc->origin == NULL)
        {
          vm_tell_killed (vm, proc);
          n_told++;
        }
    }

  g_auto (Strays) strays = find_strays (vm);
  vm_tell_strays_killed (vm, strays.living, n_told > 0);
}

/* What a worker below a host could not end has fallen to the host, which could
 * not either. */
static bool
is_anything_left (Vm *vm)
{
  if (!reaper_has_children ())
    return false;
  if (abandoned_is_empty (vm->options.abandoned))
    return true;

  g_autoptr (GArray) found = descendants_find (NULL, NULL);
  return !abandoned_drop (vm->options.abandoned, found) || found->len > 0;
}

void
vm_check_ending (Vm *vm)
{
  if (vm->phase == PHASE_STRAGGLERS)
    vm_judge_rest (vm);
  if (vm->phase != PHASE_OVER && !is_anything_left (vm))
    be_over (vm);
}

/* The time of a phase has passed. */
static void
next_phase (void *data)
{
  Vm *vm = data;

  vm->phase_timer = 0;
  if (vm->phase == PHASE_STRAGGLERS)
    end_rest (vm);
  else if (vm->phase == PHASE_HANG_UP)
    begin_term (vm);
  else if (vm->phase == PHASE_KILL && phase_age (vm) > KILL_MICROSECS)
    give_up (vm);
  else
    {
      if (vm->phase == PHASE_TERM)
        tell_killed (vm);
      vm_check_ending (vm); /* the last may have ended by now */
      vm_kill_all (vm);
    }
}

/* Running at the end: a failure, unless it may. */
static void
judge_running (Vm *vm)
{
  unsigned n_told = 0;
  bool are_adopted = true;

  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    {
      Proc *proc = &vm->procs[i];
      if (proc->state != PROC_RUNNING || proc->origin != NULL
          || proc->is_ended_by_us
          || (proc->plan->flags & (PLAN_DAEMON | PLAN_OPTIONAL)) != 0)
        continue;
      if (n_told == 0)
        (void)vm_fail (
            vm, FAILURE_STILL_RUNNING, vm->plan->ops[proc->plan->spawn_op].span,
            i, "\"%s\" is still running at the end of the %s", proc->plan->name,
            vm->options.host != NULL ? "layer" : "test");
      else if (n_told < MAX_TOLD)
        vm_note (vm, vm->plan->ops[proc->plan->spawn_op].span,
                 "and so is \"%s\"", proc->plan->name);
      proc->is_blamed = true;
      proc->is_judged = true; /* whatever comes of it */
      are_adopted = are_adopted && (proc->plan->flags & PLAN_ADOPTED) != 0;
      n_told++;
    }
  if (n_told > MAX_TOLD)
    vm_note (vm, SRC_SPAN_NONE, "and so are %u more", n_told - MAX_TOLD);
  if (n_told > 0)
    vm_note (vm, SRC_SPAN_NONE,
             are_adopted
                 ? "\"wait\" or \"kill\" it"
                 : "\"wait\" or \"kill\" it, or spawn it with --daemon");
}

void
vm_begin_ending (Vm *vm)
{
  vm->phase = PHASE_STRAGGLERS;
  limit_end (vm);
  judge_ends (vm);
  if (!vm->is_aborted)
    judge_running (vm);
  if (!is_anything_left (vm))
    {
      be_over (vm);
      return;
    }

  /* Nobody is waited for who lives on below a process of the plan. */
  g_auto (Strays) strays = find_strays (vm);
  if (!are_any (&strays) || vm->is_aborted
      || vm->test->leftovers == LEFTOVERS_IGNORE)
    end_rest (vm);
  else
    set_phase (vm, PHASE_STRAGGLERS, vm_scale (vm, STRAGGLERS_MICROSECS));
}
