/* layered.h - tests by the layers they use
 *
 * Layers of different plans are the same if their keys are equal.  The rounds
 * of --repeat are kept apart: each has its own layers.
 */
#pragma once

#include "report/report.h"

/* By place, the rank of each test when all that use a layer stand together,
 * where the first of them is; the same for layers that extend it, among those.
 * The caller's, of g_malloc(). */
unsigned *layered_ranks (const ReportTest *tests, unsigned n_tests);

/* By place, the place of the first of those that a test waits for, or that
 * wait for it, as they use a layer by turns; its own place, if there are none.
 * The caller's, of g_malloc(). */
unsigned *layered_turns (const ReportTest *tests, unsigned n_tests);
