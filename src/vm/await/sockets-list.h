/* sockets-list.h - the kernel's tables of sockets, for sockets.c
 *
 * There are two ways to read them.  sock_diag(7) tells more, and tells it
 * sooner; it is not in every kernel, nor allowed in every container.  Then
 * there is proc(5).  Each of these functions is false if its way is closed.
 */
#pragma once

#include "vm/await/address.h"

typedef enum
{
  TAKES_IPV4_NO,
  TAKES_IPV4_YES,
  TAKES_IPV4_UNKNOWN
} TakesIpv4;

/* A TCP socket that listens. */
typedef struct
{
  Address address;
  uint64_t inode;
  TakesIpv4 takes_ipv4; /* of one on "::": IPV6_V6ONLY */
} TcpSocket;

/* Appends those of a port to @sockets (of TcpSocket). */
bool sockets_list_tcp_by_diag (uint16_t port, GArray *sockets);
bool sockets_list_tcp_by_proc (uint16_t port, GArray *sockets);

/* A unix socket with a name. */
typedef struct
{
  uint64_t inode;
  bool is_listening; /* or is not of the kind that listens */
} UnixSocket;

/* Which are wanted. */
typedef struct
{
  const char *path; /* absolute; or the name of an abstract socket */
  bool is_abstract;
  bool is_file; /* the two that follow are known */
  uint64_t file_dev;
  uint64_t file_inode;
} UnixWanted;

/* Appends them to @sockets (of UnixSocket).  By its file, a socket is found
 * whatever the path was that it was bound to; proc(5) has only that. */
bool sockets_list_unix_by_diag (const UnixWanted *wanted, GArray *sockets);
bool sockets_list_unix_by_proc (const UnixWanted *wanted, GArray *sockets);
