#include "config.h"

#include "vm/child/space.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdint.h>
#include <sys/quota.h>
#include <sys/random.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where less is left, it is tried. */
#define LOW_BYTES ((uint64_t)16 * 1024 * 1024)

/* So much must be there; less on a file system that is very small. */
#define WANTED_BYTES ((uint64_t)64 * 1024)
#define WANTED_PART  16

#define TRIAL_NAME ".space"

/* --- Quotas ------------------------------------------------------------------
 */

#if defined(SYS_quotactl_fd)
static bool
is_near (uint64_t limit_blocks, uint64_t used)
{
  const uint64_t limit = limit_blocks * 1024; /* quotactl(2) */
  return limit > 0 && used + LOW_BYTES > limit;
}

static bool
is_quota_low (int dir, int kind, unsigned id)
{
  /* QCMD shifts a number that is no unsigned one. */
  const unsigned command = (unsigned)Q_GETQUOTA << SUBCMDSHIFT | (unsigned)kind;
  struct dqblk quota;

  return syscall (SYS_quotactl_fd, dir, command, id, &quota) == 0
         && (quota.dqb_valid & QIF_BLIMITS) != 0
         && (is_near (quota.dqb_bhardlimit, quota.dqb_curspace)
             || is_near (quota.dqb_bsoftlimit, quota.dqb_curspace));
}

/* Those of projects show in what statvfs(2) tells of the directory. */
static bool
are_quotas_low (int dir)
{
  return is_quota_low (dir, USRQUOTA, geteuid ())
         || is_quota_low (dir, GRPQUOTA, getegid ());
}
#else
static bool
are_quotas_low (int dir)
{
  (void)dir;
  return false;
}
#endif

/* --- A trial -----------------------------------------------------------------
 */

static bool
is_lack (int error)
{
  return error == ENOSPC || error == EDQUOT;
}

/* Where nothing can be reserved.  Zeros would take no space on some. */
static bool
can_write (int fd, size_t n_bytes)
{
  g_autofree char *bytes = g_malloc (n_bytes);
  ssize_t n = getrandom (bytes, n_bytes, 0);

  n = write (fd, bytes, n_bytes);
  return n < 0 ? !is_lack (errno)
               : (size_t)n == n_bytes && (fsync (fd) == 0 || !is_lack (errno));
}

static bool
try_out (int dir, size_t n_bytes)
{
  const int fd
      = openat (dir, TRIAL_NAME,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0)
    return !is_lack (errno);
  (void)unlinkat (dir, TRIAL_NAME, 0);
  const bool is_left
      = fallocate (fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)n_bytes) == 0
        || (errno == EOPNOTSUPP ? can_write (fd, n_bytes) : !is_lack (errno));
  (void)close (fd); /* what it tells is nothing to the trial */
  return is_left;
}

bool
space_is_left (int dir, bool is_for_others)
{
  struct statvfs status;

  if (fstatvfs (dir, &status) < 0 || status.f_blocks == 0)
    return true;

  const uint64_t unit = status.f_frsize;
  const uint64_t wanted
      = MAX (MIN (WANTED_BYTES, status.f_blocks * unit / WANTED_PART), unit);
  const uint64_t available = status.f_bavail * unit;
  if (available >= LOW_BYTES && !are_quotas_low (dir))
    return true;
  if (is_for_others && available < wanted)
    return false;
  return try_out (dir, (size_t)wanted);
}
