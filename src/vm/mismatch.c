#include "config.h"

#include "vm/mismatch.h"

#include "base/visible.h"
#include "vm/diff.h"

#include <string.h>
#include <unistd.h>

/* So many lines are shown of what nothing is compared with. */
#define MAX_LINES 10

static const Content *
left_of (const Mismatch *mismatch)
{
  return mismatch->comparing->left;
}

/* Not large, and no newline but at its end. */
static bool
is_one_line (const Content *content)
{
  const char *newline = content->bytes == NULL || content->size == 0
                            ? NULL
                            : memchr (content->bytes, '\n', content->size);

  return content->bytes != NULL
         && (newline == NULL || newline == content->bytes + content->size - 1);
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
         || !is_one_line (left_of (mismatch));
}

/* "\"hello\\n\"", "3 lines" */
static void
append_what (GString *out, const Mismatch *mismatch)
{
  const Content *left = left_of (mismatch);
  const size_t at = mismatch->check->compare == COMPARE_EQ
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
append_wanted_text (GString *out, const Mismatch *mismatch)
{
  const Content *right = mismatch->right;

  if (right->size == 0 && mismatch->check->subject == CHECK_STREAM)
    g_string_append (out, "nothing");
  else if (is_one_line (right))
    diff_append_excerpt (out, right->bytes, right->size,
                         (size_t)mismatch->comparing->offset);
  else
    {
      const uint64_t n = compare_count_lines (right->bytes, right->size);
      if (is_one_line (left_of (mismatch)))
        append_n_lines (out, n);
      else
        g_string_append_printf (out, "%" G_GUINT64_FORMAT " other%s", n,
                                n == 1 ? "" : "s");
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
      g_string_append (out, "a match of '");
      visible_append (out, right->bytes, right->size);
      g_string_append_c (out, '\'');
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
      append_wanted (out, mismatch);
    }
  return g_string_free (out, FALSE);
}

/* --- Notes ---------------------------------------------------------------- */

/* What is easily overlooked. */
static void
append_hint (GString *out, const Mismatch *mismatch)
{
  const Content *left = left_of (mismatch), *right = mismatch->right;
  const uint64_t shorter = MIN (left->size, right->size);
  const Content *longer = left->size > shorter ? left : right;

  if (left->size != right->size && mismatch->comparing->offset == shorter
      && shorter + 1 == longer->size && longer->bytes[shorter] == '\n')
    g_string_append_printf (
        out, "they differ in the newline at the end: %s has it",
        longer == left ? "what there is" : "what the plan wants");
  else if (is_number (left) && is_number (right)
           && compare_numbers (left->bytes, left->size, right->bytes,
                               right->size)
                  == 0)
    g_string_append (out, "they are the same number, but not the same text");
}

static bool
append_difference (GString *out, const Mismatch *mismatch, GError **error)
{
  const Comparing *comparing = mismatch->comparing;
  g_autofree char *printed = g_strdup_printf ("printed by %s", mismatch->name);
  const DiffSide old
      = { .label = mismatch->right_name != NULL ? mismatch->right_name
                                                : "what the plan wants",
          .content = comparing->right };
  DiffSide new = { .label = mismatch->name, .content = comparing->left };
  const DiffPlace place
      = { .offset = comparing->offset, .n_lines = comparing->n_lines };

  if (mismatch->check->subject == CHECK_STREAM)
    new.label = printed;
  else if (mismatch->check->subject != CHECK_FILE)
    new.label = "the value";
  g_string_append (out, "how they differ:\n");
  return diff_append (out, &old, &new, &place, error);
}

/* The last lines, where nobody else shows them. */
static void
append_lines (GString *out, const Content *content)
{
  const char *end = content->bytes + content->size;
  const char *at = end;

  for (unsigned n = 0; at > content->bytes; at--)
    if (at[-1] == '\n' && at < end && ++n == MAX_LINES)
      break;
  g_string_append (out, at > content->bytes ? "its last lines:" : "it says:");
  while (at < end)
    {
      const char *newline = memchr (at, '\n', (size_t)(end - at));
      const char *line_end = newline != NULL ? newline : end;

      g_string_append (out, "\n| ");
      visible_append (out, at, MIN ((size_t)(line_end - at), 240));
      at = line_end + 1;
    }
}

bool
mismatch_append_note (const Mismatch *mismatch, GString *out, GError **error)
{
  const Content *left = left_of (mismatch);

  if (mismatch->check->compare == COMPARE_EQ)
    {
      if (mismatch->right_name != NULL || !is_one_line (left)
          || !is_one_line (mismatch->right))
        return append_difference (out, mismatch, error);
      append_hint (out, mismatch);
    }
  else if (mismatch->check->subject != CHECK_STREAM && left->bytes != NULL
           && !is_one_line (left))
    append_lines (out, left);
  return true;
}
