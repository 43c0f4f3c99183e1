/* vm.h - the machine: runs the operations of one test
 *
 * It lives in a process of its own (the worker), on the thread's default main
 * context.  It tells what happens as events and never prints.
 */
#pragma once

#include "plan/event.h"
#include "vm/await/ports.h"

typedef struct
{
  int log_dir;          /* the test's directory; borrowed */
  const char *log_path; /* its absolute path; borrowed */
  int inherited_stdin;  /* for --stdin=inherit */
  double timeout_multiplier;
  Ports *ports; /* for freePort; borrowed */
  bool update;  /* `check ... == file` rewrites the file */
  bool wants_ops;
  bool wants_output;
  uint32_t *progress; /* the operation in progress is kept here; or NULL */
  EventFunc *on_event;
  /* Whether output may be told now; it waits in its file meanwhile. */
  bool (*may_tell_output) (void *data);
  void *data;
} VmOptions;

typedef struct Vm Vm;

/* @plan and @test are borrowed.  NULL and @error if the system refuses what it
 * needs. */
Vm *vm_new (const Plan *plan, const PlanTest *test, const VmOptions *options,
            GError **error);
void vm_free (Vm *vm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Vm, vm_free)

/* Runs the test to its end: until nothing that it started is left.  Tells all
 * but TEST_BEGIN, LOGS and TEST_END. */
Verdict vm_run (Vm *vm);

/* Tells what is left of the output; to be called after vm_run(). */
void vm_tell_output (Vm *vm);

/* Every log must still be the file that was made.  To be called after
 * vm_run(); tells a failure for each that is not, and returns the verdict as
 * it is then. */
Verdict vm_verify_logs (Vm *vm);
