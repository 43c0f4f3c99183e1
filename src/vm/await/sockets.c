#include "config.h"

#include "vm/await/sockets.h"

#include "vm/await/sockets-list.h"

#include <sys/stat.h>

/* --- TCP -------------------------------------------------------------------
 */

static SocketsAnswer
takes (const TcpSocket *socket, const Address *address)
{
  if (address == NULL || address_equals (&socket->address, address))
    return SOCKETS_LISTENING;
  if (!address_is_any (&socket->address))
    return SOCKETS_NONE;
  if (socket->address.family == address->family)
    return SOCKETS_LISTENING;
  if (address->family != AF_INET)
    return SOCKETS_NONE;
  return socket->takes_ipv4 == TAKES_IPV4_YES  ? SOCKETS_LISTENING
         : socket->takes_ipv4 == TAKES_IPV4_NO ? SOCKETS_NONE
                                               : SOCKETS_UNCLEAR;
}

SocketsAnswer
sockets_find_tcp (const Address *address, uint16_t port, GArray *inodes)
{
  g_autoptr (GArray) sockets = g_array_new (FALSE, FALSE, sizeof (TcpSocket));
  SocketsAnswer best = SOCKETS_NONE;

  if (!sockets_list_tcp_by_diag (port, sockets))
    {
      g_array_set_size (sockets, 0);
      if (!sockets_list_tcp_by_proc (port, sockets))
        return SOCKETS_UNCLEAR;
    }
  for (guint i = 0; i < sockets->len; i++)
    {
      const TcpSocket *socket = &g_array_index (sockets, TcpSocket, i);
      const SocketsAnswer answer = takes (socket, address);
      if (answer == SOCKETS_NONE)
        continue;
      g_array_append_val (inodes, socket->inode);
      if (best != SOCKETS_LISTENING)
        best = answer;
    }
  return best;
}

/* --- Unix ------------------------------------------------------------------
 */

static SocketsAnswer
judge (const GArray *sockets, GArray *inodes)
{
  SocketsAnswer answer = sockets->len > 0 ? SOCKETS_BOUND : SOCKETS_NONE;

  for (guint i = 0; i < sockets->len; i++)
    {
      const UnixSocket *socket = &g_array_index (sockets, UnixSocket, i);
      g_array_append_val (inodes, socket->inode);
      if (socket->is_listening)
        answer = SOCKETS_LISTENING;
    }
  return answer;
}

SocketsAnswer
sockets_find_unix (const char *path, GArray *inodes)
{
  g_autoptr (GArray) sockets = g_array_new (FALSE, FALSE, sizeof (UnixSocket));
  struct stat file;
  if (stat (path, &file) < 0 || !S_ISSOCK (file.st_mode))
    return SOCKETS_NONE;

  const UnixWanted wanted = { .path = path,
                              .is_file = true,
                              .file_dev = file.st_dev,
                              .file_inode = file.st_ino };
  if (!sockets_list_unix_by_diag (&wanted, sockets))
    {
      /* Of two that were bound to the same path, one has lost its file. */
      g_array_set_size (sockets, 0);
      if (!sockets_list_unix_by_proc (&wanted, sockets) || sockets->len > 1)
        return SOCKETS_UNCLEAR;
    }

  /* One in another network namespace can be reached too, but is not shown. */
  return sockets->len > 0 ? judge (sockets, inodes) : SOCKETS_UNCLEAR;
}

SocketsAnswer
sockets_find_abstract (const char *name, GArray *inodes)
{
  g_autoptr (GArray) sockets = g_array_new (FALSE, FALSE, sizeof (UnixSocket));
  const UnixWanted wanted = { .path = name, .is_abstract = true };

  if (!sockets_list_unix_by_diag (&wanted, sockets))
    {
      g_array_set_size (sockets, 0);
      if (!sockets_list_unix_by_proc (&wanted, sockets))
        return SOCKETS_UNCLEAR;
    }
  return judge (sockets, inodes);
}
