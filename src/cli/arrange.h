/* arrange.h - the tests that were chosen, as they are to be run
 *
 * Of them, those that failed last or were never run, or the part of this
 * machine; in the order that the settings ask for, each as often as they say.
 */
#pragma once

#include "cli/load.h"
#include "report/history/history.h"

typedef struct
{
  int64_t *usual_microsecs; /* owned: by place; NULL: of no test is it known */
  unsigned *order;          /* owned: places, as they are begun; NULL: as is */
  GString *said; /* owned: lines for the user: which shard, seed, failed */
} Arrangement;

void arrangement_clear (Arrangement *arrangement);

/* Changes load->selection.tests.  @history: NULL: there is none.  @wants_times:
 * somebody shows how long it will take.  There may be none left to run.  False
 * if what the settings ask for is wrong; that was said. */
bool arrange_tests (Arrangement *arrangement, Load *load, Cli *cli,
                    History *history, bool wants_times);
