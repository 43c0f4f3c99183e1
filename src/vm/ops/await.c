#include "config.h"

#include "plan/target.h"
#include "vm/endpoint.h"
#include "vm/holders.h"
#include "vm/inspect.h"
#include "vm/machine.h"

/* A socket that nobody seems to hold may be on its way: so often it is looked
 * at, with a little time in between, before that is said. */
#define N_LOOKS              3
#define LOOK_AGAIN_MICROSECS 1000

typedef struct
{
  Vm *vm;
  Target target;
  char *cwd;          /* owned, or NULL */
  Endpoint *endpoint; /* owned */
  unsigned n_looks;
} Await;

/* What has not happened when the time is over. */
static const struct
{
  const char *to_come;
  const char *to_go;
} events[] = { [TARGET_TCP] = { "has not opened", "has not closed" },
               [TARGET_UNIX] = { "has not opened", "has not closed" },
               [TARGET_FILE] = { "has not appeared", "has not gone" },
               [TARGET_PIDFILE] = { "has not come to life", "has not gone" },
               [TARGET_HTTP]
               = { "has not answered well", "has not stopped answering" } };

static void
await_free (void *data)
{
  Await *await = data;

  endpoint_free (await->endpoint);
  target_clear (&await->target);
  g_free (await->cwd);
  g_free (await);
}

static void
on_change (void *data)
{
  const Await *await = data;
  vm_wake (await->vm);
}

static bool
find_end (pid_t pid, int *wait_status, void *data)
{
  const Await *await = data;
  return vm_orphan_end (await->vm, pid, wait_status);
}

/* NULL: that was told as a failure. */
static Await *
begin (Vm *vm, const PlanOp *op)
{
  g_autofree char *text = vm_expand (vm, op, op->await->target);
  g_autofree char *wrong = NULL;
  g_autofree char *note = NULL;
  Await *await = g_new0 (Await, 1);

  await->vm = vm;
  vm_set_state (vm, await, await_free);
  if (text == NULL)
    return NULL;
  if (op->await->cwd != NULL
      && (await->cwd = vm_expand (vm, op, op->await->cwd)) == NULL)
    return NULL;
  if (!target_parse (text, &await->target, &wrong, &note))
    {
      (void)vm_fail (vm, FAILURE_NOT_THERE, op->span, PLAN_NONE, "%s", wrong);
      if (note != NULL)
        vm_note (vm, SRC_SPAN_NONE, "%s", note);
      return NULL;
    }

  if (op->process != PLAN_NONE && !target_can_be_held (&await->target))
    {
      (void)vm_fail (vm, FAILURE_NOT_THERE, op->span, PLAN_NONE,
                     "nobody holds a file: \"by\" is for ports and sockets");
      return NULL;
    }

  const EndpointHost host = { .watches = vm_watches (vm),
                              .cwd = await->cwd,
                              .on_change = on_change,
                              .find_end = find_end,
                              .data = await };
  await->endpoint = endpoint_new (&await->target, &host);
  vm_set_time (vm, vm_scale (vm, op->await->microsecs), false);
  return await;
}

/* --- Whose it is -------------------------------------------------------------
 */

/* Whether a process counts as @proc: it is below it, or was left behind by
 * somebody, and is below no other of the plan. */
static bool
is_of_family (Vm *vm, const Proc *proc, pid_t pid)
{
  const pid_t child = holders_child (pid);

  if (child == 0 || (proc->state == PROC_RUNNING && child == proc->pid))
    return child != 0;
  for (uint32_t i = 0; i < vm_test (vm)->n_processes; i++)
    {
      const Proc *other = vm_proc (vm, i);
      if (other->state == PROC_RUNNING && other->pid == child)
        return false;
    }
  return true;
}

/* One of @pids, of the family if there is one; 0: there is none. */
static pid_t
choose_holder (Vm *vm, const Proc *proc, const GArray *pids, bool *is_own)
{
  for (guint i = 0; i < pids->len; i++)
    {
      const pid_t pid = g_array_index (pids, pid_t, i);
      *is_own = is_of_family (vm, proc, pid);
      if (*is_own)
        return pid;
    }
  return pids->len > 0 ? g_array_index (pids, pid_t, 0) : 0;
}

/* Those below us first: there may be very many others. */
static pid_t
find_holder (Vm *vm, const Proc *proc, const EndpointAnswer *answer,
             bool *is_own)
{
  *is_own = false;
  if (answer->pid > 0)
    {
      *is_own = is_of_family (vm, proc, answer->pid);
      return answer->pid;
    }

  g_autoptr (GArray) below = holders_find_below (answer->inodes);
  const pid_t pid = choose_holder (vm, proc, below, is_own);
  if (*is_own)
    return pid;
  g_autoptr (GArray) all = holders_find_all (answer->inodes);
  return choose_holder (vm, proc, all, is_own);
}

static OpStatus
fail_stranger (Vm *vm, const PlanOp *op, const Await *await, pid_t stranger)
{
  const Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GString) command = g_string_new (NULL);

  inspect_append_command (stranger, command);
  (void)vm_fail (vm, FAILURE_NOT_THERE, op->span, op->process,
                 "\"%s\" is held by a stranger, not by \"%s\": %s (pid %d)",
                 await->target.text, proc->plan->name, command->str,
                 (int)stranger);
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}

static OpStatus
fail_unseen (Vm *vm, const PlanOp *op, const Await *await)
{
  (void)vm_fail (vm, FAILURE_NOT_THERE, op->span, op->process,
                 "by whom \"%s\" is held cannot be seen", await->target.text);
  vm_note (vm, SRC_SPAN_NONE,
           "it is not on this machine, or held by a process of a user whose "
           "descriptors we may not see");
  return OP_FAILED;
}

/* Whether the process of `by` has it; there is none with `not`. */
static OpStatus
judge_holder (Vm *vm, const PlanOp *op, Await *await,
              const EndpointAnswer *answer)
{
  const Proc *proc = vm_proc (vm, op->process);
  bool is_own;
  const pid_t holder = find_holder (vm, proc, answer, &is_own);

  if (is_own)
    return answer->is_there ? OP_DONE : OP_PENDING;
  if (holder > 0)
    return fail_stranger (vm, op, await, holder);
  if (++await->n_looks >= N_LOOKS)
    return fail_unseen (vm, op, await);
  vm_call_again (vm, LOOK_AGAIN_MICROSECS);
  return OP_PENDING;
}

static OpStatus
judge (Vm *vm, const PlanOp *op, Await *await, const EndpointAnswer *answer)
{
  const bool is_held = answer->inodes->len > 0 || answer->pid > 0;

  if (answer->is_hopeless)
    return vm_fail (vm, FAILURE_TROUBLE, op->span, PLAN_NONE,
                    "\"%s\" cannot be awaited: %s", await->target.text,
                    answer->text);
  if (op->process == PLAN_NONE || (!answer->is_there && !is_held))
    return answer->is_there != op->await->is_not ? OP_DONE : OP_PENDING;

  /* While a server still refuses, who has its port is known already. */
  return judge_holder (vm, op, await, answer);
}

/* --- Too late ----------------------------------------------------------------
 */

/* Who has what ought to be gone. */
static void
append_holder (const Await *await, const EndpointAnswer *answer, GString *out)
{
  g_autoptr (GArray) holders = holders_find_all (answer->inodes);
  const pid_t pid = answer->pid > 0    ? answer->pid
                    : holders->len > 0 ? g_array_index (holders, pid_t, 0)
                                       : 0;

  if (!answer->is_there || pid == 0)
    return;
  g_string_append (out, await->target.kind == TARGET_PIDFILE ? ": " : ", by ");
  inspect_append_command (pid, out);
  g_string_append_printf (out, " (pid %d)", (int)pid);
}

static OpStatus
fail_late (Vm *vm, const PlanOp *op, const Await *await,
           const EndpointAnswer *answer)
{
  const TargetKind kind = await->target.kind;
  g_autoptr (GString) limit = g_string_new (NULL);
  g_autoptr (GString) holder = g_string_new (NULL);

  vm_append_limit (vm, op->await->microsecs, limit);
  append_holder (await, answer, holder);
  (void)vm_fail (vm, FAILURE_NOT_THERE, op->span, op->process,
                 "\"%s\" %s %s: %s%s", await->target.text,
                 op->await->is_not ? events[kind].to_go : events[kind].to_come,
                 limit->str, answer->text, holder->str);
  if (op->process != PLAN_NONE)
    vm_note_spawned (vm, vm_proc (vm, op->process));
  return OP_FAILED;
}

OpStatus
op_await (Vm *vm, const PlanOp *op)
{
  Await *await = vm_begins (vm) ? begin (vm, op) : vm_state (vm);
  if (await == NULL)
    return OP_FAILED;

  const EndpointAnswer *answer = endpoint_ask (await->endpoint);
  if (answer->again_microsecs > 0)
    vm_call_again (vm, answer->again_microsecs);
  const OpStatus status = judge (vm, op, await, answer);
  if (status != OP_PENDING)
    return status;
  return vm_time_has_passed (vm) ? fail_late (vm, op, await, answer)
                                 : OP_PENDING;
}
