/* order.h - in which order are tests run?
 *
 * Reports show the tests of a plan together, so those that change the list
 * keep them together, and give the tests new numbers, from 1.  The rounds of
 * --repeat stay one after the other.
 */
#pragma once

#include "report/report.h"

/* Numbers them from 1, as they are. */
void order_renumber (GArray *tests);

/* By chance: the plans, and the tests within each.  The same @seed gives the
 * same order, on every machine. */
void order_shuffle (GArray *tests, uint64_t seed);

/* Plans with tests that failed go first, and in them those tests; else as they
 * were.  @has_failed: by place. */
void order_failed_first (GArray *tests, const bool *has_failed);

/* The whole list @n_rounds times over, the rounds counted from 1: a test
 * comes again after all others, which finds more than to run it @n_rounds
 * times in a row. */
void order_repeat (GArray *tests, unsigned n_rounds);

/* The order in which they are begun, as places; the caller's, of g_malloc().
 * Those that take longest go first, so that none is left running alone at the
 * end.  Tests that wait for each other, as they use the same layer by turns,
 * count as one that takes as long as all of them, and stay together.  A test
 * whose time is unknown (-1) counts as the median of the others.
 *
 * @usual_microsecs NULL: as they are, but all that use a layer together, where
 * the first of them is: so it is up no longer than needed. */
unsigned *order_longest_first (const ReportTest *tests, unsigned n_tests,
                               const int64_t *usual_microsecs);

/* The median of the times that are known; -1: none is. */
int64_t order_median (const int64_t *microsecs, unsigned n);
