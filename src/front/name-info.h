/* name-info.h - what names.c, its parts and early.c know of a name */
#pragma once

#include "front/names.h"

struct NameInfo
{
  const char *name;
  NameInfo *older;
  Alias *aliases;       /* what the name means in the innermost frame */
  Named named;          /* what has that name */
  uint32_t next_number; /* to try for a command of that name */
  bool is_given;
  bool is_broken;
};

/* What a name means in a frame. */
struct Alias
{
  Alias *below;    /* in an outer frame */
  Alias *in_frame; /* the one before, in the same frame */
  const Frame *frame;
  NameInfo *info;
  Named named;
  uint32_t n_spawned; /* of commands of this name in this frame */
};

/* That of a name, which is added if there is none. */
NameInfo *names_info_of (Emit *emit, const char *name, size_t n_name);

/* NULL: there is none. */
const NameInfo *names_find_info (const Emit *emit, const char *name,
                                 size_t n_name);

/* What the name means in the innermost frame, where it is added if it means
 * nothing there. */
Alias *names_alias_of (Emit *emit, NameInfo *info);
