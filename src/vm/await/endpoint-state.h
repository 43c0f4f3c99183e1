/* endpoint-state.h - the inside of an endpoint, for the kinds of them
 *
 *   endpoint.c        its life, and when to ask again
 *   endpoint-tcp.c    addresses, and who listens there
 *   connecting.c      connections, where only they tell
 *   endpoint-unix.c   unix sockets
 *   endpoint-file.c   files and pidfiles
 *   endpoint-probe.c  what another program must ask: URLs, names of hosts
 */
#pragma once

#include "vm/await/address.h"
#include "vm/await/connecting.h"
#include "vm/await/endpoint.h"
#include "vm/await/fd-watch.h"
#include "vm/await/place.h"

/* What the helper has said last. */
typedef enum
{
  TOLD_NOTHING,
  TOLD_YES,
  TOLD_NO,
  TOLD_WAIT /* it is about to know */
} Told;

struct Endpoint
{
  const Target *target;
  EndpointHost host;
  int64_t began;
  int64_t asked_at;
  bool has_changed; /* since it was asked */
  bool is_asking;

  EndpointAnswer answer;
  GString *text;  /* owned */
  GArray *inodes; /* owned */

  GArray *addresses;      /* owned: of Address, of the host; NULL: unknown */
  Connecting *connecting; /* owned; NULL: none goes on */
  char *path;             /* owned: absolute; NULL: it has none */
  Place *place;           /* owned: where its path leads; or NULL */
  int pidfd;              /* owned: of the process of a pidfile; -1: none */
  pid_t pidfd_pid;
  FdWatch *pidfd_watch;  /* owned, or NULL */
  Helper *helper;        /* owned, or NULL */
  char *helper_wrong;    /* owned: it has ended, or could not be started */
  int64_t refused_since; /* for now, by the system; 0: it was not */
  Told told_kind;
  char *told; /* owned: what it has said with that, or NULL */
};

/* Asks; sets what is to be answered. */
void endpoint_ask_tcp (Endpoint *endpoint);
void endpoint_ask_unix (Endpoint *endpoint);
void endpoint_ask_file (Endpoint *endpoint);
void endpoint_ask_pidfile (Endpoint *endpoint);
void endpoint_ask_http (Endpoint *endpoint);

/* Something has changed. */
void endpoint_on_change (void *endpoint);

/* The answers.  @is_told: the kernel tells when it changes. */
void endpoint_set (Endpoint *endpoint, bool is_there, bool is_told,
                   const char *format, ...) G_GNUC_PRINTF (4, 5);
/* It is told when more is known. */
void endpoint_set_unknown (Endpoint *endpoint, const char *text);
void endpoint_set_hopeless (Endpoint *endpoint, const char *text);

/* "connection refused" */
char *endpoint_error_text (int error);

/* Starts proctor-probe, if it does not run yet; false: that is hopeless, or was
 * refused for now, and the answer says so. */
bool endpoint_start_probe (Endpoint *endpoint, const char *verb,
                           const char *argument, const char *limit);
