/* checking.h - a `check` while it is read: "LEFT... COMPARE RIGHT..." */
#pragma once

#include "front/emit.h"

/* A line that is being read: "LEFT... COMPARE RIGHT...". */
typedef struct
{
  Emit *emit;
  const AstArg *left;
  const AstArg *what;    /* of a process: "stdout", "rss"; of a file its path;
                            NULL: only @left stands there */
  const AstArg *compare; /* "==" */
  const AstArg *right;   /* NULL: nothing */
  const char *left_text; /* NULL: that is not known, or no text */
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
} CheckCompare;

extern const CheckMeasure checking_measures[N_MEASURES];
extern const CheckCompare checking_compares[N_COMPARES];

/* N_COMPARES, N_MEASURES: it is none; @arg may be NULL. */
PlanCompare checking_find_compare (const AstArg *arg);
PlanMeasure checking_find_measure (const AstArg *arg);

/* "stdout", "rss"; @arg may be NULL. */
bool checking_is_of_process (const AstArg *arg);

/* "file PATH"; unless it is a process of that name, of which something is
 * asked. */
bool checking_is_file (const Emit *emit, const AstArg *arg);

/* Finds where the sides are; false if they are nowhere, which was told. */
bool checking_split (Checking *checking, const AstArg *arg, SrcSpan span);

/* Read a side; false if it is wrong, which was told. */
bool checking_read_left (Checking *checking);
bool checking_read_right (Checking *checking);

/* A path: it begins where children begin.  NULL: it is wrong. */
const PlanText *checking_read_path (Checking *checking, const AstArg *arg);

void checking_note_forms (Emit *emit, SrcSpan span);

/* For people: what can be measured of a process. */
void checking_append_list (GString *out);
