/* tap-text.h - the texts that TAP is made of */
#pragma once

#include "report/report.h"

/* A subtest stands further in than what it belongs to. */
#define TAP_SUBTEST "    "

/* Text that may hold anything, as a description or a reason: "#" would begin a
 * directive. */
void tap_append_escaped (GString *out, const char *text, size_t n_text);

/* "not ok 3 - echo-works", without the end of the line. */
void tap_append_point (GString *out, const char *margin, bool is_ok,
                       unsigned number, const ReportTest *test);

/* Each line of @lines as a comment. */
void tap_append_comments (GString *out, const char *margin, const char *lines);
