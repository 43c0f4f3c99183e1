/* state.h - the inside of the machine, for the files that are it
 *
 *   vm.c      its life; runs operations one after the other
 *   judge.c   was this end anticipated?
 *   ending.c  the end of the test: what is left is told and ended
 *   tell.c    what happens, as events
 *   acts.c    what operations may do (machine.h)
 */
#pragma once

#include "vm/cgroup.h"
#include "vm/launch.h"
#include "vm/machine.h"
#include "vm/output.h"
#include "vm/reaper.h"
#include "vm/signals.h"
#include "vm/timer.h"

typedef enum
{
  PHASE_RUN,        /* operations run */
  PHASE_STRAGGLERS, /* descendants left behind may still follow their parents */
  PHASE_TERM,       /* what is left was sent SIGTERM */
  PHASE_KILL,       /* and SIGKILL */
  PHASE_OVER
} VmPhase;

struct Vm
{
  const Plan *plan;
  const PlanTest *test;
  VmOptions options;
  pid_t parent;

  GMainLoop *loop;      /* owned */
  SignalWatch *signals; /* owned */
  Timers *timers;       /* owned */
  Launcher *launcher;   /* owned */
  Values *values;       /* owned */
  Commands *commands;   /* owned */
  Output *output;       /* owned; NULL: nobody watches */
  Cgroup *cgroup;       /* owned; NULL: it was not needed */

  Proc *procs;         /* owned: one for each of the test's processes */
  GHashTable *by_pid;  /* owned: of those that run, Proc by id */
  GPtrArray *unjudged; /* owned: Procs whose end is not judged yet */

  uint32_t pc;        /* the operation in progress, in plan->ops */
  uint32_t step;      /* the OP_CHECK_EXITS whose step it belongs to */
  uint32_t next_step; /* that of the operations after this step */
  uint32_t body_end;  /* where the body was left; PLAN_NONE: it runs */
  bool is_begun;      /* the operation in progress was called already */
  bool is_blocked;    /* it waits */
  bool time_has_passed;
  uint64_t timer; /* of the operation in progress */
  uint64_t yield_timer;
  uint64_t collect_timer; /* a look for all ends is due; 0: it is not */
  int64_t step_began;

  Verdict verdict;
  bool is_aborted;
  bool are_states_told;
  SrcSpan told_span; /* of the last failure */
  VmPhase phase;
  uint64_t phase_timer;
  int64_t phase_began;
};

/* What the reaper finds goes to the machine through these. */
extern const ReaperFuncs vm_reaper_funcs;

/* --- vm.c --------------------------------------------------------------- */

/* Goes on with the operation in progress, and with all that follow, until one
 * waits; then judges what has ended meanwhile. */
void vm_go_on (Vm *vm);

/* Leaves the way: on to the next cleanup section. */
void vm_unwind (Vm *vm);

/* --- judge.c ------------------------------------------------------------- */

/* Judges all ends that are not judged yet, against the operation in progress.
 * False if there was a failure. */
bool vm_judge_all (Vm *vm);

/* The same at the end of the test, when nothing more is anticipated. */
void vm_judge_rest (Vm *vm);

/* --- ending.c ------------------------------------------------------------ */

void vm_begin_ending (Vm *vm);
/* A process has ended, in the phases of the ending. */
void vm_check_ending (Vm *vm);
/* Kills all that there is, now. */
void vm_kill_all (Vm *vm);

/* --- tell.c --------------------------------------------------------------- */

void vm_tell (Vm *vm, const Event *event);
void vm_tell_started (Vm *vm, const Proc *proc);
void vm_tell_ended (Vm *vm, const Proc *proc);
/* Once, when a failure and its notes are complete. */
void vm_tell_states (Vm *vm);
/* "expanded from ..., called here" and "spawned here" */
void vm_note_spawned (Vm *vm, const Proc *proc);

/* The span of the operation in progress, or of the test. */
SrcSpan vm_span (const Vm *vm);
