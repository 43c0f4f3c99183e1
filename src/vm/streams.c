#include "config.h"

#include "vm/child/descendants.h"
#include "vm/child/inspect.h"
#include "vm/state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two for each process. */
static Listening *
listening_of (Vm *vm, uint32_t process, int stream)
{
  return &vm->streams[2 * process + (stream == STDERR_FILENO)];
}

void
streams_init (Vm *vm)
{
  vm->streams = g_new0 (Listening, 2 * vm->test->n_processes);
  for (uint32_t i = 0; i < 2 * vm->test->n_processes; i++)
    vm->streams[i].vm = vm;
}

static void
forget (Listening *listening)
{
  g_clear_pointer (&listening->watch, watch_free);
  g_clear_pointer (&listening->stream, stream_free);
}

void
streams_forget (Vm *vm, uint32_t process)
{
  forget (listening_of (vm, process, STDOUT_FILENO));
  forget (listening_of (vm, process, STDERR_FILENO));
}

void
streams_clear (Vm *vm)
{
  for (uint32_t i = 0; i < vm->test->n_processes; i++)
    streams_forget (vm, i);
  g_free (vm->streams);
}

bool
vm_has_stream_moved (Vm *vm, const PlanOp *op, int stream)
{
  const Listening *listening = listening_of (vm, op->process, stream);

  return listening->stream != NULL
         && listening->n_moves
                != proc_n_moves (vm_proc (vm, op->process), stream,
                                 vm_log_dir (vm, vm_proc (vm, op->process)));
}

Stream *
vm_stream (Vm *vm, const PlanOp *op, int stream)
{
  Listening *listening = listening_of (vm, op->process, stream);
  Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GError) error = NULL;

  if (vm_has_stream_moved (vm, op, stream))
    forget (listening);
  if (listening->stream != NULL)
    return listening->stream;

  const int fd = proc_open_log (proc, stream, vm_log_dir (vm, proc), &error);
  listening->n_moves = proc->streams[stream == STDERR_FILENO].n_moves;
  if (fd >= 0)
    listening->stream = stream_new (fd, vm_stream_begin (vm, proc, stream));
  else
    (void)vm_fail (vm, vm_failure_of (error, FAILURE_NOT_SEEN), op->span,
                   op->process, "the output of \"%s\" cannot be read: %s",
                   proc->plan->name, error->message);
  return listening->stream;
}

/* --- Growth ------------------------------------------------------------------
 */

static void
on_growth (uint32_t mask, const char *name, void *data)
{
  Listening *listening = data;

  (void)mask;
  (void)name;
  listening->n_growths++;
  if (listening->n_waiting > 0)
    vm_wake (listening->vm);
  else
    g_clear_pointer (&listening->watch, watch_free);
}

int
vm_watch_stream (Vm *vm, const PlanOp *op, int stream, GError **error)
{
  Listening *listening = listening_of (vm, op->process, stream);

  if (listening->watch == NULL)
    {
      g_autofree char *path
          = g_strdup_printf ("/proc/self/fd/%d", stream_fd (listening->stream));
      listening->watch = watches_add (vm->watches, path, IN_MODIFY, on_growth,
                                      listening, error);
      if (listening->watch == NULL)
        return -1;
      listening->n_waiting++;
      return 0;
    }
  listening->n_waiting++;
  return 1;
}

void
vm_let_stream_go (Vm *vm, const PlanOp *op, int stream)
{
  listening_of (vm, op->process, stream)->n_waiting--;
}

unsigned
vm_n_growths (Vm *vm, const PlanOp *op, int stream)
{
  return listening_of (vm, op->process, stream)->n_growths;
}

/* --- Who can still write ----------------------------------------------------
 */

/* Whether a process has this file open for writing. */
static bool
has_open (pid_t pid, const struct stat *file)
{
  g_autofree char *path = inspect_path (pid, "fd");
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *link = g_build_filename (path, name, NULL);
      struct stat status, own;
      if (stat (link, &status) == 0 && status.st_ino == file->st_ino
          && status.st_dev == file->st_dev && lstat (link, &own) == 0
          && (own.st_mode & S_IWUSR) != 0)
        return true;
    }
  return false;
}

bool
vm_is_log_held (Vm *vm, Proc *proc, int stream)
{
  struct stat file;

  if (proc_is_copied (proc))
    return proc_is_copy_open (proc, stream);

  g_autoptr (GArray) found = descendants_find_below (vm_parent (vm, proc));
  if (fstat (stream_fd (listening_of (vm, proc->number, stream)->stream), &file)
      < 0)
    return false;
  for (guint i = 0; i < found->len; i++)
    if (has_open (g_array_index (found, Descendant, i).pid, &file))
      return true;
  return false;
}
