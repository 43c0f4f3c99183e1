#include "config.h"

#include "vm/child/launch.h"
#include "vm/child/rawcall.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <time.h>

/* The child needs a few hundred bytes.  Stacks are mapped some at a time; a
 * page to guard each would cost more than all else that is done for it. */
#define STACK_BYTES    (16 * 1024)
#define STACKS_AT_ONCE 16

/* With so many children between clone and exec, the oldest is waited for; not
 * for long, since an exec may take for ever. */
#define MAX_SLOTS         256
#define MAX_WAIT_NANOSECS (10 * 1000 * 1000)

/* Who looks for leaks is a tracer, and needs what can be dumped (ptrace(2)). */
#if defined(__SANITIZE_ADDRESS__)
#define MAY_CLONE       0
#define IS_LEAK_CHECKED true
#else
#define MAY_CLONE       RAWCALL_IS_PURE
#define IS_LEAK_CHECKED false
#endif

typedef struct
{
  _Atomic int tid; /* 0: free; the kernel clears it at exec or end */
  char *stack;     /* its end is the top */
  pid_t parent;
  LaunchSpec spec;
  LaunchResult *result;
  GPtrArray *pointers; /* owned: copies of argv and paths */
  GPtrArray *strings;  /* owned, or NULL */
} Slot;

struct Launcher
{
  GPtrArray *slots; /* of Slot, owned */
  GPtrArray *maps;  /* owned: where their stacks are */
  char *stacks;     /* the last of these; NULL: there was no memory */
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

  g_clear_pointer (&slot->strings, g_ptr_array_unref);
  g_ptr_array_unref (slot->pointers);
  g_free (slot);
}

bool
launch_is_dump_shared (const char *release)
{
  unsigned major, minor;

  return sscanf (release, "%u.%u", &major, &minor) != 2 || major < 5
         || (major == 5 && minor < 16);
}

/* The kernel looks whether it may dump before it ends anybody (do_coredump() in
 * fs/coredump.c); signals that are blocked would have to be let in before the
 * exec, and could dump then. */
static void
end_alone (void)
{
  struct utsname name;

  if (uname (&name) == 0 && launch_is_dump_shared (name.release))
    (void)prctl (PR_SET_DUMPABLE, 0);
}

Launcher *
launcher_new (void)
{
  Launcher *launcher = g_new0 (Launcher, 1);

  launcher->slots = g_ptr_array_new_with_free_func (slot_free);
  launcher->maps = g_ptr_array_new ();
  launcher->may_clone = MAY_CLONE;
  if (!IS_LEAK_CHECKED)
    end_alone ();
  return launcher;
}

bool
launcher_is_busy (const Launcher *launcher)
{
  for (guint i = 0; i < launcher->slots->len; i++)
    if (atomic_load (&((Slot *)launcher->slots->pdata[i])->tid) != 0)
      return true;
  return false;
}

void
launcher_free (Launcher *launcher)
{
  if (launcher == NULL)
    return;
  /* A child that never got to its exec still stands on its stack. */
  const bool is_in_use = launcher_is_busy (launcher);
  for (guint i = 0; !is_in_use && i < launcher->maps->len; i++)
    (void)munmap (launcher->maps->pdata[i], STACKS_AT_ONCE * STACK_BYTES);
  g_ptr_array_unref (launcher->maps);
  g_ptr_array_unref (launcher->slots);
  g_free (launcher);
}

/* NULL if there is no memory: then the child borrows ours (vfork(2)). */
static char *
take_stack (Launcher *launcher)
{
  const guint n_slots = launcher->slots->len;

  if (n_slots % STACKS_AT_ONCE == 0)
    {
      void *stacks
          = mmap (NULL, STACKS_AT_ONCE * STACK_BYTES, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
      launcher->stacks = stacks == MAP_FAILED ? NULL : stacks;
      if (launcher->stacks != NULL)
        g_ptr_array_add (launcher->maps, launcher->stacks);
    }
  return launcher->stacks == NULL
             ? NULL
             : launcher->stacks + (n_slots % STACKS_AT_ONCE) * STACK_BYTES;
}

static Slot *
add_slot (Launcher *launcher)
{
  Slot *slot = g_new0 (Slot, 1);

  slot->stack = take_stack (launcher);
  slot->pointers = g_ptr_array_new ();
  g_ptr_array_add (launcher->slots, slot);
  return slot;
}

/* A slot that no child stands on. */
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
  const int tid = atomic_load (&oldest->tid);
  const struct timespec limit = { .tv_nsec = MAX_WAIT_NANOSECS };
  if (tid != 0)
    (void)RAWCALL4 (futex, &oldest->tid, FUTEX_WAIT, tid, &limit);
  return atomic_load (&oldest->tid) == 0 ? oldest : add_slot (launcher);
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
