#include "config.h"

#include "front/early.h"

#include "base/nearest.h"
#include "front/blocks.h"
#include "front/frame.h"
#include "front/late.h"
#include "front/layer.h"
#include "front/name-info.h"
#include "front/vars.h"

#include <string.h>

/* Names that are looked at for a suggestion. */
#define MAX_TRIED 2000
/* Uses of names that are nowhere given which are told, and which get a
 * suggestion. */
#define MAX_EARLY       10000
#define MAX_SUGGESTIONS 20

typedef struct
{
  const char *name;
  const char *variable; /* like it, and there at that time; or NULL */
  SrcSpan span;
  SrcSpan call; /* from where it was expanded; or none */
  const char *call_text;
  const char *note; /* if there is no such thing; or NULL */
  bool is_variable;
} EarlyUse;

void
early_init (Emit *emit)
{
  emit->early = g_array_new (FALSE, TRUE, sizeof (EarlyUse));
}

void
early_reset (Emit *emit)
{
  g_array_set_size (emit->early, 0);
}

/* --- Remembering ------------------------------------------------------ */

static void
remember (Emit *emit, EarlyUse use)
{
  const Frame *const frame = frame_of_line (emit);

  if (emit->early->len == MAX_EARLY)
    return;
  if (frame != NULL && (frame->macro != NULL || frame->variable != NULL))
    {
      g_autoptr (GString) text = g_string_new (NULL);

      frame_append (emit, frame, text);
      use.call = frame->span;
      use.call_text = arena_strndup (emit->scratch, text->str, text->len);
    }
  g_array_append_val (emit->early, use);
}

void
early_use_process (Emit *emit, const char *name, size_t n_name, SrcSpan span)
{
  const EarlyUse use
      = { .name = arena_strndup (emit->scratch, name, n_name), .span = span };

  if (!emit->lacks_names)
    remember (emit, use);
}

static void
note_no_variable (Emit *emit, const char *name, const char *best, SrcSpan span)
{
  if (best != NULL)
    emit_note (emit, span, "did you mean \"$%s\"?", best);
  else if (names_has (emit, name, strlen (name)))
    emit_note (emit, span,
               "\"%s\" is a process, whose name is written without \"$\"",
               name);
  else
    emit_note (emit, span,
               "nor is it in the environment; ${%s:-...} would give it a "
               "default",
               emit_shown (emit, name, strlen (name)));
}

static void
tell_no_variable (Emit *emit, const char *name, const char *best, SrcSpan span)
{
  emit_error (emit, span, "there is no variable \"%s\"",
              emit_shown (emit, name, strlen (name)));
  note_no_variable (emit, name, best, span);
}

void
early_use_variable (Emit *emit, const char *name, SrcSpan span)
{
  const char *const best
      = emit->early->len < MAX_SUGGESTIONS ? vars_nearest (emit, name) : NULL;
  const EarlyUse use
      = { .name = arena_strndup (emit->scratch, name, strlen (name)),
          .variable = best,
          .span = span,
          .is_variable = true };

  if (emit->lacks_file || emit->lacks_values)
    return;
  if (emit->lines == LINES_OF_FILE)
    tell_no_variable (emit, name, best, span);
  else
    remember (emit, use);
}

void
early_add_note (Emit *emit, unsigned n_before, const char *text)
{
  if (emit->early->len == n_before + 1)
    g_array_index (emit->early, EarlyUse, n_before).note = text;
}

/* --- Processes -------------------------------------------------------- */

static SrcSpan
begin_of (const Emit *emit, const NameInfo *info)
{
  const Named first = names_first (info);

  return first.is_thread
             ? threads_get (emit, first.number)->span
             : g_array_index (emit->lives, Life, first.number).spawned;
}

static void
suggest (Emit *emit, const EarlyUse *use)
{
  Nearest nearest;
  unsigned n = 0;

  nearest_init (&nearest, use->name);
  for (const NameInfo *info = emit->name_infos; info != NULL && n < MAX_TRIED;
       info = info->older, n++)
    if (info->named.number != PLAN_NONE)
      nearest_try (&nearest, info->name);
  if (nearest.best == NULL)
    return;

  const NameInfo *const info
      = names_find_info (emit, nearest.best, strlen (nearest.best));

  emit_note (emit, begin_of (emit, info), "did you mean \"%s\", %s here?",
             info->name, info->named.is_thread ? "started" : "spawned");
}

static bool
tell_before_layer (Emit *emit, const EarlyUse *use)
{
  const LayerProcess *const process
      = layer_process (emit, use->name, strlen (use->name));

  if (process == NULL)
    return false;

  const Layer *const layer = process->layer;

  emit_error (emit, use->span,
              "the process \"%s\" is used before its layer \"%s\" is",
              process->process.name, layer->name);
  emit_note (emit, g_array_index (emit->used, UsedLayer, layer->index).span,
             "this line must stand before it");
  return true;
}

static bool
tell_process (Emit *emit, const EarlyUse *use, bool may_suggest)
{
  const size_t n_name = strlen (use->name);
  const NameInfo *const info = names_find_info (emit, use->name, n_name);
  const char *const shown = emit_shown (emit, use->name, n_name);

  if (info != NULL && info->is_broken)
    return false;
  if (info != NULL && names_has (emit, use->name, n_name))
    {
      const bool is_thread = names_first (info).is_thread;

      emit_error (emit, use->span, "the %s \"%s\" is used before it is %s",
                  is_thread ? "thread" : "process", shown,
                  is_thread ? "started" : "spawned");
      emit_note (emit, begin_of (emit, info), "it is %s here",
                 is_thread ? "started" : "spawned");
      return true;
    }
  if (tell_before_layer (emit, use))
    return true;
  emit_error (emit, use->span, "there is no process \"%s\"%s", shown,
              emit->lacks_names ? " here" : "");
  if (may_suggest)
    suggest (emit, use);
  layer_note_giver (emit, use->name, true, use->span);
  if (use->note != NULL)
    emit_note (emit, use->span, "%s", use->note);
  return true;
}

/* --- Variables -------------------------------------------------------- */

/* That which the name means: it, or one that its beginning is, up to a "-". */
static const Late *
longest_late (const Emit *emit, const char *name)
{
  for (size_t n = strlen (name); n > 0; n--)
    {
      const Late *const late
          = name[n] == '\0' || name[n] == '-' ? late_get (emit, name, n) : NULL;

      if (late != NULL && (late->value != PLAN_NONE || late->is_broken))
        return late;
    }
  return NULL;
}

static const char *
nearest_variable (Emit *emit, const EarlyUse *use)
{
  Nearest nearest;
  unsigned n = 0;

  nearest_init (&nearest, use->name);
  if (use->variable != NULL)
    nearest_try (&nearest, use->variable);
  for (const Late *late = emit->late_names; late != NULL && n < MAX_TRIED;
       late = late->older, n++)
    if (late->value != PLAN_NONE)
      nearest_try (&nearest, late->name);
  return nearest.best;
}

static bool
tell_variable (Emit *emit, const EarlyUse *use, bool may_suggest)
{
  const Late *const late = longest_late (emit, use->name);

  if (late != NULL && late->is_broken)
    return false;
  if (late == NULL)
    {
      tell_no_variable (emit, use->name,
                        may_suggest ? nearest_variable (emit, use) : NULL,
                        use->span);
      layer_note_giver (emit, use->name, false, use->span);
      return true;
    }
  emit_error (emit, use->span,
              "the variable \"%s\" is used before it gets its value",
              late->name);
  emit_note (emit, g_array_index (emit->values, PlanValue, late->value).span,
             "it gets it here");
  return true;
}

/* ---------------------------------------------------------------------- */

void
early_tell_all (Emit *emit)
{
  for (unsigned i = 0; i < emit->early->len; i++)
    {
      const EarlyUse *const use = &g_array_index (emit->early, EarlyUse, i);
      const bool is_told = use->is_variable
                               ? tell_variable (emit, use, i < MAX_SUGGESTIONS)
                               : tell_process (emit, use, i < MAX_SUGGESTIONS);

      if (is_told && use->call_text != NULL)
        emit_note (emit, use->call, "%s", use->call_text);
    }
}
