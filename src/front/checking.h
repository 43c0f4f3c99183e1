/* checking.h - a `check` while it is read: "[not] LEFT... COMPARE RIGHT..." */
#pragma once

#include "base/nearest.h"
#include "front/emit.h"

typedef struct
{
  Emit *emit;
  const AstArg *left;
  const AstArg *what;    /* of a process: "stdout", "rss"; of a file its path;
                            NULL: only @left stands there */
  const AstArg *compare; /* "==" */
  const AstArg *right;   /* NULL: nothing */
  const char *left_text; /* NULL: that is not known, or no text */
  bool is_not;
  uint32_t process;
  PlanCheck check;
} Checking;

typedef enum
{
  CHECK_UNIT_COUNT,
  CHECK_UNIT_SIZE,
  CHECK_UNIT_DURATION
} CheckUnit;

/* From measures.def and compares.def. */
typedef struct
{
  const char *name;
  const char *help;
  CheckUnit unit;
} CheckMeasure;

typedef struct
{
  const char *name;
  bool takes_value;
  bool is_order;
  PlanCompare opposite;
} CheckCompare;

extern const CheckMeasure checking_measures[N_MEASURES];
extern const CheckCompare checking_compares[N_COMPARES];

/* N_COMPARES, N_MEASURES: it is none; @arg may be NULL. */
PlanCompare checking_find_compare (const AstArg *arg);
PlanMeasure checking_find_measure (const AstArg *arg);

/* "stdout", "rss"; @arg may be NULL. */
bool checking_is_of_process (const AstArg *arg);

/* A bare word that is the name of a process, or of a thread. */
bool checking_is_name_of (const Emit *emit, const AstArg *arg);

/* "file PATH"; unless it is a process of that name, of which something is
 * asked. */
bool checking_is_file (const Emit *emit, const AstArg *arg);

/* Finds where the sides are, and that the left one is about something; else
 * this was told. */
bool checking_split (Checking *checking, const AstArg *arg, SrcSpan span);

/* Read a side; false if it is wrong, which was told. */
bool checking_read_left (Checking *checking);
bool checking_read_right (Checking *checking);

/* A path: it begins where children begin.  NULL: it is wrong. */
const PlanText *checking_read_path (Checking *checking, const AstArg *arg);

/* What may have been meant by something that does not compare, or that a
 * process does not have. */
void checking_try_compares (Nearest *nearest, const AstArg *arg);
void checking_try_parts (Nearest *nearest, const AstArg *arg);

void checking_note_forms (Emit *emit, SrcSpan span);

/* For people: what can be measured of a process. */
void checking_append_list (GString *out);
