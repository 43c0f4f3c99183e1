/* passwd.h - the users of this machine
 *
 * From the file /etc/passwd, not by getpwnam(3): that may ask a server, and
 * blocks then; and it may load libraries, which a static program cannot.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* False: there is no such user. */
bool passwd_find (const char *name, uid_t *uid, gid_t *gid);
