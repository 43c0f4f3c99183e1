#include "config.h"

#include "front/blocks.h"
#include "front/check.h"
#include "front/expand.h"
#include "front/frame.h"
#include "front/status.h"
#include "front/vars.h"

#define DEFAULT_EVERY ((int64_t)100000)

/* --- eventually ------------------------------------------------------- */

enum
{
  WITHIN,
  EVERY,
  LINES
};

static void
check_takes_time (Emit *emit, const Arg *within)
{
  if (within->ast != NULL && within->microsecs == 0)
    emit_error (emit, within->ast->span,
                "a block that may take no time always fails");
}

void
word_eventually (Emit *emit, const Call *call)
{
  const Arg *const args = call->args;

  check_takes_time (emit, &args[WITHIN]);

  const unsigned n_troubles = expand_n_troubles (emit);
  PlanBlock *const block = blocks_begin (emit, OP_EVENTUALLY, call->span);

  block->microsecs = check_limit (emit, &args[WITHIN]);
  block->every_microsecs
      = args[EVERY].ast != NULL ? args[EVERY].microsecs : DEFAULT_EVERY;
  expand_block (emit, args[LINES].block);
  if (expand_n_troubles (emit) == n_troubles)
    threads_tell_tried (emit);
  blocks_end (emit);
}

/* --- join ------------------------------------------------------------- */

enum
{
  JOIN_WITHIN,
  JOIN_LINES
};

/* What is started in a `join`. */
typedef struct
{
  const Call *call;
  uint32_t first_process;
  uint32_t first_thread;
  int64_t microsecs;
} Join;

/* A daemon would not end; and what a thread that has failed was to spawn may
 * not be there. */
static bool
may_end_in (Emit *emit, uint32_t process, const Join *join)
{
  const PlanProcess *const made
      = &g_array_index (emit->processes, PlanProcess, process);
  const Life *const life = &g_array_index (emit->lives, Life, process);
  g_autofree char *what
      = g_strdup_printf ("nothing waits for \"%s\" in its thread", made->name);

  if (!(made->flags & PLAN_DAEMON))
    return threads_has_passed (emit, life->thread, what, life->spawned);
  emit_error (
      emit, life->spawned,
      "what is started in a \"join\" ends in it, and a daemon does not");
  emit_note (emit, join->call->span, "it is this \"join\"");
  return false;
}

/* By a thread that still runs. */
static bool
is_in_use (const Emit *emit, const Life *life)
{
  const ThreadUse *use = life->uses;

  while (use != NULL && threads_is_before (emit, use->thread))
    use = use->older;
  return use != NULL || !threads_is_before (emit, life->thread);
}

/* One of a layer is only used in it. */
static bool
is_started (const Emit *emit, uint32_t process)
{
  return !(g_array_index (emit->processes, PlanProcess, process).flags
           & PLAN_OF_LAYER);
}

static bool
has_started (const Emit *emit, const Join *join)
{
  uint32_t i = join->first_process;

  while (i < emit->processes->len && !is_started (emit, i))
    i++;
  return i < emit->processes->len || emit->threads->len > join->first_thread;
}

/* Waits, in one step, for the processes that nothing waits for; those of
 * threads are there for certain only when the threads are over. */
static void
wait_for_processes (Emit *emit, const Join *join)
{
  const SrcSpan span = join->call->span;
  bool is_first = true;

  for (uint32_t i = join->first_process; i < emit->processes->len; i++)
    {
      const PlanProcess *const made
          = &g_array_index (emit->processes, PlanProcess, i);
      const Life *const life = &g_array_index (emit->lives, Life, i);

      if (!is_started (emit, i) || life->gone.end != 0 || is_in_use (emit, life)
          || !may_end_in (emit, i, join))
        continue;
      if (is_first)
        emit_op (emit, OP_CHECK_EXITS, span)->flags = OP_FLAG_PAR;
      is_first = false;
      emit_wait (
          emit, span, i,
          status_index (emit, made->flags & PLAN_OPTIONAL ? "any" : "0", span),
          join->microsecs)
          ->flags
          = OP_FLAG_PAR;
    }
}

static void
wait_for_threads (Emit *emit, const Join *join)
{
  const SrcSpan span = join->call->span;

  for (uint32_t i = join->first_thread; i < emit->threads->len; i++)
    {
      const ThreadLife *const life = threads_get (emit, i);

      if (life->joined.end == 0 && threads_is_before (emit, life->starter))
        threads_wait (emit, i,
                      status_index (emit, life->is_quiet ? "any" : "0", span),
                      join->microsecs, span);
    }
}

void
word_join (Emit *emit, const Call *call)
{
  const Join join
      = { .call = call,
          .first_process = emit->processes->len,
          .first_thread = emit->threads->len,
          .microsecs = check_limit (emit, &call->args[JOIN_WITHIN]) };

  check_takes_time (emit, &call->args[JOIN_WITHIN]);
  blocks_begin (emit, OP_JOIN, call->span)->microsecs = join.microsecs;
  expand_block (emit, call->args[JOIN_LINES].block);
  if (!has_started (emit, &join) && !emit->lacks_names)
    emit_error (emit, call->span, "nothing is started in this block");
  wait_for_processes (emit, &join);
  wait_for_threads (emit, &join);
  wait_for_processes (emit, &join);
  blocks_end (emit);
}

/* --- spawnThread ------------------------------------------------------ */

enum
{
  QUIET,
  THREAD_LINES
};

/* What holds in a thread ends with it. */
static void
expand_thread (Emit *emit, const AstBlock *block)
{
  const Settings before = emit->settings;
  const ScopeMark scope = vars_enter (emit);
  Frame *const frame = frame_new (emit);

  frame->is_thread = true;
  frame_enter (emit, frame, block->span);
  expand_block (emit, block);
  frame_leave (emit);
  frame_release (emit, frame);
  vars_go_to (emit, scope);
  emit->settings.cwd = before.cwd;
  emit->settings.env = before.env;
  emit->settings.context = before.context;
  emit->settings.umask = before.umask;
  emit->settings.timeout_microsecs = before.timeout_microsecs;
}

void
word_spawnThread (Emit *emit, const Call *call)
{
  const AstArg *const given = call->ast->name;
  const bool is_quiet = call->args[QUIET].ast != NULL;

  if (emit->is_cleaning_up)
    emit_error (emit, call->span,
                "what is done when the test ends cannot start threads");

  const char *const name = names_add_thread (emit, given);
  const uint32_t thread
      = threads_begin (emit, name != NULL ? name : "thread", is_quiet,
                       given != NULL ? given->span : call->span);
  PlanBlock *const block = blocks_begin (emit, OP_THREAD, call->span);

  block->name = threads_get (emit, thread)->name;
  block->is_quiet = is_quiet;
  expand_thread (emit, call->args[THREAD_LINES].block);
  blocks_end (emit);
  threads_end (emit, thread);
}
