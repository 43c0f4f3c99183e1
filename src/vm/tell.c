#include "config.h"

#include "base/units.h"
#include "vm/child/inspect.h"
#include "vm/state.h"

#include <string.h>
#include <unistd.h>

/* How many processes a failure shows, and how much of each one's output. */
#define MAX_STATES 10
#define TAIL_BYTES 2048

/* How many that are not of the plan are told to be killed. */
#define MAX_STRAYS 20

void
vm_tell (Vm *vm, const Event *event)
{
  Event dated = *event;

  dated.microsecs = g_get_monotonic_time ();
  if (dated.op == plan_test_end (vm->test))
    dated.op = PLAN_NONE; /* all have run */
  if (dated.text == NULL)
    dated.text = "";
  vm->options.on_event (&dated, vm->options.data);
}

SrcSpan
vm_span (const Vm *vm)
{
  const uint32_t end = plan_test_end (vm->test);
  return vm->thread->pc < end ? vm->plan->ops[vm->thread->pc].span
                              : vm->test->span;
}

void
vm_tell_started (Vm *vm, const Proc *proc)
{
  vm_tell (vm, &(Event){ .kind = EVENT_STARTED,
                         .op = vm->thread->pc,
                         .process = proc->number,
                         .pid = proc->pid });
}

void
vm_tell_ended (Vm *vm, const Proc *proc)
{
  g_autoptr (GString) text = g_string_new (NULL);

  proc_append_end (proc, text);
  vm_tell (vm, &(Event){ .kind = EVENT_ENDED,
                         .op = vm->thread->pc,
                         .process = proc->number,
                         .pid = proc->pid,
                         .number = proc->wait_status,
                         .text = text->str,
                         .n_text = text->len });
}

void
vm_tell_signalled (Vm *vm, const Proc *proc, int number)
{
  vm_tell (vm, &(Event){ .kind = EVENT_SIGNALLED,
                         .op = vm->thread->pc,
                         .process = proc->number,
                         .pid = proc->pid,
                         .number = number });
}

static void
tell_killed (Vm *vm, uint32_t process, pid_t pid, const GString *text)
{
  vm_tell (vm, &(Event){ .kind = EVENT_KILLED,
                         .op = PLAN_NONE,
                         .process = process,
                         .pid = pid,
                         .text = text->str,
                         .n_text = text->len });
}

/* "did not end within 2s of SIGTERM, and was killed with SIGKILL; it was " */
static GString *
describe_deaf (const Vm *vm)
{
  GString *text = g_string_new ("did not end within ");

  duration_append (text, vm_grace (vm));
  g_string_append (text, " of SIGTERM, and was killed with SIGKILL; it was ");
  return text;
}

void
vm_tell_killed (Vm *vm, const Proc *proc)
{
  g_autoptr (GString) text = describe_deaf (vm);

  inspect_append_state (proc->pid, text);
  tell_killed (vm, proc->number, proc->pid, text);
}

/* What was started when the others had their SIGTERM already is of interest
 * only if it is all there is. */
void
vm_tell_strays_killed (Vm *vm, const GArray *strays, bool is_any_told)
{
  for (guint i = 0; i < strays->len && vm->n_strays_told < MAX_STRAYS; i++)
    {
      const Descendant *stray = &g_array_index (strays, Descendant, i);
      const bool is_young = descendant_age (stray) < vm_grace (vm);
      g_autoptr (GString) text = NULL;

      if (!descendant_is_alive (stray) || (is_young && is_any_told))
        continue;
      text = is_young ? g_string_new ("was started after SIGTERM had been "
                                      "sent, and was killed with SIGKILL; it "
                                      "was ")
                      : describe_deaf (vm);
      descendant_append (stray, text);
      tell_killed (vm, PLAN_NONE, stray->pid, text);
      is_any_told = true;
      vm->n_strays_told++;
    }
}

char *
vm_text (Vm *vm, const PlanText *text)
{
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  const char *expanded = values_expand (vm->values, text, strings, &error);

  return g_strdup (expanded != NULL ? expanded : error->message);
}

void
vm_tell_text (Vm *vm, EventKind kind, const PlanText *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) told
      = values_expand_bytes (vm->values, text, NULL, &error);

  if (told == NULL)
    told = g_string_new (error->message);
  vm_tell (vm, &(Event){ .kind = kind,
                         .op = vm->thread->pc,
                         .process = PLAN_NONE,
                         .text = told->str,
                         .n_text = told->len });
}

void
vm_append_limit (const Vm *vm, int64_t microsecs, GString *out)
{
  g_string_append (out, "within ");
  duration_append (out, vm_scale (vm, microsecs));
}

/* --- The state of things -------------------------------------------------- */

static void
tell_tail (Vm *vm, const Proc *proc, int stream)
{
  g_autoptr (GString) tail = g_string_new (NULL);

  if (proc_append_tail (proc, stream, vm_log_dir (vm, proc), TAIL_BYTES, tail)
      == 0)
    return;
  vm_tell (vm, &(Event){ .kind = EVENT_TAIL,
                         .op = vm->thread->pc,
                         .process = proc->number,
                         .number = stream,
                         .text = tail->str,
                         .n_text = tail->len });
}

static void
tell_state (Vm *vm, Proc *proc)
{
  g_autoptr (GString) state = g_string_new (NULL);

  if (proc->state == PROC_RUNNING)
    {
      g_string_append_printf (state, "pid %d, ", (int)proc->pid);
      inspect_append_state (proc->pid, state);
    }
  else if (proc->launch.error != 0)
    g_string_append (state, "could not be started");
  else
    proc_append_end (proc, state);

  proc->is_state_told = true;
  vm_tell (vm, &(Event){ .kind = EVENT_STATE,
                         .op = vm->thread->pc,
                         .process = proc->number,
                         .text = state->str,
                         .n_text = state->len });
  (void)proc_drain (proc);
  tell_tail (vm, proc, STDOUT_FILENO);
  tell_tail (vm, proc, STDERR_FILENO);
}

/* 0: of most interest. */
static int
rank (const Proc *proc)
{
  if (proc->is_blamed)
    return 0;
  return proc->state == PROC_RUNNING ? 1 : 2;
}

/* What a layer's has done in the set-up is none of the test's affair. */
static bool
is_of_interest (const Proc *proc)
{
  if (proc->is_state_told)
    return false;
  return proc->origin == NULL ? proc->state != PROC_NEW
                              : proc->state == PROC_RUNNING || proc->is_blamed;
}

/* So that one that has just ended is told with its end. */
static void
collect_ended (Vm *vm)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    if (vm->procs[i].origin != NULL)
      proc_look_for_end (&vm->procs[i]);
    else if (vm->procs[i].state == PROC_RUNNING)
      reaper_collect_one (&vm_reaper_funcs, vm->procs[i].pid, vm);
}

void
vm_tell_states (Vm *vm)
{
  unsigned n_told = 0, n_started = 0;

  if (vm->are_states_told || !verdict_is_bad (vm->verdict))
    return;
  vm->are_states_told = true;
  collect_ended (vm);

  for (int wanted = 0; wanted <= 2; wanted++)
    for (uint32_t i = 0; i < vm->test->n_processes; i++)
      {
        Proc *proc = &vm->procs[i];
        if (!is_of_interest (proc) || rank (proc) != wanted)
          continue;
        n_started++;
        if (n_told < MAX_STATES)
          {
            tell_state (vm, proc);
            n_told++;
          }
      }
  if (n_started > n_told)
    {
      g_autofree char *text
          = g_strdup_printf ("and %u more processes", n_started - n_told);
      vm_tell (vm, &(Event){ .kind = EVENT_STATE,
                             .op = vm->thread->pc,
                             .process = PLAN_NONE,
                             .text = text,
                             .n_text = strlen (text) });
    }
}
