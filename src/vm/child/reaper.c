#include "config.h"

#include "vm/child/reaper.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

/* waitid(2) that leaves everything as it is. */
static int
look (idtype_t type, pid_t pid, int options, siginfo_t *info)
{
  int outcome;

  memset (info, 0, sizeof *info);
  do
    outcome = waitid (type, (id_t)pid, info, options | WNOHANG | WNOWAIT);
  while (outcome < 0 && errno == EINTR);
  return outcome;
}

static bool
is_any_dead (void)
{
  siginfo_t info;
  return look (P_ALL, 0, WEXITED | __WALL, &info) == 0 && info.si_pid > 0;
}

/* Reaps @which, or any child for -1; @is_alone, if it is not NULL: whether no
 * other was dead.  Only a true end counts: a child that asked to be traced
 * reports its stops here too (ptrace(2)). */
static bool
reap (const ReaperFuncs *funcs, pid_t which, bool *is_alone, void *data)
{
  for (;;)
    {
      int wait_status;
      struct rusage usage;
      const pid_t pid = wait4 (which, &wait_status, WNOHANG | __WALL, &usage);
      if (pid < 0 && errno == EINTR)
        continue;
      if (pid <= 0)
        return false;
      if (!WIFEXITED (wait_status) && !WIFSIGNALED (wait_status))
        continue;
      if (is_alone != NULL)
        *is_alone = !is_any_dead ();
      funcs->on_end (pid, wait_status, &usage, data);
      return true;
    }
}

/* A signal may be an old one, of a child that was asked for meanwhile.  What is
 * found alone has ended before what is found next. */
void
reaper_collect (const ReaperFuncs *funcs, pid_t first, void *data)
{
  bool is_alone = true;

  if (first > 0 && reap (funcs, first, NULL, data))
    funcs->on_settled (data);
  while (is_alone && reap (funcs, -1, &is_alone, data))
    if (is_alone)
      funcs->on_settled (data);
  if (!is_alone)
    reaper_collect_all (funcs, data);
  funcs->on_settled (data);
}

void
reaper_collect_all (const ReaperFuncs *funcs, void *data)
{
  while (reap (funcs, -1, NULL, data))
    ;
}

void
reaper_collect_one (const ReaperFuncs *funcs, pid_t pid, void *data)
{
  (void)reap (funcs, pid, NULL, data);
}

bool
reaper_has_children (void)
{
  siginfo_t info;
  return look (P_ALL, 0, WEXITED, &info) == 0 || errno != ECHILD;
}

bool
reaper_is_stopped (pid_t pid)
{
  siginfo_t info;

  if (look (P_PID, pid, WSTOPPED, &info) < 0 || info.si_pid != pid
      || info.si_code != CLD_STOPPED)
    return false;
  (void)waitid (P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG);
  return true;
}
