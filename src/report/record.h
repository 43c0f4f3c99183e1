/* record.h - what is told of one test, kept until it ends
 *
 * A test's line is written when its verdict is known, and what is said of a
 * failure stands behind it.  Of a test that is tried again the record is that
 * of the last try; of those before only why they failed is kept.
 */
#pragma once

#include "report/report.h"

/* @n_bytes, then a NUL; may hold anything.  NULL: there was none. */
typedef struct
{
  const char *bytes;
  size_t n_bytes;
} RecordText;

typedef struct
{
  SrcSpan span;
  RecordText text;
} RecordNote;

typedef struct
{
  Failure failure;
  uint32_t op;
  SrcSpan span;
  RecordText text;
  GArray *notes; /* owned; of RecordNote; NULL: none */
  bool was_up;   /* of a layer: it was up when this happened */
} RecordFailure;

/* A try that failed, and was not the last. */
typedef struct
{
  Verdict verdict;
  int64_t microsecs; /* how long it took */
  RecordText text;   /* "try 1 of 3" */
  RecordText logs;
  GArray *failures; /* owned; of RecordFailure */
} RecordTry;

/* Some of the last output of a process. */
typedef struct
{
  int stream; /* STDOUT_FILENO or STDERR_FILENO */
  RecordText text;
} RecordTail;

typedef struct
{
  uint32_t process;
  RecordText state;
  GArray *tails; /* owned; of RecordTail; NULL: none */
} RecordProcess;

typedef struct
{
  int32_t pid;
  RecordText text;
} RecordLeftover;

/* It was killed, since it had not ended in the time that it was given. */
typedef struct
{
  uint32_t process; /* PLAN_NONE: none of the plan */
  int32_t pid;
  RecordText text;
} RecordKilled;

typedef struct
{
  Arena *arena; /* owned: the texts */
  int64_t begin_microsecs;
  int64_t end_microsecs;
  Verdict verdict;
  RecordText skip_reason;
  RecordText logs;
  GArray *failures;  /* owned; of RecordFailure */
  GArray *processes; /* owned; of RecordProcess */
  GArray *leftovers; /* owned; of RecordLeftover */
  GArray *killed;    /* owned; of RecordKilled */
  GArray *log_lines; /* owned; of RecordText: what the plan said */
  GArray *tries;     /* owned; of RecordTry: those before this one */
  RecordText round;  /* the last that ended well before this one: "round 17" */
  bool is_up;        /* of a layer: it was set up */
} Record;

/* @test may have a reason not to run. */
Record *record_new (const ReportTest *test);
void record_free (Record *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Record, record_free)

/* Keeps what it needs of @event. */
void record_add (Record *record, const Event *event);

/* Something in it went wrong: what a layer is judged by. */
bool record_has_failed (const Record *record);
/* Of a layer: it has failed, or was interrupted, and says where. */
bool record_is_worth_telling (const Record *record);

/* It could not be run, because a layer that it uses failed. */
bool record_is_spoiled (const Record *record);

/* Of a layer: it failed while it was torn down. */
bool record_is_of_tear_down (const ReportTest *test,
                             const RecordFailure *failure);

/* The records of the tests that are running. */
typedef struct Records Records;

Records *records_new (void);
void records_free (Records *records);

/* The record of @test, with @event added. */
Record *records_add (Records *records, const ReportTest *test,
                     const Event *event);
/* It has ended, and is forgotten. */
void records_remove (Records *records, const ReportTest *test);
/* It has ended, and is the caller's; NULL: there is none. */
Record *records_steal (Records *records, const ReportTest *test);
