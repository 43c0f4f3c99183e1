#include "config.h"

#include "base/units.h"
#include "vm/state.h"

/* The limit of the whole test, or of a layer's set-up, is one timer.  When it
 * strikes for the first time, the test has failed, and cleans up; it has as
 * long again for that, and then the cleanup is cut off.  That of a layer stands
 * still while the layer is up. */

static int64_t
find_limit (const Vm *vm)
{
  return MAX (vm_scale (vm, vm->test->limit_microsecs),
              vm->test->least_microsecs);
}

bool
vm_is_cleaning_up (const Vm *vm)
{
  const PlanTest *test = vm->test;
  return test->n_sections > 0
         && threads_main (vm)->pc >= test->sections[0].first_op;
}

/* --- What is told ----------------------------------------------------------
 */

/* Each thread is told where it is; the test itself by the failure. */
static void
note_threads (Vm *vm)
{
  for (guint i = 1; i < vm->threads->len; i++)
    {
      const Thread *thread = vm->threads->pdata[i];
      if (!thread->is_over)
        vm_note (vm, vm->plan->ops[thread->pc].span, "\"%s\" is still here",
                 thread->block->name);
    }
}

static void
note_last_tries (Vm *vm, const GPtrArray *tries)
{
  for (guint i = tries->len; i-- > 0;)
    {
      const GPtrArray *held = ((const Try *)tries->pdata[i])->held;
      for (guint j = 0; held != NULL && j < held->len; j++)
        {
          const Event *event = held->pdata[j];
          vm_note (vm, event->span, "%s%s",
                   j == 0 ? "the last try has failed: " : "", event->text);
        }
    }
}

void
vm_note_last_tries (Vm *vm)
{
  for (guint i = 0; i < vm->threads->len; i++)
    note_last_tries (vm, ((const Thread *)vm->threads->pdata[i])->tries);
}

/* Of the cleanup sections, those whose turn does not come any more. */
static void
note_left_out (Vm *vm)
{
  const uint32_t pc = threads_main (vm)->pc;

  for (uint32_t i = 0; i < vm->test->n_sections; i++)
    {
      const PlanSection *section = &vm->test->sections[i];
      if (section->first_op > pc && vm->is_registered[i])
        vm_note (vm, vm->plan->ops[section->defer_op].span,
                 "this was not done any more");
    }
}

static void
note_limit (Vm *vm)
{
  const SrcSpan span = vm->test->limit_span;

  if (span.end != 0)
    vm_note (vm, span, "the limit is set here");
  else
    vm_note (
        vm, SRC_SPAN_NONE,
        "\"limit\" in the plan says how long it may take, or --test-limit");
}

/* Nothing catches it: it is not the block that has had its time. */
static void
tell_late (Vm *vm, const char *what)
{
  Thread *main_thread = threads_main (vm);
  g_autoptr (GString) limit = g_string_new (NULL);

  duration_append (limit, find_limit (vm));
  vm->thread = main_thread;
  vm->failing_op = PLAN_NONE;
  vm->is_final = true;
  (void)vm_fail (vm, FAILURE_TIMED_OUT, vm_span (vm), PLAN_NONE,
                 "%s has not ended within %s", what, limit->str);
  vm_note_last_tries (vm);
  note_threads (vm);
  if (vm->is_limit_past)
    note_left_out (vm);
  note_limit (vm);
  vm_tell_states (vm);
}

/* --- When it strikes --------------------------------------------------------
 */

static void on_limit (void *data);

static void
set_timer (Vm *vm)
{
  if (vm->test->limit_microsecs > 0)
    vm->limit_timer = timers_add (vm->timers, find_limit (vm), on_limit, vm);
}

static const char *
name_body (const Vm *vm)
{
  return vm->options.host != NULL ? "the whole set-up" : "the whole test";
}

/* The body, or what is done after it, has had its time; what was going to fail
 * anyhow is not told twice. */
static void
end_body (Vm *vm)
{
  const bool is_in_body = !vm_is_cleaning_up (vm);

  if (is_in_body || !vm->is_aborted)
    tell_late (vm, name_body (vm));
  vm->is_limit_past = true;
  set_timer (vm);
  if (is_in_body)
    vm_unwind (vm);
  vm->is_final = false;
}

static void
end_cleanup (Vm *vm)
{
  Thread *main_thread = threads_main (vm);

  tell_late (vm, vm->options.host != NULL ? "the tear-down"
                                          : "what is done when the test ends");
  vm_abort (vm);
  thread_go_to (main_thread, plan_test_end (vm->test));
}

static void
on_limit (void *data)
{
  Vm *vm = data;

  vm->limit_timer = 0;
  if (vm->phase != PHASE_RUN)
    return;
  if (vm->is_limit_past)
    end_cleanup (vm);
  else
    end_body (vm);
  vm_go_on (vm);
}

/* --- Life ------------------------------------------------------------------
 */

void
limit_begin (Vm *vm)
{
  set_timer (vm);
}

void
limit_end (Vm *vm)
{
  timers_remove (vm->timers, vm->limit_timer);
  vm->limit_timer = 0;
}

void
vm_begin_tear_down (Vm *vm)
{
  vm->is_limit_past = true;
  limit_end (vm);
  set_timer (vm);
}
