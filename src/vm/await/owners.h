/* owners.h - to which process of the plan others belong, and what they hold
 *
 * What is below a process of the plan belongs to it.  What one has left behind
 * has come to us, and nobody knows whose it was: it may belong to any.
 */
#pragma once

#include "vm/await/endpoint.h"
#include "vm/machine.h"

/* Who has what is there. */
typedef struct
{
  pid_t pid;         /* 0: that cannot be seen */
  bool is_own;       /* it belongs to the process that was asked for */
  const Proc *other; /* it belongs to this one instead; NULL: to none */
  /* It cannot be seen, but is none of ours: they all can. */
  bool is_hidden_stranger;
} Owner;

/* Of several, one that belongs to @proc if there is any. */
Owner owners_find (Vm *vm, const Proc *proc, const EndpointAnswer *answer);

/* Whether anything runs that may belong to a process that has ended; @helper,
 * a child of ours, does not. */
bool owners_are_left (Vm *vm, const Proc *proc, pid_t helper);
