#include "config.h"

#include "front/names.h"

#include "front/frame.h"
#include "front/name-info.h"

Alias *
names_alias_of (Emit *emit, NameInfo *info)
{
  Frame *const frame = emit->frame;

  if (info->aliases != NULL && info->aliases->frame == frame)
    return info->aliases;

  Alias *alias = emit->free_aliases;

  if (alias != NULL)
    emit->free_aliases = alias->below;
  else
    alias = ARENA_NEW (emit->scratch, Alias);
  *alias = (Alias){ .below = info->aliases,
                    .in_frame = frame->aliases,
                    .frame = frame,
                    .info = info,
                    .named = { .number = PLAN_NONE } };
  info->aliases = alias;
  frame->aliases = alias;
  return alias;
}

void
names_leave (Emit *emit, Frame *frame)
{
  Alias *next;

  for (Alias *alias = frame->aliases; alias != NULL; alias = next)
    {
      next = alias->in_frame;
      alias->info->aliases = alias->below;
      if (!frame->is_kept)
        {
          alias->below = emit->free_aliases;
          emit->free_aliases = alias;
        }
    }
  if (!frame->is_kept)
    frame->aliases = NULL;
}

void
names_reenter (Emit *emit, Frame *frame)
{
  (void)emit;
  for (Alias *alias = frame->aliases; alias != NULL; alias = alias->in_frame)
    {
      alias->below = alias->info->aliases;
      alias->info->aliases = alias;
    }
}
