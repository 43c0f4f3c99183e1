#include "config.h"

#include "front/include.h"

#include "front/expand.h"
#include "front/parse.h"

#include <string.h>

/* Files that include each other. */
#define MAX_DEPTH 100

/* One that was read. */
typedef struct
{
  const Source *source;
  SrcSpan span; /* of the `include` */
  bool is_open; /* its lines are being gone through */
} Included;

static Included *
find_included (const Emit *emit, const Source *source)
{
  for (unsigned i = 0; i < emit->files->len; i++)
    {
      Included *const included = g_ptr_array_index (emit->files, i);

      if (included->source == source)
        return included;
    }
  return NULL;
}

void
include_source (Emit *emit, const Source *source, SrcSpan span)
{
  Included *const included = ARENA_NEW (emit->scratch, Included);
  bool is_sure;

  emit_pay_notes (emit);

  const AstBlock *const block = parse_source (
      source, emit->scratch, emit->strings, emit->diag, &is_sure);

  included->source = source;
  included->span = span;
  included->is_open = true;
  g_ptr_array_add (emit->files, included);
  emit->is_unsure |= !is_sure;
  if (block != NULL && is_sure)
    expand_block (emit, block);
  emit->has_lines |= block != NULL && block->first != NULL;
  included->is_open = false;
}

static void
tell_cycle (Emit *emit, const Included *again, SrcSpan span)
{
  emit_error (emit, span,
              "this plan is being read already: it would include "
              "itself");
  for (unsigned i = 0; i < emit->files->len; i++)
    {
      const Included *const included = g_ptr_array_index (emit->files, i);

      if (included->is_open && included->span.end != 0 && included != again)
        emit_note (emit, included->span, "by way of this line");
    }
}

/* Where the path leads from the file that the line stands in. */
static char *
resolve (Emit *emit, const char *path, SrcSpan span)
{
  const Source *const source = sources_find (emit->sources, span.begin);

  if (g_path_is_absolute (path) || strcmp (source->name, "-") == 0
      || strchr (source->name, '/') == NULL)
    return g_strdup (path);

  g_autofree char *directory = g_path_get_dirname (source->name);

  return g_build_filename (directory, path, NULL);
}

void
include_file (Emit *emit, const char *path, SrcSpan span)
{
  g_autofree char *resolved = resolve (emit, path, span);
  g_autoptr (GError) error = NULL;
  const Source *const source = sources_read (emit->sources, resolved, &error);

  if (source == NULL)
    {
      const char *way_out = sources_way_out (error);
      emit_error (emit, span, "%s", error->message);
      if (way_out != NULL)
        emit_note (emit, span, "%s", way_out);
      emit->lacks_file = true;
      return;
    }

  const Included *const before = find_included (emit, source);

  if (before != NULL && before->is_open)
    tell_cycle (emit, before, span);
  else if (before == NULL && emit->n_includes == MAX_DEPTH)
    emit_error (emit, span, "plans include each other over %d deep here",
                MAX_DEPTH);
  else if (before == NULL)
    {
      emit->n_includes++;
      include_source (emit, source, span);
      emit->n_includes--;
    }
}
