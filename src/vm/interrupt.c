#include "config.h"

#include "base/units.h"
#include "vm/state.h"

/* A test that is ended from outside tells where it was: the operation in
 * progress, each of its threads, its processes and their last lines, all before
 * anything is killed.  Whoever ends a run that hangs wants to know where. */

/* Digits that nobody reads are left out. */
static void
append_age (const Vm *vm, const Thread *thread, GString *out)
{
  const int64_t microsecs = timers_now (vm->timers) - thread->op_began;

  duration_append (out, microsecs / 1000 * 1000);
}

/* "after 1.5s of "wait sh 0 within 20s"". */
static char *
describe_op (const Vm *vm, const Thread *thread)
{
  g_autoptr (GString) op = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  plan_append_op (vm->plan, vm->test, &vm->plan->ops[thread->pc], op);
  if (thread->is_begun)
    {
      g_string_append (text, "after ");
      append_age (vm, thread, text);
      g_string_append_printf (text, " of \"%s\"", op->str);
    }
  else
    g_string_append_printf (text, "at \"%s\"", op->str);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static bool
is_while_up (const Vm *vm)
{
  const uint32_t pc = threads_main (vm)->pc;
  const OpCode code
      = pc < plan_test_end (vm->test) ? vm->plan->ops[pc].code : OP_END;
  return code == OP_HOLD || code == OP_RELEASE;
}

static char *
describe (const Vm *vm)
{
  if (vm->phase != PHASE_RUN
      || threads_main (vm)->pc >= plan_test_end (vm->test))
    return g_strdup ("interrupted while its processes were ended");
  if (is_while_up (vm))
    return g_strdup ("interrupted while the layer was up: it is not torn down");

  g_autofree char *op = describe_op (vm, threads_main (vm));
  return g_strdup_printf ("interrupted %s%s",
                          vm_is_cleaning_up (vm) ? "while it cleaned up, " : "",
                          op);
}

/* The test itself is where the failure is. */
static void
note_threads (Vm *vm)
{
  for (guint i = 1; i < vm->threads->len; i++)
    {
      const Thread *thread = vm->threads->pdata[i];
      if (thread->is_over)
        continue;
      g_autofree char *op = describe_op (vm, thread);
      vm_note (vm, vm->plan->ops[thread->pc].span,
               "the thread \"%s\" was interrupted %s", thread->block->name, op);
    }
}

/* Nothing in the test catches it, nor does it judge: what was found before
 * counts more. */
static void
tell_interrupted (Vm *vm)
{
  g_autofree char *text = describe (vm);

  vm->thread = threads_main (vm);
  vm->failing_op = PLAN_NONE;
  vm->is_final = true;
  (void)vm_fail (vm, FAILURE_INTERRUPTED, vm_span (vm), PLAN_NONE, "%s", text);
  vm_note_last_tries (vm);
  note_threads (vm);
  vm->is_final = false;
}

/* What the cleanup has started since the states were told. */
static void
tell_new_states (Vm *vm)
{
  vm->are_states_told = false;
  vm_tell_states (vm);
}

/* The second time it is said of the cleanup in which it hangs.  A layer that is
 * up, and is torn down now, has not been in the middle of anything. */
static bool
is_worth_telling (const Vm *vm, bool at_once)
{
  if (vm->phase == PHASE_RUN)
    return at_once || !is_while_up (vm);
  return vm->phase != PHASE_KILL && vm->verdict < VERDICT_FAILED;
}

void
vm_interrupt (Vm *vm, bool at_once)
{
  /* What cleans up ends by itself, and then the test has its verdict. */
  if (!at_once && (vm->phase != PHASE_RUN || vm_is_cleaning_up (vm)))
    return;
  if (is_worth_telling (vm, at_once))
    tell_interrupted (vm);
  if (vm->verdict < VERDICT_FAILED)
    vm->verdict = VERDICT_INTERRUPTED;
  tell_new_states (vm);
  if (at_once)
    vm_kill_all (vm);
  else
    {
      vm_abort (vm);
      vm_go_on (vm);
    }
}
