/* failure.h - what people read when a test failed
 *
 *     echo.plan:3:5: error: "echo" exited with 3, and should have with 0
 *         3 |     wait echo 0
 *           |     ^~~~~~~~~~~
 *       echo: exited with 3
 *         stderr| no such file
 *       left behind: pid 4711, sleep 100
 *       web: did not end within 2s of SIGTERM, and was killed with SIGKILL; ...
 *       logs: proctor-logs/echo-20240102/echo-works
 *       try 1: echo.plan:3:5: error: "echo" exited with 1, and should ...
 *       try 1: logs: proctor-logs/echo-20240102/echo-works.1
 */
#pragma once

#include "report/record.h"

/* All of it; in @brief, what failed and where the logs are.  Of a test that
 * passed, what is to be known all the same. */
void failure_append (GString *out, const ReportTest *test, const Record *record,
                     bool color, bool brief);

/* The lines of those that had to be killed, alone. */
void failure_append_killed (GString *out, const char *margin,
                            const ReportTest *test, const Record *record);
