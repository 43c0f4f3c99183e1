/* ports.h - TCP ports that nobody else is given
 *
 *   1. ports_new(), before the workers are forked, claims blocks of ports; as
 *      long as it lives, no other proctor of this machine claims the same;
 *   2. ports_take(), in any of the workers, gives one that no other has been
 *      given, and that nothing uses at the moment.
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

/* @n_wanted: how many may be asked for; it need not be exact. */
Ports *ports_new (unsigned n_wanted, GError **error);
void ports_free (Ports *ports);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ports, ports_free)

/* When all have been given, those that were given first are given again, if
 * nothing uses them any more. */
bool ports_take (Ports *ports, uint16_t *port, GError **error);
