#include "config.h"

#include "vm/output/expected.h"

#include "base/visible.h"
#include "vm/child/inspect.h"
#include "vm/child/logs.h"

#include <string.h>
#include <unistd.h>

/* How much of what came instead is shown. */
#define SHOWN_BYTES 2000

static const char *
stream_text (const PlanExpect *plan)
{
  return logs_stream_name (plan->stream);
}

/* --- The patterns -----------------------------------------------------------
 */

Pattern *
expected_pattern (Vm *vm, const PlanOp *op, const PlanText *text)
{
  g_autoptr (GError) error = NULL;
  GString *bytes = values_expand_bytes (vm_values (vm), text,
                                        values_quote_pattern, &error);

  if (bytes == NULL)
    {
      (void)vm_fail (vm, FAILURE_NOT_SEEN, op->span, op->process, "%s",
                     error->message);
      return NULL;
    }

  PatternError wrong = { 0 };
  Pattern *pattern = pattern_new (bytes->str, bytes->len, &wrong);
  if (pattern == NULL)
    (void)vm_fail (vm, FAILURE_NOT_SEEN, op->span, op->process,
                   "this is no pattern: %s", wrong.message);
  pattern_error_clear (&wrong);
  (void)g_string_free (bytes, TRUE);
  return pattern;
}

/* --- Failures ---------------------------------------------------------------
 */

static void
append_pattern (Vm *vm, const PlanExpect *plan, GString *out)
{
  g_autoptr (GString) text
      = values_expand_bytes (vm_values (vm), plan->pattern, NULL, NULL);

  g_string_append_c (out, '\'');
  if (text != NULL)
    visible_append (out, text->str, MIN (text->len, SHOWN_BYTES));
  g_string_append_c (out, '\'');
}

/* Whether it came, but on the other stream. */
static void
note_other_stream (Vm *vm, const PlanOp *op)
{
  const int other
      = op->expect->stream == STDOUT_FILENO ? STDERR_FILENO : STDOUT_FILENO;
  Proc *proc = vm_proc (vm, op->process);
  const int fd = proc_open_log (proc, other, vm_log_dir (vm, proc), NULL);
  if (fd < 0)
    return;

  g_autoptr (Stream) stream
      = stream_new (fd, vm_stream_begin (vm, proc, other));
  Pattern *pattern = expected_pattern (vm, op, op->expect->pattern);
  g_autoptr (StreamSearch) search = stream_search_new (stream, pattern, NULL);
  PatternMatch match = { 0 };
  if (stream_search_on (search, true, &match, NULL) == STREAM_FOUND)
    vm_note (vm, SRC_SPAN_NONE, "it is on its %s: expect %s %s ...",
             logs_stream_name (other), proc->plan->name,
             logs_stream_name (other));
  pattern_match_clear (&match);
}

/* What came instead, since the last match. */
static void
note_recent (Vm *vm, const PlanOp *op, const Stream *stream)
{
  g_autoptr (GString) recent = g_string_new (NULL);
  const uint64_t n_before = stream_append_recent (stream, recent);
  /* The rest of the line of the last match. */
  const char *line = recent->str + (recent->str[0] == '\n');
  const char *const end = recent->str + recent->len;

  if (line == end)
    {
      vm_note (vm, SRC_SPAN_NONE, "nothing came on its %s%s",
               stream_text (op->expect),
               stream_cursor (stream) > 0 ? " since the last match" : "");
      return;
    }

  g_autoptr (GString) shown = g_string_new (NULL);
  while (line < end)
    {
      const char *newline = memchr (line, '\n', (size_t)(end - line));
      const char *stop = newline != NULL ? newline : end;
      g_string_append_c (shown, '\n');
      visible_append (shown, line, (size_t)(stop - line));
      line = stop + (newline != NULL);
    }
  vm_note (vm, SRC_SPAN_NONE, "this came on its %s instead%s:%s%s",
           stream_text (op->expect), n_before > 0 ? ", among more" : "",
           shown->str, end[-1] == '\n' ? "" : " (no newline)");
}

OpStatus
expected_fail_late (Vm *vm, const PlanOp *op, const Stream *stream)
{
  const Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GString) text = g_string_new (NULL);

  append_pattern (vm, op->expect, text);
  g_string_append_c (text, ' ');
  vm_append_limit (vm, op->expect->microsecs, text);
  if (proc->state == PROC_RUNNING)
    g_string_append (text, inspect_is_stopped (proc->pid) ? "; it is stopped"
                                                          : "; it still runs");
  (void)vm_fail (vm, FAILURE_NOT_SEEN, op->span, op->process,
                 "\"%s\" has not printed %s", proc->plan->name, text->str);
  note_recent (vm, op, stream);
  note_other_stream (vm, op);
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}

OpStatus
expected_fail_ended (Vm *vm, const PlanOp *op, const Stream *stream)
{
  Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GString) end = g_string_new (NULL);

  if (proc->launch.error != 0 && !proc->is_judged)
    return vm_judge_end (vm, proc);
  g_autoptr (GString) text = g_string_new (NULL);

  proc_append_end (proc, end);
  append_pattern (vm, op->expect, text);
  (void)vm_fail (vm, FAILURE_NOT_SEEN, op->span, op->process,
                 "\"%s\" %s, and has not printed %s", proc->plan->name,
                 end->str, text->str);
  vm_end_is_told (vm, proc);
  note_recent (vm, op, stream);
  note_other_stream (vm, op);
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}

OpStatus
expected_fail_unwanted (Vm *vm, const PlanOp *op, const PatternMatch *match)
{
  const Proc *proc = vm_proc (vm, op->process);
  g_autoptr (GString) shown = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  visible_append (shown, match->groups[0].bytes,
                  MIN (match->groups[0].n_bytes, SHOWN_BYTES));
  append_pattern (vm, op->expect, text);
  (void)vm_fail (vm, FAILURE_NOT_SEEN, op->span, op->process,
                 "\"%s\" has printed \"%s\" before %s, which it must not",
                 proc->plan->name, shown->str, text->str);
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}

OpStatus
expected_fail_search (Vm *vm, const PlanOp *op, const Stream *stream,
                      const GError *error)
{
  Proc *proc = vm_proc (vm, op->process);
  const bool is_pattern = error->domain == G_REGEX_ERROR;

  (void)vm_fail (vm,
                 is_pattern ? FAILURE_NOT_SEEN
                            : vm_failure_of (error, FAILURE_LOG_DAMAGED),
                 op->span, op->process, "the %s of \"%s\": %s",
                 stream_text (op->expect), proc->plan->name, error->message);
  if (stream_is_truncated (stream) && !proc_is_adopted (proc))
    vm_note_loss (vm, proc, op->expect->stream);
  vm_note_spawned (vm, proc);
  return OP_FAILED;
}
