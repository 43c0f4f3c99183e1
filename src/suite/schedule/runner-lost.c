#include "config.h"

#include "suite/schedule/runner-state.h"

#include "base/signame.h"

#include <sys/wait.h>

static void
tell (Runner *runner, EventKind kind, int32_t number, const char *text)
{
  const Event event = event_of_test (kind, runner->test->test, number, text);
  runner_tell (runner, &event);
}

static char *
describe_loss (const Runner *runner)
{
  const char *what = runner->test->layer != NULL ? "layer" : "test";
  char buffer[SIGNAL_NAME_SIZE];

  if (runner->is_nonsense)
    return g_strdup_printf (
        "the worker of this %s told nonsense, and was ended", what);
  if (runner->lost != NULL)
    return g_strdup (runner->lost);
  if (WIFSIGNALED (runner->wait_status))
    return g_strdup_printf (
        "the worker of this %s was killed with %s", what,
        signal_name (WTERMSIG (runner->wait_status), buffer));
  return g_strdup_printf (
      "the worker of this %s ended with status %d before its %s did", what,
      WEXITSTATUS (runner->wait_status), what);
}

/* What it was doing, as far as it has left word. */
static void
tell_last_op (Runner *runner, const Slot *slot)
{
  const Plan *plan = runner->test->plan;
  const PlanTest *test = runner->test->test;

  if (slot->op < test->first_op || slot->op >= plan_test_end (test))
    return;

  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "it was at operation %u of %u: ",
                          slot->op - test->first_op + 1, test->n_ops);
  plan_append_op (plan, test, &plan->ops[slot->op], text);
  Event event = event_of_test (EVENT_NOTE, test, 0, text->str);
  event.span = plan->ops[slot->op].span;
  runner_tell (runner, &event);
}

static void
tell_logs (Runner *runner, const Slot *slot)
{
  if (slot->logs[0] == '\0' || runner->plan_path == NULL)
    return;

  g_autofree char *path
      = g_strconcat (runner->plan_path, "/", slot->logs, NULL);
  tell (runner, EVENT_LOGS, 0, path);
}

void
runner_tell_lost (Runner *runner)
{
  g_autofree char *text = describe_loss (runner);
  Slot *slot = slots_get (runner->share->slots, runner->slot);

  if (!runner->has_begun)
    tell (runner, EVENT_TEST_BEGIN, 0, runner->test->test->name);
  if (runner->is_interrupted)
    tell (runner, EVENT_FAILED, FAILURE_INTERRUPTED, "interrupted");
  else
    tell (runner, EVENT_FAILED, FAILURE_TROUBLE, text);
  if (slot != NULL)
    {
      slot->logs[sizeof slot->logs - 1] = '\0'; /* whoever may have written */
      tell_last_op (runner, slot);
      tell_logs (runner, slot);
    }
  tell (runner, EVENT_TEST_END,
        runner->is_interrupted ? VERDICT_INTERRUPTED : VERDICT_ERROR, "");
}
