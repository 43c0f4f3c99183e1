/* syserror.h - what the system refused, as a GError */
#pragma once

#include <glib.h>

/* "what FORMAT says: No such file or directory", in G_FILE_ERROR. */
void syserror_set (GError **error, int number, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* The reason alone: "No such file or directory". */
void syserror_set_reason (GError **error, int number);
