/* compare.h - does what there is compare with what the plan wants?
 *
 *   == !=       byte by byte: "0200" is not "200", and "200\n" is not
 *   < <= > >=   of numbers: "12", "007", "-0.5", as long as they like, and
 *               newlines at the end do not count; "", " 1", "+1", "1e3" and
 *               "0x10" are none
 *   lines       the end of the last line may be missing: "a\nb" has two
 *
 * Anything that looks like a number could be the wrong one to take for one: a
 * version, 1.10, or an id, 007.  So only an order makes numbers of texts.
 *
 * What is large takes several steps, between which the loop has its turn.
 */
#pragma once

#include "base/pattern.h"
#include "plan/plan.h"
#include "vm/check/content.h"

/* What `matches` looks at is taken into memory; so is what `contains` looks
 * for. */
#define COMPARE_MAX_LOADED ((uint64_t)256 << 20)

typedef enum
{
  COMPARE_GOES_ON,
  COMPARE_YES,
  COMPARE_NO,
  COMPARE_CANNOT /* G_REGEX_ERROR: of the pattern; else a file, and why it
                    cannot be read */
} CompareResult;

/* Whether it is < <= > or >=. */
bool compare_is_order (PlanCompare compare);
/* "<" */
const char *compare_text (PlanCompare compare);

typedef struct
{
  PlanCompare compare; /* none that is an order */
  Content *left;       /* borrowed */
  Content *right;      /* borrowed: of == != and `contains` */
  Pattern *pattern;    /* borrowed: of `matches` */
  uint64_t n_wanted;   /* of `lines` */
  bool is_not;         /* the opposite is wanted */
  bool right_is_bad;   /* of COMPARE_CANNOT: it is that one */
  /* How far it has come; in the end, of == and !=, where they begin to
   * differ, of `contains` and `matches` that are not to be, where that begins
   * which was found,
   * and the lines before that; of `lines`, how many there are. */
  uint64_t offset;
  uint64_t n_lines;
} Comparing;

/* Goes on; to be called again as long as it returns COMPARE_GOES_ON. */
CompareResult compare_step (Comparing *comparing, GError **error);

/* Whether an order holds, of two for which strcmp() would return @order. */
bool compare_holds (PlanCompare compare, int order);

bool compare_is_number (const char *bytes, size_t n_bytes);
/* Of two numbers: less than, equal to or greater than 0. */
int compare_numbers (const char *left, size_t n_left, const char *right,
                     size_t n_right);

/* How many lines these are. */
uint64_t compare_count_lines (const char *bytes, size_t n_bytes);
