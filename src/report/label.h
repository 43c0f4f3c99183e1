/* label.h - names and numbers, as reports for people and programs show them */
#pragma once

#include "report/report.h"

/* "echo-works"; in the second round of several, "echo-works #2". */
void label_append_name (GString *out, const ReportTest *test);

/* "echo.plan:echo-works"; of a layer, "layer echo.plan:database". */
void label_append_test (GString *out, const ReportTest *test);

/* "0.012s". */
void label_append_seconds (GString *out, int64_t microsecs);

/* The name of a process of the test; "?" if it is none. */
const char *label_process (const ReportTest *test, uint32_t process);

/* "stdout" or "stderr". */
const char *label_stream (int stream);

typedef enum
{
  PAINT_GOOD,
  PAINT_BAD,
  PAINT_WARN,
  PAINT_FAINT
} Paint;

/* Text of ours, in a color if @color. */
void label_append_painted (GString *out, bool color, Paint paint,
                           const char *text);
