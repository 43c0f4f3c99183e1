#include "config.h"

#include "front/check.h"

#include <string.h>

enum
{
  PIDFILE,
  PATH,
  LIMIT
};

#define SUFFIX ".pid"

/* What the process is called after, if it is given no name: its pidfile. */
static const PlanText *
base_of (Emit *emit, const PlanText *path)
{
  const size_t n_suffix = strlen (SUFFIX);
  size_t n = path->n_bytes;

  if (n > n_suffix
      && memcmp (path->bytes + n - n_suffix, SUFFIX, n_suffix) == 0)
    n -= n_suffix;
  return emit_plain_text (emit, path->bytes, n);
}

void
word_adopt (Emit *emit, const Call *call)
{
  const PlanText *const path = call->args[PATH].text;
  PlanAdopt adopt;
  uint32_t process;

  (void)emit_op (emit, OP_CHECK_EXITS, call->span);
  if (!names_add_process (emit, call->ast->name, base_of (emit, path),
                          call->span, &process))
    return;

  memset (&adopt, 0, sizeof adopt); /* padding too: it is stored once */
  adopt.pidfile = path;
  adopt.cwd = emit->settings.cwd;
  adopt.microsecs = check_limit (emit, &call->args[LIMIT]);
  emit_process_op (emit, OP_ADOPT, call->span, process)->adopt
      = emit_bytes (emit, &adopt, sizeof adopt);

  PlanProcess *const made
      = &g_array_index (emit->processes, PlanProcess, process);

  made->spawn_op = emit->n_ops - 1;
  made->flags = PLAN_ADOPTED;
}
