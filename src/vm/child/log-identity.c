#include "config.h"

#include "vm/child/log-identity.h"

#include "vm/child/rawcall.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <string.h>

RAWCALL_IN_CHILD static void
read_handle (int dir, const char *name, LogIdentity *identity)
{
  const int flags = *name == '\0' ? AT_EMPTY_PATH : 0;
  int mount;

  identity->handle.n_bytes = LOG_HANDLE_BYTES;
  if (RAWCALL5 (name_to_handle_at, dir, name, &identity->handle, &mount, flags)
      < 0)
    identity->handle.n_bytes = 0;
}

RAWCALL_IN_CHILD int
log_identity_read (int dir, const char *name, LogIdentity *identity,
                   uint64_t *size, unsigned *mode)
{
  struct statx status;
  const long outcome
      = RAWCALL5 (statx, dir, name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW,
                  STATX_TYPE | STATX_INO | STATX_SIZE | STATX_BTIME, &status);

  if (outcome < 0)
    return (int)outcome;
  read_handle (dir, name, identity);
  const bool is_known = (status.stx_mask & STATX_BTIME) != 0;
  identity->born_secs = is_known ? status.stx_btime.tv_sec : 0;
  identity->born_nanosecs = is_known ? status.stx_btime.tv_nsec : 0;
  *size = status.stx_size;
  *mode = status.stx_mode;
  __atomic_store_n (&identity->inode, status.stx_ino, __ATOMIC_RELEASE);
  return 0;
}

/* A handle that does not have the inode number in it (FUSE, overlayfs) may be
 * another one when the kernel has forgotten the file meanwhile. */
static bool
is_handle_stable (const LogIdentity *identity)
{
  const uint32_t number = (uint32_t)identity->inode;
  const unsigned char *bytes = identity->handle.bytes;

  return identity->handle.n_bytes >= 2 * sizeof number
         && (memcmp (bytes, &number, sizeof number) == 0
             || memcmp (bytes + sizeof number, &number, sizeof number) == 0);
}

static bool
is_born (const LogIdentity *identity)
{
  return identity->born_secs != 0 || identity->born_nanosecs != 0;
}

bool
log_identity_is_same (const LogIdentity *one, const LogIdentity *other)
{
  if (one->inode != other->inode
      || (is_born (one) && is_born (other)
          && (one->born_secs != other->born_secs
              || one->born_nanosecs != other->born_nanosecs)))
    return false;
  return !is_handle_stable (one) || !is_handle_stable (other)
         || (one->handle.type == other->handle.type
             && one->handle.n_bytes == other->handle.n_bytes
             && memcmp (one->handle.bytes, other->handle.bytes,
                        one->handle.n_bytes)
                    == 0);
}
