#include "config.h"

#include "sample.h"

#include <string.h>

const PlanText *
sample_text (Arena *arena, const char *text)
{
  const size_t n = strlen (text);
  PlanText *made = arena_alloc (arena, sizeof (PlanText) + n + 1);

  made->n_bytes = (uint32_t)n;
  memcpy (made->bytes, text, n);
  return made;
}

SrcSpan
sample_span (const Plan *plan)
{
  const uint32_t begin = plan->ops[0].span.begin;

  return (SrcSpan){ begin, begin + (uint32_t)strlen ("wait echo 0") };
}

static void
make_process (Arena *arena, PlanProcess *process)
{
  PlanContext *context = ARENA_NEW (arena, PlanContext);
  PlanSpawn *spawn
      = arena_alloc (arena, sizeof (PlanSpawn) + 2 * sizeof (PlanText *));

  context->umask = -1;
  spawn->context = context;
  spawn->n_argv = 2;
  spawn->argv[0] = sample_text (arena, "/bin/echo");
  spawn->argv[1] = sample_text (arena, "hello world");
  *process = (PlanProcess){
    .name = "echo", .spawn = spawn, .spawn_op = 1, .wait_op = 3
  };
}

static void
make_ops (Plan *plan, SrcSpan span)
{
  PlanStatus *status = ARENA_NEW (plan->arena, PlanStatus);
  PlanOp *ops = ARENA_NEW_ARRAY (plan->arena, PlanOp, SAMPLE_N_OPS);

  status->text = "0";
  status->codes[0] = 1;
  ops[0] = (PlanOp){ .code = OP_CHECK_EXITS, .span = span, .next = 2 };
  ops[1] = (PlanOp){ .code = OP_SPAWN, .span = span };
  ops[2] = (PlanOp){ .code = OP_CHECK_EXITS, .span = span, .next = PLAN_NONE };
  ops[3] = (PlanOp){ .code = OP_WAIT,
                     .span = span,
                     .microsecs = 20 * G_USEC_PER_SEC };
  plan->ops = ops;
  plan->n_ops = SAMPLE_N_OPS;
  plan->statuses = status;
  plan->n_statuses = 1;
}

Plan *
sample_plan (Sources *sources, const char *path, const char *const *names)
{
  static const char text[] = "test t {\n" SAMPLE_LINE "\n}\n";
  const Source *source = sources_add (sources, path, text, strlen (text));
  const uint32_t begin = source->base + (uint32_t)strlen ("test t {\n    ");
  Arena *arena = arena_new ();
  Plan *plan = ARENA_NEW (arena, Plan);
  PlanProcess *process = ARENA_NEW (arena, PlanProcess);

  plan->arena = arena;
  plan->sources = sources;
  plan->path = source->name;
  while (names[plan->n_tests] != NULL)
    plan->n_tests++;
  plan->tests = ARENA_NEW_ARRAY (arena, PlanTest, plan->n_tests);
  make_process (arena, process);
  make_ops (plan, (SrcSpan){ begin, begin + 4 });
  for (uint32_t i = 0; i < plan->n_tests; i++)
    plan->tests[i] = (PlanTest){ .name = names[i],
                                 .span = { source->base, source->base + 4 },
                                 .n_ops = SAMPLE_N_OPS,
                                 .processes = process,
                                 .n_processes = 1,
                                 .level = 1 };
  return plan;
}
