#include "config.h"

#include "plan/target.h"
#include "vm/await/connecting.h"
#include "vm/await/endpoint.h"
#include "vm/await/holders.h"
#include "vm/await/owners.h"
#include "vm/child/inspect.h"
#include "vm/machine.h"

/* A socket that nobody seems to hold may be on its way: so often it is looked
 * at, with a little time in between, before that is said. */
#define N_LOOKS              3
#define LOOK_AGAIN_MICROSECS 1000

/* The end of what is no child of ours is told by nothing. */
#define LEFT_AGAIN_MICROSECS (50 * 1000)

typedef struct
{
  Vm *vm;
  Target target;
  char *cwd;          /* owned, or NULL */
  Endpoint *endpoint; /* owned */
  unsigned n_looks;   /* at what nobody holds, or nobody is left for */
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

  const EndpointHost host
      = { .watches = vm_watches (vm),
          .cwd = await->cwd,
          .limit_microsecs = vm_scale (vm, op->await->microsecs),
          .connect_microsecs = vm_scale (vm, CONNECTING_MICROSECS),
          .on_change = on_change,
          .find_end = find_end,
          .data = await };
  await->endpoint = endpoint_new (&await->target, &host);
  vm_set_time (vm, vm_scale (vm, op->await->microsecs), false);
  return await;
}

/* --- Whose it is -------------------------------------------------------------
 */

/* It belongs to somebody, but not to the process of `by`. */
static OpStatus
fail_foreign (Vm *vm, const PlanOp *op, const Await *await, const Owner *owner)
{
  const bool is_pidfile = await->target.kind == TARGET_PIDFILE;
  const Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GString) text = g_string_new (is_pidfile ? "names" : "is held by");

  if (owner->other != NULL)
    g_string_append_printf (text, " \"%s\"", owner->other->plan->name);
  else
    g_string_append (text, " a stranger");
  g_string_append_printf (text, ", not %s\"%s\"", is_pidfile ? "" : "by ",
                          proc->plan->name);
  if (owner->pid > 0)
    {
      g_string_append (text, ": ");
      inspect_append_command (owner->pid, text);
      g_string_append_printf (text, " (pid %d)", (int)owner->pid);
    }
  (void)vm_fail (vm, FAILURE_NOT_THERE, op->span, op->process, "\"%s\" %s",
                 await->target.text, text->str);
  if (owner->is_hidden_stranger)
    vm_note (vm, SRC_SPAN_NONE,
             "we may not see who that is; but all of this test's processes, "
             "and none of them holds it");
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

/* True: it was looked at often enough. */
static bool
look_again (Vm *vm, Await *await)
{
  if (++await->n_looks >= N_LOOKS)
    return true;
  vm_call_again (vm, LOOK_AGAIN_MICROSECS);
  return false;
}

/* Whether the process of `by` has it; there is none with `not`. */
static OpStatus
judge_owner (Vm *vm, const PlanOp *op, Await *await,
             const EndpointAnswer *answer)
{
  const Owner owner = owners_find (vm, vm_proc (vm, op->process), answer);

  if (owner.is_own)
    return answer->is_there ? OP_DONE : OP_PENDING;
  if (owner.pid > 0)
    return fail_foreign (vm, op, await, &owner);
  if (!look_again (vm, await))
    return OP_PENDING;
  return owner.is_hidden_stranger ? fail_foreign (vm, op, await, &owner)
                                  : fail_unseen (vm, op, await);
}

/* When the process of `by` has ended, what it has left behind may still open
 * it.  Who leaves another behind may do so while we look. */
static OpStatus
judge_end (Vm *vm, const PlanOp *op, Await *await, const EndpointAnswer *answer)
{
  Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GString) end = g_string_new (NULL);

  if (!vm_has_ended (vm, proc))
    return OP_PENDING;
  if (proc->launch.error != 0 && !proc->is_judged)
    return vm_judge_end (vm, proc);
  if (owners_are_left (vm, proc, endpoint_helper_pid (await->endpoint)))
    {
      await->n_looks = 0;
      if (answer->again_microsecs == 0)
        vm_call_again (vm, LEFT_AGAIN_MICROSECS);
      return OP_PENDING;
    }
  if (!look_again (vm, await))
    return OP_PENDING;

  proc_append_end (proc, end);
  (void)vm_fail (vm, FAILURE_NOT_THERE, op->span, op->process,
                 "\"%s\" %s, and \"%s\" %s", proc->plan->name, end->str,
                 await->target.text, events[await->target.kind].to_come);
  vm_end_is_told (vm, proc);
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}

static OpStatus
judge (Vm *vm, const PlanOp *op, Await *await, const EndpointAnswer *answer)
{
  const bool is_held = answer->inodes->len > 0 || answer->pid > 0;

  if (answer->is_hopeless)
    return vm_fail (vm, FAILURE_TROUBLE, op->span, PLAN_NONE,
                    "\"%s\" cannot be awaited: %s", await->target.text,
                    answer->text);
  if (op->process == PLAN_NONE)
    {
      if (answer->is_unknown || answer->is_there == op->await->is_not)
        return OP_PENDING;
      return answer->is_there ? OP_DONE : vm_judge_seen (vm, answer->named);
    }

  /* While a server still refuses, who has its port is known already. */
  return answer->is_there || is_held ? judge_owner (vm, op, await, answer)
                                     : judge_end (vm, op, await, answer);
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
                 !op->await->is_not   ? events[kind].to_come
                 : answer->is_unknown ? "is not known to be gone"
                                      : events[kind].to_go,
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
  OpStatus status = judge (vm, op, await, answer);
  if (status != OP_PENDING)
    return status;
  if (!vm_time_has_passed (vm))
    return OP_PENDING;

  /* What is said of it is to be true. */
  answer = endpoint_ask_anew (await->endpoint);
  status = judge (vm, op, await, answer);
  return status == OP_PENDING ? fail_late (vm, op, await, answer) : status;
}
