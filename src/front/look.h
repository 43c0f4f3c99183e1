/* look.h - what lines are, without expanding them */
#pragma once

#include "front/emit.h"

/* Tells of words that do not exist in lines that are not expanded. */
void look_for_unknown (Emit *emit, const AstCall *call);

/* Which words there are in a line, its blocks, and the macros it calls: all
 * their places that a test is (IN_TEST but not IN_FILE), and those that only
 * a file is. */
typedef struct
{
  bool has_of_test;
  bool has_of_file;
} LookResult;

LookResult look_at_call (Emit *emit, const AstCall *call);
