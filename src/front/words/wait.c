#include "config.h"

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

/* How long: what was said here, or else the `timeout`. */
static int64_t
limit_of (const Emit *emit, const Arg *within)
{
  return within->ast != NULL ? within->microsecs
                             : emit->settings.timeout_microsecs;
}

void
word_wait (Emit *emit, const Call *call)
{
  const Arg *const args = call->args;
  const uint16_t status = args[STATUS].ast != NULL
                              ? args[STATUS].status
                              : status_index (emit, "0", call->span);

  (void)emit_op (emit, OP_CHECK_EXITS, call->span);
  (void)emit_wait (emit, call->span, args[PROCESS].process, status,
                   limit_of (emit, &args[LIMIT]));
}

void
par_wait_line (Emit *emit, const AstCall *call)
{
  const AstArg *const second = call->first->next;
  Arg process;
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

  const bool is_good = check_process (emit, call->first, &process);

  if ((second != NULL && !check_status (emit, second, &status)) || !is_good)
    return;
  emit_wait (emit, call->span, process.process, status.status,
             emit->par_microsecs)
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

  emit->par_microsecs = limit_of (emit, &call->args[PAR_LIMIT]);
  expand_block_as (emit, call->args[BLOCK].block, LINES_OF_WAIT_PAR);
  if (emit->n_ops == n_before && diag_n_errors (emit->diag) == n_errors
      && emit->early->len == n_early && !emit->lacks_names)
    emit_error (emit, call->span, "there is no process in this block");
}
