#include "config.h"

#include "base/signame.h"
#include "front/check.h"
#include "front/names.h"
#include "front/status.h"
#include "front/text.h"

#include <signal.h>

enum
{
  SIGNAL,
  GROUP,
  PROCESSES,
  LIMIT,
  GRACE
};

/* A process, and how it is to end. */
typedef struct
{
  uint32_t process;
  uint16_t status;
  bool has_status; /* it is written */
  SrcSpan span;
} Victim;

/* "PROCESS [STATUS]" from @items[*i] on. */
static bool
read_victim (Emit *emit, const GArray *items, unsigned *i, uint16_t usual,
             Victim *victim)
{
  const TextItem *const name = &g_array_index (items, TextItem, *i);
  const TextItem *const next
      = *i + 1 < items->len ? &g_array_index (items, TextItem, *i + 1) : NULL;
  PlanStatus status = { 0 };

  (*i)++;
  victim->status = usual;
  victim->has_status = false;
  victim->span = name->span;

  const bool is_good
      = text_is_known (emit, name->text, name->span, "a process")
        && names_find (emit, name->text->bytes, name->text->n_bytes, name->span,
                       NAMES_WAIT, &victim->process);

  if (next == NULL || !status_is_meant (next->text->bytes)
      || names_has (emit, next->text->bytes, next->text->n_bytes))
    return is_good;

  (*i)++;
  if (!text_is_known (emit, next->text, next->span, "a status"))
    return false;
  if (!status_parse (next->text->bytes, &status))
    {
      status_tell_wrong (emit, next->text->bytes, next->span);
      return false;
    }
  victim->status = status_index (emit, next->text->bytes, next->span);
  victim->has_status = true;
  return is_good;
}

static bool
has_victim (Emit *emit, const GArray *victims, const Victim *victim)
{
  for (unsigned i = 0; i < victims->len; i++)
    if (g_array_index (victims, Victim, i).process == victim->process)
      {
        emit_error (emit, victim->span, "this process stands here twice");
        return true;
      }
  return false;
}

static bool
read_victims (Emit *emit, const Call *call, uint16_t usual, GArray *victims)
{
  const Arg *const arg = &call->args[PROCESSES];
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (TextItem));
  bool is_good = text_eval_all (emit, arg->ast, arg->n, items)
                 && !ast_has_wrong (arg->ast);

  if (is_good && items->len == 0)
    {
      emit_error (emit, call->span, "there is no process in this list");
      return false;
    }
  for (unsigned i = 0; is_good && i < items->len;)
    {
      Victim victim;

      is_good = read_victim (emit, items, &i, usual, &victim)
                && !has_victim (emit, victims, &victim);
      if (is_good)
        g_array_append_val (victims, victim);
    }
  return is_good;
}

static void
emit_kills (Emit *emit, const Call *call, int signal, const GArray *victims)
{
  const bool has_group = call->args[GROUP].ast != NULL;
  const Arg *const grace = &call->args[GRACE];

  emit_op (emit, OP_CHECK_EXITS, call->span)->flags = OP_FLAG_KILL;
  for (unsigned i = 0; i < victims->len; i++)
    {
      const Victim *const victim = &g_array_index (victims, Victim, i);
      PlanOp *const op
          = emit_process_op (emit, OP_KILL, call->span, victim->process);

      op->signal = (uint16_t)signal;
      op->flags = has_group ? OP_FLAG_GROUP : 0;
      op->microsecs = grace->ast != NULL ? grace->microsecs : 0;
    }
}

static void
emit_waits (Emit *emit, const Call *call, const GArray *victims)
{
  const Arg *const within = &call->args[LIMIT];
  const int64_t microsecs = within->ast != NULL
                                ? within->microsecs
                                : emit->settings.timeout_microsecs;

  for (unsigned i = 0; i < victims->len; i++)
    {
      const Victim *const victim = &g_array_index (victims, Victim, i);
      PlanOp *const op = emit_wait (emit, call->span, victim->process,
                                    victim->status, microsecs);

      op->flags = OP_FLAG_KILL | OP_FLAG_PAR;
      if (!victim->has_status)
        op->flags |= OP_FLAG_NO_STATUS;
    }
}

void
word_kill (Emit *emit, const Call *call)
{
  const int signal
      = call->args[SIGNAL].ast != NULL ? call->args[SIGNAL].signal : SIGTERM;
  const bool or_kill = call->args[GRACE].ast != NULL;
  g_autoptr (GArray) victims = g_array_new (FALSE, FALSE, sizeof (Victim));

  if (!read_victims (emit, call,
                     status_of_signal (emit, signal, or_kill, call->span),
                     victims))
    return;
  emit_kills (emit, call, signal, victims);
  emit_waits (emit, call, victims);
}
