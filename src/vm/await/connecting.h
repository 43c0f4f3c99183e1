/* connecting.h - whether one of some addresses takes a connection
 *
 * They are tried one after the other, without blocking.  A connection that is
 * taken is closed at once.
 */
#pragma once

#include "vm/await/address.h"

typedef struct Connecting Connecting;
typedef void ConnectingFunc (void *data);

/* Where nothing answers, each takes so long at most, as a rule: the kernel
 * itself would wait for minutes, and longer before each new packet. */
#define CONNECTING_MICROSECS (1000 * 1000)

/* @on_change is called when it is time for connecting_go_on(); @try_microsecs:
 * how long each takes at most. */
Connecting *connecting_new (GArray *addresses /* takes; of Address */,
                            uint16_t port, int64_t try_microsecs,
                            ConnectingFunc *on_change, void *data);
void connecting_free (Connecting *connecting);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Connecting, connecting_free)

/* EINPROGRESS: call it again, after @try_microsecs at the latest.  0:
 * one has taken it.  Else the error of the last. */
int connecting_go_on (Connecting *connecting);

/* Connects to a unix socket, which never takes long: 0 or errno.  @pid gets
 * who listens; 0: that is not known. */
int connecting_try_unix (const char *path, bool is_abstract, pid_t *pid);
