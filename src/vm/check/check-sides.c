#include "config.h"

#include "vm/check/check-sides.h"

#include "vm/check/compare.h"
#include "vm/check/printed.h"
#include "vm/child/logs.h"

void
check_sides_clear (CheckSides *sides)
{
  content_clear (&sides->left);
  content_clear (&sides->right);
  g_clear_pointer (&sides->name, g_free);
  g_clear_pointer (&sides->right_path, g_free);
  g_clear_pointer (&sides->right_name, g_free);
}

uint32_t
check_process (const PlanOp *op)
{
  return op->check->subject == CHECK_STREAM ? op->process : PLAN_NONE;
}

bool
check_may_update (Vm *vm, const PlanOp *op)
{
  return vm_options (vm)->update && op->check->right_is_file
         && op->check->compare == COMPARE_EQ && !vm_is_aborted (vm);
}

/* --- Failures ------------------------------------------------------------- */

static OpStatus
fail_file (Vm *vm, const PlanOp *op, const char *name, const GError *error)
{
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return vm_fail (vm, FAILURE_CHECK_FAILED, op->span, check_process (op),
                    "there is no file \"%s\"", name);
  return vm_fail (vm, vm_failure_of (error, FAILURE_CHECK_FAILED), op->span,
                  check_process (op), "\"%s\" cannot be read: %s", name,
                  error->message);
}

OpStatus
check_fail_left (Vm *vm, const PlanOp *op, const CheckSides *sides,
                 const GError *error)
{
  return op->check->subject == CHECK_STREAM
             ? vm_fail (vm, vm_failure_of (error, FAILURE_CHECK_FAILED),
                        op->span, op->process,
                        "the %s of \"%s\" cannot be read: %s",
                        logs_stream_name (op->check->stream), sides->name,
                        error->message)
             : fail_file (vm, op, sides->name, error);
}

OpStatus
check_fail_right (Vm *vm, const PlanOp *op, const CheckSides *sides,
                  const GError *error)
{
  (void)fail_file (vm, op, sides->right_name, error);
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)
      && op->check->compare == COMPARE_EQ && !vm_options (vm)->update)
    vm_note (vm, SRC_SPAN_NONE, "--update makes it");
  return OP_FAILED;
}

/* --- Opening -------------------------------------------------------------- */

static bool
set_text (Vm *vm, const PlanOp *op, const PlanText *text, Content *content)
{
  ValuesQuoteFunc *quote
      = op->check->compare == COMPARE_MATCHES && text == op->check->right
            ? values_quote_pattern
            : NULL;
  g_autoptr (GError) error = NULL;
  GString *bytes = values_expand_bytes (vm_values (vm), text, quote, &error);

  if (bytes == NULL)
    {
      (void)vm_fail (vm, FAILURE_CHECK_FAILED, op->span, check_process (op),
                     "%s", error->message);
      return false;
    }
  content_set (content, bytes);
  return true;
}

static bool
open_stream (Vm *vm, const PlanOp *op, CheckSides *sides)
{
  Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GError) error = NULL;

  sides->name = g_strdup (proc->plan->name);
  if (!vm_check_log (vm, op, op->check->stream))
    return false;
  if (printed_open (vm, proc, op->check->stream, &sides->left, &error))
    return true;
  (void)check_fail_left (vm, op, sides, error);
  return false;
}

static bool
open_left_file (Vm *vm, const PlanOp *op, CheckSides *sides)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path
      = vm_expand_path (vm, op, op->check->cwd, op->check->left);
  if (path == NULL)
    return false;

  sides->name = values_show_path (vm_values (vm), path);
  if (content_open (&sides->left, path, &error))
    return true;
  (void)check_fail_left (vm, op, sides, error);
  return false;
}

static bool
open_left (Vm *vm, const PlanOp *op, CheckSides *sides)
{
  switch (op->check->subject)
    {
    case CHECK_STREAM:
      return open_stream (vm, op, sides);
    case CHECK_FILE:
      return open_left_file (vm, op, sides);
    default:
      return set_text (vm, op, op->check->left, &sides->left);
    }
}

static bool
open_right_file (Vm *vm, const PlanOp *op, CheckSides *sides)
{
  g_autoptr (GError) error = NULL;

  sides->right_path = vm_expand_path (vm, op, op->check->cwd, op->check->right);
  if (sides->right_path == NULL)
    return false;

  sides->right_name = values_show_path (vm_values (vm), sides->right_path);
  if (content_open (&sides->right, sides->right_path, &error))
    return true;
  sides->right_is_missing
      = g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)
        && check_may_update (vm, op);
  if (!sides->right_is_missing)
    (void)check_fail_right (vm, op, sides, error);
  return sides->right_is_missing;
}

bool
check_sides_open (Vm *vm, const PlanOp *op, CheckSides *sides)
{
  if (!open_left (vm, op, sides))
    return false;
  if (op->check->right == NULL)
    return true;
  return op->check->right_is_file
             ? open_right_file (vm, op, sides)
             : set_text (vm, op, op->check->right, &sides->right);
}
