#include "config.h"

#include "vm/await/owners.h"

#include "vm/await/holders.h"
#include "vm/child/descendants.h"

/* The process of the plan that a child of ours is, or NULL. */
static const Proc *
find_proc (Vm *vm, pid_t child)
{
  for (uint32_t i = 0; i < vm_test (vm)->n_processes; i++)
    {
      const Proc *proc = vm_proc (vm, i);
      if (proc->state == PROC_RUNNING && proc->pid == child)
        return proc;
    }
  return NULL;
}

static Owner
owner_of (Vm *vm, const Proc *proc, pid_t pid)
{
  const pid_t child = holders_child (pid);
  const Proc *found = child != 0 ? find_proc (vm, child) : NULL;

  return (Owner){ .pid = pid,
                  .is_own = child != 0 && (found == NULL || found == proc),
                  .other = found == proc ? NULL : found };
}

static Owner
choose (Vm *vm, const Proc *proc, const GArray *pids)
{
  Owner first = { 0 };

  for (guint i = 0; i < pids->len; i++)
    {
      const Owner owner = owner_of (vm, proc, g_array_index (pids, pid_t, i));
      if (owner.is_own)
        return owner;
      if (i == 0)
        first = owner;
    }
  return first;
}

Owner
owners_find (Vm *vm, const Proc *proc, const EndpointAnswer *answer)
{
  bool sees_all;

  if (answer->pid > 0)
    return owner_of (vm, proc, answer->pid);

  /* Those below us first: there may be very many others. */
  g_autoptr (GArray) below = holders_find_below (answer->inodes, &sees_all);
  Owner owner = choose (vm, proc, below);
  if (owner.pid > 0)
    return owner;
  g_autoptr (GArray) all = holders_find_all (answer->inodes);
  owner = choose (vm, proc, all);
  owner.is_hidden_stranger
      = owner.pid == 0 && sees_all && answer->inodes->len > 0;
  return owner;
}

typedef struct
{
  Vm *vm;
  pid_t helper;
} Left;

static bool
is_left (pid_t pid, void *data)
{
  const Left *left = data;
  return pid != left->helper && find_proc (left->vm, pid) == NULL;
}

bool
owners_are_left (Vm *vm, pid_t helper)
{
  Left left = { .vm = vm, .helper = helper };
  g_autoptr (GArray) found = descendants_find (is_left, &left);

  for (guint i = 0; i < found->len; i++)
    {
      const char state = g_array_index (found, Descendant, i).state;
      if (state != 'Z' && state != 'X')
        return true;
    }
  return false;
}
