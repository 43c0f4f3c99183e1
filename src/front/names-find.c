#include "config.h"

#include "front/names.h"

#include "front/blocks.h"
#include "front/early.h"
#include "front/layer.h"
#include "front/name-info.h"

/* One of a layer; else it was told that there is none. */
static bool
look_up_in_layers (Emit *emit, const char *name, size_t n_name, SrcSpan span,
                   const NameInfo **info, Named *named)
{
  uint32_t process;

  switch (layer_take_process (emit, name, n_name, span, &process))
    {
    case FOUND_VALUE:
      *info = names_info_of (emit, name, n_name);
      *named = (Named){ .number = process };
      return true;
    case FOUND_NOTHING:
      early_use_process (emit, name, n_name, span);
      return false;
    default: /* FOUND_WRONG */
      return false;
    }
}

static bool
look_up (Emit *emit, const char *name, size_t n_name, SrcSpan span,
         const NameInfo **info, Named *named)
{
  *info = names_find_info (emit, name, n_name);
  if (*info != NULL && (*info)->is_broken)
    return false;
  if (*info != NULL && (*info)->aliases != NULL
      && (*info)->aliases->named.number != PLAN_NONE)
    *named = (*info)->aliases->named;
  else if (*info != NULL && (*info)->named.number != PLAN_NONE)
    *named = (*info)->named;
  else
    return look_up_in_layers (emit, name, n_name, span, info, named);
  return true;
}

/* --- Whether it may be used so ---------------------------------------- */

static void
tell_gone (Emit *emit, const NameInfo *info, const Life *life, SrcSpan span,
           NamesUse use)
{
  const uint32_t number = info->next_number;

  emit_error (emit, span,
              use == NAMES_WAIT
                  ? "the process \"%s\" has been waited for already"
                  : "the process \"%s\" is gone here",
              info->name);
  emit_note (emit, life->gone,
             use == NAMES_WAIT ? "here" : "it has been waited for here");
  if (number > 0)
    emit_note (emit, span, "the last one of this command is called \"%s-%u\"",
               info->name, number);
}

/* Whether it is done before or after is up to chance. */
static void
tell_racing (Emit *emit, const char *name, SrcSpan span, uint32_t thread,
             SrcSpan other, const char *what)
{
  emit_error (emit, span, "the process \"%s\" is %s in a thread", name, what);
  emit_note (emit, other, "here");
  threads_note_wait (emit, thread);
}

static bool
is_there (Emit *emit, const char *name, const Life *life, SrcSpan span)
{
  g_autofree char *what = NULL;

  if (life->thread == 0)
    return true;
  what = g_strdup_printf ("the process \"%s\" is spawned in a thread", name);
  if (threads_is_before (emit, life->thread))
    return threads_has_passed (emit, life->thread, what, span);
  tell_racing (emit, name, span, life->thread, life->spawned, "spawned");
  return false;
}

static bool
may_be_gone (Emit *emit, const NameInfo *info, uint32_t process, SrcSpan span,
             NamesUse use)
{
  const Life *const life = &g_array_index (emit->lives, Life, process);

  if (life->gone.end == 0 || use == NAMES_READ
      || (use == NAMES_MEASURE && layer_of_process (emit, process) == NULL))
    return true;
  if (emit->lacks_names)
    return false;
  if (!threads_is_before (emit, life->gone_thread))
    tell_racing (emit, info->name, span, life->gone_thread, life->gone,
                 "waited for");
  else
    tell_gone (emit, info, life, span, use);
  return false;
}

static bool
may_end (Emit *emit, const char *name, uint32_t process, SrcSpan span)
{
  const Life *const life = &g_array_index (emit->lives, Life, process);

  for (const ThreadUse *use = life->uses; use != NULL; use = use->older)
    if (!threads_is_before (emit, use->thread))
      {
        tell_racing (emit, name, span, use->thread, use->span, "used");
        return false;
      }
  if (!blocks_is_outside (emit, process))
    return true;

  emit_error (emit, span,
              "the process \"%s\" can end only once, and this may be tried "
              "again",
              name);
  emit_note (emit, life->spawned, "it is spawned here, before the block");
  return false;
}

/* Only the test itself is before all its threads. */
static void
add_use (Emit *emit, uint32_t process, SrcSpan span)
{
  Life *const life = &g_array_index (emit->lives, Life, process);

  if (emit->thread == 0
      || (life->uses != NULL && life->uses->thread == emit->thread))
    return;

  ThreadUse *const use = ARENA_NEW (emit->scratch, ThreadUse);

  *use = (ThreadUse){ .older = life->uses,
                      .thread = emit->thread,
                      .span = span };
  life->uses = use;
}

/* --- Finding ---------------------------------------------------------- */

static bool
may_use (Emit *emit, const NameInfo *info, uint32_t process, SrcSpan span,
         NamesUse use)
{
  const Life *const life = &g_array_index (emit->lives, Life, process);

  if ((use == NAMES_WAIT && !layer_is_own_process (emit, process, span))
      || !is_there (emit, info->name, life, span)
      || !may_be_gone (emit, info, process, span, use)
      || (use == NAMES_WAIT && !may_end (emit, info->name, process, span)))
    return false;
  if (use == NAMES_WAIT || use == NAMES_USE)
    add_use (emit, process, span);
  return true;
}

bool
names_find (Emit *emit, const char *name, size_t n_name, SrcSpan span,
            NamesUse use, uint32_t *process)
{
  const NameInfo *info;
  Named named;

  if (!look_up (emit, name, n_name, span, &info, &named))
    return false;
  if (!named.is_thread)
    {
      *process = named.number;
      return may_use (emit, info, named.number, span, use);
    }

  const ThreadLife *const life = threads_get (emit, named.number);

  emit_error (emit, span, "\"%s\" is a thread, not a process", info->name);
  emit_note (emit, life->span, "it is started here; \"wait %s\" waits for it",
             info->name);
  return false;
}

bool
names_find_ending (Emit *emit, const char *name, size_t n_name, SrcSpan span,
                   Named *named)
{
  const NameInfo *info;

  if (!look_up (emit, name, n_name, span, &info, named))
    return false;
  if (named->is_thread)
    return threads_may_wait (emit, named->number, span);
  return may_use (emit, info, named->number, span, NAMES_WAIT);
}
