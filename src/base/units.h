/* units.h - durations and sizes, as plans write them and people read them */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* "250ms", "1.5s", "2m", "1h"; a bare number is seconds.  False if it is none,
 * is negative, or is over 10,000 days. */
bool duration_parse (const char *text, int64_t *microsecs);

/* "250ms", "1.5s", "2m": the shortest that says it exactly. */
void duration_append (GString *out, int64_t microsecs);

/* "64K", "512M", "2G": powers of 1024; a bare number is bytes. */
bool size_parse (const char *text, uint64_t *n_bytes);

/* "64K", "1.5G", "100": the shortest that says it exactly. */
void size_append (GString *out, uint64_t n_bytes);

/* The units' names, for messages: "ms, s, m or h". */
const char *duration_units (void);
const char *size_units (void);
