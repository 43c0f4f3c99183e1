/* history-store.h - writes results into a history
 *
 * It is opened while the tests run, as that takes longer than to write; and all
 * is written in one transaction, or nothing.
 */
#pragma once

#include "report/history/history-past.h"

typedef struct HistoryStore HistoryStore;

/* G_FILE_ERROR_AGAIN: others were waited for, so long, in vain.  NULL and no
 * @error: there is no place for a history. */
HistoryStore *history_store_open (const History *history,
                                  int64_t patience_microsecs, GError **error);
void history_store_free (HistoryStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HistoryStore, history_store_free)

/* One more run, that began so long after 1970. */
bool history_store_begin (HistoryStore *store, int64_t began, int64_t microsecs,
                          GError **error);
/* A result in it, of a test of a plan with this real path. */
bool history_store_add (HistoryStore *store, const char *plan, const char *name,
                        const HistoryResult *result, GError **error);
bool history_store_end (HistoryStore *store, GError **error);
