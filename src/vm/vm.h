/* vm.h - the machine: runs the operations of one test
 *
 * It lives in a process of its own (the worker), on the thread's default main
 * context.  It tells what happens as events and never prints.
 */
#pragma once

#include "plan/event.h"
#include "vm/await/ports.h"
#include "vm/child/descendants.h"
#include "vm/child/launch.h"

typedef struct Vm Vm;

/* What runs a layer (OP_HOLD), and, while that is up, forks workers for its
 * tests: they are children of this process, and none of the machine's. */
typedef struct
{
  /* The layer is up: OP_HOLD has begun. */
  void (*on_up) (void *data);
  /* Whether it is still to be held; when that changes: vm_look_again(). */
  bool (*is_wanted) (void *data);
  /* Whether no worker is left, for OP_RELEASE; the same. */
  bool (*is_free) (void *data);
  /* Whether a child is one of those. */
  bool (*is_worker) (pid_t pid, void *data);
  /* One has ended, and is reaped. */
  void (*on_worker_end) (pid_t pid, int wait_status, void *data);
  /* Something has become of a child: a worker may have been stopped. */
  void (*on_children) (void *data);
  /* We were stopped, and go on (SIGCONT). */
  void (*on_continued) (void *data);
  /* All that had ended by now has been looked at, judged, and told. */
  void (*on_settled) (void *data);
  /* The machine is about to stop, with all that is below it (SIGTSTP): stop
   * the workers, and wait until they have stopped; and go on with them. */
  void (*on_stop) (void *data);
  void (*on_continue) (void *data);
} VmHost;

typedef struct
{
  int log_dir;          /* the test's directory; borrowed */
  const char *log_path; /* its absolute path; borrowed */
  int inherited_stdin;  /* for --stdin=inherit */
  double timeout_multiplier;
  Ports *ports;         /* for freePort; borrowed */
  Abandoned *abandoned; /* borrowed */
  /* Borrowed; stacks that it has are used again by the next machine.  NULL:
   * the machine makes one of its own. */
  Launcher *launcher;
  bool update; /* `check ... == file` rewrites the file */
  bool wants_ops;
  bool wants_output;
  uint32_t *progress; /* the operation in progress is kept here; or NULL */
  int64_t *sign;      /* while it runs, its sign of life (timers_set_sign()); or
                       * NULL */
  /* Borrowed: the machines of the test's layers, in its order.  They run in
   * processes above this one; here they are as they were when it was forked,
   * and are only read: what their processes are, and their values. */
  Vm *const *layers;
  const VmHost *host; /* borrowed; NULL: it runs no layer */
  void *host_data;
  EventFunc *on_event;
  /* Whether output may be told now; it waits in its file meanwhile. */
  bool (*may_tell_output) (void *data);
  void *data;
} VmOptions;

/* @plan and @test are borrowed.  NULL and @error if the system refuses what it
 * needs. */
Vm *vm_new (const Plan *plan, const PlanTest *test, const VmOptions *options,
            GError **error);
void vm_free (Vm *vm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Vm, vm_free)

/* Runs the test to its end: until nothing that it started is left.  Tells all
 * but TEST_BEGIN, LOGS and TEST_END. */
Verdict vm_run (Vm *vm);

/* Of what @host answers something has changed. */
void vm_look_again (Vm *vm);
/* All that has ended by now is looked at, judged, and told, before this
 * returns: ends may have been put off (many processes), or be told by a signal
 * that is not read yet. */
void vm_collect_now (Vm *vm);
/* Whether a failure has been told. */
bool vm_has_failed (const Vm *vm);
/* Ends the test, cleanups and all, as SIGTERM does; @at_once: as SIGINT. */
void vm_interrupt (Vm *vm, bool at_once);

/* For a host, while its layer is up.  What a worker leaves behind when it is
 * killed falls to us, among what the layer itself has left there, which is its
 * own affair.  So that is noted when the layer comes up; and again, with
 * vm_note_orphans(), whenever no worker is left and all have ended as they
 * should.  vm_sweep_strangers() ends, for good, whatever else there is that is
 * no process of the plan, no worker and not below one of these; it waits for
 * some seconds at most. */
void vm_note_orphans (Vm *vm);
void vm_sweep_strangers (Vm *vm);

/* In a process that was forked from that of the machine, which is only read
 * there: closes what might keep its children from seeing an end, or take what
 * is for them (pipes, terminals, signals, watches). */
void vm_forget_in_child (Vm *vm);

/* Tells what is left of the output; to be called after vm_run(). */
void vm_tell_output (Vm *vm);

/* What the test has killed of its layers dies while it is still the one that
 * runs: so it is the one to blame.  To be called after vm_run(). */
void vm_await_kills (const Vm *vm);

/* Every log must still be the file that was made.  To be called after
 * vm_run(); tells a failure for each that is not, and returns the verdict as
 * it is then. */
Verdict vm_verify_logs (Vm *vm);
