/* endpoint.h - what an `await` waits for, asked again and again
 *
 * Whoever waits asks, and asks again when told that something has changed, or
 * when the answer says so: where the kernel tells nothing, after 1 ms, then
 * after each hundredth of the time waited so far, at most 50 ms.  Nothing
 * blocks, and a server on this machine notices nothing, if that can be helped.
 */
#pragma once

#include "plan/target.h"
#include "vm/await/helper.h"
#include "vm/watches.h"

typedef struct
{
  bool is_there;
  /* It is neither there nor gone, as far as is known: nobody has answered yet.
   * A name that cannot be resolved is gone, once that is known. */
  bool is_unknown;
  bool is_hopeless; /* it cannot be found out */
  /* Why it is not there ("HTTP status 503"), or cannot be found out; how it is
   * there still ("it is still listened on"). */
  const char *text;
  const GArray *inodes; /* of uint64_t: of the sockets that are listened on */
  pid_t pid;            /* pidfile, some unix sockets: of whom; else 0 */
  pid_t named;          /* pidfile: whom it names, dead or alive; else 0 */
  int64_t again_microsecs; /* ask then, at the latest; 0: when told */
} EndpointAnswer;

typedef struct
{
  Watches *watches;
  const char *cwd;   /* of relative paths; NULL: our own */
  const char *probe; /* the path of proctor-probe; NULL: where it belongs */
  /* So long is it asked, and an answer may take: 0: for ever. */
  int64_t limit_microsecs;
  int64_t connect_microsecs; /* so may a connection, before it is tried anew */
  /* Something has changed.  Not called while it is asked. */
  void (*on_change) (void *data);
  /* As in HelperFuncs. */
  bool (*find_end) (pid_t pid, int *wait_status, void *data);
  void *data;
} EndpointHost;

typedef struct Endpoint Endpoint;

/* @target is borrowed, and must outlive it; @host is copied. */
Endpoint *endpoint_new (const Target *target, const EndpointHost *host);
void endpoint_free (Endpoint *endpoint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Endpoint, endpoint_free)

/* The answer is valid until it is asked again. */
const EndpointAnswer *endpoint_ask (Endpoint *endpoint);
/* The same, though nothing may have told that it has changed. */
const EndpointAnswer *endpoint_ask_anew (Endpoint *endpoint);

/* The process that asks for us; 0: none does. */
pid_t endpoint_helper_pid (const Endpoint *endpoint);

/* Where it listens, as it would be said: "127.0.0.1:80", "port 80". */
void endpoint_append_place (const Target *target, GString *out);
