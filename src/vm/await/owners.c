#include "config.h"

#include "vm/await/owners.h"

#include "vm/await/holders.h"
#include "vm/child/inspect.h"

/* What is a child of the same process, and none of its plan, was left behind by
 * one of that; but for workers. */
static Owner
owner_of (Vm *vm, const Proc *proc, pid_t pid)
{
  const pid_t child = holders_child (vm_parent (vm, proc), pid);
  const Proc *found = child != 0 ? vm_sibling (vm, proc, child) : NULL;
  const bool is_found = found != NULL && found->pid == proc->pid;
  const bool is_left
      = child != 0 && found == NULL && !vm_is_foreign (vm, proc, child);

  return (Owner){ .pid = pid,
                  .is_own = is_found || is_left,
                  .other = is_found ? NULL : found };
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
  g_autoptr (GArray) below
      = holders_find_below (vm_parent (vm, proc), answer->inodes, &sees_all);
  Owner owner = choose (vm, proc, below);
  if (owner.pid > 0)
    return owner;
  g_autoptr (GArray) all = holders_find_all (answer->inodes);
  owner = choose (vm, proc, all);
  owner.is_hidden_stranger
      = owner.pid == 0 && sees_all && answer->inodes->len > 0;
  return owner;
}

static bool
is_left (Vm *vm, const Proc *proc, pid_t pid)
{
  InspectStat stat;

  return vm_sibling (vm, proc, pid) == NULL && !vm_is_foreign (vm, proc, pid)
         && inspect_stat (pid, &stat) && !inspect_is_dead (&stat);
}

bool
owners_are_left (Vm *vm, const Proc *proc, pid_t helper)
{
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  inspect_append_children (vm_parent (vm, proc), pids);
  for (guint i = 0; i < pids->len; i++)
    {
      const pid_t pid = g_array_index (pids, pid_t, i);
      if (pid != helper && is_left (vm, proc, pid))
        return true;
    }
  return false;
}
