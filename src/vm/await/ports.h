/* ports.h - TCP ports that nobody else is given
 *
 *   1. ports_new(), before the workers are forked, makes what they share;
 *   2. ports_take(), in any of the workers, gives one that no other has been
 *      given, and that nothing uses at the moment.  It claims blocks of ports
 * as they are needed; until all that share them are gone, no other proctor of
 *      this machine claims the same.
 *
 * What claims a block is the name of an abstract socket, which the kernel frees
 * with the last process that holds it, and which is as private as the ports
 * are: to a network namespace.  The ports are outside of those that the kernel
 * itself gives to clients (ip_local_port_range, ip(7)), if it leaves any.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Ports Ports;

/* What the system refuses, ports_take() tells. */
Ports *ports_new (void);
void ports_free (Ports *ports);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ports, ports_free)

/* A port is given once.  When all have been given, that is an error. */
bool ports_take (Ports *ports, uint16_t *port, GError **error);
