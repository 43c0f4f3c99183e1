#include "config.h"

#include "base/syserror.h"
#include "vm/state.h"

/* So many operations, and the loop has a turn: signals are heard while a plan
 * starts ten thousand processes. */
#define MAX_OPS_AT_ONCE 256

static OpFunc *const op_funcs[] = {
#define OP(NAME, name, text, operands) op_##name,
#include "plan/ops.def"
#undef OP
};

static void
begin_op (Vm *vm, Thread *thread, const PlanOp *op)
{
  const unsigned operands = op_operands (op->code);

  /* What is in no step belongs to the next one. */
  if ((operands & OP_IN_STEP) == 0)
    thread->step = thread->next_step;
  if (vm->options.progress != NULL)
    *vm->options.progress = thread->pc;
  if (vm->options.wants_ops)
    vm_tell (vm, &(Event){ .kind = EVENT_OP,
                           .op = thread->pc,
                           .process = operands & OP_HAS_PROCESS ? op->process
                                                                : PLAN_NONE,
                           .span = op->span });
}

static void
be_begun (Vm *vm, Thread *thread)
{
  if (!thread->is_begun)
    thread->op_began = timers_now (vm->timers);
  thread->is_begun = true;
}

static void
on_yield_over (void *data)
{
  Vm *vm = data;

  vm->yield_timer = 0;
  vm_go_on (vm);
}

/* Where the body of the test ends, and its cleanup begins. */
static uint32_t
body_end (const Vm *vm)
{
  const PlanTest *test = vm->test;
  return test->n_sections > 0 ? test->sections[0].first_op
                              : plan_test_end (test);
}

/* The test itself leaves its body, or comes to its end. */
static void
judge_threads (Vm *vm, Thread *thread)
{
  const uint32_t end = plan_test_end (vm->test);

  if (thread->block != NULL
      || (thread->pc != end
          && (thread->pc != body_end (vm) || thread->is_begun)))
    return;
  thread->pc--; /* its cleanup has not begun */
  const bool are_joined = threads_judge (vm);
  threads_cut (vm, NULL);
  if (are_joined)
    thread->pc++;
  else
    vm_abort (vm);
}

/* Nothing waits for ever: an operation that waits has set its time; when that
 * has passed, it only looks once more.  Or it works, and lets the loop have a
 * turn. */
static bool
is_bounded (Thread *thread, const PlanOp *op)
{
  const unsigned operands = op_operands (op->code);
  const bool is_working = thread->is_working;

  thread->is_working = false;
  if (thread->is_over || (operands & OP_NO_LIMIT) != 0)
    return true;
  return (operands & OP_MAY_WAIT) != 0
         && (thread->timer != 0 || is_working
             || (thread->time_has_passed && thread->again_timer != 0));
}

/* Runs the operations of a thread until one waits; false: the loop must have a
 * turn first, or several. */
static bool
run_thread (Vm *vm, Thread *thread, unsigned *n_ops)
{
  const uint32_t end = plan_test_end (vm->test);

  for (;;)
    {
      vm->thread = thread;
      if (vm->threads->len > 1)
        judge_threads (vm, thread);
      if (thread->pc >= end)
        return true;
      if (*n_ops >= MAX_OPS_AT_ONCE && !thread->is_begun)
        return false;
      const PlanOp *op = &vm->plan->ops[thread->pc];
      if (!thread->is_begun)
        begin_op (vm, thread, op);
      switch (op_funcs[op->code](vm, op))
        {
        case OP_DONE:
          (*n_ops)++;
          thread_go_to (thread, thread->pc + 1);
          break;
        case OP_PENDING:
          g_assert (is_bounded (thread, op));
          be_begun (vm, thread);
          return true;
        case OP_REFUSED:
          be_begun (vm, thread);
          vm->yield_microsecs = SYSERROR_AGAIN_MICROSECS;
          return false;
        case OP_FAILED:
          vm->is_woken = true;
          vm_unwind (vm);
          return true;
        case OP_ENDED:
          vm->is_woken = true;
          vm_cut_short (vm);
          return true;
        }
    }
}

/* Each thread, and again while one of them may have done what others wait for;
 * false: the loop must have a turn first. */
static bool
run_threads (Vm *vm)
{
  unsigned n_ops = 0;

  do
    {
      vm->is_woken = false;
      /* One that fails may take others away; then all begin anew. */
      for (guint i = 0; i < vm->threads->len && !vm->is_woken; i++)
        {
          Thread *thread = vm->threads->pdata[i];
          if (!thread->is_over && !run_thread (vm, thread, &n_ops))
            return false;
        }
    }
  while (vm->is_woken);
  vm->thread = threads_main (vm);
  return true;
}

static bool
is_at_end (const Vm *vm)
{
  return threads_main (vm)->pc >= plan_test_end (vm->test);
}

static void
go_on (Vm *vm)
{
  while (vm->phase == PHASE_RUN)
    {
      if (!run_threads (vm))
        {
          vm->yield_timer
              = timers_add (vm->timers, vm->yield_microsecs, on_yield_over, vm);
          vm->yield_microsecs = 0;
          return;
        }
      if (is_at_end (vm))
        {
          vm_begin_ending (vm);
          return;
        }
      if (vm_judge_all (vm))
        return;
      vm_unwind (vm);
    }
}

void
vm_go_on (Vm *vm)
{
  if (vm->phase != PHASE_RUN || vm->yield_timer != 0 || vm->is_running)
    return;
  vm->is_running = true;
  vm_look_at_running (vm);
  go_on (vm);
  vm->is_running = false;
}

void
vm_wake (Vm *vm)
{
  if (vm->is_running)
    vm->is_woken = true;
  else
    vm_go_on (vm);
}
