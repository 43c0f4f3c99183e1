#include "config.h"

#include "vm/child/inspect.h"
#include "vm/machine.h"

#include <errno.h>

/* How often a process is looked at that was only just started. */
#define MIN_AGAIN_MICROSECS 1000
#define MAX_AGAIN_MICROSECS (50 * 1000)
#define AGAIN_PART          100

typedef struct
{
  Vm *vm;
  int64_t began;
  GString *expanded; /* owned; NULL: the text is as the plan has it */
  const char *bytes;
  size_t n_bytes;
  FeedText *text; /* owned; it is freed first: it looks at the bytes; NULL: it
                     is not sent yet */
} Sending;

static void
sending_free (void *data)
{
  Sending *sending = data;

  feed_text_free (sending->text);
  if (sending->expanded != NULL)
    (void)g_string_free (sending->expanded, TRUE);
  g_free (sending);
}

static void
on_over (void *data)
{
  const Sending *sending = data;
  vm_wake (sending->vm);
}

/* --- Failures ------------------------------------------------------------- */

static OpStatus
fail (Vm *vm, const PlanOp *op, const char *what)
{
  const Proc *proc = vm_proc (vm, op->process);

  (void)vm_fail (vm, FAILURE_NOT_SENT, op->span, op->process, "\"%s\" %s",
                 proc->plan->name, what);
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}

static OpStatus
fail_late (Vm *vm, const PlanOp *op, const Sending *sending)
{
  const Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GString) what = g_string_new ("has not read ");

  /* How much a terminal holds is not known. */
  if (proc->feed != NULL && feed_is_terminal (proc->feed))
    g_string_append (what, "all");
  else
    g_string_append_printf (
        what, "%zu",
        MIN (feed_text_n_unread (sending->text), sending->n_bytes));
  g_string_append_printf (what, " of the %zu bytes that were sent to it ",
                          sending->n_bytes);
  vm_append_limit (vm, op->send->microsecs, what);
  if (inspect_is_stopped (proc->pid))
    g_string_append (what, "; it is stopped");
  return fail (vm, op, what->str);
}

/* It has ended, and nothing is wrong with that; before this began, or while it
 * went on: that is a matter of who was faster. */
static OpStatus
fail_ended (Vm *vm, const PlanOp *op)
{
  g_autoptr (GString) what
      = g_string_new ("has closed its standard input: it ");

  if (vm_is_aborted (vm))
    return OP_DONE;
  proc_append_end (vm_proc (vm, op->process), what);
  return fail (vm, op, what->str);
}

/* A process that ends closes its standard input, too, and a little before its
 * end is known.  It is that which is told then. */
static bool
is_about_to_end (Vm *vm, const Proc *proc)
{
  InspectStat stat;

  return proc->state == PROC_RUNNING && !vm_time_has_passed (vm)
         && inspect_stat (proc->pid, &stat) && stat.is_exiting;
}

static OpStatus
fail_broken (Vm *vm, const PlanOp *op, int error)
{
  if (is_about_to_end (vm, vm_proc (vm, op->process)))
    return OP_PENDING;

  const OpStatus status = vm_look (vm, op);
  if (status == OP_FAILED)
    return status;
  if (status == OP_DONE)
    return fail_ended (vm, op);
  return fail (vm, op,
               error == EPIPE ? "has closed its standard input"
                              : g_strerror (error));
}

/* --- The operations ------------------------------------------------------- */

/* The bytes are the plan's, which stay, or with values in them. */
static bool
get_bytes (Vm *vm, const PlanOp *op, Sending *sending)
{
  const PlanText *text = op->send->text;
  g_autoptr (GError) error = NULL;

  sending->bytes = text->bytes;
  sending->n_bytes = text->n_bytes;
  if (text->n_slots == 0)
    return true;
  sending->expanded = values_expand_bytes (vm_values (vm), text, NULL, &error);
  if (sending->expanded == NULL)
    {
      (void)vm_fail (vm, FAILURE_NOT_SENT, op->span, op->process, "%s",
                     error->message);
      return false;
    }
  sending->bytes = sending->expanded->str;
  sending->n_bytes = sending->expanded->len;
  return true;
}

/* NULL: the text cannot be had, and that was told. */
static Sending *
begin_sending (Vm *vm, const PlanOp *op)
{
  Sending *sending = g_new0 (Sending, 1);

  sending->vm = vm;
  sending->began = g_get_monotonic_time ();
  vm_set_state (vm, sending, sending_free);
  return get_bytes (vm, op, sending) ? sending : NULL;
}

/* Before it has made the terminal its own, which it does by itself on the way
 * to its exec, a ^C that is typed there reaches nobody. */
static bool
has_no_terminal_yet (const Proc *proc)
{
  InspectStat stat;

  return proc->pty != NULL && pty_foreground (proc->pty) == 0
         && inspect_stat (proc->pid, &stat) && stat.has_no_exec;
}

/* OP_PENDING: it goes in, or will when this is called again. */
static OpStatus
try_to_send (Vm *vm, const PlanOp *op)
{
  const OpStatus status = vm_look (vm, op);
  if (status == OP_DONE)
    return fail_ended (vm, op);
  if (status != OP_PENDING)
    return status;

  const Proc *proc = vm_proc (vm, op->process);
  Feed *feed = proc->feed;
  if (feed == NULL)
    return fail (vm, op, "has no standard input that could be sent to");
  if (feed_is_ended (feed))
    return fail (vm, op, "cannot be sent more: its standard input was closed");

  Sending *sending = vm_state (vm);
  if (sending == NULL)
    sending = begin_sending (vm, op);
  if (sending == NULL)
    return OP_FAILED;
  if (has_no_terminal_yet (proc))
    return OP_PENDING;
  if (feed_would_drop (feed, sending->bytes, sending->n_bytes))
    {
      (void)fail (vm, op,
                  "cannot be sent a line of more than " G_STRINGIFY (
                      FEED_MAX_LINE) " bytes: its terminal drops the rest");
      return OP_FAILED;
    }
  sending->text
      = feed_add (feed, sending->bytes, sending->n_bytes, on_over, sending);
  return OP_PENDING;
}

static void
call_again (Vm *vm, const Sending *sending)
{
  const int64_t waited = g_get_monotonic_time () - sending->began;

  vm_call_again (vm, CLAMP (waited / AGAIN_PART, MIN_AGAIN_MICROSECS,
                            MAX_AGAIN_MICROSECS));
}

OpStatus
op_send (Vm *vm, const PlanOp *op)
{
  const Sending *sending = vm_state (vm);

  if (sending == NULL || sending->text == NULL)
    {
      const OpStatus status = try_to_send (vm, op);
      if (status != OP_PENDING)
        return status;
      sending = vm_state (vm);
    }

  if (sending->text == NULL)
    call_again (vm, sending);
  else if (feed_text_n_left (sending->text) == 0)
    return OP_DONE;
  vm_set_time (vm, vm_scale (vm, op->send->microsecs), false);
  if (sending->text != NULL && feed_text_error (sending->text) != 0)
    return fail_broken (vm, op, feed_text_error (sending->text));
  return vm_time_has_passed (vm) ? fail_late (vm, op, sending) : OP_PENDING;
}

OpStatus
op_close (Vm *vm, const PlanOp *op)
{
  const Proc *proc = vm_proc (vm, op->process);

  if (proc->feed != NULL)
    feed_end (proc->feed);
  else if (proc->state == PROC_RUNNING)
    return fail (vm, op, "has no standard input that could be closed");
  return OP_DONE;
}
