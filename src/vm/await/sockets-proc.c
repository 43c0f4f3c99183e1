#include "config.h"

#include "vm/await/sockets-list.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What is shown of a unix socket that listens (__SO_ACCEPTCON). */
#define UNIX_LISTENS 0x10000

#define ADDRESS_DIGITS 32

/* False: no more lines are wanted. */
typedef bool LineFunc (const char *line, void *data);

/* Hands on the lines that are complete, and keeps what is not. */
static bool
take_lines (GString *text, LineFunc *on_line, void *data)
{
  char *line = text->str;
  bool goes_on = true;

  for (char *end; goes_on && (end = strchr (line, '\n')) != NULL;
       line = end + 1)
    {
      *end = '\0';
      goes_on = on_line (line, data);
    }
  (void)g_string_erase (text, 0, line - text->str);
  return goes_on;
}

/* False if there is no such table. */
static bool
read_table (const char *path, LineFunc *on_line, void *data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const int fd = open (path, O_RDONLY | O_CLOEXEC);
  ssize_t n;

  if (fd < 0)
    return false;
  do
    {
      char buffer[4096]; /* as much as the kernel gives at once */
      n = read (fd, buffer, sizeof buffer);
      if (n > 0)
        g_string_append_len (text, buffer, n);
    }
  while ((n < 0 && errno == EINTR)
         || (n > 0 && take_lines (text, on_line, data)));
  (void)close (fd);
  return n >= 0;
}

/* --- TCP -------------------------------------------------------------------
 */

typedef struct
{
  uint16_t port;
  GArray *sockets;
} TcpSearch;

/* Words of 32 bits, each shown as the number that it is here, the bytes of
 * which are those of the address. */
static void
read_address (const char *digits, Address *address)
{
  const size_t n_words = strlen (digits) / 8;
  uint32_t words[4] = { 0 };

  for (size_t i = 0; i < n_words; i++)
    (void)sscanf (digits + i * 8, "%8x", &words[i]);
  address_init (address, n_words == 1 ? AF_INET : AF_INET6, words);
}

/* "0: 0100007F:1538 00000000:0000 0A ..."; those that listen come first. */
static bool
on_tcp (const char *line, void *data)
{
  const TcpSearch *search = data;
  char digits[ADDRESS_DIGITS + 1];
  unsigned port, state;
  unsigned long inode;

  if (sscanf (line,
              "%*d: %32[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*x:%*x %*x:%*x "
              "%*x %*u %*u %lu",
              digits, &port, &state, &inode)
      != 4)
    return true; /* the heading */
  if (state != TCP_LISTEN)
    return false;
  if (port == search->port)
    {
      TcpSocket socket = { .inode = inode };
      read_address (digits, &socket.address);
      if (socket.address.family == AF_INET6)
        socket.takes_ipv4 = TAKES_IPV4_UNKNOWN;
      g_array_append_val (search->sockets, socket);
    }
  return true;
}

bool
sockets_list_tcp_by_proc (uint16_t port, GArray *sockets)
{
  TcpSearch search = { .port = port, .sockets = sockets };
  const bool is_good = read_table ("/proc/net/tcp", on_tcp, &search);

  (void)read_table ("/proc/net/tcp6", on_tcp, &search); /* none: no IPv6 */
  return is_good;
}

/* --- Unix ------------------------------------------------------------------
 */

typedef struct
{
  const UnixWanted *wanted;
  GArray *sockets;
} UnixSearch;

/* "00000000f0c0a080: 00000002 00000000 00010000 0001 01 632 /run/x" */
static bool
on_unix (const char *line, void *data)
{
  const UnixSearch *search = data;
  const UnixWanted *wanted = search->wanted;
  unsigned flags, type, state;
  unsigned long inode;
  int n_before = 0;

  if (sscanf (line, "%*x: %*x %*x %x %x %x %lu %n", &flags, &type, &state,
              &inode, &n_before)
          < 4
      || n_before == 0)
    return true;

  const char *name = line + n_before;
  const bool is_abstract = name[0] == '@';
  const bool is_connected = state != 1 && type != SOCK_DGRAM;
  if (is_connected || is_abstract != wanted->is_abstract
      || strcmp (name + is_abstract, wanted->path) != 0)
    return true;

  const UnixSocket socket
      = { .inode = inode,
          .is_listening = type == SOCK_DGRAM || (flags & UNIX_LISTENS) != 0 };
  g_array_append_val (search->sockets, socket);
  return true;
}

bool
sockets_list_unix_by_proc (const UnixWanted *wanted, GArray *sockets)
{
  UnixSearch search = { .wanted = wanted, .sockets = sockets };
  return read_table ("/proc/net/unix", on_unix, &search);
}
