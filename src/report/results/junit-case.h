/* junit-case.h - a test case of JUnit's XML: a test, or a layer that failed
 *
 *     <testcase name="t" classname="plans.x" time="0.012000">
 *     <failure message="&quot;echo&quot; exited with 3" type="wrong status">
 *     x.plan:2:5: error: ...
 *     </failure>
 *     </testcase>
 */
#pragma once

#include "report/record.h"
#include "report/results/xmldoc.h"

typedef enum
{
  JUNIT_PASSED,
  JUNIT_SKIPPED,
  JUNIT_FAILURE,
  JUNIT_ERROR,
  JUNIT_LEFT_OUT /* a layer that did its work */
} JunitResult;

typedef struct
{
  ReportTest test; /* a copy: that of a layer ends with it */
  Record *record;  /* owned; of the try that runs; NULL: none does */
  bool has_begun;
  bool has_ended;
  int64_t begin_microsecs;
  int64_t microsecs; /* how long the last try took */
  unsigned n_tries;  /* that were told again */
  /* When it has ended: */
  Verdict verdict; /* until then: VERDICT_NOT_RUN */
  char *message;   /* owned; NULL: there is nothing to say */
  const char *type;
  const char *stage; /* of a layer that failed: "set-up"; NULL: of none */
  GString *text;     /* owned: of the failure, as people read it; of one that
                      * passed, what is to be known all the same */
  GString *tries;    /* owned: the same of those before */
} JunitCase;

JunitCase *junit_case_new (const ReportTest *test);
void junit_case_free (JunitCase *a_case);

void junit_case_add (JunitCase *a_case, const Event *event);

JunitResult junit_case_result (const JunitCase *a_case);
/* "t #2", "layer database (set-up)". */
char *junit_case_name (const JunitCase *a_case);

/* Nothing, if it is left out. */
void junit_case_write (const JunitCase *a_case, const char *class, XmlDoc *doc);
