#include "config.h"

#include "vm/await/address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

static size_t
n_bytes (const Address *address)
{
  return address->family == AF_INET ? 4 : 16;
}

void
address_init (Address *address, int family, const void *bytes)
{
  const struct in6_addr *ipv6 = bytes;
  const bool is_mapped = family == AF_INET6 && IN6_IS_ADDR_V4MAPPED (ipv6);

  *address = (Address){ .family = is_mapped ? AF_INET : family };
  memcpy (address->bytes, (const char *)bytes + (is_mapped ? 12 : 0),
          n_bytes (address));
}

bool
address_parse (const char *text, Address *address)
{
  const size_t n = strcspn (text, "%");
  g_autofree char *plain = g_strndup (text, n);
  struct in6_addr ipv6;
  struct in_addr ipv4;

  if (inet_pton (AF_INET, text, &ipv4) == 1)
    address_init (address, AF_INET, &ipv4);
  else if (inet_pton (AF_INET6, plain, &ipv6) == 1)
    address_init (address, AF_INET6, &ipv6);
  else
    return false;
  if (text[n] == '%')
    address->scope = if_nametoindex (text + n + 1);
  return true;
}

bool
address_is_any (const Address *address)
{
  static const uint8_t zeros[16];
  return memcmp (address->bytes, zeros, n_bytes (address)) == 0;
}

bool
address_equals (const Address *a, const Address *b)
{
  return a->family == b->family
         && memcmp (a->bytes, b->bytes, n_bytes (a)) == 0;
}

static bool
is_loopback (const Address *address)
{
  static const Address ipv6 = { .family = AF_INET6, .bytes = { [15] = 1 } };
  return address->family == AF_INET ? address->bytes[0] == 127
                                    : address_equals (address, &ipv6);
}

static bool
is_of (const struct ifaddrs *interface, const Address *address)
{
  const struct sockaddr *sockaddr = interface->ifa_addr;
  Address own;

  if (sockaddr == NULL || sockaddr->sa_family != address->family)
    return false;
  address_init (
      &own, sockaddr->sa_family,
      sockaddr->sa_family == AF_INET
          ? (const void *)&((const struct sockaddr_in *)(const void *)sockaddr)
                ->sin_addr
          : &((const struct sockaddr_in6 *)(const void *)sockaddr)->sin6_addr);
  return address_equals (&own, address);
}

bool
address_is_local (const Address *address)
{
  if (address_is_any (address) || is_loopback (address))
    return true;

  struct ifaddrs *interfaces;
  bool is_local = false;
  if (getifaddrs (&interfaces) < 0)
    return false;
  for (const struct ifaddrs *i = interfaces; i != NULL && !is_local;
       i = i->ifa_next)
    is_local = is_of (i, address);
  freeifaddrs (interfaces);
  return is_local;
}

socklen_t
address_fill (const Address *address, uint16_t port,
              struct sockaddr_storage *out)
{
  memset (out, 0, sizeof *out);
  if (address->family == AF_INET)
    {
      struct sockaddr_in *ipv4 = (struct sockaddr_in *)out;
      ipv4->sin_family = AF_INET;
      ipv4->sin_port = htons (port);
      memcpy (&ipv4->sin_addr, address->bytes, 4);
      return sizeof *ipv4;
    }

  struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)out;
  ipv6->sin6_family = AF_INET6;
  ipv6->sin6_port = htons (port);
  ipv6->sin6_scope_id = address->scope;
  memcpy (&ipv6->sin6_addr, address->bytes, 16);
  return sizeof *ipv6;
}
