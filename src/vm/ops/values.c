#include "config.h"

#include "vm/await/ports.h"
#include "vm/check/printed.h"
#include "vm/child/logs.h"

#include <string.h>

/* A value is passed on as an argument, or shown; not much more is of use. */
#define MAX_OUTPUT ((uint64_t)1024 * 1024)

static void
set_number (Vm *vm, const PlanOp *op, unsigned number)
{
  char text[16];

  (void)g_snprintf (text, sizeof text, "%u", number);
  values_set (vm_values (vm), op->value, text, strlen (text));
}

OpStatus
op_free_port (Vm *vm, const PlanOp *op)
{
  uint16_t port;
  g_autoptr (GError) error = NULL;

  if (!ports_take (vm_options (vm)->ports, &port, &error))
    {
      (void)vm_fail (vm, FAILURE_TROUBLE, op->span, PLAN_NONE, "%s",
                     error->message);
      if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN))
        vm_note (vm, op->span,
                 "each port is given once in a run: divide it into several");
      return OP_FAILED;
    }
  set_number (vm, op, port);
  return OP_DONE;
}

/* Of one that has ended too: if nothing here waits for that, it was told
 * already, and if the next step does, it could as well end a moment later. */
OpStatus
op_pid (Vm *vm, const PlanOp *op)
{
  const Proc *proc = vm_proc (vm, op->process);

  if (vm_look (vm, op) == OP_FAILED)
    return OP_FAILED;
  if (proc->state != PROC_NEW) /* the test has failed before it came to it */
    set_number (vm, op, (unsigned)proc->pid);
  return OP_DONE;
}

/* --- What a process has printed ------------------------------------------- */

/* As the shell does with $(...).  A terminal ends its lines with "\r\n". */
static size_t
without_newlines (const char *bytes, size_t n_bytes)
{
  while (n_bytes > 0 && bytes[n_bytes - 1] == '\n')
    {
      n_bytes--;
      n_bytes -= n_bytes > 0 && bytes[n_bytes - 1] == '\r';
    }
  return n_bytes;
}

static OpStatus
await_log (Vm *vm, const PlanOp *op)
{
  if (vm_state (vm) == NULL)
    vm_set_state (vm, g_new0 (uint64_t, 1), g_free);
  return vm_await_log (vm, op, op->stream, vm_state (vm));
}

OpStatus
op_output (Vm *vm, const PlanOp *op)
{
  Proc *proc = vm_proc (vm, op->process);
  const OpStatus status = await_log (vm, op);
  g_auto (Content) content = CONTENT_NONE;
  g_autoptr (GError) error = NULL;

  if (status != OP_DONE)
    return status;
  if (!vm_check_log (vm, op, op->stream))
    return OP_FAILED;
  if (!printed_open (vm, proc, op->stream, &content, &error)
      || !content_load (&content, MAX_OUTPUT, &error))
    return vm_fail (vm, vm_failure_of (error, FAILURE_SAID_SO), op->span,
                    op->process, "the %s of \"%s\" cannot be taken: %s",
                    logs_stream_name (op->stream), proc->plan->name,
                    error->message);

  values_set (vm_values (vm), op->value, content.bytes,
              without_newlines (content.bytes, content.size));
  return OP_DONE;
}
