#include "config.h"

#include "base/passwd.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

bool
passwd_find (const char *name, uid_t *uid, gid_t *gid)
{
  FILE *file = fopen ("/etc/passwd", "re");
  struct passwd *entry = NULL;

  while (file != NULL && (entry = fgetpwent (file)) != NULL)
    if (strcmp (entry->pw_name, name) == 0)
      {
        *uid = entry->pw_uid;
        *gid = entry->pw_gid;
        break;
      }
  if (file != NULL)
    (void)fclose (file);
  return entry != NULL;
}
