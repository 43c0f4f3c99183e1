/* state.h - the inside of the machine, for the files that are it
 *
 *   vm.c      its life; what the kernel tells it
 *   run.c     runs operations one after the other, in each thread
 *   threads.c threads of the plan: where each is, and how it ends
 *   streams.c what the plan has read of each process's output
 *   clearing.c what a failed try has started is ended
 *   tries.c   blocks with a limit: `eventually` and `join`
 *   limit.c   how long all of it may take
 *   interrupt.c  it is ended from outside, and tells where it was
 *   unwind.c  what catches a failure, and the way on from there
 *   judge.c   was this end anticipated?
 *   ending.c  the end of the test: what is left is told and ended
 *   verify.c  the logs: whether they are what was written
 *   fail.c    failures, told or held
 *   tell.c    what happens, as events
 *   acts.c    what operations may do (machine.h)
 *   hosting.c a layer's machine: what else lives in its process
 *   imports.c what a machine takes over from those of its layers
 */
#pragma once

#include "vm/child/cgroup.h"
#include "vm/child/descendants.h"
#include "vm/child/launch.h"
#include "vm/child/reaper.h"
#include "vm/machine.h"
#include "vm/output/output.h"
#include "vm/signals.h"
#include "vm/timer.h"

typedef enum
{
  PHASE_RUN, /* operations run */
  PHASE_STRAGGLERS,
  /* descendants left behind may still follow their parents */
  PHASE_HANG_UP, /* terminals were hung up */
  PHASE_TERM,    /* what is left was sent SIGTERM */
  PHASE_KILL,    /* and SIGKILL */
  PHASE_OVER
} VmPhase;

typedef struct Thread Thread;

/* An `eventually` or a `join` that a thread is in. */
typedef struct
{
  Vm *vm;
  Thread *thread;
  const PlanBlock *block;
  uint64_t timer; /* of its limit */
  unsigned n_tries;
  bool is_late;    /* the limit has passed */
  bool has_failed; /* the last try; the next is not begun */
  int64_t failed_at;
  GPtrArray *held; /* owned: Events of the failure; NULL: none */
  GArray *orphans; /* owned: of pid_t, those that there were before it */
  GArray *strays;  /* owned: of Descendant, what the last has left; or NULL */
  bool are_strays_killed; /* with SIGKILL */
} Try;

/* A thread of the plan, and how far it is. */
struct Thread
{
  Vm *vm;
  Thread *starter;        /* NULL: the test itself */
  const PlanBlock *block; /* NULL: the test itself */
  uint32_t pc;            /* the operation in progress, in plan->ops */
  uint32_t step;          /* the OP_CHECK_EXITS whose step it belongs to */
  uint32_t next_step;     /* that of the operations after this step */
  int64_t step_began;
  int64_t op_began; /* when the operation in progress began to wait */
  bool is_begun;    /* the operation in progress was called already */
  bool is_over;
  bool has_failed;
  bool is_joined;
  bool time_has_passed;
  bool is_working;      /* its operation does not wait: it has more to do */
  uint64_t timer;       /* of the operation in progress */
  uint64_t again_timer; /* it is to be called again */
  void *state;          /* owned, by free_state: of the operation */
  GDestroyNotify free_state;
  GPtrArray *tries; /* owned: of Try, the innermost last */
  GPtrArray *held;  /* owned: Events of its failure, if it is quiet; or NULL */
};

/* What the plan reads of the output of a process.  The watch stays when nobody
 * waits any more, since mostly the next one comes soon; it goes when it is
 * heard of in vain. */
typedef struct
{
  Vm *vm;
  Stream *stream; /* owned; NULL: not opened */
  Watch *watch;   /* owned; NULL: it is not watched */
  unsigned n_waiting;
  unsigned n_growths;
  unsigned n_moves; /* of the process's, when it was opened */
} Listening;

/* SIGKILL is due for a process. */
typedef struct
{
  Vm *vm;
  Proc *proc;
} Grace;

/* What a failure ends: the innermost `eventually`, or a quiet thread; if both
 * are NULL, the test. */
typedef struct
{
  Try *attempt;
  Thread *thread;
} Catcher;

struct Vm
{
  const Plan *plan;
  const PlanTest *test;
  VmOptions options;
  pid_t pid; /* of the process that it runs in */
  pid_t parent;
  bool is_ended_by_stranger; /* the last SIGTERM was not the parent's */

  GMainLoop *loop;      /* owned */
  SignalWatch *signals; /* owned */
  Timers *timers;       /* owned */
  Launcher *launcher;   /* owned */
  Values *values;       /* owned */
  Commands *commands;   /* owned */
  Output *output;       /* owned; NULL: nobody watches */
  Cgroup *cgroup;       /* owned; NULL: it was not needed */
  Watches *watches;     /* owned */

  Proc *procs;         /* owned: one for each of the test's processes */
  Vm **owners;         /* owned: of each, whose it is; NULL: all are ours */
  GHashTable *by_pid;  /* owned: of those that run, Proc by id */
  Grace *graces;       /* owned: of each; NULL: none was needed */
  Listening *streams;  /* owned: of each, its stdout and its stderr */
  GPtrArray *unjudged; /* owned: Procs whose end is not judged yet */

  GHashTable *orphans; /* owned: wait statuses by id, of the last that fell to
                          us and ended */
  GArray *residents;   /* owned: of pid_t, those of a layer's that live on; or
                          NULL */

  GPtrArray *threads;   /* owned: of Thread; the first is the test itself */
  Thread *thread;       /* that which runs, or which a failure is of */
  bool *is_registered;  /* owned: for each section, its OP_DEFER was passed */
  bool is_running;      /* operations are being run */
  bool is_woken;        /* and are to be called once more */
  uint64_t limit_timer; /* of the whole test */
  bool is_limit_past;   /* it has struck: what cleans up has as long again */
  uint64_t yield_timer;
  int64_t yield_microsecs; /* of the next one */
  uint64_t collect_timer;  /* a look for all ends is due; 0: it is not */

  Verdict verdict;
  bool is_aborted;
  bool are_states_told;
  unsigned n_strays_told; /* to be killed */
  SrcSpan told_span;      /* of the last failure */
  GPtrArray **holder;     /* where its notes go; NULL: they are told */
  bool is_final;          /* it ends the test, whatever would catch it */
  uint32_t failing_op;    /* what it is of; PLAN_NONE: what is in progress */
  VmPhase phase;
  uint64_t phase_timer;
  int64_t phase_began;
  int64_t next_look; /* at the logs of what runs */
};

/* --- vm.c ---------------------------------------------------------------- */

/* A look for all ends, with the next turn of the loop. */
void vm_collect_soon (Vm *vm);

/* What the reaper finds goes to the machine through these. */
extern const ReaperFuncs vm_reaper_funcs;

/* --- run.c --------------------------------------------------------------- */

/* Goes on with the operations in progress, and with all that follow, until
 * each thread waits; then judges what has ended meanwhile. */
void vm_go_on (Vm *vm);

/* --- threads.c ----------------------------------------------------------- */

/* A new one at operation @pc; @block is NULL for the test itself. */
Thread *thread_new (Vm *vm, Thread *starter, const PlanBlock *block,
                    uint32_t pc);
void thread_free (void *thread);

/* Goes to an operation, which begins; its step stays as it is. */
void thread_go_to (Thread *thread, uint32_t pc);
/* The same, and looks which step it belongs to. */
void thread_jump (Thread *thread, uint32_t pc);

/* It is over. */
void thread_end (Thread *thread);
/* Frees those that were started in the block, wherever they are; NULL: all but
 * the test itself. */
void threads_cut (Vm *vm, const PlanBlock *block);
/* Those that nobody waited for are left behind: a failure of the test, and
 * false. */
bool threads_judge (Vm *vm);

Thread *threads_main (const Vm *vm);
/* That which runs the operation; NULL: none does. */
Thread *threads_find (const Vm *vm, uint32_t op);

bool block_has (const PlanBlock *block, uint32_t op);

/* --- streams.c ----------------------------------------------------------- */

void streams_init (Vm *vm);
void streams_clear (Vm *vm);
/* It is run again. */
void streams_forget (Vm *vm, uint32_t process);

/* --- tries.c ------------------------------------------------------------- */

void try_free (void *attempt);

/* --- clearing.c ---------------------------------------------------------- */

/* A try begins; it has failed, and what it has started is ended; whether that
 * is gone; and whatever it is, it is not waited for. */
void try_note_orphans (Try *attempt);
void try_begin_clearing (Try *attempt);
bool try_is_cleared (Try *attempt);
void try_give_up_clearing (Try *attempt);

/* Ends, between two tries, what was started in the block. */
void vm_end_block_processes (Vm *vm, const PlanBlock *block);
/* None of them runs. */
bool vm_is_block_idle (const Vm *vm, const PlanBlock *block);
/* --- unwind.c ------------------------------------------------------------ */

/* What a failure of this thread ends. */
Catcher vm_find_catcher (const Vm *vm, const Thread *thread);
/* After a failure: on to what comes then. */
void vm_unwind (Vm *vm);
/* The test goes its way no more: on to the next cleanup section. */
void vm_abort (Vm *vm);
/* The same without a failure: it is skipped. */
void vm_cut_short (Vm *vm);

/* --- limit.c ------------------------------------------------------------- */

/* The limit of the whole test counts from now, and does not count any more. */
void limit_begin (Vm *vm);
void limit_end (Vm *vm);
/* Whether the body of the test is over, and its cleanup sections run. */
bool vm_is_cleaning_up (const Vm *vm);
/* Why what is tried again and again has not passed yet. */
void vm_note_last_tries (Vm *vm);

/* --- fail.c -------------------------------------------------------------- */

/* Tells what was held, as a failure of what is around it. */
void vm_release (Vm *vm, GPtrArray *held);
/* It is over: what was held is forgotten. */
void vm_forget (GPtrArray **held);

/* --- hosting.c ----------------------------------------------------------- */

/* A child that the host has forked: the machine leaves it alone, and all that
 * is below it. */
bool vm_is_worker (const Vm *vm, pid_t pid);
/* Is none of these (DescendantFilter; @vm). */
bool vm_is_no_worker (pid_t pid, void *vm);
/* One of the residents has ended. */
void vm_forget_resident (Vm *vm, pid_t pid);
/* All ends are known, and judged. */
void vm_tell_settled (Vm *vm);

/* --- imports.c ----------------------------------------------------------- */

void imports_init (Vm *vm);
/* What the name of a layer is that has the process. */
const char *imports_layer (const Vm *vm, const Proc *proc);

/* --- judge.c ------------------------------------------------------------- */

/* Judges all ends that are not judged yet, against the operation in progress.
 * False if there was a failure. */
bool vm_judge_all (Vm *vm);

/* The same at the end of the test, when nothing more is anticipated; not of a
 * test that has failed before. */
void vm_judge_rest (Vm *vm);

/* --- ending.c ------------------------------------------------------------ */

void vm_begin_ending (Vm *vm);
/* A process has ended, in the phases of the ending. */
void vm_check_ending (Vm *vm);
/* Kills all that there is, now. */
void vm_kill_all (Vm *vm);
/* How long it is from SIGTERM to SIGKILL, here and now. */
int64_t vm_grace (const Vm *vm);

/* --- verify.c ------------------------------------------------------------- */

/* Notes how long they are. */
void vm_look_at_logs (Vm *vm, Proc *proc);
/* Of all that run, now and then. */
void vm_look_at_running (Vm *vm);

/* --- tell.c --------------------------------------------------------------- */

void vm_tell (Vm *vm, const Event *event);
void vm_tell_started (Vm *vm, const Proc *proc);
void vm_tell_ended (Vm *vm, const Proc *proc);
/* The plan has signalled it. */
void vm_tell_signalled (Vm *vm, const Proc *proc, int number);
/* It is killed, since it has not ended in the time that it was given; or those
 * that are not of the plan, of which the young ones are not told if others
 * are. */
void vm_tell_killed (Vm *vm, const Proc *proc);
void vm_tell_strays_killed (Vm *vm, const GArray *strays, bool is_any_told);
/* Once, when a failure and its notes are complete. */
void vm_tell_states (Vm *vm);

/* The span of the operation in progress, or of the test. */
SrcSpan vm_span (const Vm *vm);
