#include "config.h"

#include "front/check.h"
#include "front/expand.h"
#include "front/names.h"
#include "front/par.h"
#include "front/spawn.h"
#include "front/status.h"

enum
{
  COMMAND,
  BLOCK = 0
};

void
word_spawn (Emit *emit, const Call *call)
{
  Command command;
  uint32_t process;

  if (!spawn_read (emit, call->args[COMMAND].ast, call->span, false, &command))
    {
      names_add_broken (emit, call->ast->name, call->args[COMMAND].ast);
      return;
    }
  (void)emit_op (emit, OP_CHECK_EXITS, call->span);
  (void)spawn_emit (emit, call->ast->name, &command, call->span, &process);
}

void
word_run (Emit *emit, const Call *call)
{
  Command command;
  uint32_t process;

  if (!spawn_read (emit, call->args[COMMAND].ast, call->span, true, &command))
    {
      names_add_broken (emit, call->ast->name, call->args[COMMAND].ast);
      return;
    }
  (void)emit_op (emit, OP_CHECK_EXITS, call->span);
  if (!spawn_emit (emit, call->ast->name, &command, call->span, &process))
    return;

  const SpawnOptions *const options = &command.options;
  const uint16_t status = options->status >= 0
                              ? (uint16_t)options->status
                              : status_index (emit, "0", call->span);

  (void)emit_wait (emit, call->span, process, status,
                   options->microsecs > 0 ? options->microsecs
                                          : emit->settings.timeout_microsecs);
}

void
par_spawn_line (Emit *emit, const AstCall *call)
{
  Command command;
  uint32_t process;

  if (spawn_read (emit, call->first, call->span, false, &command))
    (void)spawn_emit (emit, call->name, &command, call->span, &process);
  else
    names_add_broken (emit, call->name, call->first);
}

void
word_spawnPar (Emit *emit, const Call *call)
{
  (void)emit_op (emit, OP_CHECK_EXITS, call->span);

  const uint32_t n_before = emit->n_ops;
  const unsigned n_errors = diag_n_errors (emit->diag);

  expand_block_as (emit, call->args[BLOCK].block, LINES_OF_SPAWN_PAR);
  if (emit->n_ops == n_before && diag_n_errors (emit->diag) == n_errors)
    emit_error (emit, call->span, "there is no command in this block");
}
