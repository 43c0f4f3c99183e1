/* target.h - what an `await` waits for
 *
 *     tcp:HOST:PORT  tcp:PORT  tcp:[::1]:PORT
 *     unix:PATH  unix:@NAME
 *     file:PATH  pidfile:PATH
 *     http://HOST[:PORT]/...  https://...
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* So many bytes fit in a sockaddr_un, with the NUL behind a path or before the
 * name of an abstract socket (unix(7)). */
#define TARGET_MAX_UNIX 107

typedef enum
{
  TARGET_TCP,
  TARGET_UNIX,
  TARGET_FILE,
  TARGET_PIDFILE,
  TARGET_HTTP /* https too */
} TargetKind;

/* Everything in it is owned. */
typedef struct
{
  TargetKind kind;
  char *text; /* as it was written */
  char *host; /* tcp, http: without brackets; NULL: any of this machine */
  char *path; /* unix, file, pidfile; of an abstract socket, without the "@" */
  bool is_abstract;
  uint16_t port; /* tcp, http */
} Target;

/* False: @wrong says what is wrong with it, and @note, if it is not NULL, what
 * would be right; there is nothing in @target then. */
bool target_parse (const char *text, Target *target, char **wrong, char **note);
void target_clear (Target *target);

/* Whether a process can have it, as `by` wants; no file is anybody's. */
bool target_can_be_held (const Target *target);
