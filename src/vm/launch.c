#include "config.h"

#include "vm/launch.h"
#include "vm/rawcall.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* The child needs a few hundred bytes; a page below each stack catches what
 * we did not think of. */
#define PAGE_BYTES  4096
#define STACK_BYTES (4 * PAGE_BYTES)

/* So many children may be between clone and exec at the same time. */
#define MAX_SLOTS 256

#if defined(__SANITIZE_ADDRESS__)
#define MAY_CLONE 0
#else
#define MAY_CLONE RAWCALL_IS_PURE
#endif

typedef struct
{
  _Atomic int tid; /* 0: free; the kernel clears it at exec or end */
  char *stack;     /* owned; its end is the top */
  pid_t parent;
  LaunchSpec spec;
  LaunchResult *result;
  GPtrArray *pointers; /* owned: copies of argv and paths */
  GPtrArray *strings;  /* owned, or NULL */
} Slot;

struct Launcher
{
  GPtrArray *slots; /* of Slot, owned */
  guint last;
  bool may_clone;
};

const char *
launch_stage_text (LaunchStage stage)
{
  static const char *const texts[] = {
#define STAGE(NAME, text) text,
    LAUNCH_STAGES (STAGE)
#undef STAGE
  };
  return texts[stage];
}

static void
slot_free (void *data)
{
  Slot *slot = data;

  /* A child that never got to its exec still stands on its stack. */
  if (slot->stack != NULL && atomic_load (&slot->tid) == 0)
    (void)munmap (slot->stack, STACK_BYTES);
  g_clear_pointer (&slot->strings, g_ptr_array_unref);
  g_ptr_array_unref (slot->pointers);
  g_free (slot);
}

Launcher *
launcher_new (void)
{
  Launcher *launcher = g_new0 (Launcher, 1);

  launcher->slots = g_ptr_array_new_with_free_func (slot_free);
  launcher->may_clone = MAY_CLONE;
  return launcher;
}

void
launcher_free (Launcher *launcher)
{
  if (launcher == NULL)
    return;
  g_ptr_array_unref (launcher->slots);
  g_free (launcher);
}

static Slot *
add_slot (Launcher *launcher)
{
  Slot *slot = g_new0 (Slot, 1);
  void *stack = mmap (NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

  if (stack != MAP_FAILED)
    {
      slot->stack = stack;
      (void)mprotect (stack, PAGE_BYTES, PROT_NONE);
    }
  slot->pointers = g_ptr_array_new ();
  g_ptr_array_add (launcher->slots, slot);
  return slot;
}

/* A slot that no child stands on.  With as many children in flight as there
 * may be, the oldest one's exec is waited for. */
static Slot *
take_slot (Launcher *launcher)
{
  const guint n_slots = launcher->slots->len;

  for (guint i = 1; i <= n_slots; i++)
    {
      const guint at = (launcher->last + i) % n_slots;
      Slot *slot = launcher->slots->pdata[at];
      if (atomic_load (&slot->tid) != 0)
        continue;
      launcher->last = at;
      return slot;
    }
  if (n_slots < MAX_SLOTS)
    return add_slot (launcher);

  launcher->last = (launcher->last + 1) % n_slots;
  Slot *oldest = launcher->slots->pdata[launcher->last];
  for (int tid; (tid = atomic_load (&oldest->tid)) != 0;)
    (void)RAWCALL4 (futex, &oldest->tid, FUTEX_WAIT, tid, 0);
  return oldest;
}

static void
copy_pointers (Slot *slot, const char *const *from)
{
  do
    g_ptr_array_add (slot->pointers, (void *)*from);
  while (*from++ != NULL);
}

/* Fills the slot with what the child reads. */
static void
fill_slot (Slot *slot, const LaunchSpec *spec, GPtrArray *strings,
           LaunchResult *result)
{
  g_clear_pointer (&slot->strings, g_ptr_array_unref);
  slot->strings = strings;
  slot->result = result;
  slot->parent = getpid ();
  slot->spec = *spec;

  g_ptr_array_set_size (slot->pointers, 0);
  copy_pointers (slot, spec->argv);
  const guint n_argv = slot->pointers->len;
  copy_pointers (slot, spec->paths);
  slot->spec.argv = (const char *const *)slot->pointers->pdata;
  slot->spec.paths = (const char *const *)slot->pointers->pdata + n_argv;
}

static int
run_on_stack (void *data)
{
  const Slot *slot = data;
  launch_child (&slot->spec, slot->parent, slot->result);
}

/* Of its own, so that nothing else is on the stack that the child borrows. */
__attribute__ ((noinline)) static pid_t
start_by_vfork (const Slot *slot)
{
  const pid_t pid = vfork ();
  if (pid == 0)
    launch_child (&slot->spec, slot->parent, slot->result);
  return pid;
}

pid_t
launcher_start (Launcher *launcher, const LaunchSpec *spec, GPtrArray *strings,
                LaunchResult *result)
{
  Slot *slot = take_slot (launcher);

  memset (result, 0, sizeof *result);
  fill_slot (slot, spec, strings, result);

  if (launcher->may_clone && slot->stack != NULL)
    {
      atomic_store (&slot->tid, 1);
      const pid_t pid = clone (run_on_stack, slot->stack + STACK_BYTES,
                               CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD, slot,
                               NULL, NULL, &slot->tid);
      if (pid > 0)
        return pid;
      atomic_store (&slot->tid, 0);
      if (errno != EPERM && errno != ENOSYS && errno != EINVAL)
        return -1;
      launcher->may_clone = false;
    }
  return start_by_vfork (slot);
}
