#include "config.h"

#include "vm/child/launch.h"
#include "vm/child/rawcall.h"
#include "vm/signals.h"

#include <fcntl.h>
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
    open_as (0, AT_FDCWD, spec->stdin_path, O_RDONLY | O_NOCTTY, 0,
             LAUNCH_STDIN, result);
  else if (spec->stdin_fd > 0)
    check (result, LAUNCH_STDIN, RAWCALL3 (dup3, spec->stdin_fd, 0, 0));

  if (spec->stdout_path != NULL)
    open_as (1, AT_FDCWD, spec->stdout_path,
             O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY, 0666, LAUNCH_STDOUT,
             result);
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
