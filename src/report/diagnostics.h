/* diagnostics.h - what programs read when a test failed
 *
 *     ---
 *     message: "\"echo\" exited with 3, and should have with 0"
 *     severity: "fail"
 *     at:
 *       file: "echo.plan"
 *       line: 3
 *       column: 5
 *     failure: "wrong status"
 *     duration_ms: 12
 *     processes:
 *     - name: "echo"
 *       state: "exited with 3"
 *       stderr: |
 *         no such file
 *     tries:
 *     - message: "\"echo\" was killed by SIGSEGV, and should have exited ..."
 *       ...
 *     ...
 *
 * Of a flaky test, which passed in the end:
 *
 *     ---
 *     flaky: "passed at try 2 of 3"
 *     duration_ms: 12
 *     tries:
 *     - ...
 *     ...
 */
#pragma once

#include "report/record.h"

/* Appends a document in YAML, each line behind @margin. */
void diagnostics_append (GString *out, const char *margin,
                         const ReportTest *test, const Record *record);
