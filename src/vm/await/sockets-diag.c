#include "config.h"

#include "vm/await/sockets-list.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The kernel gives no more at once (NLMSG_GOODSIZE, netlink(7)). */
#define REPLY_BYTES (32 * 1024)

/* A device as the kernel has it, not as stat(2) gives it. */
#define KERNEL_MAJOR(dev) ((dev) >> 20)
#define KERNEL_MINOR(dev) ((dev)&0xfffff)

typedef void ReplyFunc (const struct nlmsghdr *message, void *data);

/* One of the attributes behind a message, or NULL. */
static const struct rtattr *
find_attribute (const struct nlmsghdr *message, size_t n_struct, int type)
{
  const size_t n_all = message->nlmsg_len - NLMSG_HDRLEN;
  const size_t n_before = NLMSG_ALIGN (n_struct);
  size_t n = n_all > n_before ? n_all - n_before : 0;
  const struct rtattr *attribute
      = (const void *)((const char *)NLMSG_DATA (message) + n_before);

  for (; RTA_OK (attribute, n); attribute = RTA_NEXT (attribute, n))
    if (attribute->rta_type == type)
      return attribute;
  return NULL;
}

/* Reads one part of a reply; false when it was the last, or there is none. */
static bool
take_replies (int fd, size_t n_struct, ReplyFunc *on_reply, void *data,
              bool *is_good)
{
  _Alignas(struct nlmsghdr) char buffer[REPLY_BYTES];
  ssize_t n;

  do
    n = recv (fd, buffer, sizeof buffer, 0);
  while (n < 0 && errno == EINTR);

  size_t left = n > 0 ? (size_t)n : 0;
  for (const struct nlmsghdr *message = (const void *)buffer;
       NLMSG_OK (message, left); message = NLMSG_NEXT (message, left))
    {
      *is_good = message->nlmsg_type == NLMSG_DONE;
      if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY)
        return false;
      if (message->nlmsg_len >= NLMSG_LENGTH (n_struct))
        on_reply (message, data);
    }
  return n > 0;
}

static bool
ask (const void *request, size_t n_request, size_t n_struct,
     ReplyFunc *on_reply, void *data)
{
  const int fd
      = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd < 0)
    return false;

  struct nlmsghdr header = { .nlmsg_len = (uint32_t)NLMSG_LENGTH (n_request),
                             .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                             .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP };
  struct iovec parts[]
      = { { &header, NLMSG_HDRLEN }, { (void *)request, n_request } };
  const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
  bool is_good = sendmsg (fd, &message, 0) >= 0;
  if (is_good)
    while (take_replies (fd, n_struct, on_reply, data, &is_good))
      ;
  (void)close (fd);
  return is_good;
}

/* --- TCP -------------------------------------------------------------------
 */

typedef struct
{
  uint16_t port;
  GArray *sockets;
} TcpSearch;

static void
on_tcp (const struct nlmsghdr *message, void *data)
{
  const TcpSearch *search = data;
  const struct inet_diag_msg *tcp = NLMSG_DATA (message);
  const struct rtattr *v6only
      = find_attribute (message, sizeof *tcp, INET_DIAG_SKV6ONLY);
  TcpSocket socket = { .inode = tcp->idiag_inode };

  if (ntohs (tcp->id.idiag_sport) != search->port)
    return;
  address_init (&socket.address, tcp->idiag_family, tcp->id.idiag_src);
  if (socket.address.family == AF_INET6)
    socket.takes_ipv4 = v6only == NULL ? TAKES_IPV4_UNKNOWN
                        : *(const uint8_t *)RTA_DATA (v6only) == 0
                            ? TAKES_IPV4_YES
                            : TAKES_IPV4_NO;
  g_array_append_val (search->sockets, socket);
}

bool
sockets_list_tcp_by_diag (uint16_t port, GArray *sockets)
{
  TcpSearch search = { .port = port, .sockets = sockets };
  struct inet_diag_req_v2 request = { .sdiag_family = AF_INET,
                                      .sdiag_protocol = IPPROTO_TCP,
                                      .idiag_states = 1 << TCP_LISTEN,
                                      .id.idiag_sport = htons (port) };

  if (!ask (&request, sizeof request, sizeof (struct inet_diag_msg), on_tcp,
            &search))
    return false;
  request.sdiag_family = AF_INET6;
  (void)ask (&request, sizeof request, sizeof (struct inet_diag_msg), on_tcp,
             &search); /* refused: there is no IPv6 */
  return true;
}

/* --- Unix ------------------------------------------------------------------
 */

typedef struct
{
  const UnixWanted *wanted;
  GArray *sockets;
} UnixSearch;

/* Some file systems show another device to stat(2) than to the kernel. */
static bool
is_wanted (const struct nlmsghdr *message, const UnixWanted *wanted)
{
  const size_t n_struct = sizeof (struct unix_diag_msg);
  const struct rtattr *name
      = find_attribute (message, n_struct, UNIX_DIAG_NAME);
  if (name == NULL)
    return false;

  const char *bytes = RTA_DATA (name);
  const size_t n_bytes = RTA_PAYLOAD (name);
  const size_t n_path = strlen (wanted->path);
  const bool is_abstract = n_bytes > 0 && bytes[0] == '\0';
  const bool is_same
      = n_bytes >= n_path + is_abstract
        && memcmp (bytes + is_abstract, wanted->path, n_path) == 0
        && (n_bytes == n_path + is_abstract
            || bytes[n_path + is_abstract] == '\0');
  if (is_abstract || wanted->is_abstract)
    return is_abstract == wanted->is_abstract && is_same
           && n_bytes == n_path + 1;

  const struct rtattr *file = find_attribute (message, n_struct, UNIX_DIAG_VFS);
  if (file == NULL || !wanted->is_file)
    return false;
  const struct unix_diag_vfs *vfs = RTA_DATA (file);
  return vfs->udiag_vfs_ino == (uint32_t)wanted->file_inode
         && (is_same
             || (KERNEL_MAJOR (vfs->udiag_vfs_dev) == major (wanted->file_dev)
                 && KERNEL_MINOR (vfs->udiag_vfs_dev)
                        == minor (wanted->file_dev)));
}

static void
on_unix (const struct nlmsghdr *message, void *data)
{
  const UnixSearch *search = data;
  const struct unix_diag_msg *found = NLMSG_DATA (message);

  if (!is_wanted (message, search->wanted))
    return;
  const UnixSocket socket
      = { .inode = found->udiag_ino,
          .is_listening = found->udiag_type == SOCK_DGRAM
                          || found->udiag_state == TCP_LISTEN };
  g_array_append_val (search->sockets, socket);
}

bool
sockets_list_unix_by_diag (const UnixWanted *wanted, GArray *sockets)
{
  UnixSearch search = { .wanted = wanted, .sockets = sockets };
  /* Connected ones have the name of the one that listened. */
  const struct unix_diag_req request
      = { .sdiag_family = AF_UNIX,
          .udiag_states = 1 << TCP_LISTEN | 1 << TCP_CLOSE,
          .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS };

  return ask (&request, sizeof request, sizeof (struct unix_diag_msg), on_unix,
              &search);
}
