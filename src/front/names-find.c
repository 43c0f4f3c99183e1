#include "config.h"

#include "front/names.h"

#include "base/nearest.h"
#include "front/frame.h"
#include "front/name-info.h"

#include <string.h>

/* Names that are looked at for a suggestion. */
#define MAX_TRIED 2000
/* Uses of names that are nowhere spawned which are told, and which get a
 * suggestion. */
#define MAX_EARLY       10000
#define MAX_SUGGESTIONS 20

static void
tell_gone (Emit *emit, const NameInfo *info, SrcSpan span, SrcSpan gone,
           NamesUse use)
{
  const uint32_t number = info->next_number;

  emit_error (emit, span,
              use == NAMES_WAIT
                  ? "the process \"%s\" has been waited for already"
                  : "the process \"%s\" is gone here",
              info->name);
  emit_note (emit, gone,
             use == NAMES_WAIT ? "here" : "it has been waited for here");
  if (number > 0)
    emit_note (emit, span, "the last one of this command is called \"%s-%u\"",
               info->name, number);
}

/* Whether there is no such process is known only at the end of the test. */
static void
remember_early (Emit *emit, const char *name, size_t n_name, SrcSpan span)
{
  EarlyUse early
      = { .name = arena_strndup (emit->scratch, name, n_name), .span = span };
  const Frame *const frame = emit->frame;

  if (emit->lacks_names || emit->early->len == MAX_EARLY)
    return;
  if (frame != NULL && (frame->macro != NULL || frame->variable != NULL))
    {
      g_autoptr (GString) text = g_string_new (NULL);

      frame_append (frame, text);
      early.call = frame->span;
      early.call_text = arena_strndup (emit->scratch, text->str, text->len);
    }
  g_array_append_val (emit->early, early);
}

bool
names_find (Emit *emit, const char *name, size_t n_name, SrcSpan span,
            NamesUse use, uint32_t *process)
{
  const NameInfo *const info = names_find_info (emit, name, n_name);

  if (info != NULL && info->is_broken)
    return false;
  if (info != NULL && info->aliases != NULL
      && info->aliases->process != PLAN_NONE)
    *process = info->aliases->process;
  else if (info != NULL && info->process != PLAN_NONE)
    *process = info->process;
  else
    {
      remember_early (emit, name, n_name, span);
      return false;
    }

  const SrcSpan gone = g_array_index (emit->lives, Life, *process).gone;

  if (gone.end == 0)
    return true;
  if (!emit->lacks_names)
    tell_gone (emit, info, span, gone, use);
  return false;
}

static void
suggest (Emit *emit, const EarlyUse *use)
{
  Nearest nearest;
  unsigned n = 0;

  nearest_init (&nearest, use->name);
  for (const NameInfo *info = emit->name_infos; info != NULL && n < MAX_TRIED;
       info = info->older, n++)
    if (info->process != PLAN_NONE)
      nearest_try (&nearest, info->name);
  if (nearest.best == NULL)
    return;

  const NameInfo *const info
      = names_find_info (emit, nearest.best, strlen (nearest.best));

  emit_note (emit, g_array_index (emit->lives, Life, info->process).spawned,
             "did you mean \"%s\", spawned here?", info->name);
}

static void
tell_early (Emit *emit, const EarlyUse *use, bool may_suggest)
{
  const size_t n_name = strlen (use->name);
  const NameInfo *const info = names_find_info (emit, use->name, n_name);
  const char *const shown = emit_shown (emit, use->name, n_name);

  if (info != NULL && info->is_broken)
    return;
  if (info != NULL && info->process != PLAN_NONE)
    {
      emit_error (emit, use->span,
                  "the process \"%s\" is used before it is spawned", shown);
      emit_note (emit, g_array_index (emit->lives, Life, info->process).spawned,
                 "it is spawned here");
    }
  else
    {
      emit_error (emit, use->span, "there is no process \"%s\"%s", shown,
                  emit->lacks_names ? " here" : "");
      if (may_suggest)
        suggest (emit, use);
    }
  if (use->call_text != NULL)
    emit_note (emit, use->call, "%s", use->call_text);
}

/* Only now it is known which names there are. */
void
names_end (Emit *emit)
{
  for (unsigned i = 0; i < emit->early->len; i++)
    tell_early (emit, &g_array_index (emit->early, EarlyUse, i),
                i < MAX_SUGGESTIONS);
}
