#include "config.h"

#include "vm/child/logs.h"
#include "vm/child/space.h"
#include "vm/state.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A log that is shorter than it was has lost lines.  Only a look at the right
 * moment tells, so there is one whenever there is cause: at the end of a
 * process, before its output is read, at the end of the test, and, of those
 * that run, when something happens.  Not when a log grows, of which only some
 * runs hear (-v): how much is told of a test does not change its verdict. */

/* Looks at all that run: so often at the most, more seldom if they are many. */
#define LOOK_MICROSECS      (10 * 1000)
#define LOOK_EACH_MICROSECS 200

/* --- Looking ----------------------------------------------------------------
 */

/* So many bytes of it were read or written here. */
static uint64_t
n_known (const Vm *vm, const Proc *proc, int stream)
{
  const Listening *listening
      = &vm->streams[2 * proc->number + (stream == STDERR_FILENO)];

  return listening->stream == NULL ? 0 : stream_n_read (listening->stream);
}

static void
look (Vm *vm, Proc *proc, int stream)
{
  if (!proc_is_adopted (proc))
    proc_look_at_log (proc, stream, vm_log_dir (vm, proc),
                      n_known (vm, proc, stream));
}

void
vm_look_at_logs (Vm *vm, Proc *proc)
{
  look (vm, proc, STDOUT_FILENO);
  look (vm, proc, STDERR_FILENO);
}

void
vm_look_at_running (Vm *vm)
{
  const guint n_running = g_hash_table_size (vm->by_pid);
  GHashTableIter iter;
  void *proc;

  if (n_running == 0)
    return;
  const int64_t now = timers_now (vm->timers);
  if (now < vm->next_look)
    return;
  vm->next_look = now + LOOK_MICROSECS + n_running * LOOK_EACH_MICROSECS;
  g_hash_table_iter_init (&iter, vm->by_pid);
  while (g_hash_table_iter_next (&iter, NULL, &proc))
    vm_look_at_logs (vm, proc);
}

/* --- Telling ----------------------------------------------------------------
 */

void
vm_note_emptied (Vm *vm, const Proc *proc, int stream)
{
  const char *name = logs_stream_name (stream);

  if (proc_is_copied (proc))
    return;
  vm_note (vm, SRC_SPAN_NONE,
           "a program that opens /dev/%s (\">/dev/%s\", \"tee /dev/%s\") "
           "empties the log, which is a file",
           name, name, name);
  vm_note (vm, SRC_SPAN_NONE,
           "\">&%d\" does not; and with --log=pipe it is a pipe that is opened",
           stream);
}

void
vm_note_loss (Vm *vm, Proc *proc, int stream)
{
  vm_note_emptied (vm, proc, stream);
  if (vm->holder == NULL)
    proc->streams[stream == STDERR_FILENO].log.is_loss_told = true;
}

static bool
tell_loss (Vm *vm, Proc *proc, int stream, SrcSpan span)
{
  const ProcLog *log = &proc->streams[stream == STDERR_FILENO].log;
  g_autofree char *name = proc_log_name (proc, stream);

  if (log->n_lost == 0 || log->is_loss_told)
    return false;
  (void)vm_fail (vm, FAILURE_LOG_DAMAGED, span, proc->number,
                 "the log \"%s\" was truncated while the test ran: it had "
                 "%" G_GUINT64_FORMAT " bytes before",
                 name, log->n_lost);
  vm_note_loss (vm, proc, stream);
  return true;
}

bool
vm_check_log (Vm *vm, const PlanOp *op, int stream)
{
  Proc *proc = vm_proc (vm, op->process);

  if (proc->origin == NULL)
    (void)proc_drain (proc);
  look (vm, proc, stream);
  if (vm->is_aborted || !tell_loss (vm, proc, stream, op->span))
    return true;
  vm_note_spawned (vm, proc);
  return false;
}

/* --- Where others copy ------------------------------------------------------
 */

/* That takes next to no time, unless all of that process stands still. */
#define COPY_MICROSECS      (20 * G_USEC_PER_SEC)
#define COPY_LOOK_MICROSECS 200

OpStatus
vm_await_log (Vm *vm, const PlanOp *op, int stream, uint64_t *n_wanted)
{
  const Proc *proc = vm_proc (vm, op->process);

  if (proc->origin == NULL)
    return OP_DONE;
  if (*n_wanted == 0)
    *n_wanted = proc_n_to_be_copied (proc, stream);
  if (!proc_is_copy_behind (proc, stream)
      || proc_n_copied (proc, stream) >= *n_wanted)
    return OP_DONE;

  vm_set_time (vm, vm_scale (vm, COPY_MICROSECS), false);
  vm_call_again (vm, COPY_LOOK_MICROSECS);
  if (!vm_time_has_passed (vm))
    return OP_PENDING;
  g_autoptr (GString) limit = g_string_new (NULL);
  vm_append_limit (vm, COPY_MICROSECS, limit);
  return vm_fail (vm, FAILURE_TROUBLE, op->span, op->process,
                  "what \"%s\" has written was not copied to its log %s",
                  proc->plan->name, limit->str);
}

/* --- The end of the test ----------------------------------------------------
 */

/* The limit on its size, by the plan or by whoever has started proctor. */
static rlim_t
size_limit (const Proc *proc, bool *is_of_plan)
{
  const PlanContext *context = proc->plan->spawn->context;
  struct rlimit limit;

  for (uint32_t i = 0; i < context->n_limits; i++)
    if (context->limits[i].resource == RLIMIT_FSIZE)
      {
        *is_of_plan = true;
        return (rlim_t)context->limits[i].value;
      }
  *is_of_plan = false;
  return getrlimit (RLIMIT_FSIZE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

/* What is written beyond it is lost, if the program ignores SIGXFSZ. */
static void
verify_limit (Vm *vm, const Proc *proc, int stream)
{
  const uint64_t n_seen = proc->streams[stream == STDERR_FILENO].log.n_seen;
  bool is_of_plan;

  if (n_seen == 0 || proc_is_copied (proc) || proc_is_adopted (proc)
      || n_seen < size_limit (proc, &is_of_plan)
      || (proc->state == PROC_ENDED && WIFSIGNALED (proc->wait_status)
          && WTERMSIG (proc->wait_status) == SIGXFSZ))
    return;
  g_autofree char *name = proc_log_name (proc, stream);
  (void)vm_fail (vm, is_of_plan ? FAILURE_LOG_DAMAGED : FAILURE_TROUBLE,
                 vm->plan->ops[proc->plan->spawn_op].span, proc->number,
                 "the log \"%s\" has all the %" G_GUINT64_FORMAT
                 " bytes that a file may have (%s): lines may be lost",
                 name, n_seen, is_of_plan ? "--limit=fsize" : "RLIMIT_FSIZE");
}

static void
verify_log (Vm *vm, Proc *proc, int stream)
{
  const SrcSpan span = vm->plan->ops[proc->plan->spawn_op].span;
  g_autofree char *name = proc_log_name (proc, stream);
  const char *trouble;

  if (!proc_verify_log (proc, stream, vm->options.log_dir,
                        n_known (vm, proc, stream), &trouble))
    (void)vm_fail (vm, FAILURE_LOG_DAMAGED, span, proc->number,
                   "the log \"%s\" %s while the test ran", name, trouble);
  else if (!tell_loss (vm, proc, stream, span))
    verify_limit (vm, proc, stream);
}

/* Some of its processes have less space than proctor: they are not root. */
static bool
are_others_users (const Vm *vm)
{
  for (uint32_t i = 0; geteuid () == 0 && i < vm->test->n_processes; i++)
    {
      const PlanSpawn *spawn = vm->test->processes[i].spawn;
      if (spawn != NULL && spawn->context->user != NULL
          && strcmp (spawn->context->user, "root") != 0)
        return true;
    }
  return false;
}

Verdict
vm_verify_logs (Vm *vm)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    {
      Proc *proc = &vm->procs[i];
      if (proc->state == PROC_NEW || proc->origin != NULL)
        continue;
      const bool is_whole = proc_drain (proc);
      verify_log (vm, proc, STDOUT_FILENO);
      verify_log (vm, proc, STDERR_FILENO);
      if (!is_whole)
        (void)vm_fail (
            vm, FAILURE_TROUBLE, vm->plan->ops[proc->plan->spawn_op].span, i,
            "the log of \"%s\" could not be written", proc->plan->name);
    }
  if (vm->output != NULL && !output_is_whole (vm->output))
    (void)vm_fail (vm, FAILURE_TROUBLE, vm->test->span, PLAN_NONE,
                   "a time index of a log could not be written");
  if (!space_is_left (vm->options.log_dir, are_others_users (vm)))
    (void)vm_fail (vm, FAILURE_TROUBLE, vm->test->span, PLAN_NONE,
                   "no space is left for logs in \"%s\": lines may be lost",
                   vm->options.log_path);
  return vm->verdict;
}
