#include "config.h"

#include "vm/vm.h"

#include "base/syserror.h"
#include "vm/child/descendants.h"
#include "vm/state.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define MANY_PROCESSES    64
#define COLLECT_MICROSECS (5 * 1000)

/* The ends of so many that fell to us are kept. */
#define MAX_ORPHANS 1000

/* --- Ends --------------------------------------------------------------------
 */

static void
keep_orphan (Vm *vm, pid_t pid, int wait_status)
{
  if (g_hash_table_size (vm->orphans) == MAX_ORPHANS)
    g_hash_table_remove_all (vm->orphans);
  (void)g_hash_table_insert (vm->orphans, GINT_TO_POINTER (pid),
                             GINT_TO_POINTER (wait_status));
}

static void
on_end (pid_t pid, int wait_status, const struct rusage *usage, void *data)
{
  Vm *vm = data;
  Proc *proc = g_hash_table_lookup (vm->by_pid, GINT_TO_POINTER (pid));

  if (proc == NULL && vm_is_worker (vm, pid))
    {
      vm->options.host->on_worker_end (pid, wait_status, vm->options.host_data);
      return;
    }
  if (proc == NULL)
    {
      keep_orphan (vm, pid, wait_status);
      vm_forget_resident (vm, pid);
      return;
    }
  (void)g_hash_table_remove (vm->by_pid, GINT_TO_POINTER (pid));
  proc_set_ended (proc, wait_status, usage);
  timers_remove (vm->timers, proc->kill_timer);
  proc->kill_timer = 0;
  (void)proc_drain (proc);
  if (vm->output != NULL)
    output_drain (vm->output, proc);
  if (proc->launch.error == 0)
    {
      vm_look_at_logs (vm, proc);
      vm_tell_ended (vm, proc);
    }
  if (!proc->is_ended_by_us)
    g_ptr_array_add (vm->unjudged, proc);
}

static void
on_settled (void *data)
{
  Vm *vm = data;

  if (vm->phase == PHASE_RUN)
    vm_go_on (vm);
  else
    vm_check_ending (vm);
}

const ReaperFuncs vm_reaper_funcs
    = { .on_end = on_end, .on_settled = on_settled };

/* To look for all that have ended the kernel goes through all that live.  With
 * very many of those it is done a little later, and then for all; what is
 * waited for is asked for by its id (vm_has_ended()). */
static void
on_collect (void *data)
{
  Vm *vm = data;

  vm->collect_timer = 0;
  reaper_collect (&vm_reaper_funcs, 0, vm);
  vm_tell_settled (vm);
}

void
vm_collect_soon (Vm *vm)
{
  timers_remove (vm->timers, vm->collect_timer);
  vm->collect_timer = timers_add (vm->timers, 0, on_collect, vm);
}

void
vm_collect_now (Vm *vm)
{
  timers_remove (vm->timers, vm->collect_timer);
  on_collect (vm);
}

static void
collect (Vm *vm, pid_t first)
{
  if (g_hash_table_size (vm->by_pid) <= MANY_PROCESSES)
    {
      reaper_collect (&vm_reaper_funcs, first, vm);
      vm_tell_settled (vm);
      return;
    }
  if (vm->collect_timer == 0)
    vm->collect_timer
        = timers_add (vm->timers, COLLECT_MICROSECS, on_collect, vm);
  reaper_collect_one (&vm_reaper_funcs, first, vm);
  on_settled (vm);
}

/* --- Signals
 * ------------------------------------------------------------------ */

/* We stop, and all below us; the limits stop too.  Workers do the same in their
 * own processes: what is below them is theirs. */
static void
stop_all (Vm *vm)
{
  const VmHost *host = vm->options.host;

  timers_pause (vm->timers);
  if (host != NULL)
    host->on_stop (vm->options.host_data);
  g_autoptr (GArray) found = descendants_find (vm_is_no_worker, vm);
  for (guint i = found->len; i-- > 0;)
    if (g_array_index (found, Descendant, i).state == 'T')
      g_array_remove_index (found, i); /* by the plan, or by itself */
  descendants_signal (found, SIGSTOP);
  (void)raise (SIGSTOP);
  descendants_signal (found, SIGCONT);
  if (host != NULL)
    host->on_continue (vm->options.host_data);
  timers_resume (vm->timers);
}

/* Nobody would go on with us. */
static void
refuse_to_stop (Vm *vm)
{
  (void)vm_fail (vm, FAILURE_TROUBLE, vm_span (vm), PLAN_NONE,
                 "the process that runs this %s was sent SIGTSTP, which "
                 "proctor has not sent",
                 vm->options.host != NULL ? "layer" : "test");
}

static void
on_signal (const struct signalfd_siginfo *info, void *data)
{
  Vm *vm = data;

  switch (info->ssi_signo)
    {
    case SIGCHLD:
      collect (vm, (pid_t)info->ssi_pid);
      if (vm->options.host != NULL)
        vm->options.host->on_children (vm->options.host_data);
      break;
    case SIGCONT:
      if (vm->options.host != NULL)
        vm->options.host->on_continued (vm->options.host_data);
      break;
    case SIGTSTP:
      if ((pid_t)info->ssi_pid == vm->parent)
        stop_all (vm);
      else
        refuse_to_stop (vm);
      break;
    case SIGTERM:
      vm->is_ended_by_stranger = (pid_t)info->ssi_pid != vm->parent;
      vm_interrupt (vm, getppid () != vm->parent);
      break;
    case SIGINT:
      vm_interrupt (vm, true);
      break;
    default:
      break;
    }
}

/* --- Life
 * ---------------------------------------------------------------------- */

static void
on_output (const Proc *proc, int stream, const char *bytes, size_t n_bytes,
           void *data)
{
  Vm *vm = data;

  vm_tell (vm, &(Event){ .kind = EVENT_OUTPUT,
                         .op = vm->thread->pc,
                         .process = proc->number,
                         .number = stream,
                         .text = bytes,
                         .n_text = n_bytes });
}

static bool
may_tell_output (void *data)
{
  const Vm *vm = data;
  return vm->options.may_tell_output (vm->options.data);
}

static bool
open_watches (Vm *vm, GError **error)
{
  static const int watched[]
      = { SIGCHLD, SIGCONT, SIGTERM, SIGINT, SIGTSTP, 0 };

  vm->signals = signal_watch_new (watched, on_signal, vm);
  if (vm->signals == NULL)
    {
      syserror_set (error, errno, "cannot watch for signals");
      return false;
    }
  if (vm->options.wants_output)
    vm->output = output_new (vm->options.log_dir, vm->options.log_path,
                             on_output, may_tell_output, vm, error);
  return !vm->options.wants_output || vm->output != NULL;
}

/* Those of a layer, which its tests take over. */
static bool
make_places (Vm *vm, GError **error)
{
  return vm->options.host == NULL
         || values_set_places (vm->values, LAYER_VALUE_TMP, LAYER_VALUE_LOGDIR,
                               error);
}

Vm *
vm_new (const Plan *plan, const PlanTest *test, const VmOptions *options,
        GError **error)
{
  g_autoptr (Vm) vm = g_new0 (Vm, 1);

  vm->plan = plan;
  vm->test = test;
  vm->options = *options;
  vm->pid = getpid ();
  vm->parent = getppid ();
  vm->failing_op = PLAN_NONE;
  vm->procs = g_new (Proc, test->n_processes);
  for (uint32_t i = 0; i < test->n_processes; i++)
    {
      proc_init (&vm->procs[i], &test->processes[i], i);
      vm->procs[i].is_shared = options->host != NULL;
    }
  streams_init (vm);
  vm->by_pid = g_hash_table_new (NULL, NULL);
  vm->orphans = g_hash_table_new (NULL, NULL);
  vm->unjudged = g_ptr_array_new ();
  vm->is_registered = g_new0 (bool, test->n_sections);
  vm->threads = g_ptr_array_new_with_free_func (thread_free);
  vm->thread = thread_new (vm, NULL, NULL, test->first_op);
  g_ptr_array_add (vm->threads, vm->thread);
  vm->loop = g_main_loop_new (g_main_context_get_thread_default (), FALSE);
  vm->launcher
      = options->launcher != NULL ? options->launcher : launcher_new ();
  vm->values = values_new (options->log_dir, options->log_path, test);
  vm->commands
      = commands_new (vm->values, options->log_dir, options->inherited_stdin);
  imports_init (vm);
  const bool is_ready = open_watches (vm, error) && make_places (vm, error);
  vm->watches = watches_new ();
  vm->timers = timers_new ();
  return is_ready ? g_steal_pointer (&vm) : NULL;
}

void
vm_free (Vm *vm)
{
  if (vm == NULL)
    return;
  g_ptr_array_unref (vm->threads);
  streams_clear (vm);
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    proc_clear (&vm->procs[i]);
  cgroup_free (vm->cgroup);
  output_free (vm->output);
  watches_free (vm->watches);
  signal_watch_free (vm->signals);
  commands_free (vm->commands);
  values_free (vm->values);
  if (vm->launcher != vm->options.launcher)
    launcher_free (vm->launcher);
  timers_free (vm->timers);
  g_main_loop_unref (vm->loop);
  g_ptr_array_unref (vm->unjudged);
  g_hash_table_unref (vm->by_pid);
  g_hash_table_unref (vm->orphans);
  if (vm->residents != NULL)
    g_array_unref (vm->residents);
  g_free (vm->is_registered);
  g_free (vm->owners);
  g_free (vm->graces);
  g_free (vm->procs);
  g_free (vm);
}

Verdict
vm_run (Vm *vm)
{
  timers_set_sign (vm->timers, vm->options.sign);
  limit_begin (vm);
  vm_go_on (vm);
  if (vm->phase != PHASE_OVER)
    g_main_loop_run (vm->loop);
  timers_set_sign (vm->timers, NULL);
  return vm->verdict;
}

void
vm_tell_output (Vm *vm)
{
  if (vm->output != NULL)
    output_drain_all (vm->output);
}
