/* name-info.h - what names.c, its parts and early.c know of a name */
#pragma once

#include "front/names.h"

/* What was given no name, and is called after its command. */
typedef struct Bare Bare;
struct Bare
{
  const Bare *older; /* of the same command */
  const Bare *newer;
  Named named;
  uint32_t op;    /* that starts it */
  uint32_t frame; /* the number of its macro or round; 0: the unit itself */
  /* From this operation on each of the same command was over when the next one
   * was started, up to this one. */
  uint32_t alone_since;
};

struct NameInfo
{
  const char *name;
  NameInfo *older;
  Named named;           /* what has that name, as the report has it */
  Bare *bares;           /* the last that was started by such a command */
  const Bare *unsettled; /* all before it are over for all that follows */
  uint32_t op;           /* that starts what was given the name */
  uint32_t next_number;  /* to try for a command of that name */
  bool is_given;
  bool is_broken;
};

/* That of a name, which is added if there is none. */
NameInfo *names_info_of (Emit *emit, const char *name, size_t n_name);

/* NULL: there is none. */
NameInfo *names_find_info (const Emit *emit, const char *name, size_t n_name);

/* What has had the name first. */
Named names_first (const NameInfo *info);

/* What a name means in the whole unit, so far. */
typedef struct
{
  Named last;
  Named open;      /* the first that is not over */
  GArray *several; /* owned; of Named; NULL: it is the last for certain */
  bool has_given;  /* the first of these was given the name */
} NameMeaning;

void names_mean (Emit *emit, const NameInfo *info, NameMeaning *meaning);

/* For a message that lists it. */
NameChoice names_choice (const Emit *emit, Named named);

/* Whether it is over, and known to be, when the thread @at comes to the
 * operation @op. */
bool names_was_over (const Emit *emit, Named named, uint32_t at, uint32_t op);
