/* select.h - which tests are run? */
#pragma once

#include "report/report.h"

/* All that a test must be.  It is run if each holds. */
typedef struct
{
  GRegex *pattern; /* owned; found in "FILE:TEST"; NULL: any */
  /* owned; of GStrv: the test has one of these tags, if there are any, and
   * none of those behind a "!" */
  GPtrArray *tag_sets;
  unsigned level; /* the highest */
} Filter;

void filter_init (Filter *filter);
void filter_clear (Filter *filter);

/* "slow,net,!root". */
void filter_add_tags (Filter *filter, const char *tags);
/* A PCRE.  G_REGEX_ERROR on failure. */
bool filter_set_pattern (Filter *filter, const char *pattern, GError **error);

typedef struct
{
  GArray *tests;       /* owned; of ReportTest, in the order they were added */
  GHashTable *chosen;  /* owned; their PlanTests */
  unsigned n_too_high; /* left out for their level alone */
} Selection;

void selection_init (Selection *selection);
void selection_clear (Selection *selection);

/* Adds those tests of @plan that pass @filter and are not in it.  @name: that
 * test only, and whatever its level is: who names it wants it.  False if
 * there is no such test. */
bool selection_add (Selection *selection, const Filter *filter,
                    const Plan *plan, const char *name);
