#include "config.h"

#include "vm/await/endpoint.h"
#include "vm/await/place.h"
#include "vm/child/inspect.h"
#include "vm/machine.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A daemon whose parent has ended falls to us, its nearest sub-reaper; that
 * nobody tells us of, if the parent was no child of ours. */
#define MIN_AGAIN_MICROSECS 1000
#define MAX_AGAIN_MICROSECS (50 * 1000)
#define AGAIN_PART          100

/* So long the daemon may take to get ready, or its pidfile. */
#define MAX_STARTING_MICROSECS (100 * 1000)

/* The chain of parents is not longer than this, or somebody makes fun of us. */
#define MAX_PARENTS 10000

typedef struct
{
  Vm *vm;
  Target target;      /* owned */
  char *cwd;          /* owned; or NULL */
  Endpoint *endpoint; /* owned: the pidfile */
  int64_t began;
  pid_t stranger; /* who was named at the last look, and is none of ours */
  int64_t starting_since; /* it is not ready yet; 0: it was never seen so */
  GString *why;           /* owned: why there is nobody to adopt */
} Adoption;

static void
adoption_free (void *data)
{
  Adoption *adoption = data;

  endpoint_free (adoption->endpoint);
  target_clear (&adoption->target);
  g_free (adoption->cwd);
  (void)g_string_free (adoption->why, TRUE);
  g_free (adoption);
}

static void
on_change (void *data)
{
  const Adoption *adoption = data;
  vm_wake (adoption->vm);
}

/* False: a value cannot be had, and that was told. */
static bool
begin_adoption (Vm *vm, const PlanOp *op)
{
  const PlanAdopt *plan = op->adopt;
  Adoption *adoption = g_new0 (Adoption, 1);

  adoption->vm = vm;
  adoption->began = g_get_monotonic_time ();
  adoption->why = g_string_new (NULL);
  vm_set_state (vm, adoption, adoption_free);
  adoption->target.kind = TARGET_PIDFILE;
  adoption->target.path = vm_expand (vm, op, plan->pidfile);
  if (plan->cwd != NULL)
    adoption->cwd = vm_expand (vm, op, plan->cwd);
  if (adoption->target.path == NULL
      || (plan->cwd != NULL && adoption->cwd == NULL))
    return false;

  const EndpointHost host = { .watches = vm_watches (vm),
                              .cwd = adoption->cwd,
                              .on_change = on_change,
                              .data = adoption };
  adoption->endpoint = endpoint_new (&adoption->target, &host);
  vm_set_time (vm, vm_scale (vm, plan->microsecs), false);
  return true;
}

/* --- Whose process is it? ------------------------------------------------- */

/* Dead or alive. */
static bool
is_child (pid_t pid)
{
  siginfo_t info;
  return waitid (P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

typedef enum
{
  BELOW_US,
  STRANGER,
  UNKNOWN /* one on the way has ended meanwhile, or hides */
} Relation;

static Relation
find_relation (pid_t pid)
{
  const pid_t own = getpid ();

  for (int i = 0; i < MAX_PARENTS; i++)
    {
      InspectStat stat;
      if (!inspect_stat (pid, &stat))
        return UNKNOWN;
      if (stat.parent == own)
        return BELOW_US;
      if (stat.parent <= 1)
        return STRANGER;
      pid = stat.parent;
    }
  return STRANGER;
}

/* The running process of the plan with this id, or NULL. */
static const Proc *
find_proc (Vm *vm, pid_t pid)
{
  const uint32_t n_processes = vm_test (vm)->n_processes;

  for (uint32_t i = 0; i < n_processes; i++)
    {
      const Proc *proc = vm_proc (vm, i);
      if (proc->state == PROC_RUNNING && proc->pid == pid)
        return proc;
    }
  return NULL;
}

/* --- Failures ------------------------------------------------------------- */

static OpStatus
fail (Vm *vm, const PlanOp *op, pid_t pid, const char *what)
{
  const Adoption *adoption = vm_state (vm);

  return vm_fail (vm, FAILURE_NOT_THERE, op->span, op->process,
                  "\"%s\" names pid %d, which %s", adoption->target.path,
                  (int)pid, what);
}

static OpStatus
fail_stranger (Vm *vm, const PlanOp *op, pid_t pid)
{
  g_autoptr (GString) what = g_string_new ("is not a process of this test: ");

  inspect_append_command (pid, what);
  (void)fail (vm, op, pid, what->str);
  vm_note (vm, SRC_SPAN_NONE,
           "the file may be left from an earlier run, or somebody else's");
  return OP_FAILED;
}

static OpStatus
fail_ended (Vm *vm, const PlanOp *op, pid_t pid, int wait_status)
{
  const Proc orphan
      = { .state = PROC_ENDED, .pid = pid, .wait_status = wait_status };
  g_autoptr (GString) what = g_string_new ("has ended already: it ");

  proc_append_end (&orphan, what);
  return fail (vm, op, pid, what->str);
}

static OpStatus
fail_late (Vm *vm, const PlanOp *op, const Adoption *adoption)
{
  const Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GString) limit = g_string_new (NULL);

  vm_append_limit (vm, op->adopt->microsecs, limit);
  return vm_fail (vm, FAILURE_NOT_THERE, op->span, op->process,
                  "\"%s\" could not be adopted %s: %s", proc->plan->name,
                  limit->str, adoption->why->str);
}

/* --- Looking -------------------------------------------------------------- */

static OpStatus
call_again (Vm *vm, const Adoption *adoption)
{
  const int64_t waited = g_get_monotonic_time () - adoption->began;

  vm_call_again (vm, CLAMP (waited / AGAIN_PART, MIN_AGAIN_MICROSECS,
                            MAX_AGAIN_MICROSECS));
  return OP_PENDING;
}

/* It has not come to us yet. */
static OpStatus
wait_for_orphan (Vm *vm, Adoption *adoption, pid_t pid)
{
  InspectStat stat;

  if (inspect_stat (pid, &stat))
    {
      const Proc *parent = find_proc (vm, stat.parent);
      g_string_printf (adoption->why, "pid %d is still a child of %d, ",
                       (int)pid, (int)stat.parent);
      if (parent != NULL)
        g_string_append_printf (adoption->why, "\"%s\"", parent->plan->name);
      else
        inspect_append_command (stat.parent, adoption->why);
    }
  return call_again (vm, adoption);
}

/* A number that is only half written names anybody: who is none of ours is
 * looked at twice. */
static OpStatus
doubt (Vm *vm, const PlanOp *op, Adoption *adoption, pid_t pid)
{
  if (adoption->stranger == pid)
    return fail_stranger (vm, op, pid);
  adoption->stranger = pid;
  return call_again (vm, adoption);
}

/* A shell that writes a pidfile has it as its standard output meanwhile. */
static bool
is_writing_pidfile (const Adoption *adoption, pid_t pid)
{
  g_autofree char *output = inspect_path (pid, "fd/1");
  g_autofree char *path = place_absolute (adoption->cwd, adoption->target.path);
  struct stat written, pidfile;

  return stat (output, &written) == 0 && stat (path, &pidfile) == 0
         && written.st_ino == pidfile.st_ino
         && written.st_dev == pidfile.st_dev;
}

/* Its id was perhaps written before it has run at all: "daemon >log & echo $!",
 * where the log is opened by the daemon's side.  Until then it would seem to
 * write what its starter writes.  One that stays so is adopted all the same. */
static bool
is_starting (Vm *vm, Adoption *adoption, pid_t pid)
{
  const int64_t now = g_get_monotonic_time ();

  if (!is_writing_pidfile (adoption, pid)
      && !proc_is_starting (pid, vm_options (vm)->log_dir))
    return false;
  if (adoption->starting_since == 0)
    adoption->starting_since = now;
  return !vm_time_has_passed (vm)
         && now - adoption->starting_since < MAX_STARTING_MICROSECS;
}

static OpStatus
try_process (Vm *vm, const PlanOp *op, Adoption *adoption, pid_t pid)
{
  const Proc *proc = find_proc (vm, pid);
  if (proc != NULL)
    {
      g_autofree char *what
          = g_strdup_printf ("is \"%s\" already", proc->plan->name);
      return fail (vm, op, pid, what);
    }
  if (is_child (pid))
    {
      if (is_starting (vm, adoption, pid))
        return call_again (vm, adoption);
      vm_adopt (vm, op->process, pid);
      return OP_DONE;
    }
  switch (find_relation (pid))
    {
    case BELOW_US:
      return wait_for_orphan (vm, adoption, pid);
    case STRANGER:
      return doubt (vm, op, adoption, pid);
    case UNKNOWN:
      return call_again (vm, adoption);
    }
  g_assert_not_reached ();
}

static OpStatus
look (Vm *vm, const PlanOp *op, Adoption *adoption)
{
  const EndpointAnswer *answer = endpoint_ask (adoption->endpoint);
  int wait_status;

  if (answer->is_there)
    return try_process (vm, op, adoption, answer->pid);
  if (answer->named > 0 && vm_orphan_end (vm, answer->named, &wait_status))
    return fail_ended (vm, op, answer->named, wait_status);

  (void)g_string_assign (adoption->why, answer->text);
  if (answer->again_microsecs > 0)
    vm_call_again (vm, answer->again_microsecs);
  return OP_PENDING;
}

OpStatus
op_adopt (Vm *vm, const PlanOp *op)
{
  if (vm_begins (vm) && !begin_adoption (vm, op))
    return OP_FAILED;

  Adoption *adoption = vm_state (vm);
  const OpStatus status = look (vm, op, adoption);
  return status == OP_PENDING && vm_time_has_passed (vm)
             ? fail_late (vm, op, adoption)
             : status;
}
