/* sockets.h - which sockets of this machine are listened on
 *
 * The kernel is asked for its tables, so the server notices nothing: a
 * connection would take a place of its queue, and stand in its log.
 */
#pragma once

#include "vm/await/address.h"

typedef enum
{
  SOCKETS_NONE,      /* there is none */
  SOCKETS_BOUND,     /* a unix socket, but nothing listens on it */
  SOCKETS_LISTENING, /* or is there, where there is nothing to listen for */
  SOCKETS_UNCLEAR    /* only a connection can tell */
} SocketsAnswer;

/* Whether a connection to @address (NULL: to any of this machine) would be
 * taken.  @inodes (of uint64_t) gets those of the sockets. */
SocketsAnswer sockets_find_tcp (const Address *address, uint16_t port,
                                GArray *inodes);

/* The same for a path, which must be absolute, or the name of an abstract
 * socket. */
SocketsAnswer sockets_find_unix (const char *path, GArray *inodes);
SocketsAnswer sockets_find_abstract (const char *name, GArray *inodes);
