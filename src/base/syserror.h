/* syserror.h - what the system refused, as a GError */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* "what FORMAT says: No such file or directory", in G_FILE_ERROR. */
void syserror_set (GError **error, int number, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Whether it is a shortage of processes or memory, which may pass: a second is
 * worth a try. */
bool syserror_may_pass (const GError *error);
#define SYSERROR_PATIENCE_MICROSECS G_USEC_PER_SEC
/* So long until it is tried again. */
#define SYSERROR_AGAIN_MICROSECS (10 * 1000)

/* Whether it is one of these, or of descriptors: nothing that a plan does is
 * wrong then. */
bool syserror_is_shortage (const GError *error);

/* The reason alone: "No such file or directory". */
void syserror_set_reason (GError **error, int number);
