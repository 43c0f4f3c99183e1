/* failure.h - what people read when a test failed
 *
 *     echo.plan:3:5: error: "echo" exited with 3, and should have with 0
 *         3 |     wait echo 0
 *           |     ^~~~~~~~~~~
 *       echo: exited with 3
 *         stderr| no such file
 *       left behind: pid 4711, sleep 100
 *       logs: proctor-logs/echo-20240102/echo-works
 */
#pragma once

#include "report/record.h"

/* All of it; in @brief, what failed and where the logs are. */
void failure_append (GString *out, const ReportTest *test, const Record *record,
                     bool color, bool brief);
