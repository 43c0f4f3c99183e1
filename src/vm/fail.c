#include "config.h"

#include "base/syserror.h"
#include "vm/child/inspect.h"
#include "vm/state.h"

#include <stdarg.h>
#include <string.h>

/* A failure is told, with its notes; or it is held, where it may be that it
 * does not count: in an `eventually`, or in a quiet thread. */

static void
held_free (void *data)
{
  Event *event = data;

  g_free ((char *)event->text);
  g_free (event);
}

void
vm_forget (GPtrArray **held)
{
  g_clear_pointer (held, g_ptr_array_unref);
}

static void
hold (GPtrArray **holder, const Event *event)
{
  Event *copy = g_new (Event, 1);
  *copy = *event;
  copy->text = g_strndup (event->text, event->n_text);
  if (event->kind == EVENT_FAILED)
    vm_forget (holder);
  if (*holder == NULL)
    *holder = g_ptr_array_new_with_free_func (held_free);
  g_ptr_array_add (*holder, copy);
}

/* Where failures of the thread that runs are held; NULL: they are told. */
static GPtrArray **
find_holder (const Vm *vm)
{
  const Catcher catcher = vm_find_catcher (vm, vm->thread);

  if (catcher.attempt != NULL)
    return &catcher.attempt->held;
  return catcher.thread != NULL ? &catcher.thread->held : NULL;
}

/* For those who want to see everything. */
static void
tell_held (Vm *vm, const Event *event)
{
  const Catcher catcher = vm_find_catcher (vm, vm->thread);
  g_autofree char *text
      = catcher.attempt != NULL
            ? g_strdup_printf ("try %u failed: %s", catcher.attempt->n_tries,
                               event->text)
            : g_strdup_printf ("the quiet thread \"%s\" failed: %s",
                               catcher.thread->block->name, event->text);

  vm_tell (vm, &(Event){ .kind = EVENT_LOG,
                         .op = vm->thread->pc,
                         .process = PLAN_NONE,
                         .text = text,
                         .n_text = strlen (text) });
}

static void
say (Vm *vm, const Event *event)
{
  if (event->kind == EVENT_FAILED)
    vm->holder = find_holder (vm);
  if (vm->holder != NULL)
    {
      hold (vm->holder, event);
      if (event->kind == EVENT_FAILED && vm->options.wants_ops)
        tell_held (vm, event);
      return;
    }
  if (event->kind == EVENT_FAILED && event->number != FAILURE_INTERRUPTED)
    {
      vm->verdict = MAX (vm->verdict, event->number == FAILURE_TROUBLE
                                          ? VERDICT_ERROR
                                          : VERDICT_FAILED);
      if (event->process != PLAN_NONE)
        vm->procs[event->process].is_blamed = true;
    }
  vm_tell (vm, event);
}

void
vm_release (Vm *vm, GPtrArray *held)
{
  for (guint i = 0; i < held->len; i++)
    say (vm, held->pdata[i]);
}

static void
note_expansions (Vm *vm)
{
  const uint32_t pc = vm->thread->pc;

  if (pc >= plan_test_end (vm->test))
    return; /* all of it is over: what failed is no operation's */
  for (uint32_t i = vm->plan->n_expansions; i-- > 0;)
    {
      const PlanExpansion *expansion = &vm->plan->expansions[i];
      if (pc >= expansion->first_op
          && pc - expansion->first_op < expansion->n_ops)
        vm_note (vm, expansion->span, "%s", expansion->text);
    }
}

static void
note_thread (Vm *vm)
{
  for (const Thread *thread = vm->thread; thread->block != NULL;
       thread = thread->starter)
    vm_note (vm, thread->block->span, "in the thread \"%s\", started here",
             thread->block->name);
}

OpStatus
vm_fail (Vm *vm, Failure failure, SrcSpan span, uint32_t process,
         const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  vm->is_final |= failure == FAILURE_TROUBLE;
  vm->told_span = span;
  say (vm, &(Event){ .kind = EVENT_FAILED,
                     .op = vm->thread->pc,
                     .process = process,
                     .number = (int32_t)failure,
                     .span = span,
                     .text = text,
                     .n_text = strlen (text) });
  if (span.begin == vm_span (vm).begin)
    note_expansions (vm);
  note_thread (vm);
  return OP_FAILED;
}

Failure
vm_failure_of (const GError *error, Failure otherwise)
{
  return syserror_is_shortage (error) ? FAILURE_TROUBLE : otherwise;
}

void
vm_note (Vm *vm, SrcSpan span, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  say (vm, &(Event){ .kind = EVENT_NOTE,
                     .op = vm->thread->pc,
                     .process = PLAN_NONE,
                     .span = span,
                     .text = text,
                     .n_text = strlen (text) });
}

void
vm_end_is_told (Vm *vm, Proc *proc)
{
  if (vm->holder == NULL)
    proc->is_judged = true;
}

OpStatus
vm_fail_late (Vm *vm, const PlanOp *op, const char *what)
{
  const Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GString) limit = g_string_new (NULL);
  vm_append_limit (vm, op->microsecs, limit);
  (void)vm_fail (vm, FAILURE_TIMED_OUT, op->span, op->process, "\"%s\" %s %s%s",
                 proc->plan->name, what, limit->str,
                 inspect_is_stopped (proc->pid) ? "; it is stopped" : "");
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}

void
vm_note_spawned (Vm *vm, const Proc *proc)
{
  const SrcSpan span = vm->plan->ops[proc->plan->spawn_op].span;

  /* Not for a `run`, which the failure itself points at. */
  if (span.begin != vm->told_span.begin)
    vm_note (vm, span, "\"%s\" was %s here", proc->plan->name,
             proc_is_adopted (proc) ? "adopted" : "spawned");
}
