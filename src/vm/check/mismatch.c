#include "config.h"

#include "vm/check/mismatch.h"

#include "base/visible.h"
#include "vm/check/diff.h"

#include <string.h>
#include <unistd.h>

static const Content *
left_of (const Mismatch *mismatch)
{
  return mismatch->comparing->left;
}

bool
mismatch_is_one_line (const Content *content)
{
  const char *newline = content->bytes == NULL || content->size == 0
                            ? NULL
                            : memchr (content->bytes, '\n', content->size);

  return content->bytes != NULL
         && (newline == NULL || newline == content->bytes + content->size - 1);
}

bool
mismatch_is_found (const Mismatch *mismatch)
{
  return mismatch->check->is_not
         && (mismatch->check->compare == COMPARE_CONTAINS
             || mismatch->check->compare == COMPARE_MATCHES);
}

const Content *
mismatch_has_newline (const Mismatch *mismatch)
{
  const Content *left = left_of (mismatch), *right = mismatch->right;
  const uint64_t shorter = MIN (left->size, right->size);
  const Content *longer = left->size > shorter ? left : right;
  g_autoptr (GString) buffer = g_string_new (NULL);

  if (mismatch->comparing->offset != shorter || longer->size != shorter + 1)
    return NULL;

  const char *last = content_view (longer, shorter, 1, buffer, NULL);
  return last != NULL && *last == '\n' ? longer : NULL;
}

/* --- The left side -------------------------------------------------------- */

static void
append_n_lines (GString *out, uint64_t n_lines)
{
  g_string_append_printf (out, "%" G_GUINT64_FORMAT " line%s", n_lines,
                          n_lines == 1 ? "" : "s");
}

static uint64_t
count_lines (const Mismatch *mismatch)
{
  const Content *left = left_of (mismatch);

  return mismatch->check->compare == COMPARE_LINES
             ? mismatch->comparing->n_lines
             : compare_count_lines (left->bytes, left->size);
}

/* Of one line the text itself is shown, unless its lines are counted. */
static bool
counts_lines (const Mismatch *mismatch)
{
  return mismatch->check->compare == COMPARE_LINES
         || !mismatch_is_one_line (left_of (mismatch));
}

/* "\"hello\\n\"", "3 lines" */
static void
append_what (GString *out, const Mismatch *mismatch)
{
  const Content *left = left_of (mismatch);
  const size_t at
      = mismatch->check->compare == COMPARE_EQ || mismatch_is_found (mismatch)
            ? (size_t)mismatch->comparing->offset
            : 0;

  if (!counts_lines (mismatch))
    diff_append_excerpt (out, left->bytes, left->size, at);
  else if (mismatch->check->compare == COMPARE_LINES || left->bytes != NULL)
    append_n_lines (out, count_lines (mismatch));
  else
    g_string_append_printf (out, "%" G_GUINT64_FORMAT " bytes", left->size);
}

static void
append_left (GString *out, const Mismatch *mismatch)
{
  const bool is_empty = left_of (mismatch)->size == 0;

  switch (mismatch->check->subject)
    {
    case CHECK_STREAM:
      g_string_append_printf (out, "\"%s\" has printed ", mismatch->name);
      if (is_empty)
        g_string_append (out, "nothing");
      else
        append_what (out, mismatch);
      if (mismatch->check->stream == STDERR_FILENO)
        g_string_append (out, " to its standard error");
      break;
    case CHECK_FILE:
      g_string_append_printf (out, "\"%s\" %s", mismatch->name,
                              is_empty ? "is empty" : "holds ");
      if (!is_empty)
        append_what (out, mismatch);
      break;
    default:
      g_string_append (out, counts_lines (mismatch) ? "the value has "
                                                    : "the value is ");
      append_what (out, mismatch);
      break;
    }
}

/* --- The right side ------------------------------------------------------- */

static void
append_pattern (GString *out, const Content *pattern)
{
  g_string_append_c (out, '\'');
  visible_append (out, pattern->bytes, pattern->size);
  g_string_append_c (out, '\'');
}

static void
append_wanted_text (GString *out, const Mismatch *mismatch)
{
  const Content *right = mismatch->right;
  const bool are_lines = !mismatch_is_one_line (left_of (mismatch))
                         || !mismatch_is_one_line (right);
  const Content *longer = are_lines ? mismatch_has_newline (mismatch) : NULL;

  if (longer != NULL)
    g_string_append (out, longer == right
                              ? "the same with one newline more at the end"
                              : "the same without the newline at the end");
  else if (right->size == 0 && mismatch->check->subject == CHECK_STREAM)
    g_string_append (out, "nothing");
  else if (mismatch_is_one_line (right))
    diff_append_excerpt (out, right->bytes, right->size,
                         (size_t)mismatch->comparing->offset);
  else
    {
      const uint64_t n = compare_count_lines (right->bytes, right->size);
      if (mismatch_is_one_line (left_of (mismatch)))
        append_n_lines (out, n);
      else
        g_string_append_printf (out, "%" G_GUINT64_FORMAT " other%s", n,
                                n == 1 ? "" : "s");
    }
}

/* What is wanted by a `check not`. */
static void
append_unwanted (GString *out, const Mismatch *mismatch)
{
  const Content *right = mismatch->right;

  switch (mismatch->check->compare)
    {
    case COMPARE_CONTAINS:
      g_string_append (out, "it not to contain ");
      diff_append_excerpt (out, right->bytes, right->size, 0);
      break;
    case COMPARE_MATCHES:
      g_string_append (out, "no match of ");
      append_pattern (out, right);
      break;
    case COMPARE_EMPTY:
      g_string_append (out, "something");
      break;
    case COMPARE_LINES:
      g_string_append (out, "more or fewer");
      break;
    default: /* the others have an opposite */
      g_assert_not_reached ();
    }
}

static void
append_wanted (GString *out, const Mismatch *mismatch)
{
  const Content *right = mismatch->right;

  switch (mismatch->check->compare)
    {
    case COMPARE_EQ:
      append_wanted_text (out, mismatch);
      break;
    case COMPARE_NE:
      g_string_append (out, "anything else");
      break;
    case COMPARE_CONTAINS:
      diff_append_excerpt (out, right->bytes, right->size, 0);
      g_string_append (out, " in it");
      break;
    case COMPARE_MATCHES:
      g_string_append (out, "a match of ");
      append_pattern (out, right);
      break;
    case COMPARE_EMPTY:
      g_string_append (out, "nothing");
      break;
    case COMPARE_LINES:
      append_n_lines (out, mismatch->comparing->n_wanted);
      break;
    default:
      g_string_append_printf (out, "%s ",
                              compare_text (mismatch->check->compare));
      g_string_append_len (out, right->bytes, (gssize)right->size);
      break;
    }
}

/* --- The message ---------------------------------------------------------- */

static void
append_place (GString *out, const Mismatch *mismatch)
{
  const Comparing *comparing = mismatch->comparing;

  switch (mismatch->check->subject)
    {
    case CHECK_STREAM:
      g_string_append_printf (out, "what \"%s\" has printed%s", mismatch->name,
                              mismatch->check->stream == STDERR_FILENO
                                  ? " to its standard error"
                                  : "");
      break;
    case CHECK_FILE:
      g_string_append_printf (out, "\"%s\"", mismatch->name);
      break;
    default:
      g_string_append (out, "the value");
      break;
    }
  g_string_append_printf (out,
                          " differs from \"%s\" at byte %" G_GUINT64_FORMAT
                          ", in line %" G_GUINT64_FORMAT,
                          mismatch->right_name, comparing->offset + 1,
                          comparing->n_lines + 1);
}

static bool
is_number (const Content *content)
{
  return content->bytes != NULL
         && compare_is_number (content->bytes, content->size);
}

char *
mismatch_message (const Mismatch *mismatch)
{
  GString *out = g_string_new (NULL);

  if (mismatch->check->compare == COMPARE_EQ && mismatch->right_name != NULL)
    {
      append_place (out, mismatch);
      return g_string_free (out, FALSE);
    }

  append_left (out, mismatch);
  if (compare_is_order (mismatch->check->compare)
      && !is_number (left_of (mismatch)))
    g_string_append (out, ", which is not a number");
  else if (compare_is_order (mismatch->check->compare)
           && !is_number (mismatch->right))
    {
      g_string_append_printf (out, "; \"%s\" wants a number behind it, not ",
                              compare_text (mismatch->check->compare));
      append_wanted_text (out, mismatch);
    }
  else
    {
      g_string_append (out, "; the plan wants ");
      if (mismatch->check->is_not)
        append_unwanted (out, mismatch);
      else
        append_wanted (out, mismatch);
    }
  return g_string_free (out, FALSE);
}
