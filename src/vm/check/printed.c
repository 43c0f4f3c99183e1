#include "config.h"

#include "vm/check/printed.h"

#include <unistd.h>

bool
printed_open (Vm *vm, Proc *proc, int stream, Content *content, GError **error)
{
  g_autoptr (GError) refusal = NULL;
  const int fd = proc_open_log (proc, stream, vm_log_dir (vm, proc), &refusal);

  /* It may be another one now. */
  const int64_t begin = proc->log_begin[stream == STDERR_FILENO];
  if (fd >= 0)
    return content_open_fd (content, fd, (uint64_t)begin, error);
  if (g_error_matches (refusal, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      /* It was just started, and has yet to make its log. */
      content_set (content, g_string_new (NULL));
      return true;
    }
  g_propagate_error (error, g_steal_pointer (&refusal));
  return false;
}
