#include "config.h"

#include "vm/check/mismatch.h"

#include "base/visible.h"
#include "vm/check/diff.h"

#include <string.h>

/* So many lines are shown of what nothing is compared with; of one, so much. */
#define MAX_LINES 10
#define MAX_SHOWN 240
/* Of a line, before what was found in it. */
#define MAX_BEFORE 120

static const Content *
left_of (const Mismatch *mismatch)
{
  return mismatch->comparing->left;
}

static bool
is_number (const Content *content)
{
  return content->bytes != NULL
         && compare_is_number (content->bytes, content->size);
}

/* What is easily overlooked. */
static void
append_hint (GString *out, const Mismatch *mismatch)
{
  const Content *left = left_of (mismatch), *right = mismatch->right;
  const Content *longer = mismatch_has_newline (mismatch);

  if (longer != NULL)
    g_string_append_printf (
        out, "they differ in the newline at the end: %s has it",
        longer == right ? "what the plan wants" : "what there is");
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
      visible_append (out, at, MIN ((size_t)(line_end - at), MAX_SHOWN));
      at = line_end + 1;
    }
}

/* Where that stands which is not to be there. */
static bool
append_found (GString *out, const Mismatch *mismatch, GError **error)
{
  const Content *left = left_of (mismatch);
  const uint64_t offset = mismatch->comparing->offset;
  const uint64_t begin = offset - MIN (offset, MAX_BEFORE);
  const size_t n = (size_t)MIN (left->size - begin, MAX_BEFORE + MAX_SHOWN);
  const size_t at = (size_t)(offset - begin);
  g_autoptr (GString) buffer = g_string_new (NULL);
  const char *bytes = content_view (left, begin, n, buffer, error);

  if (bytes == NULL)
    return false;

  const char *newline = at > 0 ? memrchr (bytes, '\n', at) : NULL;
  const char *first = newline != NULL ? newline + 1 : bytes;
  const char *end = memchr (bytes + at, '\n', n - at);

  g_string_append_printf (out, "it is in line %" G_GUINT64_FORMAT ":\n| ",
                          mismatch->comparing->n_lines + 1);
  visible_append (out, first,
                  (size_t)((end != NULL ? end : bytes + n) - first));
  return true;
}

static bool
append_equality (GString *out, const Mismatch *mismatch, GError **error)
{
  const bool are_lines = !mismatch_is_one_line (left_of (mismatch))
                         || !mismatch_is_one_line (mismatch->right);
  const bool is_text = mismatch->right_name == NULL;

  if (mismatch_has_newline (mismatch) == NULL && (are_lines || !is_text))
    return append_difference (out, mismatch, error);
  if (!are_lines || !is_text) /* else the message tells it */
    append_hint (out, mismatch);
  return true;
}

bool
mismatch_append_note (const Mismatch *mismatch, GString *out, GError **error)
{
  const Content *left = left_of (mismatch);

  if (mismatch->check->compare == COMPARE_EQ)
    return append_equality (out, mismatch, error);
  if (mismatch_is_found (mismatch) && !mismatch_is_one_line (left))
    return append_found (out, mismatch, error);
  if (mismatch->check->subject != CHECK_STREAM && left->bytes != NULL
      && !mismatch_is_one_line (left))
    append_lines (out, left);
  return true;
}
