/* history.h - what became of tests in earlier runs
 *
 * A file of SQLite's, in the user's state directory or where the user says.  A
 * test is known there by the real path of its plan and its name; each time
 * that it is run is one result more, of which the newest are kept.
 *
 * Nothing here can lose a run: what cannot be read or written is told, and the
 * run goes on without.
 */
#pragma once

#include "report/report.h"

typedef struct History History;

typedef struct
{
  int64_t usual_microsecs; /* -1: that is not known */
  bool is_known;
  bool has_failed;      /* when it was run last */
  bool was_interrupted; /* the same: nobody knows how it would have ended */
} HistoryOfTest;

/* Opens nothing yet.  @path NULL: in the user's state directory; if there is
 * no such directory nothing is known, and nothing is kept. */
History *history_new (const char *path);
void history_free (History *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (History, history_free)

/* NULL: there is no place for one. */
const char *history_path (const History *history);

/* Tells of each test, also when it fails: then nothing is known of any.  That
 * there is no file yet is no error. */
bool history_look_up (History *history, const ReportTest *tests,
                      unsigned n_tests, HistoryOfTest *found, GError **error);

/* Keeps what becomes of the tests, and writes it when all have ended.  @history
 * is borrowed, and must outlive it; warnings go to @fd. */
Report *history_report_new (History *history, int fd);
