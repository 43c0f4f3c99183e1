/* host.h - the process that a layer is set up in
 *
 * A worker that runs a layer's unit.  While the layer is up it forks workers
 * for the tests, and for layers that stand on this one, as the scheduler asks
 * for them (job.h); each has the plans, and what the layers' processes are, in
 * its memory.  It tells the scheduler when one of them has ended, after all
 * that had ended before it (channel.h).
 */
#pragma once

#include "suite/worker/channel.h"
#include "suite/worker/worker.h"

/* Hears jobs from the thread's default main context.  All is borrowed; @node
 * is the layer's place.  The machine comes later, since it asks for the
 * callbacks. */
Host *host_new (const WorkerShare *share, const Host *outer, uint32_t node,
                int channel, Sender *sender);
void host_free (Host *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Host, host_free)

extern const VmHost host_funcs; /* with the Host as their data */
void host_set_vm (Host *host, Vm *vm);

/* The machine of a layer, in this host or one outside of it. */
Vm *host_find_vm (const Host *host, uint32_t node);

/* Whether the logs of its layer stay although nothing was wrong with it. */
bool host_keeps_logs (const Host *host);
