/* entry.h - what people read of a test that has ended, and of all
 *
 *     ok      echo.plan:one  0.012s
 *     flaky   echo.plan:two  0.310s  (passed at try 2 of 3)
 *       try 1: echo.plan:3:5: error: "echo" exited with 1
 *     skip    echo.plan:three  (no program "psql")
 *     ERROR   layer echo.plan:database  1.200s  (could not be set up)
 *     ...
 *     ERROR   echo.plan:four  (the layer "database" could not be set up)
 */
#pragma once

#include "report/record.h"

/* The line, and what is below it; only the more important of that in @brief. */
void entry_append (GString *out, const ReportTest *test, const Record *record,
                   bool color, bool brief);

/* Of a try that is not the last, from its event; @record is as it is after
 * that. */
void entry_append_again (GString *out, const ReportTest *test,
                         const Record *record, const Event *event);

/* A layer is up or, all having gone well, is no more. */
void entry_append_layer (GString *out, const ReportTest *test,
                         const Record *record, const Event *event);

/* "3 passed, 1 failed": of all tests, when all have ended. */
void entry_append_counts (GString *out, const ReportCounts *counts);
