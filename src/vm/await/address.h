/* address.h - addresses of hosts, IPv4 and IPv6 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* An IPv4 address in IPv6 (::ffff:127.0.0.1) is kept as what it is. */
typedef struct
{
  int family; /* AF_INET or AF_INET6 */
  uint8_t bytes[16];
  uint32_t scope;
} Address;

/* "127.0.0.1", "::1", "fe80::1%eth0"; false if it is none: a name. */
bool address_parse (const char *text, Address *address);

/* As the kernel has it. */
void address_init (Address *address, int family, const void *bytes);

/* 0.0.0.0 and :: */
bool address_is_any (const Address *address);
bool address_equals (const Address *a, const Address *b);

/* Whether it is one of this machine. */
bool address_is_local (const Address *address);

socklen_t address_fill (const Address *address, uint16_t port,
                        struct sockaddr_storage *out);
