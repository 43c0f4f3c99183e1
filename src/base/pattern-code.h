/* pattern-code.h - the inside of a pattern, for the files that are it
 *
 *   pattern.c        its life, and what it is
 *   pattern-match.c  matching
 */
#pragma once

#include "base/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* A match may not use more: it is then hopeless, and would hold up all else. */
#define PATTERN_MOST_STEPS 10000000
#define PATTERN_MOST_KIB   (64 * 1024)

/* What it is compiled for, when it is first used so. */
typedef enum
{
  PATTERN_GROWING,
  PATTERN_WHOLE,
  PATTERN_HERE,
  N_PATTERN_USES
} PatternUse;

struct Pattern
{
  char *text; /* owned */
  size_t n_text;
  uint32_t options;
  pcre2_code *codes[N_PATTERN_USES]; /* owned; NULL: not needed yet */
  bool has_jit[N_PATTERN_USES];      /* it was asked for */
  size_t n_searched;                 /* how many bytes */
  pcre2_match_context *context;      /* owned */
  pcre2_match_data *data;            /* owned; of the last match */
  bool is_at_begin;
  bool keeps_cr;
};

/* NULL, with PCRE2's number of the error and its place. */
pcre2_code *pattern_compile (const Pattern *pattern, PatternUse use,
                             int *number, PCRE2_SIZE *offset);

/* What PCRE2 says of an error. */
char *pattern_describe (int number);
