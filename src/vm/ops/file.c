#include "config.h"

#include "vm/check/filewrite.h"
#include "vm/machine.h"

#include <unistd.h>

static OpStatus
fail (Vm *vm, const PlanOp *op, const char *path, const GError *error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = values_show_path (vm_values (vm), path);
  g_autofree char *parent = values_show_path (vm_values (vm), directory);

  (void)vm_fail (vm, vm_failure_of (error, FAILURE_SAID_SO), op->span,
                 PLAN_NONE, "\"%s\" could not be written: %s", name,
                 error->message);
  if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)
      && access (directory, F_OK) < 0)
    vm_note (vm, SRC_SPAN_NONE, "there is no directory \"%s\"", parent);
  return OP_FAILED;
}

OpStatus
op_file (Vm *vm, const PlanOp *op)
{
  const PlanFile *file = op->file;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = vm_expand_path (vm, op, file->cwd, file->path);
  if (path == NULL)
    return OP_FAILED;

  g_autoptr (GString) text
      = values_expand_bytes (vm_values (vm), file->text, NULL, &error);
  if (text == NULL)
    return vm_fail (vm, FAILURE_SAID_SO, op->span, PLAN_NONE, "%s",
                    error->message);
  return filewrite (path, text->str, text->len, file->mode, file->umask, &error)
             ? OP_DONE
             : fail (vm, op, path, error);
}
