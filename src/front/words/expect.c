#include "config.h"

#include "front/check.h"
#include "front/late.h"
#include "front/order.h"
#include "front/patterns.h"
#include "front/stream.h"

#include <string.h>
#include <unistd.h>

enum
{
  PROCESS,
  STREAM,
  PATTERN,
  NAMES,
  UNLESS,
  LIMIT
};

/* The values that the groups become; false if a name is wrong. */
static bool
add_values (Emit *emit, const Arg *names, PlanExpect *expect)
{
  if (names->n == 0)
    return true;

  uint32_t *const values
      = ARENA_NEW_ARRAY (emit->plan->arena, uint32_t, names->n);
  const AstArg *ast = names->ast;
  bool is_good = true;

  for (unsigned i = 0; i < names->n; i++, ast = ast->next)
    {
      values[i] = late_add (emit, ast);
      is_good &= values[i] != PLAN_NONE;
    }
  expect->values = values;
  expect->n_values = names->n;
  return is_good;
}

static bool
has_good_patterns (Emit *emit, const Call *call)
{
  const Arg *const pattern = &call->args[PATTERN];
  const Arg *const unless = &call->args[UNLESS];
  const Arg *const names = &call->args[NAMES];
  bool is_good = patterns_check (emit, pattern->ast, pattern->text);

  if (unless->ast != NULL)
    is_good &= patterns_check (emit, unless->ast, unless->text);
  if (is_good && names->n > 0)
    is_good = patterns_has_groups (emit, pattern->text, names->ast, names->n);
  if (is_good)
    patterns_warn_empty (emit, pattern->ast, pattern->text);
  return is_good;
}

void
word_expect (Emit *emit, const Call *call)
{
  const Arg *const args = call->args;
  const uint32_t process = args[PROCESS].process;
  PlanExpect expect;

  memset (&expect, 0, sizeof expect); /* padding too: it is stored once */
  expect.stream
      = args[STREAM].ast != NULL ? args[STREAM].stream : STDOUT_FILENO;
  expect.pattern = args[PATTERN].text;
  expect.unless = args[UNLESS].ast != NULL ? args[UNLESS].text : NULL;
  expect.microsecs = check_limit (emit, &args[LIMIT]);

  const bool is_good
      = stream_is_logged (emit, process, expect.stream,
                          args[STREAM].ast != NULL ? args[STREAM].ast->span
                                                   : args[PROCESS].ast->span)
        && order_expect (emit, process, expect.stream, call->span);

  if (!has_good_patterns (emit, call) || !is_good
      || !add_values (emit, &args[NAMES], &expect))
    {
      late_add_broken (emit, call->ast);
      return;
    }
  emit_process_op (emit, OP_EXPECT, call->span, process)->expect
      = emit_bytes (emit, &expect, sizeof expect);
  g_array_index (emit->processes, PlanProcess, process).flags |= PLAN_EXPECTED;
}
