/* log-identity.h - which file it is
 *
 * A file that is made where another was removed may have its inode number at
 * once (ext4).  So there is more: when it was born, as far as the file system
 * keeps that, and its handle (name_to_handle_at(2)), which has a number that
 * the next file with this inode does not have.  The clock of the births is
 * coarse on older kernels, and some file systems have no handles; where both
 * are missing, the inode number is all there is.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Enough for the file systems that have the inode number in their handles. */
#define LOG_HANDLE_BYTES 24

typedef struct
{
  uint64_t inode;    /* 0: it is not known */
  int64_t born_secs; /* both 0: the file system does not keep it */
  uint32_t born_nanosecs;
  struct
  {
    uint32_t n_bytes; /* 0: there is none */
    int32_t type;
    unsigned char bytes[LOG_HANDLE_BYTES];
  } handle; /* as the kernel has it */
} LogIdentity;

/* Fills @identity, @size and @mode (stat(2)) of a file in a directory, or, if
 * @name is "", of an open file; 0 or -errno.  It is safe between clone and
 * exec, in the memory of the parent: the inode is filled in last. */
int log_identity_read (int dir, const char *name, LogIdentity *identity,
                       uint64_t *size, unsigned *mode);

/* As far as it can be known. */
bool log_identity_is_same (const LogIdentity *one, const LogIdentity *other);
