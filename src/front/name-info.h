/* name-info.h - what names.c and names-find.c know of a name */
#pragma once

#include "front/names.h"

struct NameInfo
{
  const char *name;
  NameInfo *older;
  Alias *aliases;       /* what the name means in the innermost frame */
  uint32_t process;     /* the one of that name, or PLAN_NONE */
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
  uint32_t process;
  uint32_t n_spawned; /* of commands of this name in this frame */
};

/* A use of a name before it is spawned, if it ever is. */
typedef struct
{
  const char *name;
  SrcSpan span;
  SrcSpan call; /* from where it was expanded; or none */
  const char *call_text;
} EarlyUse;

/* That of a name, which is added if there is none. */
NameInfo *names_info_of (Emit *emit, const char *name, size_t n_name);

/* NULL: there is none. */
const NameInfo *names_find_info (const Emit *emit, const char *name,
                                 size_t n_name);
