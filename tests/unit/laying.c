#include "config.h"

#include "laying.h"

#include "front/layout.h"
#include "front/parse.h"
#include "tree.h"

#include <string.h>

static bool
lay_out (const char *text, size_t n_text, GString *out)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  const Source *const source = sources_add (sources, "p", text, n_text);
  const size_t n_before = out->len;
  const bool is_ok = layout_source (source, diag, out);

  /* The scanner leaves the text as it was. */
  g_assert_cmpmem (source->text, source->n_text, text, n_text);
  g_assert_true (is_ok == (diag_n_errors (diag) == 0));
  g_assert_true (is_ok || out->len == n_before);
  return is_ok;
}

static void
append_tree (const char *text, size_t n_text, GString *out)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  g_autoptr (Arena) arena = arena_new ();
  g_autoptr (Intern) names = intern_new ();
  bool is_sure;

  tree_append (parse_source (sources_add (sources, "p", text, n_text), arena,
                             names, diag, &is_sure),
               out);
  g_assert_true (is_sure);
}

/* A line for each. */
static void
append_comments (const char *text, size_t n_text, GString *out)
{
  g_autoptr (Sources) sources = sources_new ();
  g_autoptr (Diag) diag = diag_new (sources);
  const Source *const source = sources_add (sources, "p", text, n_text);
  Marks marks;

  marks_init (&marks);
  g_assert_true (parse_marks (source, &marks, diag));
  for (unsigned i = 0; i < marks.all->len; i++)
    {
      const Mark *const mark = &g_array_index (marks.all, Mark, i);

      if (mark->kind != MARK_COMMENT)
        continue;

      g_string_append_len (out, text + (mark->span.begin - source->base),
                           mark->span.end - mark->span.begin);
      while (strchr (" \t\r", out->str[out->len - 1]) != NULL)
        g_string_truncate (out, out->len - 1);
      g_string_append_c (out, '\n');
    }
  marks_clear (&marks);
}

bool
laying_check (const char *text, size_t n_text, GString *out)
{
  g_autoptr (GString) first = g_string_new (NULL);
  g_autoptr (GString) second = g_string_new (NULL);

  if (!lay_out (text, n_text, first))
    return false;

  g_assert_true (lay_out (first->str, first->len, second));
  g_assert_cmpmem (first->str, first->len, second->str, second->len);
  g_assert_true (first->len == 0 || first->str[first->len - 1] == '\n');

  g_autoptr (GString) before = g_string_new (NULL);
  g_autoptr (GString) after = g_string_new (NULL);

  append_comments (text, n_text, before);
  append_comments (first->str, first->len, after);
  g_assert_cmpmem (before->str, before->len, after->str, after->len);
  append_tree (text, n_text, before);
  append_tree (first->str, first->len, after);
  g_assert_cmpmem (before->str, before->len, after->str, after->len);
  g_string_append_len (out, first->str, (gssize)first->len);
  return true;
}
