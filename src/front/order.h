/* order.h - what two threads may do to one process only one after the other
 *
 * Each `expect` goes on behind what the one before has found in that stream, so
 * two that are in no order would find what the faster of them leaves.  After a
 * `close` nothing can be sent.  Two may send at the same time, though: whoever
 * reads that takes the texts in any order.
 *
 * These tell what is wrong, and where the other one is.
 */
#pragma once

#include "front/emit.h"

bool order_expect (Emit *emit, uint32_t process, int stream, SrcSpan span);
void order_send (Emit *emit, uint32_t process, SrcSpan span);
bool order_close (Emit *emit, uint32_t process, SrcSpan span);
