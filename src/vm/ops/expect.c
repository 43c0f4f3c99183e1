#include "config.h"

#include "vm/output/expected.h"

#include <string.h>
#include <unistd.h>

/* Of a match that could become longer ("port 80" may be of "port 8080"), what
 * is there counts after such a silence. */
#define QUIET_MICROSECS (200 * 1000)

/* What an expect keeps while it waits. */
typedef struct
{
  Vm *vm;
  const PlanOp *op;
  Stream *stream;       /* the machine's */
  StreamSearch *search; /* owned */
  bool matches_empty;
  bool is_waiting;
  bool is_undecided; /* by the last look */
  unsigned n_growths;
  bool is_behind; /* not all that is there was looked at */
  int64_t grown_at;
  int64_t began;
} Expect;

static void
close_search (Expect *expect)
{
  if (expect->is_waiting)
    vm_let_stream_go (expect->vm, expect->op, expect->op->expect->stream);
  expect->is_waiting = false;
  g_clear_pointer (&expect->search, stream_search_free);
}

static void
expect_free (void *data)
{
  close_search (data);
  g_free (data);
}

/* --- Looking -----------------------------------------------------------------
 */

/* False if what is there must be looked at once more; or it failed. */
static bool
begin_to_wait (Vm *vm, const PlanOp *op, Expect *expect, OpStatus *status)
{
  g_autoptr (GError) error = NULL;
  const int is_watched = vm_watch_stream (vm, op, op->expect->stream, &error);

  vm_set_time (vm, vm_scale (vm, op->expect->microsecs), false);
  expect->grown_at = vm_now (vm);
  expect->is_waiting = is_watched >= 0;
  if (is_watched < 0)
    *status = vm_fail (vm, FAILURE_TROUBLE, op->span, op->process,
                       "the output of \"%s\" cannot be watched: %s",
                       vm_proc (vm, op->process)->plan->name, error->message);
  return is_watched > 0 && !expect->is_undecided;
}

/* Nothing came for a while.  If something has, it is asked for again. */
static bool
is_quiet (Vm *vm, Expect *expect)
{
  const int64_t now = vm_now (vm);
  const unsigned n_growths
      = vm_n_growths (vm, expect->op, expect->op->expect->stream);
  if (n_growths != expect->n_growths)
    expect->grown_at = now;
  expect->n_growths = n_growths;
  const int64_t left = expect->grown_at + vm_scale (vm, QUIET_MICROSECS) - now;
  if (left > 0)
    vm_call_again (vm, left);
  return left <= 0;
}

static OpStatus
take_match (Vm *vm, const PlanOp *op, const PatternMatch *match)
{
  for (uint32_t i = 0; i < op->expect->n_values && i < match->n_groups; i++)
    {
      const PatternGroup *group = &match->groups[i + 1];
      values_set (vm_values (vm), op->expect->values[i],
                  group->bytes != NULL ? group->bytes : "", group->n_bytes);
    }
  return OP_DONE;
}

static OpStatus
look (Vm *vm, const PlanOp *op, Expect *expect, bool is_final)
{
  PatternMatch match = { 0 };
  g_autoptr (GError) error = NULL;
  OpStatus status = OP_PENDING;

  expect->is_undecided = false;
  switch (stream_search_on (expect->search, is_final, &match, &error))
    {
    case STREAM_FOUND:
      status = take_match (vm, op, &match);
      break;
    case STREAM_UNWANTED:
      status = expected_fail_unwanted (vm, op, &match);
      break;
    case STREAM_NOT_YET:
      if (!expect->matches_empty)
        break;
      G_GNUC_FALLTHROUGH; /* nothing at all is a match, too */
    case STREAM_UNDECIDED:
      expect->is_undecided = true;
      if (expect->is_waiting && !is_final && is_quiet (vm, expect))
        status = look (vm, op, expect, true);
      break;
    case STREAM_MORE:
      expect->is_behind = true;
      vm_work_on (vm);
      break;
    case STREAM_FAILED:
      status = expected_fail_search (vm, op, expect->stream, error);
      break;
    }
  pattern_match_clear (&match);
  return status;
}

static OpStatus
open_search (Vm *vm, const PlanOp *op, Expect *expect)
{
  const PlanExpect *plan = op->expect;
  Pattern *unless = NULL;

  expect->stream = vm_stream (vm, op, plan->stream);
  if (expect->stream == NULL)
    return OP_FAILED;

  Pattern *pattern = expected_pattern (vm, op, plan->pattern);
  if (pattern == NULL)
    return OP_FAILED;
  if (plan->unless != NULL)
    {
      unless = expected_pattern (vm, op, plan->unless);
      if (unless == NULL)
        {
          pattern_free (pattern);
          return OP_FAILED;
        }
    }
  expect->matches_empty = pattern_matches_empty (pattern);
  expect->search = stream_search_new (expect->stream, pattern, unless);
  return OP_PENDING;
}

static OpStatus
begin (Vm *vm, const PlanOp *op)
{
  Expect *expect = g_new0 (Expect, 1);

  expect->vm = vm;
  expect->op = op;
  expect->began = vm_now (vm);
  vm_set_state (vm, expect, expect_free);
  return open_search (vm, op, expect);
}

/* Where a daemon writes that was adopted a moment ago. */
static OpStatus
follow (Vm *vm, const PlanOp *op, Expect *expect)
{
  if (vm_has_stream_moved (vm, op, op->expect->stream))
    {
      close_search (expect);
      return open_search (vm, op, expect);
    }
  vm_poll (vm, expect->began);
  return OP_PENDING;
}

/* Once there is nothing to be found in what is there. */
static OpStatus
wait_for_more (Vm *vm, const PlanOp *op, Expect *expect)
{
  OpStatus status = OP_PENDING;

  if (!expect->is_waiting && !begin_to_wait (vm, op, expect, &status)
      && status == OP_PENDING)
    status = look (vm, op, expect, false); /* what came before the watch */
  if (status != OP_PENDING)
    return status;
  if (expect->is_behind || !vm_time_has_passed (vm))
    return OP_PENDING;
  status = look (vm, op, expect, true);
  return status == OP_PENDING && !expect->is_behind
             ? expected_fail_late (vm, op, expect->stream)
             : status;
}

OpStatus
op_expect (Vm *vm, const PlanOp *op)
{
  Proc *proc = vm_proc (vm, op->process);

  if (proc->state == PROC_NEW) /* the test only cleans up */
    return OP_DONE;
  if (vm_state (vm) == NULL && begin (vm, op) == OP_FAILED)
    return OP_FAILED;

  Expect *expect = vm_state (vm);
  if (proc_may_move (proc, op->expect->stream)
      && follow (vm, op, expect) == OP_FAILED)
    return OP_FAILED;

  const bool has_ended = vm_has_ended (vm, proc);
  expect->is_behind = false;
  OpStatus status = look (vm, op, expect, false);
  if (status != OP_PENDING)
    return status;
  if (!has_ended || expect->is_behind
      || vm_is_log_held (vm, proc, op->expect->stream))
    return wait_for_more (vm, op, expect);

  status = look (vm, op, expect, true);
  return status == OP_PENDING && !expect->is_behind
             ? expected_fail_ended (vm, op, expect->stream)
             : status;
}
