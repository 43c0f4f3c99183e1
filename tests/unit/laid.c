#include "config.h"

#include "laid.h"

#include "sample.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT      (20 * G_USEC_PER_SEC)
#define N_LAID_OPS 18

enum
{
  DEFER,
  STEP,
  SPAWN,
  EXPECT_READY,
  HOLD_STEP,
  HOLD,
  RELEASE,
  KILL_STEP,
  KILL,
  WAIT,
  PID,
  SIGNAL_STEP,
  STOP,
  CONT,
  SIGNAL,
  EXPECT,
  LOG,
  RUN_WAIT
};

G_STATIC_ASSERT (DEFER == LAID_DEFER && EXPECT_READY == LAID_EXPECT_READY
                 && WAIT == LAID_WAIT && RUN_WAIT == N_LAID_OPS - 1);

/* --- Places ----------------------------------------------------------------
 */

void
laid_make_dir (Laid *laid, const char *name)
{
  laid->log_path = g_build_filename (laid->dir, name, NULL);
  g_assert_cmpint (mkdir (laid->log_path, 0700), ==, 0);
  laid->log_dir = open (laid->log_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint (laid->log_dir, >=, 0);
}

void
laid_remove_dir (Laid *laid)
{
  static const char *const names[] = { "db.stdout", "db.stderr" };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    (void)unlinkat (laid->log_dir, names[i], 0);
  (void)unlinkat (laid->log_dir, "tmp", AT_REMOVEDIR);
  (void)close (laid->log_dir);
  g_assert_cmpint (rmdir (laid->log_path), ==, 0);
  g_free (laid->log_path);
}

/* --- The plan --------------------------------------------------------------
 */

static const PlanExpect *
make_expect (Arena *arena, const char *pattern, uint32_t n_values)
{
  static const uint32_t values[] = { 1 };
  PlanExpect *expect = ARENA_NEW (arena, PlanExpect);

  *expect = (PlanExpect){ .pattern = sample_text (arena, pattern),
                          .values = values,
                          .n_values = n_values,
                          .stream = STDOUT_FILENO,
                          .microsecs = LIMIT };
  return expect;
}

/* "$0 $1 $2 $3" */
static const PlanText *
make_line (Arena *arena)
{
  PlanText *line = (PlanText *)sample_text (arena, "   ");
  PlanSlot *slots = ARENA_NEW_ARRAY (arena, PlanSlot, 4);

  for (uint32_t i = 0; i < 4; i++)
    slots[i] = (PlanSlot){ .offset = i, .variable = N_PLAN_VARS + i };
  line->slots = slots;
  line->n_slots = 4;
  return line;
}

static const PlanSpawn *
make_spawn (Arena *arena, const char *script)
{
  PlanContext *context = ARENA_NEW (arena, PlanContext);
  PlanSpawn *spawn
      = arena_alloc (arena, sizeof (PlanSpawn) + 3 * sizeof (PlanText *));

  context->umask = -1;
  spawn->context = context;
  spawn->n_argv = 3;
  spawn->argv[0] = sample_text (arena, "sh");
  spawn->argv[1] = sample_text (arena, "-c");
  spawn->argv[2] = sample_text (arena, script);
  return spawn;
}

static void
make_ops (Plan *plan)
{
  Arena *arena = plan->arena;
  PlanOp *ops = ARENA_NEW_ARRAY (arena, PlanOp, N_LAID_OPS);
  PlanStatus *statuses = ARENA_NEW_ARRAY (arena, PlanStatus, 2);

  statuses[0] = (PlanStatus){ .codes = { 1 }, .text = "0" };
  statuses[1] = (PlanStatus){ .signals = UINT64_C (1) << (SIGTERM - 1)
                                         | UINT64_C (1) << (SIGKILL - 1),
                              .text = "SIGTERM|SIGKILL" };
  ops[DEFER] = (PlanOp){ .code = OP_DEFER, .section = 1 };
  ops[STEP] = (PlanOp){ .code = OP_CHECK_EXITS, .next = HOLD_STEP };
  ops[SPAWN] = (PlanOp){ .code = OP_SPAWN };
  ops[EXPECT_READY] = (PlanOp){ .code = OP_EXPECT,
                                .expect = make_expect (arena, "ready", 0) };
  ops[HOLD_STEP] = (PlanOp){ .code = OP_CHECK_EXITS, .next = PLAN_NONE };
  ops[HOLD] = (PlanOp){ .code = OP_HOLD };
  ops[RELEASE] = (PlanOp){ .code = OP_RELEASE };
  ops[KILL_STEP] = (PlanOp){ .code = OP_CHECK_EXITS, .next = PLAN_NONE };
  ops[KILL] = (PlanOp){ .code = OP_KILL, .signal = SIGTERM };
  ops[WAIT] = (PlanOp){
    .code = OP_WAIT, .flags = OP_FLAG_KILL, .status = 1, .microsecs = LIMIT
  };
  ops[PID] = (PlanOp){ .code = OP_PID, .value = 0 };
  ops[SIGNAL_STEP] = (PlanOp){ .code = OP_CHECK_EXITS, .next = PLAN_NONE };
  ops[STOP] = (PlanOp){ .code = OP_STOP, .microsecs = LIMIT };
  ops[CONT] = (PlanOp){ .code = OP_CONT };
  ops[SIGNAL] = (PlanOp){ .code = OP_SIGNAL, .signal = SIGUSR1 };
  ops[EXPECT] = (PlanOp){ .code = OP_EXPECT,
                          .expect = make_expect (arena, "(ready|usr1)", 1) };
  ops[LOG] = (PlanOp){ .code = OP_LOG, .text = make_line (arena) };
  ops[RUN_WAIT] = (PlanOp){ .code = OP_WAIT, .microsecs = LIMIT };
  plan->ops = ops;
  plan->n_ops = N_LAID_OPS;
  plan->statuses = statuses;
  plan->n_statuses = 2;
}

static void
make_layer (Plan *plan, const PlanSpawn *spawn)
{
  Arena *arena = plan->arena;
  PlanProcess *process = ARENA_NEW (arena, PlanProcess);
  PlanSection *sections = ARENA_NEW_ARRAY (arena, PlanSection, 2);
  PlanValue *values = ARENA_NEW_ARRAY (arena, PlanValue, 2);

  *process = (PlanProcess){
    .name = "db", .spawn = spawn, .spawn_op = SPAWN, .wait_op = WAIT
  };
  sections[0]
      = (PlanSection){ .first_op = RELEASE, .n_ops = 1, .defer_op = PLAN_NONE };
  sections[1] = (PlanSection){
    .first_op = KILL_STEP, .n_ops = 3, .defer_op = DEFER, .is_teardown = true
  };
  values[0] = (PlanValue){ .name = "tmp", .layer = PLAN_NONE };
  values[1] = (PlanValue){ .name = "logdir", .layer = PLAN_NONE };
  plan->layers = ARENA_NEW (arena, PlanLayer);
  plan->n_layers = 1;
  plan->layers->unit = (PlanTest){ .name = "database",
                                   .n_ops = WAIT + 1,
                                   .processes = process,
                                   .n_processes = 1,
                                   .sections = sections,
                                   .n_sections = 2,
                                   .values = values,
                                   .n_values = 2 };
}

static void
make_test (Plan *plan)
{
  static const uint32_t layers[] = { 0 };
  Arena *arena = plan->arena;
  PlanProcess *process = ARENA_NEW (arena, PlanProcess);
  PlanValue *values = ARENA_NEW_ARRAY (arena, PlanValue, 4);

  *process = (PlanProcess){ .name = "db",
                            .spawn_op = SPAWN,
                            .wait_op = PLAN_NONE,
                            .flags = PLAN_OF_LAYER };
  values[0] = (PlanValue){ .name = "number", .layer = PLAN_NONE };
  values[1] = (PlanValue){ .name = "seen", .layer = PLAN_NONE };
  values[2] = (PlanValue){ .name = "tmp", .number = LAYER_VALUE_TMP };
  values[3] = (PlanValue){ .name = "logdir", .number = LAYER_VALUE_LOGDIR };
  plan->tests = ARENA_NEW (arena, PlanTest);
  plan->n_tests = 1;
  *plan->tests = (PlanTest){ .name = "user",
                             .first_op = PID,
                             .n_ops = LOG + 1 - PID,
                             .processes = process,
                             .n_processes = 1,
                             .values = values,
                             .n_values = 4,
                             .layers = layers,
                             .n_layers = 1 };
}

void
laid_set_program (Laid *laid, const char *program)
{
  PlanProcess *process = (PlanProcess *)laid->plan.layers->unit.processes;
  PlanSpawn *spawn = (PlanSpawn *)process->spawn;

  spawn->argv[0] = sample_text (laid->plan.arena, program);
}

void
laid_make_run (Laid *laid)
{
  PlanProcess *process = ARENA_NEW (laid->plan.arena, PlanProcess);

  *process = *laid->plan.layers->unit.processes;
  process->spawn_op = STOP;
  process->wait_op = RUN_WAIT;
  laid->plan.ops[STOP] = (PlanOp){ .code = OP_SPAWN };
  laid->plan.ops[CONT] = laid->plan.ops[SIGNAL] = laid->plan.ops[EXPECT]
      = laid->plan.ops[LOG] = laid->plan.ops[SIGNAL_STEP];
  *laid->plan.tests = (PlanTest){ .name = "runner",
                                  .first_op = SIGNAL_STEP,
                                  .n_ops = N_LAID_OPS - SIGNAL_STEP,
                                  .processes = process,
                                  .n_processes = 1 };
}

void
laid_init (Laid *laid, const char *script)
{
  *laid = (Laid){ .plan = { .arena = arena_new () } };
  make_ops (&laid->plan);
  make_layer (&laid->plan, make_spawn (laid->plan.arena, script));
  make_test (&laid->plan);
  laid->dir = g_dir_make_tmp ("test-layer-XXXXXX", NULL);
  laid_make_dir (laid, "layer");
}

void
laid_clear (Laid *laid)
{
  laid_remove_dir (laid);
  g_assert_cmpint (rmdir (laid->dir), ==, 0);
  g_free (laid->dir);
  arena_free (laid->plan.arena);
}
