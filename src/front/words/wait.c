#include "config.h"

#include "front/blocks.h"
#include "front/check.h"
#include "front/expand.h"
#include "front/par.h"
#include "front/status.h"

enum
{
  PROCESS,
  STATUS,
  LIMIT
};

enum
{
  BLOCK,
  PAR_LIMIT
};

/* Codes of a thread: 0 if it has passed, 1 if it has failed. */
#define THREAD_CODES UINT64_C (3)

static bool
may_end_so (Emit *emit, const Call *call, const ThreadLife *life)
{
  const Arg *const status = &call->args[STATUS];
  const PlanStatus *const wanted
      = &g_array_index (emit->statuses, PlanStatus, status->status);

  if ((wanted->codes[0] & THREAD_CODES) == 0)
    {
      emit_error (emit, status->ast->span, "no thread can end so");
      emit_note (emit, status->ast->span,
                 "a thread ends with 0 when it has passed, with 1 when it has "
                 "failed");
      return false;
    }
  if (life->is_quiet || plan_status_has (wanted, 0))
    return true;

  emit_error (emit, status->ast->span,
              "if the thread \"%s\" fails, the test has failed", life->name);
  emit_note (emit, life->span,
             "\"spawnThread quiet\" here would make it end with 1");
  return false;
}

static void
wait_for_thread (Emit *emit, const Call *call)
{
  const Arg *const status = &call->args[STATUS];
  const uint32_t thread = call->args[PROCESS].ending.number;
  const ThreadLife *const life = threads_get (emit, thread);

  if (status->ast == NULL || may_end_so (emit, call, life))
    threads_wait (
        emit, thread,
        status->ast != NULL
            ? status->status
            : status_index (emit, life->is_quiet ? "any" : "0", call->span),
        check_limit (emit, &call->args[LIMIT]), call->span);
}

void
word_wait (Emit *emit, const Call *call)
{
  const Arg *const args = call->args;

  if (args[PROCESS].ending.is_thread)
    {
      wait_for_thread (emit, call);
      return;
    }

  const uint16_t status = args[STATUS].ast != NULL
                              ? args[STATUS].status
                              : status_index (emit, "0", call->span);

  (void)emit_op (emit, OP_CHECK_EXITS, call->span);
  (void)emit_wait (emit, call->span, args[PROCESS].ending.number, status,
                   check_limit (emit, &args[LIMIT]));
}

void
par_wait_line (Emit *emit, const AstCall *call)
{
  const AstArg *const second = call->first->next;
  uint32_t process;
  Arg status = { .status = status_index (emit, "0", call->span) };

  if (call->name != NULL)
    {
      emit_error (emit, call->name->span, "a name cannot be given here");
      return;
    }

  const AstArg *const third = second != NULL ? second->next : NULL;

  if (third != NULL)
    {
      emit_error (emit, third->span,
                  "\"%s\" is more than a line of \"waitPar\" takes",
                  emit_shown_arg (emit, third));
      emit_note (emit, third->span,
                 "a line is: PROCESS [STATUS]; \"within\" stands behind the "
                 "block");
      return;
    }

  const bool is_good
      = check_process_as (emit, call->first, NAMES_WAIT, &process);

  if ((second != NULL && !check_status (emit, second, &status)) || !is_good)
    return;
  emit_wait (emit, call->span, process, status.status, emit->par_microsecs)
      ->flags
      = OP_FLAG_PAR;
}

void
word_waitPar (Emit *emit, const Call *call)
{
  emit_op (emit, OP_CHECK_EXITS, call->span)->flags = OP_FLAG_PAR;

  const uint32_t n_before = emit->n_ops;
  const unsigned n_errors = diag_n_errors (emit->diag);
  const unsigned n_early = emit->early->len;

  emit->par_microsecs = check_limit (emit, &call->args[PAR_LIMIT]);
  expand_block_as (emit, call->args[BLOCK].block, LINES_OF_WAIT_PAR);
  if (emit->n_ops == n_before && diag_n_errors (emit->diag) == n_errors
      && emit->early->len == n_early && !emit->lacks_names)
    emit_error (emit, call->span, "there is no process in this block");
}
