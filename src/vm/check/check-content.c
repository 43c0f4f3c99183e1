#include "config.h"

#include "vm/check/check-content.h"

#include "vm/check/check-sides.h"
#include "vm/check/filewrite.h"
#include "vm/check/mismatch.h"

#include <string.h>

/* Then the loop has its turn: after some milliseconds. */
#define STEPS_AT_ONCE 64

/* What takes several steps. */
typedef struct
{
  uint64_t n_wanted; /* vm_await_log() */
  bool is_begun;
  CheckSides sides;
  Pattern *pattern; /* owned; NULL: none */
  Comparing comparing;
} Check;

static void
check_free (void *data)
{
  Check *check = data;

  check_sides_clear (&check->sides);
  pattern_free (check->pattern);
  g_free (check);
}

/* --- The begin ------------------------------------------------------------ */

static bool
make_pattern (Vm *vm, const PlanOp *op, Check *check)
{
  const Content *text = &check->sides.right;
  PatternError wrong = { 0 };

  check->pattern = pattern_new (text->bytes, text->size, &wrong);
  if (check->pattern == NULL)
    (void)vm_fail (vm, FAILURE_CHECK_FAILED, op->span, check_process (op),
                   "this is no pattern: %s", wrong.message);
  pattern_error_clear (&wrong);
  check->comparing.pattern = check->pattern;
  return check->pattern != NULL;
}

static bool
read_n_lines (Vm *vm, const PlanOp *op, Check *check)
{
  const char *text = check->sides.right.bytes;

  if (g_ascii_string_to_unsigned (text, 10, 0, INT64_MAX,
                                  &check->comparing.n_wanted, NULL))
    return true;
  (void)vm_fail (vm, FAILURE_CHECK_FAILED, op->span, check_process (op),
                 "\"%s\" is not a number of lines", text);
  return false;
}

static bool
begin (Vm *vm, const PlanOp *op, Check *check)
{
  const PlanCompare compare = op->check->compare;

  check->is_begun = true;
  check->comparing = (Comparing){ .compare = compare,
                                  .is_not = op->check->is_not,
                                  .left = &check->sides.left,
                                  .right = &check->sides.right };
  if (!check_sides_open (vm, op, &check->sides))
    return false;
  if (compare == COMPARE_MATCHES)
    return make_pattern (vm, op, check);
  return compare != COMPARE_LINES || read_n_lines (vm, op, check);
}

/* --- What comes of it ----------------------------------------------------- */

static void
tell_updated (Vm *vm, const char *name)
{
  g_autofree char *told = g_strdup_printf ("updated \"%s\"", name);
  const size_t n = strlen (told);
  g_autofree PlanText *text = g_malloc0 (sizeof (PlanText) + n + 1);

  text->n_bytes = (uint32_t)n;
  memcpy (text->bytes, told, n);
  vm_tell_text (vm, EVENT_LOG, text);
}

static OpStatus
update (Vm *vm, const PlanOp *op, const CheckSides *sides)
{
  g_autoptr (GError) error = NULL;

  if (!filewrite_replace (sides->right_path, &sides->left, &error))
    return vm_fail (vm, vm_failure_of (error, FAILURE_CHECK_FAILED), op->span,
                    check_process (op), "\"%s\" cannot be updated: %s",
                    sides->right_name, error->message);
  tell_updated (vm, sides->right_name);
  return OP_DONE;
}

/* The last lines that the plan wants are there, and nothing else: so it is
 * where a log was emptied, between two looks at it. */
static void
note_missing_begin (Vm *vm, const PlanOp *op, const Check *check)
{
  const Content *left = &check->sides.left, *right = &check->sides.right;

  if (op->check->subject != CHECK_STREAM || op->check->compare != COMPARE_EQ
      || left->bytes == NULL || right->bytes == NULL || left->size == 0
      || left->size >= right->size
      || right->bytes[right->size - left->size - 1] != '\n'
      || memcmp (right->bytes + right->size - left->size, left->bytes,
                 left->size)
             != 0)
    return;
  vm_note_emptied (vm, vm_proc (vm, op->process), op->check->stream);
}

static OpStatus
fail (Vm *vm, const PlanOp *op, const Check *check)
{
  const Mismatch mismatch = { .check = op->check,
                              .name = check->sides.name,
                              .right_name = check->sides.right_name,
                              .comparing = &check->comparing,
                              .right = &check->sides.right };
  g_autoptr (GString) note = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *message = mismatch_message (&mismatch);

  (void)vm_fail (vm, FAILURE_CHECK_FAILED, op->span, check_process (op), "%s",
                 message);
  if (!mismatch_append_note (&mismatch, note, &error))
    vm_note (vm, SRC_SPAN_NONE, "where they differ cannot be shown: %s",
             error->message);
  else if (note->len > 0)
    vm_note (vm, SRC_SPAN_NONE, "%s", note->str);
  note_missing_begin (vm, op, check);
  if (op->check->right_is_file && op->check->compare == COMPARE_EQ
      && !vm_options (vm)->update)
    vm_note (vm, SRC_SPAN_NONE, "if it is right now: --update rewrites \"%s\"",
             check->sides.right_name);
  return OP_FAILED;
}

static OpStatus
fail_unread (Vm *vm, const PlanOp *op, const Check *check, const GError *error)
{
  if (error->domain == G_REGEX_ERROR)
    return vm_fail (vm, FAILURE_CHECK_FAILED, op->span, check_process (op),
                    "%s", error->message);
  return check->comparing.right_is_bad
             ? check_fail_right (vm, op, &check->sides, error)
             : check_fail_left (vm, op, &check->sides, error);
}

static OpStatus
check_order (Vm *vm, const PlanOp *op, const Check *check)
{
  const Content *left = &check->sides.left, *right = &check->sides.right;

  return left->bytes != NULL && compare_is_number (left->bytes, left->size)
                 && compare_is_number (right->bytes, right->size)
                 && compare_holds (op->check->compare,
                                   compare_numbers (left->bytes, left->size,
                                                    right->bytes, right->size))
             ? OP_DONE
             : fail (vm, op, check);
}

static OpStatus
go_on (Vm *vm, const PlanOp *op, Check *check)
{
  g_autoptr (GError) error = NULL;

  if (check->sides.right_is_missing)
    return update (vm, op, &check->sides);
  if (compare_is_order (op->check->compare))
    return check_order (vm, op, check);

  CompareResult result = COMPARE_GOES_ON;
  for (unsigned i = 0; i < STEPS_AT_ONCE && result == COMPARE_GOES_ON; i++)
    result = compare_step (&check->comparing, &error);
  switch (result)
    {
    case COMPARE_GOES_ON:
      vm_work_on (vm);
      return OP_PENDING;
    case COMPARE_YES:
      return OP_DONE;
    case COMPARE_NO:
      return check_may_update (vm, op) ? update (vm, op, &check->sides)
                                       : fail (vm, op, check);
    case COMPARE_CANNOT:
      return fail_unread (vm, op, check, error);
    }
  g_assert_not_reached ();
}

OpStatus
check_content (Vm *vm, const PlanOp *op)
{
  Check *check = vm_state (vm);

  if (check == NULL)
    {
      check = g_new0 (Check, 1);
      check->sides = CHECK_SIDES_NONE;
      vm_set_state (vm, check, check_free);
    }
  if (!check->is_begun && op->check->subject == CHECK_STREAM)
    {
      const OpStatus status
          = vm_await_log (vm, op, op->check->stream, &check->n_wanted);
      if (status != OP_DONE)
        return status;
    }
  if (!check->is_begun && !begin (vm, op, check))
    return OP_FAILED;
  return go_on (vm, op, check);
}
