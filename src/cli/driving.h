/* driving.h - what automake tells its test drivers
 *
 *     proctor driver --test-name NAME --log-file FILE --trs-file FILE
 *       [--color-tests yes|no] [--expect-failure yes|no]
 *       [--enable-hard-errors yes|no] [OPTION...] -- [OPTION...] PLAN
 *
 * No other command knows these options, and they are in no table of ours: they
 * are taken first, and what is left is read as the command line of a run.
 */
#pragma once

#include "base/diag.h"
#include "report/results/automake.h"

typedef struct
{
  char *test_name; /* owned, as all: NULL: it was not said */
  char *log_file;
  char *trs_file;
  char *color_tests; /* "yes" or "no" */
  char *expect_failure;
  char *enable_hard_errors;
} Driving;

void driving_clear (Driving *driving);

/* Takes what is for the driver out of the words; returns the others, borrowed.
 * NULL: an option has no value, and that was said. */
GPtrArray *driving_take (Driving *driving, int n_words, char **words,
                         Diag *diag);

/* Complains of what is missing, and of what is neither "yes" nor "no".  False
 * if it did. */
bool driving_check (const Driving *driving, Diag *diag);

/* For make; it borrows the name. */
AutomakeStyle driving_style (const Driving *driving);
