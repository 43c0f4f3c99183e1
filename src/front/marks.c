#include "config.h"

#include "front/marks.h"

void
marks_init (Marks *marks)
{
  marks->all = g_array_new (FALSE, FALSE, sizeof (Mark));
  marks->heres = g_array_new (FALSE, FALSE, sizeof (MarkHere));
}

void
marks_clear (Marks *marks)
{
  g_array_unref (marks->all);
  g_array_unref (marks->heres);
}

void
marks_add (Marks *marks, MarkKind kind, SrcSpan span)
{
  const Mark mark = { .span = span, .kind = kind };

  g_array_append_val (marks->all, mark);
}
