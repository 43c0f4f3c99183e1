#include "config.h"

#include "vm/child/proc.h"

#include "vm/child/inspect.h"
#include "vm/child/logs.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned
slot_of (int stream)
{
  return stream == STDERR_FILENO ? 1 : 0;
}

/* --- Logs ----------------------------------------------------------------- */

char *
proc_log_name (const Proc *proc, int stream)
{
  if (proc->origin != NULL)
    return proc_log_name (proc->origin, stream);
  if (proc->plan->spawn == NULL)
    return NULL;

  const PlanContext *context = proc->plan->spawn->context;
  if (stream == STDERR_FILENO && (context->merge || context->pty))
    return NULL;
  if (stream == STDOUT_FILENO && context->stdout_path != NULL && !context->pty)
    return NULL;
  return logs_file_name (proc->plan->name, proc->number, stream);
}

const LogIdentity *
proc_log_identity (const Proc *proc, int stream)
{
  const LogIdentity *identity = &proc->streams[slot_of (stream)].log.identity;

  if (identity->inode != 0)
    return identity;
  identity = stream == STDERR_FILENO ? &proc->launch.stderr_identity
                                     : &proc->launch.stdout_identity;
  /* The child fills it in as we look. */
  return __atomic_load_n (&identity->inode, __ATOMIC_ACQUIRE) != 0 ? identity
                                                                   : NULL;
}

/* 0: the child makes it; -1 and @error if it cannot be had. */
static int
open_log (Proc *proc, int log_dir, int stream, const char *name, GError **error)
{
  ProcStream *own = &proc->streams[slot_of (stream)];
  int fd = 0;

  if (own->log.identity.inode != 0)
    fd = logs_open_to_append (log_dir, name, &own->log.identity, error);
  else if (proc->needs_logs || proc_is_copied (proc))
    fd = logs_create (log_dir, name, &own->log.identity, error);
  if (fd > 0)
    proc->log_begin[slot_of (stream)] = lseek (fd, 0, SEEK_END);
  return fd;
}

bool
proc_prepare_logs (Proc *proc, int log_dir, Command *command, GError **error)
{
  for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++)
    {
      char *name = proc_log_name (proc, stream);
      if (name == NULL)
        continue;
      g_ptr_array_add (command->strings, name);
      const int fd = open_log (proc, log_dir, stream, name, error);
      if (fd < 0)
        return false;
      command_set_log (command, stream, name, fd);
    }
  return true;
}

/* --- What comes through us -------------------------------------------------
 */

bool
proc_is_copied (const Proc *proc)
{
  const Proc *own = proc->origin != NULL ? proc->origin : proc;
  const PlanSpawn *spawn = own->plan->spawn;

  return spawn != NULL && (spawn->context->pty || spawn->context->log_pipe);
}

bool
proc_drain (Proc *proc)
{
  bool is_whole = proc->pty == NULL || log_copy_drain (pty_copy (proc->pty));

  for (size_t i = 0; i < G_N_ELEMENTS (proc->streams); i++)
    for (guint j = 0; j < proc_n_copies (&proc->streams[i]); j++)
      is_whole &= log_copy_drain (proc->streams[i].copies->pdata[j]);
  return is_whole;
}

/* The copies of one stream, wherever that is done; NULL: no more. */
static LogCopy *
find_copy (const Proc *proc, int stream, guint number)
{
  const Proc *own = proc->origin != NULL ? proc->origin : proc;
  const ProcStream *of_stream = &own->streams[slot_of (stream)];

  if (own->pty != NULL)
    return number == 0 && stream == STDOUT_FILENO ? pty_copy (own->pty) : NULL;
  return number < proc_n_copies (of_stream) ? of_stream->copies->pdata[number]
                                            : NULL;
}

bool
proc_is_copy_open (Proc *proc, int stream)
{
  LogCopy *copy;

  if (proc->origin == NULL)
    (void)proc_drain (proc); /* a loss is told at the end of the test */
  for (guint i = 0; (copy = find_copy (proc, stream, i)) != NULL; i++)
    if (proc->origin == NULL ? log_copy_is_open (copy)
                             : log_copy_is_held (copy))
      return true;
  return false;
}

bool
proc_is_copy_behind (const Proc *proc, int stream)
{
  const LogCopy *copy;

  for (guint i = 0; (copy = find_copy (proc, stream, i)) != NULL; i++)
    if (log_copy_is_behind (copy))
      return true;
  return false;
}

uint64_t
proc_n_copied (const Proc *proc, int stream)
{
  const LogCopy *copy;
  uint64_t n = 0;

  for (guint i = 0; (copy = find_copy (proc, stream, i)) != NULL; i++)
    n += log_copy_n_shared (copy);
  return n;
}

uint64_t
proc_n_to_be_copied (const Proc *proc, int stream)
{
  const LogCopy *copy;
  uint64_t n = proc_n_copied (proc, stream);

  for (guint i = 0; (copy = find_copy (proc, stream, i)) != NULL; i++)
    n += log_copy_n_to_come (copy);
  return n;
}

/* How long the log must be by what was written here. */
static uint64_t
n_written (const Proc *proc, int stream)
{
  const LogCopy *copy;
  uint64_t n = 0;

  for (guint i = 0;
       proc->origin == NULL && (copy = find_copy (proc, stream, i)) != NULL;
       i++)
    n = MAX (n, log_copy_n_written (copy));
  return n;
}

/* --- What becomes of them --------------------------------------------------
 */

static void
note_size (ProcLog *log, uint64_t size, uint64_t n_known)
{
  const uint64_t n_before = MAX (log->n_seen, n_known);

  if (size < n_before)
    log->n_lost = MAX (log->n_lost, n_before);
  log->n_seen = size;
}

void
proc_look_at_log (Proc *proc, int stream, int log_dir, uint64_t n_known)
{
  const LogIdentity *identity = proc_log_identity (proc, stream);
  ProcLog *log = &proc->streams[slot_of (stream)].log;
  g_autofree char *name
      = identity == NULL ? NULL : proc_log_name (proc, stream);
  const char *trouble;
  uint64_t size;

  n_known = MAX (n_known, n_written (proc, stream));
  /* Another file in its place is no shorter one; the look that tells them apart
   * for certain costs more. */
  if (name != NULL && logs_get_size (log_dir, name, identity, &size)
      && (size >= MAX (log->n_seen, n_known)
          || logs_look (log_dir, name, identity, &size, &trouble)))
    note_size (log, size, n_known);
}

bool
proc_verify_log (Proc *proc, int stream, int log_dir, uint64_t n_known,
                 const char **trouble)
{
  const LogIdentity *identity = proc_log_identity (proc, stream);
  g_autofree char *name
      = identity == NULL ? NULL : proc_log_name (proc, stream);
  uint64_t size;

  if (name == NULL)
    return true;
  if (!logs_look (log_dir, name, identity, &size, trouble))
    return false;
  note_size (&proc->streams[slot_of (stream)].log, size,
             MAX (n_known, n_written (proc, stream)));
  return true;
}

/* --- Files of adopted processes ------------------------------------------- */

/* Whether a file is younger than the log directory, so that all that is in it
 * comes from this test. */
static bool
is_of_this_test (int fd, int log_dir)
{
  struct statx file, dir;

  if (statx (fd, "", AT_EMPTY_PATH, STATX_BTIME, &file) < 0
      || statx (log_dir, "", AT_EMPTY_PATH, STATX_BTIME, &dir) < 0
      || (file.stx_mask & dir.stx_mask & STATX_BTIME) == 0)
    return true;
  return file.stx_btime.tv_sec != dir.stx_btime.tv_sec
             ? file.stx_btime.tv_sec > dir.stx_btime.tv_sec
             : file.stx_btime.tv_nsec >= dir.stx_btime.tv_nsec;
}

static char *
path_of (pid_t pid, int fd)
{
  char name[32];

  (void)g_snprintf (name, sizeof name, "fd/%d", fd);
  return inspect_path (pid, name);
}

static char *
read_target (pid_t pid, int fd)
{
  g_autofree char *link = path_of (pid, fd);
  return g_file_read_link (link, NULL);
}

/* Whether this is what a process of the test has for its output: that of a
 * daemon's starter, most likely. */
static bool
is_of_starter (const char *target, int log_dir)
{
  g_autofree char *logs = read_target (getpid (), log_dir);
  g_autofree char *dir = g_path_get_dirname (target);

  if (g_str_has_prefix (target, "/dev/pts/")
      || g_str_has_prefix (target, "pipe:"))
    return true;
  return g_strcmp0 (dir, logs) == 0
         && (g_str_has_suffix (target, ".stdout")
             || g_str_has_suffix (target, ".stderr"));
}

static void
open_file (Proc *proc, int stream, int log_dir)
{
  ProcStream *own = &proc->streams[slot_of (stream)];
  g_autofree char *link = path_of (proc->pid, stream);
  struct stat status;

  if (stat (link, &status) < 0 || !S_ISREG (status.st_mode))
    return;
  own->fd = open (link, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  own->is_own = own->fd >= 0 && !is_of_starter (own->target, log_dir);
  if (own->fd >= 0 && !is_of_this_test (own->fd, log_dir))
    proc->log_begin[slot_of (stream)] = status.st_size;
}

static void
close_file (Proc *proc, int stream)
{
  ProcStream *own = &proc->streams[slot_of (stream)];

  if (own->fd >= 0)
    (void)close (own->fd);
  own->fd = -1;
  g_clear_pointer (&own->target, g_free);
}

bool
proc_may_move (const Proc *proc, int stream)
{
  return proc_is_adopted (proc) && proc->state == PROC_RUNNING
         && !proc->streams[slot_of (stream)].is_own;
}

unsigned
proc_n_moves (Proc *proc, int stream, int log_dir)
{
  ProcStream *own = &proc->streams[slot_of (stream)];

  if (!proc_may_move (proc, stream))
    return own->n_moves;
  /* Of one that has just ended nothing is to be seen: what was known stays. */
  g_autofree char *target = read_target (proc->pid, stream);
  if (target == NULL || g_strcmp0 (target, own->target) == 0)
    return own->n_moves;

  close_file (proc, stream);
  own->target = g_steal_pointer (&target);
  own->n_moves++;
  proc->log_begin[slot_of (stream)] = 0;
  proc->tail_begin[slot_of (stream)] = 0;
  open_file (proc, stream, log_dir);
  return own->n_moves;
}

void
proc_find_files (Proc *proc, int log_dir)
{
  (void)proc_n_moves (proc, STDOUT_FILENO, log_dir);
  (void)proc_n_moves (proc, STDERR_FILENO, log_dir);
}

bool
proc_is_starting (pid_t pid, int log_dir)
{
  InspectStat stat;

  if (!inspect_stat (pid, &stat) || !stat.has_no_exec)
    return false;
  for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++)
    {
      g_autofree char *target = read_target (pid, stream);
      if (target != NULL && is_of_starter (target, log_dir))
        return true;
    }
  return false;
}

void
proc_close_files (Proc *proc)
{
  close_file (proc, STDOUT_FILENO);
  close_file (proc, STDERR_FILENO);
}

/* A descriptor with a place of its own in the file. */
static int
open_again (int fd)
{
  char path[64];

  (void)g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  return open (path, O_RDONLY | O_CLOEXEC);
}

/* --- Reading -------------------------------------------------------------- */

static void
set_no_log (const Proc *proc, int stream, GError **error)
{
  const char *target = proc->streams[slot_of (stream)].target;

  if (!proc_is_adopted (proc))
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "its %s has no log of its own", logs_stream_name (stream));
  else if (target != NULL)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "its %s goes to \"%s\"", logs_stream_name (stream), target);
  else
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                 "where its %s goes cannot be seen", logs_stream_name (stream));
}

int
proc_open_log (Proc *proc, int stream, int log_dir, GError **error)
{
  (void)proc_n_moves (proc, stream, log_dir);

  const int file = proc->streams[slot_of (stream)].fd;
  if (file >= 0)
    return open_again (file);

  g_autofree char *name = proc_log_name (proc, stream);
  if (name == NULL)
    {
      set_no_log (proc, stream, error);
      return -1;
    }
  return logs_open_to_read (log_dir, name, proc_log_identity (proc, stream),
                            error);
}

uint64_t
proc_append_tail (const Proc *proc, int stream, int log_dir, size_t n_bytes,
                  GString *out)
{
  const unsigned slot = slot_of (stream);
  const int file = proc->streams[slot].fd;
  if (file >= 0)
    return logs_append_tail_of (file, (uint64_t)proc->tail_begin[slot], n_bytes,
                                out);

  g_autofree char *name = proc_log_name (proc, stream);
  const int64_t begin = MAX (proc->log_begin[slot], proc->tail_begin[slot]);
  return name == NULL
             ? 0
             : logs_append_tail (log_dir, name, (uint64_t)begin, n_bytes, out);
}
