#include "config.h"

#include "vm/child/launch.h"
#include "vm/child/rawcall.h"
#include "vm/signals.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* This file runs in the child, in the memory of the parent, which runs too.
 * So: system calls only, by rawcall.h; nothing is written but the stack and
 * *result; no function of libc, and nothing that an instrumented build would
 * add (RAWCALL_IN_CHILD).  A descriptor that is not 0, 1 or 2 is close-on-exec,
 * always, so none needs to be closed here. */

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* What is opened by a child that has closed all else. */
#define KEPT_FD   3
#define KEPT_PATH "/proc/self/fd/3"

RAWCALL_IN_CHILD static void
fail (LaunchResult *result, LaunchStage stage, long error)
{
  result->stage = stage;
  result->error = (int)-error;
  for (;;)
    (void)RAWCALL1 (exit_group, 127);
}

RAWCALL_IN_CHILD static void
check (LaunchResult *result, LaunchStage stage, long outcome)
{
  if (outcome < 0)
    fail (result, stage, outcome);
}

/* Opens a file as descriptor @fd, which is taken over. */
RAWCALL_IN_CHILD static void
open_as (int fd, int dir, const char *path, int flags, int mode,
         LaunchStage stage, LaunchResult *result)
{
  (void)RAWCALL1 (close, fd);
  const long opened = RAWCALL4 (openat, dir, path, flags, mode);
  check (result, stage, opened);
  if (opened == fd)
    return;
  check (result, stage, RAWCALL3 (dup3, opened, fd, 0));
  (void)RAWCALL1 (close, opened);
}

/* Makes a log file: a new one, never through a link. */
RAWCALL_IN_CHILD static void
open_log (int fd, int dir, const char *name, LogIdentity *identity,
          LaunchResult *result)
{
  uint64_t size;
  unsigned mode;

  open_as (fd, dir, name,
           O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_NOCTTY, 0600,
           LAUNCH_LOG, result);
  check (result, LAUNCH_LOG,
         log_identity_read (fd, "", identity, &size, &mode));
}

/* The logs are made as ourselves, with our umask, in our directory. */
RAWCALL_IN_CHILD static void
open_logs (const LaunchSpec *spec, LaunchResult *result)
{
  if (spec->stdout_fd > 0)
    check (result, LAUNCH_LOG, RAWCALL3 (dup3, spec->stdout_fd, 1, 0));
  else if (spec->stdout_log != NULL)
    open_log (1, spec->log_dir, spec->stdout_log, &result->stdout_identity,
              result);

  if (spec->stderr_fd > 0)
    check (result, LAUNCH_LOG, RAWCALL3 (dup3, spec->stderr_fd, 2, 0));
  else if (spec->stderr_log != NULL)
    open_log (2, spec->log_dir, spec->stderr_log, &result->stderr_identity,
              result);
}

/* --- What may block --------------------------------------------------------
 */

/* Signals as a shell would hand them on: none blocked, none ignored. */
RAWCALL_IN_CHILD static void
reset_signals (void)
{
  const KernelSigaction default_action = { { 0 } };
  const uint64_t none = 0;

  for (const int *number = signals_ignored; *number != 0; number++)
    (void)RAWCALL4 (rt_sigaction, *number, &default_action, 0, SIGSET_BYTES);
  (void)RAWCALL4 (rt_sigprocmask, SIG_SETMASK, &none, 0, SIGSET_BYTES);
}

/* What getdents64(2) gives. */
typedef struct
{
  uint64_t inode;
  int64_t next;
  unsigned short n_bytes;
  unsigned char type;
  char name[];
} DirEntry;

/* 0 if it is none: "." and "..". */
RAWCALL_IN_CHILD static int
read_number (const char *name)
{
  int number = 0;

  for (; *name >= '0' && *name <= '9'; name++)
    number = number * 10 + (*name - '0');
  return number;
}

/* Before Linux 5.9, or where it is forbidden (seccomp). */
RAWCALL_IN_CHILD static void
close_each (void)
{
  _Alignas(DirEntry) char bytes[2048];
  const long dir
      = RAWCALL4 (openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY, 0);
  long n;

  while (dir >= 0 && (n = RAWCALL3 (getdents64, dir, bytes, sizeof bytes)) > 0)
    for (long at = 0; at < n;)
      {
        const DirEntry *entry = (const DirEntry *)(bytes + at);
        const int fd = read_number (entry->name);
        if (fd > KEPT_FD && fd != dir)
          (void)RAWCALL1 (close, fd);
        at += entry->n_bytes;
      }
  (void)RAWCALL1 (close, dir);
}

RAWCALL_IN_CHILD static bool
may_block (long handle)
{
  struct statx status;

  if (handle < 0
      || RAWCALL5 (statx, handle, "", AT_EMPTY_PATH, STATX_TYPE, &status) < 0)
    return false;
  const unsigned kind = status.stx_mode & S_IFMT;
  return kind == S_IFIFO || kind == S_IFCHR;
}

/* A signal that comes before the exec would end us as soon as the mask is
 * emptied, and nobody would know that there is no such program. */
RAWCALL_IN_CHILD static void
check_paths (const LaunchSpec *spec, LaunchResult *result)
{
  long error = -ENOENT;

  for (const char *const *path = spec->paths; *path != NULL; path++)
    {
      const long outcome = RAWCALL3 (faccessat, AT_FDCWD, *path, X_OK);
      if (outcome == 0)
        return;
      if (outcome == -EACCES)
        error = outcome;
    }
  fail (result, LAUNCH_EXEC, error);
}

/* A FIFO is opened when its other side is, which may be never.  Who waits for
 * that can be signalled as if it had come to its exec, and keeps nothing open
 * that is ours: a pipe of another child would never end.  The program that it
 * would execute is looked for before, while that can still be told.  @handle
 * is kept as KEPT_FD: its path may have led through a descriptor of ours. */
RAWCALL_IN_CHILD static void
get_ready_to_block (long handle, const LaunchSpec *spec, LaunchStage stage,
                    LaunchResult *result)
{
  check_paths (spec, result);
  if (handle != KEPT_FD)
    check (result, stage, RAWCALL3 (dup3, handle, KEPT_FD, O_CLOEXEC));
  if (RAWCALL3 (close_range, KEPT_FD + 1, ~0U, 0) < 0)
    close_each ();
  reset_signals ();
}

/* Opens a file of the plan as descriptor @fd. */
RAWCALL_IN_CHILD static void
open_path (int fd, const char *path, int flags, LaunchStage stage,
           const LaunchSpec *spec, LaunchResult *result)
{
  const long handle = RAWCALL4 (openat, AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);

  if (may_block (handle))
    {
      get_ready_to_block (handle, spec, stage, result);
      open_as (fd, AT_FDCWD, KEPT_PATH, (flags & ~O_CREAT) | O_NOCTTY, 0, stage,
               result);
      (void)RAWCALL1 (close, KEPT_FD);
      return;
    }
  (void)RAWCALL1 (close, handle);
  open_as (fd, AT_FDCWD, path, flags | O_NOCTTY, 0666, stage, result);
}

RAWCALL_IN_CHILD static void
open_standard_files (const LaunchSpec *spec, LaunchResult *result)
{
  if (spec->terminal_fd >= 0)
    {
      for (int fd = 0; fd <= 2; fd++)
        check (result, LAUNCH_TERMINAL,
               RAWCALL3 (dup3, spec->terminal_fd, fd, 0));
      check (result, LAUNCH_TERMINAL, RAWCALL3 (ioctl, 0, TIOCSCTTY, 0));
      return;
    }

  if (spec->stdin_path != NULL)
    open_path (0, spec->stdin_path, O_RDONLY, LAUNCH_STDIN, spec, result);
  else if (spec->stdin_fd > 0)
    check (result, LAUNCH_STDIN, RAWCALL3 (dup3, spec->stdin_fd, 0, 0));

  if (spec->stdout_path != NULL)
    open_path (1, spec->stdout_path, O_WRONLY | O_CREAT | O_TRUNC,
               LAUNCH_STDOUT, spec, result);
  if (spec->merge)
    check (result, LAUNCH_LOG, RAWCALL3 (dup3, 1, 2, 0));
}

RAWCALL_IN_CHILD static void
take_user (const LaunchSpec *spec, LaunchResult *result)
{
  const LaunchUser *user = spec->user;

  check (result, LAUNCH_USER,
         RAWCALL2 (setgroups, user->n_groups, user->groups));
  check (result, LAUNCH_USER,
         RAWCALL3 (setresgid, user->gid, user->gid, user->gid));
  check (result, LAUNCH_USER,
         RAWCALL3 (setresuid, user->uid, user->uid, user->uid));
  /* That has made our memory what fs.suid_dumpable says (launcher_new()). */
  (void)RAWCALL2 (prctl, PR_SET_DUMPABLE, 0);
}

RAWCALL_IN_CHILD static void
take_limits (const LaunchSpec *spec, LaunchResult *result)
{
  for (uint32_t i = 0; i < spec->n_limits; i++)
    {
      const uint64_t limit[2]
          = { spec->limits[i].value, spec->limits[i].value };
      check (result, LAUNCH_LIMIT,
             RAWCALL4 (prlimit64, 0, spec->limits[i].resource, limit, 0));
    }
}

RAWCALL_IN_CHILD static void
take_surroundings (const LaunchSpec *spec, LaunchResult *result)
{
  if (spec->cwd != NULL)
    check (result, LAUNCH_CWD, RAWCALL1 (chdir, spec->cwd));
  if (spec->umask >= 0)
    (void)RAWCALL1 (umask, spec->umask);
  if (spec->nice != 0)
    {
      /* The call gives 20 - nice, so that it is never negative. */
      const long now = 20 - RAWCALL2 (getpriority, PRIO_PROCESS, 0);
      check (result, LAUNCH_NICE,
             RAWCALL3 (setpriority, PRIO_PROCESS, 0, now + spec->nice));
    }
}

/* As execvp(3) goes through PATH: what is not there is passed over, and so is
 * what may not be executed, but that is told if nothing else is found. */
RAWCALL_IN_CHILD static long
exec_first (const LaunchSpec *spec)
{
  long error = -ENOENT;

  for (const char *const *path = spec->paths; *path != NULL; path++)
    {
      const long refusal = RAWCALL3 (execve, *path, spec->argv, spec->envp);
      if (refusal == -EACCES)
        error = refusal;
      else if (refusal != -ENOENT && refusal != -ENOTDIR)
        return refusal;
    }
  return error;
}

/* If the parent has died before, nobody is left to tell: end as it would have
 * made us end. */
RAWCALL_IN_CHILD static void
die_with_parent (pid_t parent)
{
  (void)RAWCALL2 (prctl, PR_SET_PDEATHSIG, SIGKILL);
  if (RAWCALL0 (getppid) != parent)
    for (;;)
      (void)RAWCALL1 (exit_group, 127);
}

/* Whether a signal waits for the mask to be emptied. */
RAWCALL_IN_CHILD static bool
is_signalled (void)
{
  uint64_t pending = 0;

  (void)RAWCALL2 (rt_sigpending, &pending, SIGSET_BYTES);
  return pending != 0;
}

RAWCALL_IN_CHILD void
launch_child (const LaunchSpec *spec, pid_t parent, LaunchResult *result)
{
  die_with_parent (parent);
  (void)RAWCALL0 (setsid);

  if (spec->terminal_fd < 0)
    open_logs (spec, result);
  take_surroundings (spec, result);
  if (spec->user != NULL)
    {
      take_user (spec, result);
      die_with_parent (parent); /* the change of user has cleared it */
    }
  open_standard_files (spec, result);
  take_limits (spec, result);

  if (is_signalled ())
    check_paths (spec, result);
  reset_signals ();
  fail (result, LAUNCH_EXEC, exec_first (spec));
  __builtin_unreachable ();
}
