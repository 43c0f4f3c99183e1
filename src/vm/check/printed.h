/* printed.h - what a process has printed */
#pragma once

#include "vm/check/content.h"
#include "vm/machine.h"

/* In this run of it, so far.  False and @error, whose message is the reason
 * alone, if there is nothing to read it from. */
bool printed_open (Vm *vm, Proc *proc, int stream, Content *content,
                   GError **error);
