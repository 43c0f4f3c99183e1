#include "config.h"

#include "front/checking.h"

#include "base/units.h"
#include "front/patterns.h"
#include "front/text.h"

#include <string.h>

static bool
is_quantity (const Checking *checking)
{
  return checking->check.subject == CHECK_ACTIVE
         || checking->check.subject == CHECK_MEASURE;
}

/* "12", "-0.5"; newlines at its end do not count. */
static bool
is_number (const char *text)
{
  text += *text == '-';

  const size_t n_whole = strspn (text, "0123456789");

  if (n_whole == 0)
    return false;
  text += n_whole;
  if (*text == '.')
    {
      const size_t n_decimals = strspn (text + 1, "0123456789");

      if (n_decimals == 0)
        return false;
      text += 1 + n_decimals;
    }
  return text[strspn (text, "\n")] == '\0';
}

static bool
has_unit (CheckUnit unit, const char *text)
{
  uint64_t number;
  int64_t microsecs;

  switch (unit)
    {
    case CHECK_UNIT_SIZE:
      return size_parse (text, &number);
    case CHECK_UNIT_DURATION:
      return duration_parse (text, &microsecs);
    case CHECK_UNIT_COUNT:
      break;
    }
  return g_ascii_string_to_unsigned (text, 10, 0, INT64_MAX, &number, NULL);
}

static bool
tell_wrong_value (Checking *checking, const AstArg *arg, const char *what,
                  const char *like)
{
  emit_error (checking->emit, arg->span, "\"%s\" is not %s",
              emit_shown_arg (checking->emit, arg), what);
  emit_note (checking->emit, arg->span, "%s is like %s", what, like);
  return false;
}

static bool
is_of_unit (Checking *checking, CheckUnit unit)
{
  static const struct
  {
    const char *what;
    const char *like;
  } units[] = {
    [CHECK_UNIT_COUNT] = { "a whole number", "3" },
    [CHECK_UNIT_SIZE] = { "a size", "64K, 512M, 2G" },
    [CHECK_UNIT_DURATION] = { "a duration", "2s, 250ms" },
  };

  return has_unit (unit, checking->check.right->bytes)
         || tell_wrong_value (checking, checking->right, units[unit].what,
                              units[unit].like);
}

static bool
are_numbers (Checking *checking)
{
  const char *const texts[]
      = { checking->left_text, checking->check.right->n_slots == 0
                                   ? checking->check.right->bytes
                                   : NULL };
  const AstArg *const args[] = { checking->left, checking->right };

  for (unsigned i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL && !is_number (texts[i]))
      {
        emit_error (checking->emit, args[i]->span, "\"%s\" is not a number",
                    emit_shown_arg (checking->emit, args[i]));
        emit_note (checking->emit, checking->compare->span,
                   "only numbers have an order; texts are compared with == "
                   "and !=");
        return false;
      }
  return true;
}

/* What can be known of the value before anything runs. */
static bool
is_value (Checking *checking)
{
  const PlanCheck *const check = &checking->check;
  const bool is_known = check->right->n_slots == 0;

  if (check->compare != COMPARE_EQ && check->compare != COMPARE_NE
      && check->compare != COMPARE_CONTAINS
      && !text_is_string (checking->emit, check->right, checking->right->span))
    return false;
  if (check->compare == COMPARE_MATCHES)
    return patterns_check (checking->emit, checking->right, check->right);
  if (checking_compares[check->compare].is_order && !is_quantity (checking))
    return are_numbers (checking);
  if (!is_known)
    return true;
  if (check->compare == COMPARE_LINES || check->subject == CHECK_ACTIVE)
    return is_of_unit (checking, CHECK_UNIT_COUNT);
  if (check->subject == CHECK_MEASURE)
    return is_of_unit (checking, checking_measures[check->measure].unit);
  return true;
}

/* Whether these can be compared so. */
static bool
may_compare (Checking *checking, bool with_file)
{
  const PlanCompare compare = (PlanCompare)checking->check.compare;
  const bool is_equality = compare == COMPARE_EQ || compare == COMPARE_NE;

  if (is_quantity (checking) && !is_equality
      && !checking_compares[compare].is_order)
    emit_error (checking->emit, checking->compare->span,
                "numbers are compared with == != < <= > >=");
  else if (compare == COMPARE_EXISTS && checking->check.subject != CHECK_FILE)
    {
      emit_error (checking->emit, checking->compare->span,
                  "only a file \"exists\"");
      emit_note (checking->emit, checking->compare->span,
                 "it is asked so: file \"out.txt\" exists");
    }
  else if (with_file && (!is_equality || is_quantity (checking)))
    emit_error (checking->emit, checking->right->span,
                "only a text can be compared with a file, with == and !=");
  else
    return true;
  return false;
}

static bool
read_value (Checking *checking)
{
  Emit *const emit = checking->emit;
  const AstArg *const right = checking->right;
  const bool with_file = ast_arg_is (right, "file") && right->next != NULL;
  const AstArg *const last = with_file ? right->next : right;

  if (last->next != NULL)
    {
      emit_error (emit, last->next->span, "\"%s\" is more than \"%s\" takes",
                  emit_shown_arg (emit, last->next),
                  checking_compares[checking->check.compare].name);
      checking_note_forms (emit, last->next->span);
      return false;
    }
  if (!may_compare (checking, with_file))
    return false;
  checking->check.right_is_file = with_file;
  checking->check.right = with_file ? checking_read_path (checking, last)
                                    : text_eval (emit, last);
  return checking->check.right != NULL && (with_file || is_value (checking));
}

bool
checking_read_right (Checking *checking)
{
  Emit *const emit = checking->emit;
  const PlanCompare compare = checking_find_compare (checking->compare);

  checking->check.compare = (uint8_t)compare;
  if (checking_compares[compare].takes_value && checking->right == NULL)
    {
      emit_error (emit, checking->compare->span, "\"%s\" needs a value",
                  checking_compares[compare].name);
      checking_note_forms (emit, checking->compare->span);
    }
  else if (checking_compares[compare].takes_value)
    return read_value (checking);
  else if (checking->right != NULL)
    emit_error (emit, checking->right->span, "\"%s\" is more than \"%s\" takes",
                emit_shown_arg (emit, checking->right),
                checking_compares[compare].name);
  else
    return may_compare (checking, false);
  return false;
}
